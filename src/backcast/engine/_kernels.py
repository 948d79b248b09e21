"""Compiled loops over activities and relationships: the schedule's two passes.

Read :mod:`backcast.engine.schedule` first; tests hold these loops against a slow implementation
that searches day by day. A relationship says that its successor's start, or finish, is no earlier
than a monotone step function of its predecessor's; backward passes use that function's inverse.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backcast.engine.compiled import AT, compiled, inlined

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


@inlined
def working_days_before(worked, calendar, day):
    return worked[AT(calendar), AT(min(max(day, 0), worked.shape[1] - 1))]


@inlined
def day_of(day, calendar, k):
    return day[AT(calendar), AT(min(max(k, 0), day.shape[1] - 1))]


@inlined
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


@inlined
def retreat(worked, day, calendar, instant, n):
    """The latest instant from which ``advance`` by ``n`` does not pass ``instant``: its inverse."""
    evening = n < 0
    found = day_of(day, calendar, working_days_before(worked, calendar, instant + evening) - evening - n)
    return instant if n == 0 or instant >= NEVER else found  # looked up before it is known to be asked: faster


@inlined
def begin_on_or_after(worked, day, calendar, instant, n):
    """The first day on which work of ``n`` working days can begin; no work begins at any instant."""
    if n == 0 or instant >= NEVER:
        return instant
    return day_of(day, calendar, working_days_before(worked, calendar, instant))


@inlined
def begin_to_finish_on_or_after(worked, day, calendar, instant, n):
    """The first day of work of ``n`` working days that finishes no earlier than ``instant``."""
    if n == 0 or instant >= NEVER:
        return instant
    return day_of(day, calendar, working_days_before(worked, calendar, instant - 1) - n + 1)


@inlined
def bound_is_morning(kind, lag):
    """Whether a bound on a finish is the start of a working day, so that the evening before it will do."""
    return (kind == FF and lag < 0) or (kind == SF and lag <= 0)


@inlined
def evening_before(worked, day, calendar, instant):
    """The end of the last working day before an instant."""
    k = working_days_before(worked, calendar, instant)
    return instant if k == 0 or instant >= NEVER else day_of(day, calendar, k - 1) + 1


@inlined
def morning_after(worked, day, calendar, instant):
    """The latest instant with an ``evening_before`` that does not pass ``instant``: its inverse."""
    return instant if instant >= NEVER else day_of(day, calendar, working_days_before(worked, calendar, instant))


@inlined
def milestone_bound(worked, day, kind, lag, lag_calendar, origin):
    """Where one relationship lets a milestone be: at any instant, working or not."""
    bound = advance(worked, day, lag_calendar, origin, lag)
    return evening_before(worked, day, lag_calendar, bound) if bound_is_morning(kind, lag) else bound


@inlined
def constrained_begin(worked, day, calendar, actual_start, start_no_earlier, finish_no_earlier, n, earliest):
    """The first day from ``earliest`` on which an activity's constraints let its work begin."""
    begin = earliest
    if actual_start == NONE:
        begin = max(begin, start_no_earlier)
    if finish_no_earlier != NONE:
        begin = max(begin, begin_to_finish_on_or_after(worked, day, calendar, finish_no_earlier, n))
    return begin_on_or_after(worked, day, calendar, begin, n)


# ---- Work that takes time, in numbers of working days: fewer look-ups, to the same dates.


@inlined
def working_day_from(worked, calendar, instant):
    """The number of the first working day from an instant."""
    return NEVER if instant >= NEVER else working_days_before(worked, calendar, instant)


@inlined
def first_working_day(worked, day, kind, lag, lag_calendar, calendar, origin, n):
    """The number of the working day on which one relationship lets its successor's work begin."""
    if origin >= NEVER:
        return NEVER
    count = working_days_before(worked, calendar, NEVER)
    if kind in (FS, SS) and lag_calendar == calendar:
        return min(max(working_days_before(worked, calendar, origin) + lag, 0), count)
    bound = advance(worked, day, lag_calendar, origin, lag)
    if kind in (FS, SS):
        return working_days_before(worked, calendar, bound)
    if bound_is_morning(kind, lag):
        bound = evening_before(worked, day, lag_calendar, bound)
    return min(max(working_days_before(worked, calendar, bound - 1) - n + 1, 0), count)


@inlined
def finish_of(day, calendar, first, n):
    """The evening of the last of ``n`` working days, of which the ``first`` is told by its number."""
    return min(day_of(day, calendar, first + n - 1) + 1, day.shape[1] - 1)


