"""When each gate of each project is expected to be passed (docs/explanation/simulation.md)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from backcast.engine.calendar import NONE
from backcast.engine.simulate import Simulation
from backcast.engine.verdict import quantiles
from backcast.planbook.assembly import Assembly
from backcast.planbook.results import GateDate

MOST_DRAWN = 1 << 26
"""Dates that are held at once."""
SHARES = (0.1, 0.5, 0.9)


def gate_dates(assembly: Assembly, simulation: Simulation, threads: int) -> Iterator[GateDate]:
    """Yield every gate that is still ahead, in the order of projects and their networks."""
    activities, dates = assembly.library.activities, assembly.timeline
    ahead = pl.Series(assembly.library.network.actual_finish == NONE) & activities["gate"].is_not_null()
    watched = np.flatnonzero(ahead.to_numpy())
    for part in np.array_split(watched, max(1, -(-watched.size * simulation.draws // MOST_DRAWN))):
        days = np.stack(quantiles(simulation.finishes(part, threads=threads), SHARES), axis=1)
        for j, found in zip(part, days, strict=True):
            row = activities.row(int(j), named=True)
            p10, p50, p90 = (dates.finish_date(int(day)) for day in found)
            yield GateDate(row["project"], row["code"], row["gate"], row["planned_finish"], p10, p50, p90)
