"""Verdicts alone, for a plan with more projects than fit into one machine (docs/how-to/cluster.md).

Projects are read, simulated and added up in parts, each by whoever is free; only sums come back. From
the sums follow the same verdicts as from :func:`backcast.planbook.run.run`, to the digit; trajectories,
drivers and latest dates need all projects at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib.metadata import version

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine.delivery import Fixed
from backcast.engine.parallel import completed
from backcast.language import tr
from backcast.planbook.assembly import data_date_of
from backcast.planbook.book import Planbook
from backcast.planbook.contributions import refuse_too_large
from backcast.planbook.forecast import WITHOUT_BASE, Cell, Series, forecast_indicator, needed_regions
from backcast.planbook.judging import verdict
from backcast.planbook.names import Names
from backcast.planbook.outlook import Progress
from backcast.planbook.parts import packed
from backcast.planbook.regions import Regions
from backcast.planbook.results import Records, Verdict, place
from backcast.planbook.run import DRAWS
from backcast.planbook.sentences import sentence
from backcast.planbook.sources import InMemory, Source
from backcast.planbook.standpoint import Standpoint
from backcast.planbook.tasks import LEAST, Asked, Order, Sums, Task, deliver
from backcast.planbook.timeline import timeline


@dataclass(frozen=True)
class Verdicts:
    """The verdicts of a plan at a data date, without the run behind them; make it with :func:`verdicts`.

    Attributes
    ----------
    projects
        How many projects there are.
    planbook
        What was known of the plan at the data date; it holds no projects.
    """

    data_date: date
    draws: int
    seed: int
    version: str
    projects: int
    verdicts: Records[Verdict]
    planbook: Planbook = field(repr=False)

    @cached_property
    def names(self) -> Names:
        """Names of indicators, regions and organisations."""
        return Names(self.planbook)

    def __str__(self) -> str:
        return f"{self.data_date}, {self.draws:,} draws, {self.projects:,} projects\n{self.verdicts}"


def verdicts(
    planbook: Planbook | Source,
    *,
    data_date: date | str | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    executor: Executor | None = None,
    least: int = LEAST,
    progress: Progress | None = None,
) -> Verdicts:
    """Say how likely each target in force is, part by part, so that a whole country fits.

    Parameters
    ----------
    planbook
        A planbook, or a source such as :func:`backcast.open_planbook` gives, of which each task reads its own part.
    executor
        Whose processes do the tasks: any :class:`concurrent.futures.Executor`; by default this one, one
        task after the other. It changes no digit.
    least
        Projects in a task, but for the last; it changes no digit either.
    progress
        Called with what is being done, how much of it is done, and how much there is.

    Raises
    ------
    PlanbookError
        If no data date is given and the plan has none, or projects cannot be used.
    CycleError
        If activities wait for each other.
    """
    source = InMemory(planbook) if isinstance(planbook, Planbook) else planbook
    when = data_date_of(source.plan, data_date)
    extent = source.extent(when)
    known = source.plan.known_at(when)
    standpoint = Standpoint(known, when, timeline(known, extent))
    order = Order(when, extent, draws, seed, standpoint.days_of(standpoint.dates), tuple(_asked(standpoint)))
    parts = list(packed(source.components(), least))
    tasks = (Task(order, source.pack(part)) for part in parts)
    total = _Total(order)
    for done, sums in enumerate(_done(tasks, executor), 1):
        total.add(sums)
        if progress:
            progress(tr("Simulating delivery"), done, len(parts))
    total.refuse_too_large()
    found = _judged(standpoint, total)
    return Verdicts(
        data_date=when,
        draws=draws,
        seed=seed,
        version=version("backcast"),
        projects=sum(len(part) for part in parts),
        verdicts=Records(found, lambda record: sentence(record, standpoint.names)),
        planbook=known,
    )


def _done(tasks: Iterable[Task], executor: Executor | None) -> Iterator[Sums]:
    if executor is None:
        yield from map(deliver, tasks)
    else:
        yield from (sums for _, sums in completed(executor, deliver, tasks))


def _asked(standpoint: Standpoint) -> Iterator[Asked]:
    """Every cell that a verdict may rest on."""
    for indicator in standpoint.indicators:
        code = indicator["code"]
        observed = standpoint.series_of(code)
        for region in needed_regions(observed, set(standpoint.targets_of(code)["region"]), standpoint.regions):
            series = observed.get(region)
            yield Asked(
                indicator=code,
                region=region,
                since=int(series.days[-1]) if series else standpoint.plan_start,
                observed=tuple(series.days.tolist()) if series else (),
                drawn=series is not None or indicator["kind"] in WITHOUT_BASE,
            )


def _judged(standpoint: Standpoint, total: _Total) -> list[Verdict]:
    """Forecast one indicator after the other from the sums, and judge its targets."""
    scene = _Summed(
        regions=standpoint.regions,
        days=standpoint.days_of(standpoint.dates),
        plan_start=standpoint.plan_start,
        seed=total.order.seed,
        draws=total.order.draws,
        largest_target=standpoint.largest_target,
        total=total,
    )
    paces, parts = standpoint.paces(), standpoint.parts
    kept: dict[tuple[str, str], Cell] = {}
    found: list[Verdict] = []
    for indicator in standpoint.indicators:
        code, rows = indicator["code"], standpoint.targets_of(indicator["code"])
        cells = forecast_indicator(indicator, standpoint.series_of(code), set(rows["region"]), scene, paces, kept)
        kept |= {(code, region): cell for region, cell in cells.items() if code in parts}
        for row in rows.iter_rows(named=True):
            target, cell = standpoint.target(row, indicator), cells.get(row["region"])
            found.append(verdict(target, cell, standpoint.timeline, standpoint.dates, standpoint.data_date))
    return sorted(found, key=place)


class _Total:
    """The sums of all tasks."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.index = {(cell.indicator, cell.region): k for k, cell in enumerate(order.cells)}
        self.n_outputs = np.zeros(len(order.cells), np.int64)
        self._expected: dict[int, Fixed] = {}
        self._added: dict[int, Fixed] = {}
        self._amounts: list[pl.DataFrame] = []

    def add(self, sums: Sums) -> None:
        """Add the sums of one task."""
        self.n_outputs += sums.n_outputs
        for k, expected in sums.expected.items():
            self._expected[k] = self._expected.get(k, 0) + expected
        for k, (times, added) in sums.added.items():
            if k not in self._added:
                self._added[k] = np.zeros((self.order.days.size, self.order.draws), np.int64)
            self._added[k][times] += added
        self._amounts.append(sums.totals)

    def refuse_too_large(self) -> None:
        """Refuse outputs that together are too large to be counted."""
        if self._amounts:
            refuse_too_large(pl.concat(self._amounts).group_by("indicator").agg(pl.col("total").sum()))

    def expected(self, k: int) -> Fixed:
        """Return what has been delivered as scheduled by each observed day."""
        return self._expected.get(k, np.zeros(len(self.order.cells[k].observed), np.int64))

    def delivered(self, k: int) -> Fixed:
        """Return what is delivered up to each day, shape ``(n_times, draws)``."""
        none = np.zeros((self.order.days.size, self.order.draws), np.int64)
        return np.cumsum(self._added[k], axis=0) if k in self._added else none


@dataclass(frozen=True, slots=True, kw_only=True)
class _Summed:
    """What all cells share where only sums are known; see :class:`backcast.planbook.forecast.Scene`."""

    regions: Regions
    days: NDArray[np.int64]
    plan_start: int
    seed: int
    draws: int
    largest_target: dict[tuple[str, str], float]
    total: _Total

    def cell(self, indicator: str, region: str, series: Series | None) -> Cell:
        n_outputs = int(self.total.n_outputs[self.total.index[indicator, region]])
        since = int(series.days[-1]) if series else self.plan_start
        return Cell(indicator, region, series, np.zeros(0, np.int64), n_outputs, since)

    def delivered(self, cell: Cell) -> Fixed:
        return self.total.delivered(self.total.index[cell.indicator, cell.region])

    def delivered_before(self, cell: Cell) -> Fixed:
        return self.total.expected(self.total.index[cell.indicator, cell.region])
