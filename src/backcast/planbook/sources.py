"""Where the projects of a plan are read from, part by part: from memory here, from files elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Protocol, TypeAlias

from backcast.planbook.book import Planbook
from backcast.planbook.parts import components, part_of
from backcast.planbook.timeline import Extent, extent_of

Pack: TypeAlias = Callable[[], Planbook]
"""Opens a part; it can be sent to another process and opened there."""


class Source(Protocol):
    """A planbook of which parts can be had without the others."""

    @property
    def plan(self) -> Planbook:
        """The planbook without its projects and all that is said of them."""

    def extent(self, data_date: date) -> Extent:
        """Return the first and the last date that matters, of all projects."""

    def components(self) -> Iterator[list[str]]:
        """Yield the projects that wait for each other, in the order of their codes."""

    def pack(self, projects: Collection[str]) -> Pack:
        """Pack projects that do not wait for others; opening raises a PlanbookError where they cannot be used."""


@dataclass(frozen=True)
class InMemory:
    """A planbook in memory as a source: its parts travel with what they hold."""

    planbook: Planbook

    @property
    def plan(self) -> Planbook:
        """The planbook without its projects and all that is said of them."""
        return part_of(self.planbook, ())

    def extent(self, data_date: date) -> Extent:
        """Return the first and the last date that matters, of all projects."""
        return extent_of(self.planbook.tables, data_date)

    def components(self) -> Iterator[list[str]]:
        """Yield the projects that wait for each other, in the order of their codes."""
        return components(self.planbook)

    def pack(self, projects: Collection[str]) -> Pack:
        """Pack projects that do not wait for others."""
        return partial(_opened, part_of(self.planbook, projects))


def _opened(part: Planbook) -> Planbook:
    return part