@inlined
def last_working_day(worked, calendar, start_bound, finish_bound, n):
    """The number of the last working day on which work can begin under a bound on start and finish."""
    # Both are looked up before it is known whether they are asked: faster.
    by_finish = working_days_before(worked, calendar, finish_bound) - n
    by_start = working_days_before(worked, calendar, start_bound + 1) - 1
    last = min(NEVER if finish_bound >= NEVER else by_finish, NEVER if start_bound >= NEVER else by_start)
    return max(last, 0)


# ---- The two passes.


# Columns are named before each loop: taken from ``logic`` within it, every access would count references.


@compiled
def forward(logic, data_date, place, start, finish, begin, driving):
    """Fill early dates, the day on which the work left begins, and, at its place, whether a relationship drives it."""
    worked, day, calendars, remaining = logic.worked, logic.day, logic.calendar, logic.remaining
    actual_start, actual_finish = logic.actual_start, logic.actual_finish
    start_no_earlier, finish_no_earlier = logic.start_no_earlier, logic.finish_no_earlier
    first_predecessor, predecessor = logic.first_predecessor, logic.predecessor
    kinds, lag, lag_calendar = logic.type, logic.lag, logic.lag_calendar
    most = np.diff(first_predecessor).max() if start.size else 0
    bounds = np.empty(most, np.int64)
    for j in range(AT(start.size)):
        if actual_finish[j] != NONE:
            finish[j] = actual_finish[j]
            start[j] = actual_start[j] if actual_start[j] != NONE else finish[j]
            begin[j] = finish[j]
            continue
        n, calendar = remaining[j], calendars[j]
        first, beyond = AT(first_predecessor[j]), AT(first_predecessor[j + AT(1)])
        earliest = constrained_begin(
            worked, day, calendar, actual_start[j], start_no_earlier[j], finish_no_earlier[j], n, data_date
        )
        latest = np.int64(earliest if n == 0 else working_day_from(worked, calendar, earliest))
        for edge in range(first, beyond):
            i, kind = AT(predecessor[edge]), kinds[edge]
            origin = start[i] if kind in (SS, SF) else finish[i]
            if n == 0:
                bound = np.int64(milestone_bound(worked, day, kind, lag[edge], lag_calendar[edge], origin))
            else:
                bound = np.int64(
                    first_working_day(worked, day, kind, lag[edge], lag_calendar[edge], calendar, origin, n)
                )
            bounds[edge - first] = bound
            latest = max(latest, bound)
        for edge in range(first, beyond):
            driving[AT(place[edge])] = bounds[edge - first] == latest
        begin[j] = latest if n == 0 or latest >= NEVER else day_of(day, calendar, latest)
        start[j] = actual_start[j] if actual_start[j] != NONE else begin[j]
        finish[j] = begin[j] if n == 0 or latest >= NEVER else finish_of(day, calendar, latest, n)


@compiled
def finish_of_projects(project, finish, of_project):
    """Raise each project's finish to that of its activities, of which many stand together."""
    own, latest = AT(0), NONE
    for j in range(AT(finish.size)):
        if AT(project[j]) != own:
            of_project[own] = max(of_project[own], latest)
            own, latest = AT(project[j]), NONE
        latest = max(latest, finish[j])
    if finish.size:
        of_project[own] = max(of_project[own], latest)


@inlined
def bound_on_own(worked, day, kind, lag, lag_calendar, begin, finish):
    """The latest start, or finish, of a predecessor with which work can still begin, and finish, when it does."""
    own = begin if kind in (FS, SS) else finish
    if bound_is_morning(kind, lag):
        own = morning_after(worked, day, lag_calendar, finish)
    return retreat(worked, day, lag_calendar, own, lag)


