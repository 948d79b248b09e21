"""Compiled loop of :mod:`backcast.engine.delivery`."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from backcast.engine._kernels import NEVER

AT_ONCE, LINEAR, RAMP = 0, 1, 2


@njit(inline="always", cache=True)
def share_delivered(spread, start, gate, ramp_days, day):
    """Share of an output that counts on ``day``, by its gate and the way it is spread."""
    if gate >= NEVER:
        return 0.0
    if spread == AT_ONCE or (spread == LINEAR and gate <= start) or (spread == RAMP and ramp_days <= 0):
        return 1.0 if day >= gate else 0.0
    begin, length = (start, gate - start) if spread == LINEAR else (gate, ramp_days)
    return min(max((day - begin) / length, 0.0), 1.0)


@njit(inline="always", cache=True)
def share_left(begin, gate, day):
    """Share of what a linear output has left at ``begin`` that counts on ``day``."""
    return min(max((day - begin) / (gate - begin), 0.0), 1.0)


@njit(cache=True, nogil=True)
def add_deliveries(
    which, amount, spread, ramp_days, start_row, gate_row, start_day, known_start, known_gate, gates, days, since, total
):
    """Fill ``total[time, draw]`` with what outputs deliver after ``since`` and up to each day.

    Each output adds what is new at each time; at the end the times are added up. What a linear
    output had delivered by ``since`` is a fact, the same in every draw: a later gate spreads what
    is left over a longer time.
    """
    n_times, draws = total.shape
    for k in which:
        for b in range(draws):
            gate = gates[gate_row[k], b]
            if gate >= NEVER or (gate > days[-1] and spread[k] != LINEAR):
                continue
            start = gates[start_row[k], b] if start_row[k] >= 0 else start_day[k]
            linear = spread[k] == LINEAR and start < gate and since < gate
            if not linear:
                before = share_delivered(spread[k], start, gate, ramp_days[k], since)
            elif start < since:
                before = share_delivered(LINEAR, known_start[k], known_gate[k], 0, since)
            else:
                before = 0.0
            if before >= 1.0:
                continue
            begin = max(since, start if linear else gate)
            added = np.int64(0)
            for t in range(np.searchsorted(days, begin), n_times):
                if linear:
                    share = (1.0 - before) * share_left(begin, gate, days[t])
                else:
                    share = share_delivered(spread[k], start, gate, ramp_days[k], days[t]) - before
                value = np.int64(math.floor(amount[k] * share + 0.5))
                total[t, b] += value - added
                added = value
                if share + before >= 1.0:
                    break
    for t in range(1, n_times):
        total[t] += total[t - 1]
