"""The schedule of a planbook as a table: dates, floats, what drives them and where they conflict."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl

from backcast.engine.calendar import Days
from backcast.engine.schedule import Schedule
from backcast.language import Message, tr
from backcast.planbook.assembly import Assembly, assemble
from backcast.planbook.book import Planbook
from backcast.planbook.networks import Library
from backcast.planbook.timeline import Timeline

_SHOWN = (
    "project",
    "code",
    "name",
    "name_en",
    "gate",
    "planned_start",
    "planned_finish",
    "actual_start",
    "actual_finish",
)


TOLD = 20
"""Activities that a timetable prints; its frame holds them all."""


class Timetable:
    """The schedule of a library as dates; it prints the activities with the least float."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly

    def to_frame(self) -> pl.DataFrame:
        """Return one row per activity, sorted by project and code.

        Columns are ``early_start``, ``early_finish``, ``late_start``, ``late_finish`` (dates, both
        included), ``total_float``, ``free_float`` (working days), ``driven_by`` (the predecessors
        that explain its start) and ``conflict`` (the longest path to it, where its float is
        negative), beside what the planbook says of it.
        """
        assembly = self._assembly
        return _with_dates(assembly.library, assembly.schedule, assembly.timeline).sort("project", "code")

    def urgent(self) -> pl.DataFrame:
        """Return the activities still to be finished, those with the least total float first."""
        unfinished = self.to_frame().filter(pl.col("actual_finish").is_null())
        return unfinished.sort("total_float", "early_start", "project", "code")

    def __len__(self) -> int:
        return len(self._assembly.library.network)

    def __str__(self) -> str:
        urgent = self.urgent()
        lines = [str(_told(row)) for row in urgent.head(TOLD).iter_rows(named=True)]
        if urgent.height > TOLD:
            lines.append(str(tr("… and {n} more.", n=f"{urgent.height - TOLD:,}")))
        return "\n".join(lines)


def timetable(planbook: Planbook, data_date: date | str | None = None) -> Timetable:
    """Schedule every project of a planbook."""
    return Timetable(assemble(planbook, data_date))


def _told(row: dict[str, object]) -> Message:
    return tr(
        "{project}/{activity}: {start} to {finish}, total float {float} working days.",
        project=row["project"],
        activity=row["code"],
        start=row["early_start"],
        finish=row["early_finish"],
        float=row["total_float"],
    )


def _with_dates(projects: Library, found: Schedule, dates: Timeline) -> pl.DataFrame:
    """Return the activities, in network order, with what the schedule says of them."""
    return projects.activities.select(*_SHOWN).with_columns(
        early_start=_dates(found.early_start, dates.start_date),
        early_finish=_dates(found.early_finish, dates.finish_date),
        late_start=_dates(found.late_start, dates.start_date),
        late_finish=_dates(found.late_finish, dates.finish_date),
        total_float=pl.Series(found.total_float),
        free_float=pl.Series(found.free_float),
        driven_by=pl.Series(_drivers(found), dtype=pl.String),
        conflict=pl.Series(_conflicts(found), dtype=pl.String),
    )


def _dates(days: Days, convert: Callable[[int], date | None]) -> pl.Series:
    return pl.Series([convert(int(day)) for day in days], dtype=pl.Date)


def _drivers(found: Schedule) -> list[str | None]:
    network = found.network
    driving = found.driving[network.relationship_position]
    first = network.first_predecessor
    return [
        "; ".join(
            network.codes[i] for i in network.predecessor[first[j] : first[j + 1]][driving[first[j] : first[j + 1]]]
        )
        or None
        for j in range(len(network))
    ]


def _conflicts(found: Schedule) -> list[str | None]:
    """Name the chain that makes an activity too late, where one is."""
    chains: list[str | None] = [None] * len(found.network)
    for j in np.flatnonzero(found.total_float < 0):
        chains[j] = " → ".join(found.network.codes[i] for i in found.longest_path_to(int(j)))
    return chains
