"""Compiled loops over draws: durations, and both passes for a block of draws.

Read :mod:`backcast.engine.simulate` first, and :mod:`backcast.engine._row_kernels` for the arithmetic.
A block holds arrays of shape ``(activities of one component, draws)``. Loops over draws choose between
values instead of branching, so that they are compiled to vector instructions.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from backcast.engine._kernels import (
    FF,
    FS,
    NEVER,
    NONE,
    SS,
    Array,
    bound_is_morning,
)
from backcast.engine._row_kernels import (
    exp,
    fill_normals,
    fill_uniforms,
    to_normal_cdf,
    to_normal_quantile,
)
from backcast.engine.compiled import compiled, inlined
from backcast.engine.quantiles import ORIGINS, SCORES
from backcast.engine.random import Purpose

MISSED = np.int32(-(1 << 30))
"""A latest date that no date is early enough for."""

LEAST_SURVIVAL = 1e-300
"""Probability below which no age falls, so that what nobody expected still goes on."""
LONGEST = 1e8
"""Days beyond which nothing is told apart."""

P_INTERVAL, P_ACTIVITY, P_FACTOR, P_CLASS = (
    int(p) for p in (Purpose.INTERVAL, Purpose.ACTIVITY, Purpose.FACTOR, Purpose.CLASS)
)
P_RISK, P_RISK_DAYS = int(Purpose.RISK), int(Purpose.RISK_DAYS)


class Uncertain(NamedTuple):
    """What is uncertain, as the kernels take it; see :class:`backcast.engine.simulate.Uncertainty`."""

    identity: Array
    shift: Array
    scale: Array
    age: Array
    cancelled: Array
    stretch: Array
    spent: Array
    reference_class: Array
    factor: Array
    weight: Array
    alone: Array
    class_value: Array
    class_slope: Array
    class_identity: Array
    class_error: Array
    factor_identity: Array
    in_days: Array
    interval: Array
    start_interval: Array
    start_planned: Array
    start_no_earlier: Array
    activity_identity: Array
    first_risk: Array
    risk: Array
    risk_identity: Array
    risk_probability: Array
    risk_low: Array
    risk_high: Array
    first_interval: Array
    correlation: float
    noise: float


class Needed(NamedTuple):
    """What has to be drawn: activities before those that are asked about, and the intervals behind them."""

    activity: Array
    interval: Array


@compiled
def needed(u, logic, asked):
    """Find what the finishes of some activities depend on."""
    activity, interval = np.zeros(logic.calendar.size, np.bool_), np.zeros(u.identity.size, np.bool_)
    for j in asked:
        activity[j] = True
    for j in range(activity.size - 1, -1, -1):
        if not activity[j] or logic.actual_finish[j] != NONE:
            continue
        for edge in range(logic.first_predecessor[j], logic.first_predecessor[j + 1]):
            activity[logic.predecessor[edge]] = True
        if u.interval[j] >= 0:
            interval[u.interval[j]] = True
        if u.start_interval[j] >= 0:
            interval[u.start_interval[j]] = True
    return Needed(activity, interval)


# ---- Shared risk and ratios.


@compiled
def shared_normals(identities, seed, purpose, first_draw, draws):
    """One row of normals per shared thing (factor or class)."""
    rows = np.empty((identities.size, draws))
    for k in range(identities.size):
        fill_normals(rows[k], seed, identities[k], purpose, first_draw)
    return rows


@compiled
def risk_days(u, seed, first_draw, draws):
    """Days that each named risk adds in each draw; 0 where it does not happen."""
    days = np.zeros((u.risk_identity.size, draws))
    size = np.empty(draws)
    for k in range(u.risk_identity.size):
        fill_uniforms(days[k], seed, u.risk_identity[k], P_RISK, first_draw)
        fill_uniforms(size, seed, u.risk_identity[k], P_RISK_DAYS, first_draw)
        for b in range(draws):
            happens = days[k, b] < u.risk_probability[k]
            span = u.risk_high[k] - u.risk_low[k]
            days[k, b] = u.risk_low[k] + span * size[b] if happens else 0.0
    return days


@compiled
def fill_scores(u, i, factor_z, seed, first_draw, row):
    """Fill the normal score of an interval: its own part, and what it shares with others."""
    own, shared = math.sqrt(1.0 - u.correlation), math.sqrt(u.correlation)
    fill_normals(row, seed, u.identity[i], P_INTERVAL, first_draw)
    for b in range(row.size):
        row[b] = own * row[b]
    for k in range(u.factor.shape[1]):
        if u.factor[i, k] >= 0:
            weight = shared * u.weight[i, k]
            common = factor_z[u.factor[i, k], first_draw : first_draw + row.size]
            for b in range(row.size):
                row[b] += weight * common[b]
    if u.alone[i] != 0:
        unshared = np.empty(row.size)
        fill_normals(unshared, seed, u.alone[i], P_FACTOR, first_draw)
        weight = shared * u.weight[i, -1]
        for b in range(row.size):
            row[b] += weight * unshared[b]


@compiled
def outlive(row, age, middle, scale, cancelled):
    """Turn scores of an interval into those of one that has outlived its age; infinite where it is cancelled.

    ``age`` counts from the ``middle`` of the scores that the interval is drawn from.
    """
    survival, above = np.ones(row.size), np.empty(row.size)
    if age > -np.inf:
        for b in range(row.size):
            distance = age - middle[b]
            survival[b] = -distance / scale if scale > 0.0 else -np.inf if distance >= 0.0 else np.inf
        to_normal_cdf(survival)
    for b in range(row.size):
        above[b] = -row[b]
    to_normal_cdf(above)
    for b in range(row.size):
        above[b] -= cancelled
        row[b] = max(survival[b], LEAST_SURVIVAL) * (above[b] / (1.0 - cancelled)) if above[b] > 0.0 else 0.5
    to_normal_quantile(row)
    for b in range(row.size):
        row[b] = -row[b] if above[b] > 0.0 else np.inf


@compiled
def to_values(row, value, slope):
    """Turn scores into the values of the class whose lines are told; what is infinite stays so."""
    for b in range(row.size):
        line = 0
        for k in range(SCORES.size):
            line += SCORES[k] <= row[b]
        on_line = value[line] + slope[line] * (row[b] - ORIGINS[line])
        row[b] = on_line if row[b] < np.inf else np.inf


@compiled
def fill_multipliers(u, needed, first, last, factor_z, class_z, seed, first_draw, rows):
    """Fill, for the intervals ``first`` to ``last``, what multiplies the work left in each draw.

    For those ``in_days`` it is the days by which a start is late.
    """
    middle = np.empty(rows.shape[1])
    for i in range(first, last):
        if not needed.interval[i]:
            continue
        row, k = rows[i - first], u.reference_class[i]
        fill_scores(u, i, factor_z, seed, first_draw, row)
        common = class_z[k, first_draw : first_draw + row.size]
        shift, error, scale = u.shift[i], u.class_error[k], u.scale[i]
        for b in range(row.size):
            middle[b] = shift + error * common[b]
        if u.age[i] > -np.inf or u.cancelled[i] > 0.0:
            outlive(row, u.age[i], middle, scale, u.cancelled[i])
        for b in range(row.size):
            row[b] = middle[b] + scale * row[b] if row[b] < np.inf else np.inf
        to_values(row, u.class_value[k], u.class_slope[k])
        if u.in_days[i]:
            continue
        stretch, spent = u.stretch[i], u.spent[i]
        for b in range(row.size):
            row[b] = max(exp(row[b]) * stretch - spent, 0.0) if row[b] < np.inf else np.inf


@compiled
def fill_starts(u, logic, needed, first, last, first_interval, multiplier, start):
    """Fill the days before which activities do not begin, where these are drawn."""
    horizon = logic.worked.shape[1] - 1
    for j in range(first, last):
        if u.start_interval[j] < 0 or not needed.activity[j]:
            continue
        row, late = start[j - first], multiplier[u.start_interval[j] - first_interval]
        for b in range(row.size):
            drawn = u.start_planned[j] + math.floor(min(max(late[b], -LONGEST), LONGEST) + 0.5)
            row[b] = max(u.start_no_earlier[j], np.int32(max(drawn, 0))) if drawn < horizon else NEVER


@compiled
def fill_noise(u, logic, needed, first, last, first_interval, span, seed, first_draw, noise, balance):
    """Fill each activity's own noise, and what brings each interval back to the span that it has without."""
    balance[:] = 0.0
    plain = np.zeros(balance.shape[0])
    for j in range(first, last):
        i = u.interval[j] - first_interval
        if u.interval[j] < 0 or logic.actual_finish[j] != NONE or not needed.interval[u.interval[j]]:
            continue
        row, total, days = noise[j - first], balance[i], float(span[j])
        value = u.class_value[u.reference_class[u.interval[j]]]
        amplitude = u.noise if value[-1] > value[0] else 0.0
        plain[i] += days
        if amplitude > 0.0:
            fill_uniforms(row, seed, u.activity_identity[j], P_ACTIVITY, first_draw)
        for b in range(row.size):
            row[b] = 1.0 + amplitude * (2.0 * row[b] - 1.0) if amplitude > 0.0 else 1.0
            total[b] += days * row[b]
    for i in range(plain.size):
        total, days = balance[i], plain[i]
        for b in range(total.size):
            total[b] = days / total[b] if total[b] > 0.0 else 1.0


