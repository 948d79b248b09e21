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


@njit(cache=True, nogil=True)
def add_deliveries(which, amount, spread, ramp_days, start_row, gate_row, start_day, gates, days, since, total):
    """Fill ``total[time, draw]`` with what outputs deliver after ``since`` and up to each day.

    Each output adds what is new at each time; at the end the times are added up.
    """
    n_times, draws = total.shape
    for k in which:
        for b in range(draws):
            gate = gates[gate_row[k], b]
            if gate >= NEVER or (gate > days[-1] and spread[k] != LINEAR):
                continue
            start = gates[start_row[k], b] if start_row[k] >= 0 else start_day[k]
            before = share_delivered(spread[k], start, gate, ramp_days[k], since)
            if before >= 1.0:
                continue
            first = since if spread[k] == LINEAR else max(since, gate)
            added = np.int64(0)
            for t in range(np.searchsorted(days, first), n_times):
                share = share_delivered(spread[k], start, gate, ramp_days[k], days[t]) - before
                value = np.int64(math.floor(amount[k] * share + 0.5))
                total[t, b] += value - added
                added = value
                if share + before >= 1.0:
                    break
    for t in range(1, n_times):
        total[t] += total[t - 1]
