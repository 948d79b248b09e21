"""Activities and the relationships between them, as arrays that a pass can walk through once.

Activities are renumbered so that those of one component (projects that wait for each other) stand
together and every predecessor stands before its successors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backcast.engine import _kernels, _order_kernels
from backcast.engine.calendar import NONE, Calendars, Days

Numbers: TypeAlias = NDArray[np.int32]


class _Order(NamedTuple):
    """In which order activities or relationships come, and whether that is how they were given."""

    numbers: NDArray[Any]
    as_given: bool


_Incoming: TypeAlias = tuple[NDArray[np.int64], Numbers, _Order]

FS, SS, FF, SF = range(4)
"""Relationship types: from the predecessor's Finish or Start to the successor's Start or Finish."""


class CycleError(ValueError):
    """Activities wait for each other; ``loop`` holds their codes, the first repeated at the end."""

    def __init__(self, loop: Sequence[str]) -> None:
        self.loop = tuple(loop)
        chain = " → ".join(loop)
        super().__init__(f"Activities wait for each other: {chain}. Remove one of these relationships.")


class Codes(Sequence[str]):
    """Codes in network order, put there one by one when asked for: a schedule itself needs none of them."""

    __slots__ = ("_given", "_position")

    def __init__(self, given: tuple[str, ...], position: NDArray[np.int64]) -> None:
        self._given, self._position = given, position

    def __len__(self) -> int:
        return len(self._given)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...

    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        if isinstance(index, slice):
            return tuple(map(self._given.__getitem__, self._position[index].tolist()))
        return self._given[int(self._position[index])]

    def __iter__(self) -> Iterator[str]:
        return map(self._given.__getitem__, self._position.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


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

    codes: Sequence[str]
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
    relationship_position: Numbers
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
        ends = _days(predecessor), _days(successor)
        own_project = _days(project)
        order, first_of_component, (first, before, order_of_links) = _network_order(codes, own_project, *ends)
        none = np.full(n, NONE, np.int32)
        own_calendar, durations = _arranged(calendar, order), _arranged(duration, order)

        def dates(values: ArrayLike | None) -> Days:
            return none if values is None else _arranged(values, order)

        left = dates(remaining)
        return cls(
            codes=Codes(tuple(codes), order.numbers),
            position=order.numbers,
            project=_arranged(own_project, order),
            calendar=own_calendar,
            duration=durations,
            remaining=durations if left is none else np.where(left == NONE, durations, left),
            actual_start=dates(actual_start),
            actual_finish=dates(actual_finish),
            start_no_earlier=dates(start_no_earlier),
            start_no_later=dates(start_no_later),
            finish_no_earlier=dates(finish_no_earlier),
            finish_no_later=dates(finish_no_later),
            first_predecessor=first,
            predecessor=before,
            type=_arranged(type, order_of_links, np.int8),
            lag=_arranged(lag, order_of_links),
            lag_calendar=_calendar_of_lags(calendars, own_calendar, before)
            if lag_calendar is None
            else _arranged(lag_calendar, order_of_links),
            relationship_position=order_of_links.numbers,
            first_of_component=first_of_component,
            calendars=calendars,
        )


def _days(values: ArrayLike) -> Days:
    return np.ascontiguousarray(values, np.int32)


def _taken(values: NDArray[Any], numbers: NDArray[np.integer]) -> Any:
    found = np.empty(numbers.size, values.dtype)  # by NumPy, which asks for large pages
    _order_kernels.take(values, numbers, found)
    return found


def _arranged(values: ArrayLike, order: _Order, dtype: type[np.integer] = np.int32) -> Any:
    """Put values, one per activity or relationship, into another order."""
    given = np.ascontiguousarray(values, dtype)
    if given.size != order.numbers.size:
        raise ValueError(f"{order.numbers.size:,} values are needed, one each, not {given.size:,}.")
    return given.copy() if order.as_given else _taken(given, order.numbers)


def _calendar_of_lags(calendars: Calendars, own_calendar: Days, predecessor: Numbers) -> Any:
    """Return the calendar of each relationship's predecessor; where there is but one, memory that nobody touches."""
    return _taken(own_calendar, predecessor) if len(calendars.worked) > 1 else np.zeros(predecessor.size, np.int32)


def _network_order(
    codes: Sequence[str], project: Days, predecessor: Days, successor: Days
) -> tuple[_Order, NDArray[np.int64], _Incoming]:
    """Sort by component, then topologically: the activities, where components begin, and the relationships."""
    n, n_projects = project.size, int(project.max()) + 1 if project.size else 0
    component = _taken(_order_kernels.components(n_projects, project, predecessor, successor), project)
    if _order_kernels.stands_in_order(component, predecessor, successor):
        changes = np.flatnonzero(component[1:] != component[:-1]) + 1  # faster than to count, and it is sorted
        first_of_component = np.unique(np.concatenate(([0], changes, [n])))
        first_predecessor = np.append(0, _order_kernels.ends(n, successor))
        links = _Order(np.arange(successor.size, dtype=np.int32), as_given=True)
        return _Order(np.arange(n), as_given=True), first_of_component, (first_predecessor, predecessor.copy(), links)
    first_of_component = np.unique(np.append(0, _order_kernels.ends(n_projects, component)))
    _, members = _order_kernels.grouped(n_projects, component)
    first_leaving, leaving = _order_kernels.grouped(n, predecessor)
    order, rank = _order_kernels.topological_order(
        first_of_component, members, first_leaving, _taken(successor, leaving)
    )
    if (rank < 0).any():
        raise CycleError(_loop(codes, rank, predecessor, successor))
    incoming = _incoming(n, _taken(rank, predecessor), _taken(rank, successor))
    return _Order(order.astype(np.int64), as_given=False), first_of_component, incoming


def _incoming(n: int, predecessor: Days, successor: Days) -> _Incoming:
    """Sort relationships by successor, then by predecessor."""
    _, by_predecessor = _order_kernels.grouped(n, predecessor)
    first, turn = _order_kernels.grouped(n, _taken(successor, by_predecessor))
    position = _taken(by_predecessor, turn)
    return first.astype(np.int64), _taken(predecessor, position), _Order(position, as_given=False)


def _loop(codes: Sequence[str], rank: Days, predecessor: Days, successor: Days) -> list[str]:
    """Walk backwards among the activities that were never free, until one repeats."""
    waiting = {int(j): int(i) for i, j in zip(predecessor, successor, strict=True) if rank[i] < 0 and rank[j] < 0}
    walk = [next(iter(waiting))]
    while walk[-1] not in walk[:-1]:
        walk.append(waiting[walk[-1]])
    loop = walk[walk.index(walk[-1]) :]
    return [codes[i] for i in reversed(loop)]