@compiled
def fill_durations(
    u, logic, needed, first, last, first_interval, begin, span, multiplier, noise, balance, days, first_draw, durations
):
    """Fill working days left of each needed activity that is not finished; ``NEVER`` where it is given up.

    The multiplied span counts calendar days from where the schedule has the activity, so that the
    winter stop, which the ratio already holds, counts once.
    """
    horizon = np.int32(logic.worked.shape[1] - 1)
    stretched = np.empty(durations.shape[1])
    for j in range(first, last):
        row = durations[j - first]
        i = u.interval[j] - first_interval
        if logic.actual_finish[j] != NONE or not needed.activity[j]:
            continue
        if u.interval[j] < 0 and u.first_risk[j] == u.first_risk[j + 1]:
            row[:] = logic.remaining[j]
            continue
        if u.interval[j] >= 0:
            stretch(float(span[j]), multiplier[i], noise[j - first], balance[i], stretched)
        else:
            stretched[:] = float(span[j])
        for k in range(u.first_risk[j], u.first_risk[j + 1]):
            added = days[u.risk[k], first_draw : first_draw + row.size]
            for b in range(row.size):
                stretched[b] += added[b]
        to_working_days(stretched, logic.worked[logic.calendar[j]], begin[j], logic.remaining[j], horizon, row)


