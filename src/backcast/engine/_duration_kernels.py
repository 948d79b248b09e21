"""Compiled loops over draws: what is uncertain, and the working days that follow from it.

Read :mod:`backcast.engine.simulate` first, and :mod:`backcast.engine._row_kernels` for the arithmetic.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from backcast.engine._kernels import NEVER, NONE, Array
from backcast.engine._pass_kernels import look_up, works_every_day
from backcast.engine._row_kernels import exp, fill_normals, fill_uniforms, to_normal_cdf, to_normal_quantile
from backcast.engine.compiled import compiled
from backcast.engine.quantiles import ORIGINS, SCORES
from backcast.engine.random import Purpose

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
