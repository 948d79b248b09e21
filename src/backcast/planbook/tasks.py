"""One task of a run of verdicts alone: what some projects deliver, summed up by indicator and region.

Sums are exact, so that those of all tasks add up to the sums of the whole, however the projects are
divided among them and in whatever order the tasks are done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine.delivery import Fixed
from backcast.engine.simulate import Simulation
from backcast.planbook.assembly import Assembly, assemble
from backcast.planbook.contributions import Contributions, totals
from backcast.planbook.forecast import LONG_AGO
from backcast.planbook.outlook import MOST_HELD
from backcast.planbook.regions import Regions
from backcast.planbook.sources import Pack
from backcast.planbook.timeline import Extent

LEAST = 2000
"""Projects of a task but the last: a second of work or more, so that handing it out costs nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One cell: what counts for an indicator in a region and below it.

    Attributes
    ----------
    since
        Day since when deliveries count.
    observed
        Days by which to say what has been delivered as scheduled.
    drawn
        Whether draws are asked for, or only how many outputs there are.
    """

    indicator: str
    region: str
    since: int
    observed: tuple[int, ...]
    drawn: bool


@dataclass(frozen=True, slots=True)
class Order:
    """What every task of a run is asked for; ``days`` are those of the forecast, ascending."""

    data_date: date
    extent: Extent
    draws: int
    seed: int
    days: NDArray[np.int64]
    cells: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """Some projects, packed, and what is asked of them."""

    order: Order
    pack: Pack


@dataclass(slots=True)
class Sums:
    """What projects deliver to each cell of an order; those of several tasks are added.

    Attributes
    ----------
    n_outputs
        Shape ``(n_cells,)``.
    expected
        By cell: fixed-point amounts delivered as scheduled by each observed day.
    added
        By cell: times, and fixed-point amounts that arrive up to them and after the time before,
        shape ``(len(times), draws)``; what is not there is zero.
    totals
        All amounts for each indicator, whatever their signs.
    """

    n_outputs: NDArray[np.int64]
    expected: dict[int, Fixed] = field(default_factory=dict)
    added: dict[int, tuple[NDArray[np.int64], Fixed]] = field(default_factory=dict)
    totals: pl.DataFrame = field(default_factory=pl.DataFrame)


def deliver(task: Task) -> Sums:
    """Do one task: open the part, draw its finishes and add up what it delivers to each cell.

    Raises
    ------
    PlanbookError
        If the part cannot be used.
    CycleError
        If activities wait for each other.
    """
    order = task.order
    assembly = assemble(task.pack(), order.data_date, extent=order.extent)
    simulation = assembly.simulation(draws=order.draws, seed=order.seed)
    contributions, regions = assembly.contributions, Regions(assembly.planbook)
    sums = Sums(np.zeros(len(order.cells), np.int64), totals=totals(contributions.table))
    most = MOST_HELD // (order.draws * np.dtype(np.int32).itemsize)
    for codes in contributions.groups(dict.fromkeys(cell.indicator for cell in order.cells), most):
        mine = contributions.to(codes)
        wanted = [k for k, cell in enumerate(order.cells) if cell.indicator in codes]
        _add_up(sums, order, wanted, mine, assembly, simulation, regions)
    return sums


def _add_up(
    sums: Sums,
    order: Order,
    wanted: list[int],
    contributions: Contributions,
    assembly: Assembly,
    simulation: Simulation,
    regions: Regions,
) -> None:
    """Add up the cells ``wanted``; finishes are drawn once for all of them."""
    outputs, gates = contributions.outputs, simulation.finishes(contributions.watched)
    scheduled = assembly.schedule.early_finish[contributions.watched][:, None]
    for k in wanted:
        cell = order.cells[k]
        which = contributions.within(cell.indicator, cell.region, regions)
        sums.n_outputs[k] = which.size
        if which.size and cell.observed:
            sums.expected[k] = outputs.delivered(which, scheduled, cell.observed, LONG_AGO)[:, 0]
        if which.size and cell.drawn:
            delivered = outputs.delivered(which, gates, order.days, cell.since)
            delivered[1:] = np.diff(delivered, axis=0)
            times = np.flatnonzero(delivered.any(axis=1))
            sums.added[k] = times, delivered[times]
