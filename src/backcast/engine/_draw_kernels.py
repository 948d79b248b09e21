"""Compiled loops over draws: random numbers, durations, and both passes for a block of draws.

Read :mod:`backcast.engine.simulate` first. The elementary functions follow
:mod:`backcast.engine.portable` and :mod:`backcast.engine.random` line by line, and tests hold them
to the same bytes. A block holds arrays of shape ``(activities of one component, draws)``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from backcast.engine._kernels import (
    FF,
    FS,
    NEVER,
    NONE,
    SS,
    Array,
    advance,
    bound_is_morning,
    day_of,
    evening_before,
    morning_after,
    retreat,
    working_days_before,
)
from backcast.engine.portable import (
    CENTRE,
    EXPONENTIAL,
    HART,
    INVERSE_LN2,
    LN2_HIGH,
    LN2_LOW,
    SHOULDER,
    SQRT_HALF,
    TAIL,
)
from backcast.engine.quantiles import ORIGINS, SCORES
from backcast.engine.random import MULTIPLIERS, ROUNDS, WEYL, Purpose

MISSED = np.int32(-(1 << 30))
"""A latest date that no date is early enough for."""

LEAST_SURVIVAL = 1e-300
"""Probability below which no age falls, so that what nobody expected still goes on."""

P_INTERVAL, P_ACTIVITY, P_FACTOR, P_CLASS = (
    int(p) for p in (Purpose.INTERVAL, Purpose.ACTIVITY, Purpose.FACTOR, Purpose.CLASS)
)
P_RISK, P_RISK_DAYS = int(Purpose.RISK), int(Purpose.RISK_DAYS)
M0, M1 = np.uint64(MULTIPLIERS[0]), np.uint64(MULTIPLIERS[1])
W0, W1 = np.uint64(WEYL[0]), np.uint64(WEYL[1])
LOW_WORD, HALF_WORD = np.uint64(0xFFFFFFFF), np.uint64(32)
QUANTILE_CENTRE, QUANTILE_SHOULDER, QUANTILE_TAIL = np.array(CENTRE), np.array(SHOULDER), np.array(TAIL)
EXP_SERIES, POWERS_OF_TWO = np.array(EXPONENTIAL), np.ldexp(1.0, np.arange(-1022, 1023))
HART_TOP, HART_BOTTOM = np.array(HART[0]), np.array(HART[1])


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


# ---- Elementary functions (portable.py, one number at a time).


@njit(inline="always", cache=True)
def polynomial(coefficients, x):
    total = coefficients[0]
    for k in range(1, coefficients.size):
        total = total * x + coefficients[k]
    return total


@njit(cache=True)
def exp(x):
    x = min(max(x, -700.0), 700.0)
    power = np.rint(x * INVERSE_LN2)
    rest = (x - power * LN2_HIGH) - power * LN2_LOW
    total = EXP_SERIES[0]
    for k in range(1, EXP_SERIES.size):
        total = total * rest + EXP_SERIES[k]
    return total * POWERS_OF_TWO[int(power) + 1022]


@njit(cache=True)
def log(x):
    fraction, exponent = math.frexp(x)
    power = float(exponent)
    if fraction < SQRT_HALF:
        fraction, power = fraction * 2.0, power - 1.0
    s = (fraction - 1.0) / (fraction + 1.0)
    square = s * s
    total = 1.0 / 23.0
    for n in range(21, 0, -2):
        total = total * square + 1.0 / n
    return power * LN2_HIGH + (2.0 * s * total + power * LN2_LOW)


@njit(cache=True)
def normal_cdf(z):
    distance = min(abs(z), 37.0)
    density = exp(-distance * distance / 2.0)
    if distance < 7.07106781186547:
        tail = density * polynomial(HART_TOP, distance) / polynomial(HART_BOTTOM, distance)
    else:
        fraction = distance + 0.65
        for n in range(4, 0, -1):
            fraction = distance + float(n) / fraction
        tail = density / fraction / 2.506628274631
    return 1.0 - tail if z > 0.0 else tail


@njit(cache=True)
def normal_quantile(p):
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * polynomial(QUANTILE_CENTRE[0], r) / polynomial(QUANTILE_CENTRE[1], r)
    depth = math.sqrt(-log(max(p if q < 0.0 else 1.0 - p, 1e-300)))
    if depth <= 5.0:
        outer = polynomial(QUANTILE_SHOULDER[0], depth - 1.6) / polynomial(QUANTILE_SHOULDER[1], depth - 1.6)
    else:
        outer = polynomial(QUANTILE_TAIL[0], depth - 5.0) / polynomial(QUANTILE_TAIL[1], depth - 5.0)
    return -outer if q < 0.0 else outer


@njit(cache=True, nogil=True)
def fill_uniforms(row, seed, identity, purpose, first_draw):
    """Fill a row with the uniforms from ``first_draw`` on; one counter holds four draws."""
    for b in range(-(first_draw % 4), row.size, 4):
        c0, c1 = identity & LOW_WORD, identity >> HALF_WORD
        c2, c3 = np.uint64((first_draw + b) // 4), np.uint64(purpose)
        k0, k1 = seed & LOW_WORD, seed >> HALF_WORD
        for _ in range(ROUNDS):
            product_0, product_1 = c0 * M0, c2 * M1
            c0, c2 = (product_1 >> HALF_WORD) ^ c1 ^ k0, (product_0 >> HALF_WORD) ^ c3 ^ k1
            c1, c3 = product_1 & LOW_WORD, product_0 & LOW_WORD
            k0, k1 = (k0 + W0) & LOW_WORD, (k1 + W1) & LOW_WORD
        word = (c0, c1, c2, c3)
        for lane in range(max(0, -b), min(4, row.size - b)):
            row[b + lane] = (np.float64(word[lane]) + 0.5) * 2.0**-32


@njit(cache=True, nogil=True)
def fill_normals(row, seed, identity, purpose, first_draw):
    fill_uniforms(row, seed, identity, purpose, first_draw)
    for b in range(row.size):
        row[b] = normal_quantile(row[b])


# ---- Shared risk and ratios.


@njit(cache=True, nogil=True)
def shared_normals(identities, seed, purpose, first_draw, draws):
    """One row of normals per shared thing (factor or class)."""
    rows = np.empty((identities.size, draws))
    for k in range(identities.size):
        fill_normals(rows[k], seed, identities[k], purpose, first_draw)
    return rows


@njit(cache=True, nogil=True)
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


@njit(inline="always", cache=True)
def score_given_age(z, age, scale, cancelled):
    """Turn the score of an interval into one that has outlived its age; infinite where it is cancelled.

    ``age`` counts from the middle of the scores that the interval is drawn from.
    """
    survival = normal_cdf(-age / scale) if scale > 0.0 else 1.0 if age < 0.0 else 0.0
    above = normal_cdf(-z) - cancelled
    if above <= 0.0:
        return np.inf
    return -normal_quantile(max(survival, LEAST_SURVIVAL) * (above / (1.0 - cancelled)))


@njit(cache=True, nogil=True)
def fill_values(row, value, slope):
    """Turn scores into the values of the class whose lines are told; what is infinite stays so."""
    for b in range(row.size):
        line = 0
        for k in range(SCORES.size):
            line += SCORES[k] <= row[b]
        on_line = value[line] + slope[line] * (row[b] - ORIGINS[line])
        row[b] = on_line if row[b] < np.inf else np.inf


@njit(cache=True, nogil=True)
def fill_multipliers(u, first, last, factor_z, class_z, seed, first_draw, rows):
    """Fill, for the intervals ``first`` to ``last``, what multiplies the work left in each draw.

    For those ``in_days`` it is the days by which a start is late.
    """
    own, shared = math.sqrt(1.0 - u.correlation), math.sqrt(u.correlation)
    unshared = np.empty(rows.shape[1])
    for i in range(first, last):
        row = rows[i - first]
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
            fill_normals(unshared, seed, u.alone[i], P_FACTOR, first_draw)
            for b in range(row.size):
                row[b] += shared * u.weight[i, -1] * unshared[b]
        k = u.reference_class[i]
        shift, scale, error = u.shift[i], u.scale[i], u.class_error[k]
        common = class_z[k, first_draw : first_draw + row.size]
        if u.age[i] > -np.inf or u.cancelled[i] > 0.0:
            for b in range(row.size):
                age = u.age[i] - (shift + error * common[b])
                row[b] = score_given_age(row[b], age, scale, u.cancelled[i])
        for b in range(row.size):
            if row[b] < np.inf:
                row[b] = shift + error * common[b] + scale * row[b]
        fill_values(row, u.class_value[k], u.class_slope[k])
        if u.in_days[i]:
            continue
        for b in range(row.size):
            ratio = exp(row[b]) if row[b] < np.inf else np.inf
            row[b] = max(ratio * u.stretch[i] - u.spent[i], 0.0)


@njit(cache=True, nogil=True)
def fill_starts(u, logic, first, last, first_interval, multiplier, start):
    """Fill the days before which activities do not begin where these are drawn, else ``NONE``."""
    horizon = logic.worked.shape[1] - 1
    for j in range(first, last):
        row = start[j - first]
        if u.start_interval[j] < 0:
            row[:] = NONE
            continue
        late = multiplier[u.start_interval[j] - first_interval]
        for b in range(row.size):
            drawn = u.start_planned[j] + math.floor(min(max(late[b], -1e8), 1e8) + 0.5)
            row[b] = max(u.start_no_earlier[j], np.int32(max(drawn, 0))) if drawn < horizon else NEVER


@njit(cache=True, nogil=True)
def fill_noise(u, logic, first, last, first_interval, span, seed, first_draw, noise, weighted, plain):
    """Fill each activity's own noise, and each interval's spans with and without it."""
    weighted[:] = 0.0
    plain[:] = 0.0
    for j in range(first, last):
        i = u.interval[j] - first_interval
        if i < 0 or u.interval[j] < 0 or logic.actual_finish[j] != NONE:
            continue
        row = noise[j - first]
        value = u.class_value[u.reference_class[u.interval[j]]]
        amplitude = u.noise if value[-1] > value[0] else 0.0
        fill_uniforms(row, seed, u.activity_identity[j], P_ACTIVITY, first_draw)
        plain[i] += span[j]
        for b in range(row.size):
            row[b] = 1.0 + amplitude * (2.0 * row[b] - 1.0)
            weighted[i, b] += span[j] * row[b]


@njit(cache=True, nogil=True)
def fill_durations(
    u, logic, first, last, first_interval, begin, span, multiplier, noise, weighted, plain, days, first_draw, durations
):
    """Fill working days left of each activity in each draw; ``NEVER`` where it is given up.

    The multiplied span counts calendar days from where the schedule has the activity, so that the
    winter stop, which the ratio already holds, counts once.
    """
    horizon = logic.worked.shape[1] - 1
    for j in range(first, last):
        row = durations[j - first]
        i = u.interval[j] - first_interval
        certain = u.interval[j] < 0 and u.first_risk[j] == u.first_risk[j + 1]
        if certain or logic.actual_finish[j] != NONE:
            row[:] = logic.remaining[j]
            continue
        for b in range(row.size):
            stretched = float(span[j])
            if u.interval[j] >= 0:
                stretched = stretched * multiplier[i, b]
                if plain[i] > 0.0 and weighted[i, b] > 0.0:
                    stretched = stretched * (noise[j - first, b] * (plain[i] / weighted[i, b]))
                if multiplier[i, b] == np.inf:
                    row[b] = NEVER
                    continue
            for k in range(u.first_risk[j], u.first_risk[j + 1]):
                stretched = stretched + days[u.risk[k], first_draw + b]
            end = begin[j] + math.floor(min(stretched, 1e8) + 0.5)
            if end >= horizon:
                row[b] = NEVER
            elif logic.remaining[j] == 0:
                row[b] = 0
            else:
                worked = working_days_before(logic.worked, logic.calendar[j], int(end))
                worked -= working_days_before(logic.worked, logic.calendar[j], begin[j])
                row[b] = max(worked, 1)


# ---- The two passes, for a block of draws.


@njit(inline="always", cache=True)
def look_up(row, index):
    return row[min(max(index, 0), row.size - 1)]


@njit(cache=True, nogil=True)
def lag_from(logic, edge, origin, bound):
    """Fill ``bound`` with the instants that lie the relationship's lag after ``origin``."""
    lag = logic.lag[edge]
    worked, day = logic.worked[logic.lag_calendar[edge]], logic.day[logic.lag_calendar[edge]]
    horizon = day.size - 1
    for b in range(bound.size):
        if lag == 0 or origin[b] >= NEVER:
            bound[b] = origin[b]
        elif lag > 0:
            bound[b] = min(look_up(day, look_up(worked, origin[b]) + lag - 1) + 1, horizon)
        else:
            bound[b] = look_up(day, look_up(worked, origin[b]) + lag)