@compiled
def stretch(days, multiplier, noise, balance, stretched):
    """Fill the calendar days left of one activity."""
    for b in range(stretched.size):
        scaled = (days * multiplier[b]) * (noise[b] * balance[b])
        stretched[b] = scaled if multiplier[b] < np.inf else np.inf


@inlined
def works_every_day(worked):
    """Whether a calendar has no day off, so that days and working days are the same number."""
    return worked[-1] == worked.size - 1


@compiled
def to_working_days(stretched, worked, begin, remaining, horizon, row):
    """Fill the working days in so many calendar days from ``begin``: at least one where any work is left."""
    begun, straight = look_up(worked, begin), works_every_day(worked)
    least, most = np.int32(min(remaining, 1)), NEVER if remaining > 0 else np.int32(0)
    for b in range(row.size):
        end = begin + np.int32(np.floor(min(stretched[b], LONGEST) + 0.5))
        passed = min(max(end, 0), horizon) if straight else look_up(worked, end)
        left = min(max(passed - begun, least), most)
        row[b] = left if end < horizon else NEVER


# ---- The two passes, for a block of draws.


@inlined
def look_up(row, index):
    return row[min(max(index, 0), row.size - 1)]


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


# ---- Components, one after the other.


class Workspace(NamedTuple):
    """Room for one block of draws of the largest component; every array has one row per activity or interval."""

    multiplier: Array
    balance: Array
    noise: Array
    durations: Array
    start: Array
    finish: Array


