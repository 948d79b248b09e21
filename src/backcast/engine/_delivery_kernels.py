"""Compiled loops of :mod:`backcast.engine.delivery`.

Rows are cut to the draws of a block before a loop begins, so that indices count from 0: only then do loops become
vector instructions.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from backcast.engine._kernels import NEVER, Array
from backcast.engine.compiled import compiled, inlined

AT_ONCE, LINEAR, RAMP = 0, 1, 2


class Delivery(NamedTuple):
    """Outputs as the kernels take them, see :class:`backcast.engine.delivery.Outputs`; ``amount`` is fixed-point."""

    amount: Array
    spread: Array
    ramp_days: Array
    start_row: Array
    gate_row: Array
    start_day: Array
    known_start: Array
    known_gate: Array


@inlined
def reached(begin, end, day):
    """Share of the time from ``begin`` to ``end`` that has passed on ``day``; all of it where they are the same."""
    return min(max((day - begin) / max(end - begin, 1.0), 0.0), 1.0) if day < end else 1.0


@compiled
def fill_course(o, k, gates, since, first_draw, begin, end, scale, before):
    """Fill how an output arrives, draw by draw: ``scale`` times the share of the time passed, less what was ``before``.

    What a linear output had delivered by ``since`` is a fact, the same in every draw: a later gate
    spreads what is left over a longer time.
    """
    had, last_draw = reached(np.float64(o.known_start[k]), np.float64(o.known_gate[k]), since), first_draw + begin.size
    gate_of, start_of = gates[o.gate_row[k], first_draw:last_draw], gates[max(o.start_row[k], 0), first_draw:last_draw]
    known_start, known = np.float64(o.start_day[k]), o.start_row[k] < 0
    linear, ramp = o.spread[k] == LINEAR, np.float64(max(o.ramp_days[k], 0) if o.spread[k] == RAMP else 0)
    for b in range(begin.size):
        gate, start = np.float64(gate_of[b]), np.float64(start_of[b])
        start = known_start if known else start
        gradual = linear and start < gate and since < gate
        running = gradual and start < since
        begin[b] = max(since, start) if gradual else gate
        end[b] = gate if gradual else gate + ramp
        scale[b] = 0.0 if gate >= NEVER else 1.0 - had if running else 1.0
        before[b] = 0.0 if gradual or gate >= NEVER else reached(begin[b], end[b], since)


@compiled
def add_gradually(amount, days, time, begin, end, scale, before, first_draw, total):
    """Add to each time what is new of one output, until nothing more arrives in any draw."""
    known = np.zeros(begin.size, np.int64)
    first = time[min(max(np.int64(begin.min()) - days[0], 0), time.size - 1)]
    longest = begin.min()
    for b in range(end.size):
        longest = max(longest, end[b] if scale[b] > 0.0 else longest)
    for t in range(first, days.size):
        day, new = np.float64(days[t]), total[t, first_draw : first_draw + begin.size]
        for b in range(begin.size):
            share = scale[b] * reached(begin[b], end[b], day) - before[b]
            value = np.int64(math.floor(amount * share + 0.5))
            new[b] += value - known[b]
            known[b] = value
        if day >= longest:
            break


@compiled
def add_new(o, which, gates, days, time, since, first_draw, last_draw, total):
    """Add to ``total[time, draw]``, in some draws, what outputs deliver after ``since`` and since the time before.

    ``time[d]`` is the first time not before ``days[0] + d``.
    """
    begin, end, scale, before = np.empty((4, last_draw - first_draw))
    for k in which:
        if o.spread[k] == LINEAR or (o.spread[k] == RAMP and o.ramp_days[k] > 0):
            fill_course(o, k, gates, np.float64(since), first_draw, begin, end, scale, before)
            add_gradually(o.amount[k], days, time, begin, end, scale, before, first_draw, total)
            continue
        gate, amount, day, last_day = (
            gates[o.gate_row[k], first_draw:last_draw],
            np.int64(o.amount[k]),
            days[0],
            days[-1],
        )
        for b in range(gate.size):
            if since < gate[b] <= last_day:
                total[time[max(gate[b] - day, 0)], first_draw + b] += amount


@compiled
def add_deliveries(o, which, gates, days, time, since, first_draw, last_draw, total):
    """Fill ``total[time, draw]``, in some draws, with what outputs deliver after ``since`` and up to each day."""
    add_new(o, which, gates, days, time, since, first_draw, last_draw, total)
    for t in range(1, days.size):
        until, before = total[t, first_draw:last_draw], total[t - 1, first_draw:last_draw]
        for b in range(until.size):
            until[b] += before[b]