@njit(cache=True, nogil=True)
def raise_to_finish(logic, j, bound, durations, begin):
    """Raise each begin so that the work does not finish before ``bound``; what never finishes has no need."""
    worked, day = logic.worked[logic.calendar[j]], logic.day[logic.calendar[j]]
    for b in range(begin.size):
        if durations[b] == NEVER:
            continue
        earliest = bound[b]
        if earliest < NEVER and durations[b] > 0:
            earliest = look_up(day, look_up(worked, earliest - 1) - durations[b] + 1)
        begin[b] = max(begin[b], earliest)


@njit(cache=True, nogil=True)
def work_from(logic, j, begin, durations, finish):
    """Move each begin to a working day and fill the finish; ``NEVER`` where it begins or lasts never."""
    worked, day = logic.worked[logic.calendar[j]], logic.day[logic.calendar[j]]
    horizon = day.size - 1
    for b in range(begin.size):
        if durations[b] == 0 or begin[b] >= NEVER:
            finish[b] = begin[b]
            continue
        k = look_up(worked, begin[b])
        begin[b] = look_up(day, k)
        finish[b] = min(look_up(day, k + durations[b] - 1) + 1, horizon) if durations[b] < NEVER else NEVER


@njit(cache=True, nogil=True)
def forward_draws(logic, first, last, data_date, forced, durations, start, finish):
    """Fill start and finish of every activity of one component in every draw.

    ``start`` holds the days before which activities do not begin where these are drawn, else ``NONE``.
    """
    bound = np.empty(start.shape[1], np.int32)
    for j in range(first, last):
        begin, end, left = start[j - first], finish[j - first], durations[j - first]
        actual_start = logic.actual_start[j]
        known_finish = logic.actual_finish[j] if logic.actual_finish[j] != NONE else forced[1, j]
        if known_finish != NONE:
            known_start = actual_start if actual_start != NONE else forced[0, j]
            end[:] = known_finish
            begin[:] = known_start if known_start != NONE else known_finish
            continue
        earliest = data_date if actual_start != NONE else max(data_date, logic.start_no_earlier[j])
        for b in range(begin.size):
            begin[b] = earliest if begin[b] == NONE or actual_start != NONE else max(begin[b], data_date)
        if logic.finish_no_earlier[j] != NONE:
            bound[:] = logic.finish_no_earlier[j]
            raise_to_finish(logic, j, bound, left, begin)
        for edge in range(logic.first_predecessor[j], logic.first_predecessor[j + 1]):
            i, kind = logic.predecessor[edge] - first, logic.type[edge]
            lag_from(logic, edge, finish[i] if kind in (FS, FF) else start[i], bound)
            if kind in (FS, SS):
                for b in range(bound.size):
                    begin[b] = max(begin[b], bound[b])
                continue
            if bound_is_morning(kind, logic.lag[edge]):
                for b in range(bound.size):
                    bound[b] = evening_before(logic.worked, logic.day, logic.lag_calendar[edge], bound[b])
            raise_to_finish(logic, j, bound, left, begin)
        work_from(logic, j, begin, left, end)
        if actual_start != NONE:
            begin[:] = actual_start


