"""Activities and the relationships between them, as arrays that a pass can walk through once.

Activities are renumbered so that those of one component (projects that wait for each other) stand
together and every predecessor stands before its successors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backcast.engine import _kernels
from backcast.engine.calendar import NONE, Calendars, Days

FS, SS, FF, SF = range(4)
"""Relationship types: from the predecessor's Finish or Start to the successor's Start or Finish."""


class CycleError(ValueError):
    """Activities wait for each other; ``loop`` holds their codes, the first repeated at the end."""

    def __init__(self, loop: Sequence[str]) -> None:
        self.loop = tuple(loop)
        chain = " → ".join(loop)
        super().__init__(f"Activities wait for each other: {chain}. Remove one of these relationships.")


@dataclass(frozen=True, slots=True, repr=False)
class Network:
    """A set of projects as arrays, in an order in which predecessors come first.

    Attributes
    ----------
    codes
        Codes of the activities, in network order; every array below follows it.
    position
        Shape ``(n_activities,)``: where each activity stood when the network was built.
    project, calendar, duration
        Index of the project and of the calendar; working days.
    remaining
        Working days left of a started activity; equal to ``duration`` where not started.
    actual_start, actual_finish, start_no_earlier, start_no_later, finish_no_earlier, finish_no_later
        Days, or ``NONE``.
    first_predecessor
        Shape ``(n_activities + 1,)``: predecessors of activity *j* are the relationships from
        ``first_predecessor[j]`` up to ``first_predecessor[j + 1]``.
    predecessor, type, lag, lag_calendar
        One entry per relationship; ``relationship_position`` tells where each stood when built.
    first_of_component
        Shape ``(n_components + 1,)``: the activities of one component stand together.
    calendars
        Look-up arrays.
    """

    codes: tuple[str, ...]
    position: NDArray[np.int64]
    project: Days
    calendar: Days
    duration: Days
    remaining: Days
    actual_start: Days
    actual_finish: Days
    start_no_earlier: Days
    start_no_later: Days
    finish_no_earlier: Days
    finish_no_later: Days
    first_predecessor: NDArray[np.int64]
    predecessor: Days
    type: NDArray[np.int8]
    lag: Days
    lag_calendar: Days
    relationship_position: NDArray[np.int64]
    first_of_component: NDArray[np.int64]
    calendars: Calendars

    def __len__(self) -> int:
        return len(self.codes)

    def __str__(self) -> str:
        return f"Network of {len(self):,} activities and {self.predecessor.size:,} relationships"

    @property
    def n_projects(self) -> int:
        """Number of projects."""
        return int(self.project.max()) + 1 if len(self) else 0

    @property
    def logic(self) -> _kernels.Logic:
        """The network as the kernels take it."""
        return _kernels.Logic(
            self.calendars.worked,
            self.calendars.day,
            self.calendar,
            self.remaining,
            self.actual_start,
            self.actual_finish,
            self.start_no_earlier,
            self.start_no_later,
            self.finish_no_earlier,
            self.finish_no_later,
            self.project,
            self.first_predecessor,
            self.predecessor,
            self.type,
            self.lag,
            self.lag_calendar,
        )

    @classmethod
    def build(
        cls,
        codes: Sequence[str],
        project: ArrayLike,
        duration: ArrayLike,
        calendar: ArrayLike,
        *,
        calendars: Calendars,
        predecessor: ArrayLike = (),
        successor: ArrayLike = (),
        type: ArrayLike = (),
        lag: ArrayLike = (),
        lag_calendar: ArrayLike | None = None,
        remaining: ArrayLike | None = None,
        actual_start: ArrayLike | None = None,
        actual_finish: ArrayLike | None = None,
        start_no_earlier: ArrayLike | None = None,
        start_no_later: ArrayLike | None = None,
        finish_no_earlier: ArrayLike | None = None,
        finish_no_later: ArrayLike | None = None,
    ) -> Network:
        """Put activities and relationships, given in any order, into network order.

        Parameters
        ----------
        project, calendar, duration, remaining, actual_start, …
            One entry per activity. Dates are days, ``NONE`` where not given; ``remaining`` counts
            for started activities only and is their whole duration where ``NONE`` or not given.
        predecessor, successor
            Indices into ``codes``, one entry per relationship.
        lag
            Working days of ``lag_calendar``, by default the predecessor's; negative for a lead.

        Raises
        ------
        CycleError
            If activities wait for each other; the message names the loop.
        """
        n = len(codes)
        ends = (_days(predecessor), _days(successor))
        own_calendar, own_project = _days(calendar), _days(project)
        order, first_of_component = _network_order(codes, own_project, *ends)
        rank = np.empty(n, np.int64)
        rank[order] = np.arange(n)
        by_successor = np.lexsort((rank[ends[0]], rank[ends[1]])) if ends[0].size else np.zeros(0, np.int64)
        lags_run_on = own_calendar[ends[0]] if lag_calendar is None else _days(lag_calendar)
        durations = _days(duration)
        left = _optional(remaining, n)

        def dates(values: ArrayLike | None) -> Days:
            return _optional(values, n)[order]

        return cls(
            codes=tuple(codes[i] for i in order),
            position=order,
            project=own_project[order],
            calendar=own_calendar[order],
            duration=durations[order],
            remaining=np.where(left == NONE, durations, left)[order],
            actual_start=dates(actual_start),
            actual_finish=dates(actual_finish),
            start_no_earlier=dates(start_no_earlier),
            start_no_later=dates(start_no_later),
            finish_no_earlier=dates(finish_no_earlier),
            finish_no_later=dates(finish_no_later),
            first_predecessor=np.searchsorted(rank[ends[1]][by_successor], np.arange(n + 1)).astype(np.int64),
            predecessor=rank[ends[0]][by_successor].astype(np.int32),
            type=np.asarray(type, np.int8)[by_successor],
            lag=_days(lag)[by_successor],
            lag_calendar=lags_run_on[by_successor],
            relationship_position=by_successor,
            first_of_component=first_of_component,
            calendars=calendars,
        )


def _days(values: ArrayLike) -> Days:
    return np.asarray(values, np.int32)


def _optional(values: ArrayLike | None, n: int) -> Days:
    return np.full(n, NONE, np.int32) if values is None else _days(values)


def _network_order(
    codes: Sequence[str], project: Days, predecessor: Days, successor: Days
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the activities sorted by component, then topologically, and where components begin."""
    n = len(codes)
    rank = _kernels.topological_rank(n, predecessor, successor)
    if n and (rank < 0).any():
        raise CycleError(_loop(codes, rank, predecessor, successor))
    component = _kernels.components(int(project.max()) + 1 if n else 0, project[predecessor], project[successor])
    order = np.lexsort((rank, component[project])) if n else np.zeros(0, np.int64)
    sorted_component = component[project][order] if n else np.zeros(0, np.int32)
    starts = np.flatnonzero(np.diff(sorted_component, prepend=-1))
    return order, np.append(starts, n).astype(np.int64)


def _loop(codes: Sequence[str], rank: NDArray[np.int64], predecessor: Days, successor: Days) -> list[str]:
    """Walk backwards among the activities that were never free, until one repeats."""
    waiting = {int(j): int(i) for i, j in zip(predecessor, successor, strict=True) if rank[i] < 0 and rank[j] < 0}
    walk = [next(iter(waiting))]
    while walk[-1] not in walk[:-1]:
        walk.append(waiting[walk[-1]])
    loop = walk[walk.index(walk[-1]) :]
    return [codes[i] for i in reversed(loop)]
