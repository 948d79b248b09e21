"""Compiled loops over draws: both passes of one component, for a block of draws.

Read :mod:`backcast.engine.simulate` first. They are the passes of :mod:`backcast.engine._kernels`, a row of draws
at a time. Loops over draws choose between values instead of branching, so that they are compiled to
vector instructions. A block holds arrays of shape ``(activities of one component, draws)``.
"""

from __future__ import annotations

import numpy as np

from backcast.engine._kernels import FF, FS, NEVER, NONE, SS, bound_is_morning
from backcast.engine.compiled import compiled, inlined

MISSED = np.int32(-(1 << 30))
"""A latest date that no date is early enough for."""


# ---- Look-ups.


@inlined
def look_up(row, index):
    return row[min(max(index, 0), row.size - 1)]


@inlined
def works_every_day(worked):
    """Whether a calendar has no day off, so that days and working days are the same number."""
    return worked[-1] == worked.size - 1


# ---- Forwards.


@compiled
def raise_to(row, least):
    for b in range(row.size):
        row[b] = max(row[b], least[b])


@compiled
def lag_from(logic, edge, origin, bound):
    """Fill ``bound`` with the instants that lie the relationship's lag after ``origin``."""
    lag = logic.lag[edge]
    worked, day = logic.worked[logic.lag_calendar[edge]], logic.day[logic.lag_calendar[edge]]
    horizon = np.int32(day.size - 1)
    evening = np.int32(1 if lag > 0 else 0)
    for b in range(bound.size):
        later = min(look_up(day, look_up(worked, origin[b]) + lag - evening) + evening, horizon)
        bound[b] = later if lag != 0 and origin[b] < NEVER else origin[b]


@compiled
def to_evening(logic, edge, bound):
    """Move bounds to the end of the last working day before them."""
    worked, day = logic.worked[logic.lag_calendar[edge]], logic.day[logic.lag_calendar[edge]]
    for b in range(bound.size):
        k = look_up(worked, bound[b])
        evening = look_up(day, k - 1) + 1
        bound[b] = bound[b] if k == 0 or bound[b] >= NEVER else evening


@compiled
def raise_to_finish(logic, j, bound, durations, begin):
    """Raise each begin so that the work does not finish before ``bound``; what never finishes has no need."""
    worked, day = logic.worked[logic.calendar[j]], logic.day[logic.calendar[j]]
    for b in range(begin.size):
        for_work = look_up(day, look_up(worked, bound[b] - 1) - durations[b] + 1)
        earliest = for_work if bound[b] < NEVER and durations[b] > 0 else bound[b]
        begin[b] = max(begin[b], earliest) if durations[b] < NEVER else begin[b]


@compiled
def work_from(logic, j, begin, durations, finish):
    """Move each begin to a working day and fill the finish; ``NEVER`` where it begins or lasts never."""
    worked, day = logic.worked[logic.calendar[j]], logic.day[logic.calendar[j]]
    horizon = np.int32(day.size - 1)
    if works_every_day(worked):
        for b in range(begin.size):
            day_begun = min(max(begin[b], 0), horizon)
            works = durations[b] > 0 and begin[b] < NEVER
            evening = min(day_begun + durations[b], horizon) if durations[b] < NEVER else NEVER
            finish[b] = evening if works else begin[b]
            begin[b] = day_begun if works else begin[b]
        return
    for b in range(begin.size):
        k = look_up(worked, begin[b])
        works = durations[b] > 0 and begin[b] < NEVER
        evening = min(look_up(day, k + durations[b] - 1) + 1, horizon) if durations[b] < NEVER else NEVER
        finish[b] = evening if works else begin[b]
        begin[b] = look_up(day, k) if works else begin[b]


@compiled
def forward_draws(logic, needed, first, last, data_date, drawn, forced, durations, start, finish):
    """Fill start and finish of every needed activity of one component in every draw.

    Where a start is ``drawn``, ``start`` holds the days before which the activity does not begin.
    """
    bound = np.empty(start.shape[1], np.int32)
    for j in range(first, last):
        if not needed.activity[j]:
            continue
        begin, end, left = start[j - first], finish[j - first], durations[j - first]
        actual_start = logic.actual_start[j]
        known_finish = logic.actual_finish[j] if logic.actual_finish[j] != NONE else forced[1, j]
        if known_finish != NONE:
            known_start = actual_start if actual_start != NONE else forced[0, j]
            end[:] = known_finish
            begin[:] = known_start if known_start != NONE else known_finish
            continue
        if drawn[j] < 0 or actual_start != NONE:
            begin[:] = data_date if actual_start != NONE else max(data_date, logic.start_no_earlier[j])
        else:
            begin[:] = np.maximum(begin, data_date)
        if logic.finish_no_earlier[j] != NONE:
            bound[:] = logic.finish_no_earlier[j]
            raise_to_finish(logic, j, bound, left, begin)
        for edge in range(logic.first_predecessor[j], logic.first_predecessor[j + 1]):
            i, kind = logic.predecessor[edge] - first, logic.type[edge]
            origin = finish[i] if kind in (FS, FF) else start[i]
            if logic.lag[edge] == 0 and kind in (FS, SS):
                raise_to(begin, origin)
                continue
            lag_from(logic, edge, origin, bound)
            if kind in (FS, SS):
                raise_to(begin, bound)
                continue
            if bound_is_morning(kind, logic.lag[edge]):
                to_evening(logic, edge, bound)
            raise_to_finish(logic, j, bound, left, begin)
        work_from(logic, j, begin, left, end)
        if actual_start != NONE:
            begin[:] = actual_start