@njit(inline="always", cache=True)
def latest_begin(logic, calendar, start_bound, finish_bound, n):
    """The last day on which work can begin under both bounds; ``MISSED`` where there is none."""
    bound = min(start_bound, finish_bound)
    if bound <= MISSED or bound >= NEVER or n == 0:
        return bound
    last = np.int32(logic.worked.shape[1])
    if finish_bound < NEVER:
        last = working_days_before(logic.worked, calendar, finish_bound) - n
    if start_bound < NEVER:
        last = min(last, working_days_before(logic.worked, calendar, start_bound + 1) - 1)
    return day_of(logic.day, calendar, last) if last >= 0 else MISSED


@njit(cache=True, nogil=True)
def backward_draws(logic, first, gate, required, durations, start_bound, finish_bound, reached):
    """Bound every predecessor of ``gate`` so that the gate is passed by ``required``.

    Afterwards ``finish_bound`` holds latest finishes of the activities that are ``reached``.
    """
    reached[:] = False
    reached[gate - first] = True
    start_bound[gate - first, :] = NEVER
    finish_bound[gate - first, :] = required
    for j in range(gate, first - 1, -1):
        if not reached[j - first] or logic.actual_finish[j] != NONE:
            continue
        calendar = logic.calendar[j]
        for edge in range(logic.first_predecessor[j], logic.first_predecessor[j + 1]):
            i = logic.predecessor[edge] - first
            if not reached[i]:
                reached[i] = True
                start_bound[i, :] = NEVER
                finish_bound[i, :] = NEVER
        for b in range(durations.shape[1]):
            n = durations[j - first, b]
            begin = latest_begin(logic, calendar, start_bound[j - first, b], finish_bound[j - first, b], n)
            finish = MISSED
            if begin > MISSED:
                finish = advance(logic.worked, logic.day, calendar, begin, n) if n < NEVER else NEVER
            finish_bound[j - first, b] = finish
            for edge in range(logic.first_predecessor[j], logic.first_predecessor[j + 1]):
                i = logic.predecessor[edge] - first
                kind = logic.type[edge]
                bound = begin if kind in (FS, SS) else finish
                if bound > MISSED and bound_is_morning(kind, logic.lag[edge]):
                    bound = morning_after(logic.worked, logic.day, logic.lag_calendar[edge], bound)
                if bound > MISSED:
                    bound = retreat(logic.worked, logic.day, logic.lag_calendar[edge], bound, logic.lag[edge])
                if kind in (FS, FF):
                    finish_bound[i, b] = min(finish_bound[i, b], bound)
                elif logic.actual_start[i + first] == NONE:
                    start_bound[i, b] = min(start_bound[i, b], bound)


