"""Compiled loops of :mod:`backcast.engine.drivers`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from backcast.engine._delivery_kernels import add_new
from backcast.engine.compiled import compiled, inlined

BLOCK = 512
"""Draws compared together: as many as stay in a processor's nearest cache."""


class Aim(NamedTuple):
    """A target as the kernels take it: ``sign`` is -1 where lower is better.

    A value meets it that lies beyond ``bound`` in that direction, or on it unless ``strict``.
    """

    target: float
    sign: float
    bound: float
    strict: bool


@inlined
def missing_of(value, aim):
    return max(aim.sign * (aim.target - value), 0.0)


@inlined
def is_met(value, aim):
    beyond = aim.sign * (value - aim.bound)
    return beyond > 0.0 or (beyond == 0.0 and not aim.strict)


@compiled
def scatter(values, mean, chosen):
    """Standard error of the mean of the chosen values."""
    squares, n = 0.0, 0
    for b in range(values.size):
        if chosen[b]:
            squares += (values[b] - mean) * (values[b] - mean)
            n += 1
    return math.sqrt(squares / n) / math.sqrt(n) if n else 0.0


@compiled
def compare(values, as_planned, never, aim, sums):
    """Add some draws to the sums that an effect is taken from.

    Squares are those of the difference to the first draw, so that a sure effect has no error.
    """
    first = missing_of(values[0], aim) - missing_of(as_planned[0], aim) if sums[0] == 0.0 else sums[1]
    worth = gained = beyond = squares = 0.0
    for b in range(values.size):
        missing = missing_of(values[b], aim)
        difference = missing - missing_of(as_planned[b], aim) - first
        beyond += difference
        squares += difference * difference
        worth += missing_of(never[b], aim) - missing
        gained += (1.0 if is_met(as_planned[b], aim) else 0.0) - (1.0 if is_met(values[b], aim) else 0.0)
    sums[0] += values.size
    sums[1] = first
    sums[2] += beyond
    sums[3] += squares
    sums[4] += worth
    sums[5] += gained


@compiled
def effect_of(sums):
    """Cost, worth, change of probability and standard error."""
    n, first, beyond, squares, worth, gained = sums
    variance = max(squares / n - (beyond / n) * (beyond / n), 0.0)
    return first + beyond / n, worth / n, gained / n, math.sqrt(variance / n)


@compiled
def effect(values, as_planned, never, aim):
    """Effect of one thing, of which all draws are told."""
    sums = np.zeros(6)
    compare(values, as_planned, never, aim, sums)
    return effect_of(sums)


@compiled
def project_effects(outputs, planned, first, which, since, gates, planned_gates, day, scale, values, aim, unit, found):
    """Fill the effect of each project's own outputs, ``which[first[p]]`` up to ``which[first[p + 1]]``."""
    drawn, usual = np.zeros((1, values.size), np.int64), np.zeros((1, 1), np.int64)
    as_planned, never, at_once = np.empty(BLOCK), np.empty(BLOCK), np.array([0, 1])
    for p in range(first.size - 1):
        drawn[:], usual[:], sums = 0, 0, np.zeros(6)
        for s in range(first[p], first[p + 1]):
            add_new(planned, which[s : s + 1], planned_gates, day, at_once, since[s], 0, 1, usual)
        for begin in range(0, values.size, BLOCK):
            end = min(begin + BLOCK, values.size)
            for s in range(first[p], first[p + 1]):
                add_new(outputs, which[s : s + 1], gates, day, at_once, since[s], begin, end, drawn)
            value, times, own = values[begin:end], scale[begin:end], drawn[0, begin:end]
            for b in range(value.size):
                came = own[b] / unit * times[b]
                as_planned[b] = value[b] + (usual[0, 0] / unit * times[b] - came)
                never[b] = value[b] - came
            compare(value, as_planned[: value.size], never[: value.size], aim, sums)
        found[p] = effect_of(sums)


@compiled
def factor_effect(values, factor, kindest, harshest, aim):
    """Compare the draws in which a factor is at most ``kindest``, and above ``harshest``, with all."""
    n = values.size
    missing, kind = np.empty(n), np.empty(n, np.bool_)
    total = of_kind = of_harsh = 0.0
    n_kind = n_harsh = met = met_kind = 0
    for b in range(n):
        missing[b], kind[b] = missing_of(values[b], aim), factor[b] <= kindest
        harsh, hit = factor[b] > harshest, is_met(values[b], aim)
        total += missing[b]
        of_kind += missing[b] if kind[b] else 0.0
        of_harsh += missing[b] if harsh else 0.0
        n_kind += kind[b]
        n_harsh += harsh
        met += hit
        met_kind += hit and kind[b]
    if n_harsh == 0 or n_kind == n:
        return 0.0, 0.0, 0.0, 0.0
    mean, of_others = total / n, (total - of_kind) / (n - n_kind)
    others = 1.0 - n_kind / n  # the kindest part is a part of the mean that it is compared with
    error = math.hypot(scatter(missing, of_kind / n_kind, kind), scatter(missing, of_others, ~kind))
    return mean - of_kind / n_kind, of_harsh / n_harsh - mean, met_kind / n_kind - met / n, others * error


@compiled
def factor_effects(values, factors, which, thirds, aim, found):
    """Fill the effect of several shared factors."""
    for k in range(which.size):
        f = which[k]
        found[k] = factor_effect(values, factors[f], thirds[f, 0], thirds[f, 1], aim)
