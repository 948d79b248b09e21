"""Compiled loops over activities and relationships: the schedule's two passes.

Read :mod:`backcast.engine.schedule` first; tests hold these loops against a slow implementation
that searches day by day. A relationship says that its successor's start, or finish, is no earlier
than a monotone step function of its predecessor's; backward passes use that function's inverse.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

NONE = np.int32(np.iinfo(np.int32).min)
NEVER = np.int32(1 << 30)
FS, SS, FF, SF = 0, 1, 2, 3

Array = NDArray[Any]


class Logic(NamedTuple):
    """A network as the kernels take it; shapes as in :class:`backcast.engine.network.Network`."""

    worked: Array
    day: Array
    calendar: Array
    remaining: Array
    actual_start: Array
    actual_finish: Array
    start_no_earlier: Array
    start_no_later: Array
    finish_no_earlier: Array
    finish_no_later: Array
    project: Array
    first_predecessor: Array
    predecessor: Array
    type: Array
    lag: Array
    lag_calendar: Array


# ---- Look-ups. W = working days before a day; D = the day on which a working day begins.


@njit(inline="always", cache=True)
def working_days_before(worked, calendar, day):
    return worked[calendar, min(max(day, 0), worked.shape[1] - 1)]


@njit(inline="always", cache=True)
def day_of(day, calendar, k):
    return day[calendar, min(max(k, 0), day.shape[1] - 1)]


@njit(inline="always", cache=True)
def advance(worked, day, calendar, instant, n):
    """The instant after ``n`` working days; for a negative ``n``, the start of the n-th one before."""
    if instant >= NEVER:
        return NEVER
    if n > 0:
        last = day_of(day, calendar, working_days_before(worked, calendar, instant) + n - 1)
        return min(last + 1, day.shape[1] - 1)
    if n < 0:
        return day_of(day, calendar, working_days_before(worked, calendar, instant) + n)
    return instant


@njit(inline="always", cache=True)
def retreat(worked, day, calendar, instant, n):
    """The latest instant from which ``advance`` by ``n`` does not pass ``instant``: its inverse."""
    if instant >= NEVER:
        return NEVER
    if n > 0:
        return day_of(day, calendar, working_days_before(worked, calendar, instant) - n)
    if n < 0:
        return day_of(day, calendar, working_days_before(worked, calendar, instant + 1) - 1 - n)
    return instant


@njit(inline="always", cache=True)
def begin_on_or_after(worked, day, calendar, instant, n):
    """The first day on which work of ``n`` working days can begin; no work begins at any instant."""
    if n == 0 or instant >= NEVER:
        return instant
    return day_of(day, calendar, working_days_before(worked, calendar, instant))


@njit(inline="always", cache=True)
def begin_to_finish_on_or_after(worked, day, calendar, instant, n):
    """The first day of work of ``n`` working days that finishes no earlier than ``instant``."""
    if n == 0 or instant >= NEVER:
        return instant
    return day_of(day, calendar, working_days_before(worked, calendar, instant - 1) - n + 1)


@njit(inline="always", cache=True)
def begin_on_or_before(worked, day, calendar, start_bound, finish_bound, n):
    """The last day on which work of ``n`` working days can begin under a bound on start and finish."""
    if n == 0:
        return min(start_bound, finish_bound)
    by_finish = retreat(worked, day, calendar, finish_bound, n)
    if start_bound >= NEVER:
        return by_finish
    return min(by_finish, day_of(day, calendar, working_days_before(worked, calendar, start_bound + 1) - 1))


@njit(inline="always", cache=True)
def bound_is_morning(kind, lag):
    """Whether a bound on a finish is the start of a working day, so that the evening before it will do."""
    return (kind == FF and lag < 0) or (kind == SF and lag <= 0)


@njit(inline="always", cache=True)
def evening_before(worked, day, calendar, instant):
    """The end of the last working day before an instant."""
    k = working_days_before(worked, calendar, instant)
    return instant if k == 0 or instant >= NEVER else day_of(day, calendar, k - 1) + 1


@njit(inline="always", cache=True)
def morning_after(worked, day, calendar, instant):
    """The latest instant with an ``evening_before`` that does not pass ``instant``: its inverse."""
    return instant if instant >= NEVER else day_of(day, calendar, working_days_before(worked, calendar, instant))


@njit(inline="always", cache=True)
def bound_on_begin(logic, edge, successor, start, finish, n):
    """Where one relationship lets its successor's work of ``n`` working days begin."""
    kind = logic.type[edge]
    origin = start if kind in (SS, SF) else finish
    bound = advance(logic.worked, logic.day, logic.lag_calendar[edge], origin, logic.lag[edge])
    if kind in (FS, SS):
        return begin_on_or_after(logic.worked, logic.day, logic.calendar[successor], bound, n)
    if bound_is_morning(kind, logic.lag[edge]):
        bound = evening_before(logic.worked, logic.day, logic.lag_calendar[edge], bound)
    return begin_to_finish_on_or_after(logic.worked, logic.day, logic.calendar[successor], bound, n)


@njit(inline="always", cache=True)
def constrained_begin(logic, j, n, earliest):
    """The first day from ``earliest`` on which an activity's constraints let its work begin."""
    worked, day, calendar = logic.worked, logic.day, logic.calendar[j]
    begin = earliest
    if logic.actual_start[j] == NONE:
        begin = max(begin, logic.start_no_earlier[j])
    if logic.finish_no_earlier[j] != NONE:
        begin = max(begin, begin_to_finish_on_or_after(worked, day, calendar, logic.finish_no_earlier[j], n))
    return begin_on_or_after(worked, day, calendar, begin, n)