# ---- Components, one after the other.


@njit(cache=True, nogil=True)
def draw_component(
    u, logic, component, first, last, begin, span, factor_z, class_z, days, seed, first_draw, durations, start
):
    """Fill durations and drawn starts of one component for one block of draws."""
    draws = durations.shape[1]
    first_interval, last_interval = u.first_interval[component], u.first_interval[component + 1]
    n_intervals = last_interval - first_interval
    multiplier, weighted = np.empty((n_intervals, draws)), np.empty((n_intervals, draws))
    plain, noise = np.empty(n_intervals), np.ones((last - first, draws))
    fill_multipliers(u, first_interval, last_interval, factor_z, class_z, seed, first_draw, multiplier)
    fill_starts(u, logic, first, last, first_interval, multiplier, start)
    fill_noise(u, logic, first, last, first_interval, span, seed, first_draw, noise, weighted, plain)
    fill_durations(
        u,
        logic,
        first,
        last,
        first_interval,
        begin,
        span,
        multiplier,
        noise,
        weighted,
        plain,
        days,
        first_draw,
        durations,
    )


@njit(cache=True, nogil=True)
def simulate_block(
    u, logic, first_of_component, which, data_date, begin, span, forced, shared, seed, first_draw, row_of, gates
):
    """Fill ``gates[row_of[j]]`` with the finish of each watched activity, for one block of draws."""
    factor_z, class_z, days = shared
    draws = gates.shape[1]
    for component in which:
        first, last = first_of_component[component], first_of_component[component + 1]
        durations = np.empty((last - first, draws), np.int32)
        start, finish = np.empty_like(durations), np.empty_like(durations)
        draw_component(
            u, logic, component, first, last, begin, span, factor_z, class_z, days, seed, first_draw, durations, start
        )
        forward_draws(logic, first, last, data_date, forced, durations, start, finish)
        for j in range(first, last):
            if row_of[j] >= 0:
                gates[row_of[j]] = finish[j - first]


@njit(cache=True, nogil=True)
def latest_block(
    u,
    logic,
    component,
    first,
    last,
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
    factor_z, class_z, days = shared
    draws = latest.shape[1]
    durations = np.empty((last - first, draws), np.int32)
    start_bound, finish_bound = np.empty_like(durations), np.empty_like(durations)
    start, finish = np.empty_like(durations), np.empty_like(durations)
    reached = np.empty(last - first, np.bool_)
    draw_component(
        u, logic, component, first, last, begin, span, factor_z, class_z, days, seed, first_draw, durations, start
    )
    forward_draws(logic, first, last, data_date, forced, durations, start, finish)
    for p in range(gate.size):
        backward_draws(logic, first, gate[p], required[p], durations, start_bound, finish_bound, reached)
        delivered = finish[gate[p] - first]
        for row in range(first_row[p], first_row[p + 1]):
            j = activity[row] - first
            finishes[row] = finish[j]
            for b in range(draws):
                kept_by = finish_bound[j, b] if delivered[b] < NEVER else MISSED
                latest[row, b] = kept_by if reached[j] else NEVER