@compiled
def backward(logic, required, own_finish, start, finish, begin, late_start, late_finish, total_float, free_float):
    """Fill late dates and total float from each project's required finish, and free float from the early dates."""
    worked, day, calendars, remaining = logic.worked, logic.day, logic.calendar, logic.remaining
    actual_start, actual_finish, project = logic.actual_start, logic.actual_finish, logic.project
    start_no_later, finish_no_later = logic.start_no_later, logic.finish_no_later
    first_predecessor, predecessor = logic.first_predecessor, logic.predecessor
    kinds, lag, lag_calendar = logic.type, logic.lag, logic.lag_calendar
    bounds = np.full((start.size, 4), NEVER)  # of finish and start, that delay no project; and no successor
    for back in range(1, start.size + 1):
        j = AT(start.size - back)
        if actual_finish[j] != NONE:
            late_start[j], late_finish[j], total_float[j], free_float[j] = start[j], finish[j], 0, 0
            continue
        n, calendar, started = remaining[j], calendars[j], actual_start[j] != NONE
        free_f, free_s = bounds[j, 2], NEVER if started else bounds[j, 3]
        late_bound = min(bounds[j, 0], required[AT(project[j])])
        if finish_no_later[j] != NONE:
            late_bound = min(late_bound, finish_no_later[j])
        late_s = NEVER if started else bounds[j, 1]
        if start_no_later[j] != NONE and not started:
            late_s = min(late_s, start_no_later[j])
        free_bound = own_finish[AT(project[j])] if free_s == NEVER and free_f == NEVER else free_f
        count = working_days_before(worked, calendar, NEVER)
        done = working_days_before(worked, calendar, finish[j])
        if n == 0:
            late_begin = late_finish[j] = min(late_s, late_bound)
            late_done = working_days_before(worked, calendar, late_begin)
            free_done = working_days_before(worked, calendar, min(free_s, free_bound))
        else:
            late_day = np.int64(last_working_day(worked, calendar, late_s, late_bound, n))
            late_done = min(late_day + n, count)
            free_done = min(last_working_day(worked, calendar, free_s, free_bound, n) + n, count)
            late_begin = NEVER if late_day >= NEVER else day_of(day, calendar, late_day)
            late_finish[j] = NEVER if late_day >= NEVER else finish_of(day, calendar, late_day, n)
        late_start[j] = start[j] if started else late_begin
        total_float[j], free_float[j] = late_done - done, free_done - done
        for edge in range(AT(first_predecessor[j]), AT(first_predecessor[j + AT(1)])):
            i, kind = AT(predecessor[edge]), kinds[edge]
            late = bound_on_own(worked, day, kind, lag[edge], lag_calendar[edge], late_begin, late_finish[j])
            free = bound_on_own(worked, day, kind, lag[edge], lag_calendar[edge], begin[j], finish[j])
            side = AT(kind in (SS, SF))
            bounds[i, side] = min(bounds[i, side], late)
            bounds[i, side + AT(2)] = min(bounds[i, side + AT(2)], free)


# ---- The two passes where days are working days, and work has neither begun nor any bound but its predecessors.


@compiled
def anything_but(value, values):
    unlike = np.int32(0)
    for k in range(AT(values.size)):
        unlike |= values[k] ^ value
    return unlike != 0


@compiled
def is_plain(logic, data_date, required):
    """Whether the plain passes give the dates of the two above: they clamp days, and look nothing up."""
    horizon = logic.worked.shape[1] - 1
    if data_date < 0 or data_date > horizon or (logic.worked[:, horizon] < horizon).any():
        return False
    if anything_but(FS, logic.type):
        return False
    for days in (
        *(logic.actual_start, logic.actual_finish, logic.start_no_earlier),
        *(logic.start_no_later, logic.finish_no_earlier, logic.finish_no_later),
    ):
        if anything_but(NONE, days):
            return False
    return not ((required < 0) | (required > horizon)).any()


@compiled
def plain_forward(logic, data_date, place, start, finish, begin, driving):
    """Do what ``forward`` does."""
    horizon = np.int32(logic.worked.shape[1] - 1)
    remaining, lag = logic.remaining, logic.lag
    first_predecessor, predecessor = logic.first_predecessor, logic.predecessor
    for j in range(AT(start.size)):
        latest = data_date
        edges = range(AT(first_predecessor[j]), AT(first_predecessor[j + AT(1)]))
        for edge in edges:
            latest = max(latest, min(finish[AT(predecessor[edge])] + lag[edge], horizon))
        for edge in edges:
            bound = min(max(finish[AT(predecessor[edge])] + lag[edge], 0), horizon)
            driving[AT(place[edge])] = bound == latest
        start[j] = begin[j] = latest
        finish[j] = min(latest + remaining[j], horizon)


@compiled
def plain_backward(logic, required, own_finish, start, finish, begin, late_start, late_finish, total_float, free_float):
    """Do what ``backward`` does."""
    horizon = np.int32(logic.worked.shape[1] - 1)
    remaining, lag, project = logic.remaining, logic.lag, logic.project
    first_predecessor, predecessor = logic.first_predecessor, logic.predecessor
    late_finish[:] = NEVER
    free_float[:] = NEVER  # until its turn comes, the day that its finish may move to
    for back in range(1, start.size + 1):
        j = AT(start.size - back)
        n, own = remaining[j], AT(project[j])
        late = max(min(late_finish[j], required[own]) - n, 0)
        free = max((free_float[j] if free_float[j] < NEVER else own_finish[own]) - n, 0)
        late_start[j], late_finish[j] = late, min(late + n, horizon)
        total_float[j], free_float[j] = late_finish[j] - finish[j], min(free + n, horizon) - finish[j]
        for edge in range(AT(first_predecessor[j]), AT(first_predecessor[j + AT(1)])):
            i = AT(predecessor[edge])
            late_finish[i] = min(late_finish[i], max(late - lag[edge], 0), horizon)
            free_float[i] = min(free_float[i], max(start[j] - lag[edge], 0), horizon)