# ---- The order of activities.


@njit(cache=True)
def topological_rank(n, predecessor, successor):
    """Rank activities so that predecessors come first; -1 for those in, or behind, a loop."""
    waiting_for = np.zeros(n, np.int64)
    first = np.zeros(n + 1, np.int64)
    for edge in range(predecessor.size):
        waiting_for[successor[edge]] += 1
        first[predecessor[edge] + 1] += 1
    first = np.cumsum(first)
    fill = first[:-1].copy()
    successors = np.empty(predecessor.size, np.int64)
    for edge in range(predecessor.size):
        successors[fill[predecessor[edge]]] = successor[edge]
        fill[predecessor[edge]] += 1
    queue = np.empty(n, np.int64)
    ready = 0
    for j in range(n):
        if waiting_for[j] == 0:
            queue[ready] = j
            ready += 1
    rank = np.full(n, -1, np.int64)
    done = 0
    while done < ready:
        i = queue[done]
        rank[i] = done
        done += 1
        for edge in range(first[i], first[i + 1]):
            j = successors[edge]
            waiting_for[j] -= 1
            if waiting_for[j] == 0:
                queue[ready] = j
                ready += 1
    return rank


@njit(cache=True)
def components(n, one, other):
    """Label the connected parts of ``n`` projects; each label is the lowest project in it."""
    label = np.arange(n)
    for edge in range(one.size):
        a, b = one[edge], other[edge]
        while label[a] != a:
            label[a] = label[label[a]]
            a = label[a]
        while label[b] != b:
            label[b] = label[label[b]]
            b = label[b]
        label[max(a, b)] = min(a, b)
    for project in range(n):
        label[project] = label[label[project]]
    return label


# ---- The two passes.


@njit(cache=True, nogil=True)
def forward(logic, data_date, start, finish, begin, driving):
    """Fill early dates, the day on which the work left begins, and which relationships drive it."""
    for j in range(start.size):
        if logic.actual_finish[j] != NONE:
            finish[j] = logic.actual_finish[j]
            start[j] = logic.actual_start[j] if logic.actual_start[j] != NONE else finish[j]
            begin[j] = finish[j]
            continue
        n = logic.remaining[j]
        begin[j] = constrained_begin(logic, j, n, data_date)
        edges = range(logic.first_predecessor[j], logic.first_predecessor[j + 1])
        for edge in edges:
            i = logic.predecessor[edge]
            begin[j] = max(begin[j], bound_on_begin(logic, edge, j, start[i], finish[i], n))
        for edge in edges:
            i = logic.predecessor[edge]
            driving[edge] = bound_on_begin(logic, edge, j, start[i], finish[i], n) == begin[j]
        start[j] = logic.actual_start[j] if logic.actual_start[j] != NONE else begin[j]
        finish[j] = advance(logic.worked, logic.day, logic.calendar[j], begin[j], n)


@njit(inline="always", cache=True)
def push_bounds(logic, j, begin, finish, start_bound, finish_bound):
    """Bound the predecessors of ``j`` so that its work can still begin, and finish, when it does."""
    for edge in range(logic.first_predecessor[j], logic.first_predecessor[j + 1]):
        i = logic.predecessor[edge]
        kind = logic.type[edge]
        own = begin if kind in (FS, SS) else finish
        if bound_is_morning(kind, logic.lag[edge]):
            own = morning_after(logic.worked, logic.day, logic.lag_calendar[edge], finish)
        bound = retreat(logic.worked, logic.day, logic.lag_calendar[edge], own, logic.lag[edge])
        if kind in (FS, FF):
            finish_bound[i] = min(finish_bound[i], bound)
        elif logic.actual_start[i] == NONE:
            start_bound[i] = min(start_bound[i], bound)


@njit(cache=True, nogil=True)
def backward(logic, required, own_finish, start, finish, begin, late_start, late_finish, free_float):
    """Fill late dates from each project's required finish, and free float from the early dates."""
    n_activities = start.size
    late_s, late_f = np.full(n_activities, NEVER), np.full(n_activities, NEVER)
    free_s, free_f = np.full(n_activities, NEVER), np.full(n_activities, NEVER)
    for j in range(n_activities - 1, -1, -1):
        if logic.actual_finish[j] != NONE:
            late_start[j], late_finish[j], free_float[j] = start[j], finish[j], 0
            continue
        n, calendar, started = logic.remaining[j], logic.calendar[j], logic.actual_start[j] != NONE
        late_f[j] = min(late_f[j], required[logic.project[j]])
        if logic.start_no_later[j] != NONE and not started:
            late_s[j] = min(late_s[j], logic.start_no_later[j])
        if logic.finish_no_later[j] != NONE:
            late_f[j] = min(late_f[j], logic.finish_no_later[j])
        late_begin = begin_on_or_before(logic.worked, logic.day, calendar, late_s[j], late_f[j], n)
        late_finish[j] = advance(logic.worked, logic.day, calendar, late_begin, n)
        late_start[j] = start[j] if started else late_begin
        push_bounds(logic, j, late_begin, late_finish[j], late_s, late_f)
        if free_s[j] == NEVER and free_f[j] == NEVER:
            free_f[j] = own_finish[logic.project[j]]
        free_begin = begin_on_or_before(logic.worked, logic.day, calendar, free_s[j], free_f[j], n)
        free_finish = advance(logic.worked, logic.day, calendar, free_begin, n)
        free_float[j] = working_days_before(logic.worked, calendar, free_finish) - working_days_before(
            logic.worked, calendar, finish[j]
        )
        push_bounds(logic, j, begin[j], finish[j], free_s, free_f)
