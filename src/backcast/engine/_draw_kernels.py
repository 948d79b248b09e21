"""Compiled loops over draws: components one after the other, for a block of draws.

Read :mod:`backcast.engine.simulate` first. Lengths are drawn by :mod:`backcast.engine._duration_kernels`, dates
follow by :mod:`backcast.engine._pass_kernels`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from backcast.engine._duration_kernels import (
    fill_durations,
    fill_multipliers,
    fill_noise,
    fill_starts,
)
from backcast.engine._kernels import NEVER, Array
from backcast.engine._pass_kernels import MISSED, backward_draws, forward_draws
from backcast.engine.compiled import compiled


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