# ---- Backwards.


@compiled
def latest_begins(logic, j, start_bound, finish_bound, durations, begin):
    """Fill the last day on which work can begin under both bounds; ``MISSED`` where there is none."""
    worked, day = logic.worked[logic.calendar[j]], logic.day[logic.calendar[j]]
    endless = np.int32(worked.size)
    for b in range(begin.size):
        bound = min(start_bound[b], finish_bound[b])
        by_finish = look_up(worked, finish_bound[b]) - durations[b] if finish_bound[b] < NEVER else endless
        by_start = look_up(worked, start_bound[b] + 1) - 1 if start_bound[b] < NEVER else endless
        last = min(by_finish, by_start)
        found = look_up(day, last) if last >= 0 else MISSED
        begin[b] = bound if bound <= MISSED or bound >= NEVER or durations[b] == 0 else found


@compiled
def latest_finishes(logic, j, begin, durations, finish):
    """Fill the finish of work that begins on a day, ``MISSED`` where it cannot."""
    worked, day = logic.worked[logic.calendar[j]], logic.day[logic.calendar[j]]
    horizon = np.int32(day.size - 1)
    for b in range(begin.size):
        evening = min(look_up(day, look_up(worked, begin[b]) + durations[b] - 1) + 1, horizon)
        evening = evening if durations[b] > 0 and begin[b] < NEVER else begin[b]
        evening = evening if durations[b] < NEVER else NEVER
        finish[b] = evening if begin[b] > MISSED else MISSED


@compiled
def pull_back(logic, edge, bound):
    """Bring bounds back over a relationship: what is missed, and what need never be, stays so."""
    worked, day = logic.worked[logic.lag_calendar[edge]], logic.day[logic.lag_calendar[edge]]
    lag = logic.lag[edge]
    if bound_is_morning(logic.type[edge], lag):
        for b in range(bound.size):
            morning = look_up(day, look_up(worked, bound[b]))
            bound[b] = morning if MISSED < bound[b] < NEVER else bound[b]
    if lag != 0:
        evening = np.int32(1 if lag < 0 else 0)
        for b in range(bound.size):
            earlier = look_up(day, look_up(worked, bound[b] + evening) - evening - lag)
            bound[b] = earlier if MISSED < bound[b] < NEVER else bound[b]


@compiled
def lower_to(row, most):
    for b in range(row.size):
        row[b] = min(row[b], most[b])


@compiled
def backward_draws(logic, first, gate, required, durations, start_bound, finish_bound, reached):
    """Bound every predecessor of ``gate`` so that the gate is passed by ``required``.

    Afterwards ``finish_bound`` holds latest finishes of the activities that are ``reached``.
    """
    begin, bound = np.empty((2, durations.shape[1]), np.int32)
    reached[:] = False
    reached[gate - first] = True
    start_bound[gate - first, :] = NEVER
    finish_bound[gate - first, :] = required
    for j in range(gate, first - 1, -1):
        if not reached[j - first] or logic.actual_finish[j] != NONE:
            continue
        finish = finish_bound[j - first]
        latest_begins(logic, j, start_bound[j - first], finish, durations[j - first], begin)
        latest_finishes(logic, j, begin, durations[j - first], finish)
        for edge in range(logic.first_predecessor[j], logic.first_predecessor[j + 1]):
            i, kind = logic.predecessor[edge] - first, logic.type[edge]
            if not reached[i]:
                reached[i] = True
                start_bound[i, :] = NEVER
                finish_bound[i, :] = NEVER
            bound[:] = begin if kind in (FS, SS) else finish
            pull_back(logic, edge, bound)
            if kind in (FS, FF):
                lower_to(finish_bound[i], bound)
            elif logic.actual_start[i + first] == NONE:
                lower_to(start_bound[i], bound)
