"""The same schedule by other tools: finish-to-start relationships with lags, no calendar, no progress.

Each takes a :class:`Problem` (an edge list) and gives :class:`Dates`; lists and graphs that a tool needs are its
own work. The loops in Python are written as one would who wants them fast: local names, no repeated look-up.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeAlias

import networkx as nx
import numpy as np
import pmcontrols as pmc
import rustworkx as rx
from numpy.typing import NDArray

from backcast.engine.calendar import Calendars
from backcast.engine.network import Network
from backcast.engine.schedule import schedule

Days: TypeAlias = NDArray[np.int32]
Column: TypeAlias = NDArray[np.number]

HORIZON = 12_000
"""Days of our look-up arrays: more than thirty years."""


@dataclass(frozen=True)
class Problem:
    """Durations, and relationships from ``predecessor`` to ``successor``; work begins on day 0."""

    codes: tuple[str, ...]
    duration: Days
    predecessor: Days
    successor: Days
    lag: Days

    @classmethod
    def random(cls, n: int, *, shuffled: bool = True, lags: bool = True, seed: int = 0) -> Problem:
        """Draw ``n`` activities with 1.75 relationships each, from activities shortly before.

        An activity waits for some of the hundredth of all activities that stands before it, so that the work takes
        as long whatever ``n``. Shuffled, activities and relationships are given in no order; otherwise as planned.
        """
        rng = np.random.default_rng(seed)
        successor = np.sort(rng.integers(1, n, int(1.75 * n)))
        window = np.minimum(successor, max(n // 100, 2))
        predecessor = successor - 1 - (rng.random(successor.size) * window).astype(np.int64)
        pairs = np.unique(successor * n + predecessor)
        successor, predecessor = pairs // n, pairs % n
        duration = rng.integers(1, 30, n)
        lag = rng.integers(0, 6, pairs.size) if lags else np.zeros(pairs.size)
        if shuffled:
            name, turn = rng.permutation(n), rng.permutation(pairs.size)
            duration = duration[np.argsort(name)]
            predecessor, successor, lag = name[predecessor][turn], name[successor][turn], lag[turn]
        columns = (column.astype(np.int32) for column in (duration, predecessor, successor, lag))
        return cls(tuple(map(str, range(n))), *columns)

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True)
class Dates:
    """Early and late dates and floats of every activity.

    ``position`` tells where each activity stood when the dates come in an order of the tool's own.
    """

    early_start: Column
    early_finish: Column
    late_start: Column
    late_finish: Column
    total_float: Column
    free_float: Column | None
    position: NDArray[np.int64] | None = None

    def differences(self, other: Dates) -> list[str]:
        """Return the names of the columns that are not the same; one that a tool does not have is not compared."""
        pairs = [(name, self.as_given(name), other.as_given(name)) for name in COLUMNS]
        return [name for name, a, b in pairs if a is not None and b is not None and not np.array_equal(a, b)]

    def as_given(self, name: str) -> Column | None:
        """Return one column in the order in which the activities were given."""
        column = getattr(self, name)
        if column is None or self.position is None:
            return column
        return column[np.argsort(self.position)]


COLUMNS = [column.name for column in fields(Dates)][:-1]


def backcast(problem: Problem) -> Dates:
    """Schedule with Backcast; every day is worked."""
    none = np.zeros(len(problem), np.int32)
    network = Network.build(
        problem.codes,
        none,
        problem.duration,
        none,
        calendars=Calendars.of(np.ones((1, HORIZON), bool)),
        predecessor=problem.predecessor,
        successor=problem.successor,
        type=np.zeros(problem.lag.size, np.int8),
        lag=problem.lag,
    )
    found = schedule(network, 0)
    return Dates(*(getattr(found, name) for name in COLUMNS), network.position)


def numpy_by_level(problem: Problem) -> Dates:
    """Schedule with NumPy, one level at a time: all activities that wait for none but those of earlier levels."""
    n, duration = len(problem), problem.duration
    by_predecessor = np.argsort(problem.predecessor, kind="stable")
    predecessor, successor, lag = (
        column[by_predecessor] for column in (problem.predecessor, problem.successor, problem.lag)
    )
    first = np.searchsorted(predecessor, np.arange(n + 1))
    start = np.zeros(n, np.int32)
    waiting_for = np.bincount(successor, minlength=n)
    levels, level = [], np.flatnonzero(waiting_for == 0)
    while level.size:
        level = level[first[level + 1] > first[level]]
        counts = first[level + 1] - first[level]
        ends = np.cumsum(counts)
        leaving = np.arange(counts.sum()) + np.repeat(first[level] - ends + counts, counts)
        levels.append((level, ends - counts, leaving))
        to = successor[leaving]
        np.maximum.at(start, to, np.repeat(start[level] + duration[level], counts) + lag[leaving])
        np.subtract.at(waiting_for, to, 1)
        level = np.unique(to[waiting_for[to] == 0])
    return _numpy_backward(levels, start, start + duration, successor, lag)


def _numpy_backward(
    levels: list[tuple[NDArray[np.int64], ...]], start: Days, finish: Days, successor: Days, lag: Days
) -> Dates:
    end, duration = finish.max(), finish - start
    late_finish, free = np.full(start.size, end), end - finish
    for level, begins, leaving in reversed(levels[:-1]):  # nothing waits for the last level
        to = successor[leaving]
        late_finish[level] = np.minimum.reduceat(late_finish[to] - duration[to] - lag[leaving], begins)
        free[level] = np.minimum.reduceat(start[to] - lag[leaving], begins) - finish[level]
    return Dates(start, finish, late_finish - duration, late_finish, late_finish - finish, free)


def rustworkx(problem: Problem) -> Dates:
    """Schedule with rustworkx: the graph and its order in Rust, the passes in Python."""
    graph = rx.PyDiGraph(multigraph=False)
    graph.add_nodes_from(range(len(problem)))
    columns = (problem.predecessor, problem.successor, problem.lag)
    graph.add_edges_from(list(zip(*(column.tolist() for column in columns), strict=True)))
    order, before, after = list(rx.topological_sort(graph)), graph.in_edges, graph.out_edges
    duration = problem.duration.tolist()
    start, finish = [0] * len(order), [0] * len(order)
    for j in order:
        begin = 0
        for i, _, lag in before(j):
            begin = max(begin, finish[i] + lag)
        start[j], finish[j] = begin, begin + duration[j]
    late_finish, free, end = [0] * len(order), [0] * len(order), max(finish)
    for i in reversed(order):
        late = soon = end
        for _, j, lag in after(i):
            late = min(late, late_finish[j] - duration[j] - lag)
            soon = min(soon, start[j] - lag)
        late_finish[i], free[i] = late, soon - finish[i]
    return _dates(problem, start, late_finish, free)


def networkx(problem: Problem) -> Dates:
    """Schedule with networkx, all of it in Python."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(problem)))
    columns = (problem.predecessor, problem.successor, problem.lag)
    graph.add_weighted_edges_from(zip(*(column.tolist() for column in columns), strict=True), weight="lag")
    order, before, after = list(nx.topological_sort(graph)), graph.pred, graph.succ
    duration = problem.duration.tolist()
    start, finish = [0] * len(order), [0] * len(order)
    for j in order:
        begin = 0
        for i, edge in before[j].items():
            begin = max(begin, finish[i] + edge["lag"])
        start[j], finish[j] = begin, begin + duration[j]
    late_finish, free, end = [0] * len(order), [0] * len(order), max(finish)
    for i in reversed(order):
        late = soon = end
        for j, edge in after[i].items():
            late = min(late, late_finish[j] - duration[j] - edge["lag"])
            soon = min(soon, start[j] - edge["lag"])
        late_finish[i], free[i] = late, soon - finish[i]
    return _dates(problem, start, late_finish, free)


def pmcontrols(problem: Problem) -> Dates:
    """Schedule with pmcontrols, which knows neither lags nor free float."""
    before: list[list[str]] = [[] for _ in problem.codes]
    for i, j in zip(problem.predecessor.tolist(), problem.successor.tolist(), strict=True):
        before[j].append(problem.codes[i])
    activities = [
        {"id": code, "duration": duration, "predecessors": codes}
        for code, duration, codes in zip(problem.codes, problem.duration.tolist(), before, strict=True)
    ]
    table = pmc.cpm(activities).table
    position = table["activity"].to_numpy().astype(np.int64)
    return Dates(*(table[column].to_numpy() for column in ("es", "ef", "ls", "lf", "slack")), None, position)


def _dates(problem: Problem, start: list[int], late_finish: list[int], free: list[int]) -> Dates:
    early, late = np.array(start, np.int32), np.array(late_finish, np.int32)
    finish = early + problem.duration
    return Dates(early, finish, late - problem.duration, late, late - finish, np.array(free, np.int32))
