"""The schedule of a planbook as a table: dates, floats, what drives them and where they conflict."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl

from backcast.engine.calendar import Days
from backcast.engine.schedule import Schedule
from backcast.planbook.assembly import assemble
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


def schedule_table(planbook: Planbook, data_date: date | None = None) -> pl.DataFrame:
    """Schedule every project of a planbook.

    Returns
    -------
    One row per activity, sorted by project and code, with ``early_start``, ``early_finish``,
    ``late_start``, ``late_finish`` (dates, both included), ``total_float``, ``free_float`` (working
    days), ``driven_by`` (the predecessors that explain its start) and ``conflict`` (the longest
    path to it, where its float is negative).
    """
    assembly = assemble(planbook, data_date)
    return _with_dates(assembly.library, assembly.schedule, assembly.timeline).sort("project", "code")


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