@compiled
def workspace(u, first_of_component, which, draws):
    activities = intervals = 0
    for component in which:
        activities = max(activities, first_of_component[component + 1] - first_of_component[component])
        intervals = max(intervals, u.first_interval[component + 1] - u.first_interval[component])
    return Workspace(
        np.empty((intervals, draws)),
        np.empty((intervals, draws)),
        np.empty((activities, draws)),
        np.empty((activities, draws), np.int32),
        np.empty((activities, draws), np.int32),
        np.empty((activities, draws), np.int32),
    )


@compiled
def draw_component(
    u, logic, needed, component, first, last, data_date, begin, span, forced, shared, seed, first_draw, room
):
    """Fill durations, starts and finishes of one component for one block of draws; returns them."""
    factor_z, class_z, days = shared
    first_interval, last_interval = u.first_interval[component], u.first_interval[component + 1]
    multiplier, balance = (
        room.multiplier[: last_interval - first_interval],
        room.balance[: last_interval - first_interval],
    )
    noise, durations = room.noise[: last - first], room.durations[: last - first]
    start, finish = room.start[: last - first], room.finish[: last - first]
    fill_multipliers(u, needed, first_interval, last_interval, factor_z, class_z, seed, first_draw, multiplier)
    fill_starts(u, logic, needed, first, last, first_interval, multiplier, start)
    fill_noise(u, logic, needed, first, last, first_interval, span, seed, first_draw, noise, balance)
    fill_durations(
        u,
        logic,
        needed,
        first,
        last,
        first_interval,
        begin,
        span,
        multiplier,
        noise,
        balance,
        days,
        first_draw,
        durations,
    )
    forward_draws(logic, needed, first, last, data_date, u.start_interval, forced, durations, start, finish)
    return durations, finish


@compiled
def simulate_block(
    u,
    logic,
    needed,
    first_of_component,
    which,
    data_date,
    begin,
    span,
    forced,
    shared,
    seed,
    first_draw,
    last_draw,
    row_of,
    gates,
):
    """Fill ``gates[row_of[j]]`` with the finish of each watched activity, for one block of draws."""
    room = workspace(u, first_of_component, which, last_draw - first_draw)
    for component in which:
        first, last = first_of_component[component], first_of_component[component + 1]
        _, finish = draw_component(
            u, logic, needed, component, first, last, data_date, begin, span, forced, shared, seed, first_draw, room
        )
        for j in range(first, last):
            if row_of[j] >= 0:
                gates[row_of[j], first_draw:last_draw] = finish[j - first]


@compiled
def latest_block(
    u,
    logic,
    needed,
    first_of_component,
    component,
    data_date,
    begin,
    span,
    forced,
    shared,
    seed,
    first_draw,
    questions,
    latest,
    finishes,
):
    """Fill latest and simulated finishes of activities of one component for one block of draws.

    ``questions`` holds ``(gate, required, activity, first_row)``: ``gate[p]`` is to be passed by
    ``required[p]``, and the rows ``first_row[p]`` up to ``first_row[p + 1]`` of ``latest`` belong to
    the activities ``activity[row]``. Where the gate is never passed, no date is early enough.
    """
    gate, required, activity, first_row = questions
    first, last = first_of_component[component], first_of_component[component + 1]
    draws = latest.shape[1]
    room = workspace(u, first_of_component, np.array([component]), draws)
    start_bound, finish_bound = np.empty_like(room.durations), np.empty_like(room.durations)
    reached = np.empty(last - first, np.bool_)
    durations, finish = draw_component(
        u, logic, needed, component, first, last, data_date, begin, span, forced, shared, seed, first_draw, room
    )
    for p in range(gate.size):
        backward_draws(logic, first, gate[p], required[p], durations, start_bound, finish_bound, reached)
        delivered = finish[gate[p] - first]
        for row in range(first_row[p], first_row[p + 1]):
            j = activity[row] - first
            finishes[row], kept_by, found = finish[j], finish_bound[j], latest[row]
            if not reached[j]:
                found[:] = NEVER
                continue
            for b in range(draws):
                found[b] = kept_by[b] if delivered[b] < NEVER else MISSED
