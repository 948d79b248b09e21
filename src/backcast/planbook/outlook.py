"""The outlook of every target: forecasts, verdicts, trajectories and drivers, one indicator at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine import portions
from backcast.engine.calendar import Days
from backcast.engine.parallel import Crew, run_all
from backcast.engine.portable import Floats
from backcast.engine.schedule import Schedule
from backcast.engine.scores import pinball
from backcast.engine.simulate import Simulation
from backcast.engine.verdict import quantile, quantiles
from backcast.language import Message, tr
from backcast.planbook.assembly import Assembly
from backcast.planbook.contributions import Contributions
from backcast.planbook.driving import Drivers
from backcast.planbook.forecast import Cell, Setting, forecast_indicator
from backcast.planbook.judging import verdict
from backcast.planbook.results import Driver, PastForecast, TrajectoryPoint, Verdict, place
from backcast.planbook.standpoint import Standpoint
from backcast.planbook.uncertainty import factor_names

MOST_HELD = 1 << 28
"""Bytes of drawn finishes that are held at once."""
_OBSERVED = ("indicator", "region", "date", "value")

Progress = Callable[[Message, int, int], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """What follows from the forecasts of some indicators.

    Attributes
    ----------
    counted
        By indicator and region: the outputs that its values count.
    """

    verdicts: list[Verdict]
    points: list[TrajectoryPoint]
    drivers: list[Driver]
    past: list[PastForecast]
    counted: dict[tuple[str, str], NDArray[np.int64]]

    @classmethod
    def together(cls, several: list[Judged]) -> Judged:
        """Put what was found indicator by indicator in the order in which it is told."""
        return cls(
            verdicts=sorted((found for judged in several for found in judged.verdicts), key=place),
            points=sorted((point for judged in several for point in judged.points), key=place),
            drivers=sorted((driver for judged in several for driver in judged.drivers), key=_by_weight),
            past=[forecast for judged in several for forecast in judged.past],
            counted={key: which for judged in several for key, which in judged.counted.items()},
        )

    @property
    def standard_error(self) -> float:
        """The largest standard error of a probability; 0 where nothing is forecast."""
        return max((found.standard_error or 0.0 for found in self.verdicts), default=0.0)


class Outlook(Standpoint):
    """Everything that the verdicts of one run are taken from."""

    def __init__(
        self, assembly: Assembly, simulation: Simulation, came: pl.DataFrame | None = None, threads: int = 1
    ) -> None:
        came_on: list[date] = [] if came is None else came["date"].to_list()
        super().__init__(assembly.planbook, assembly.data_date, assembly.timeline, came_on)
        self.assembly, self.simulation, self.threads = assembly, simulation, threads
        self.factor_names = factor_names(self.planbook, assembly.library)
        self.came = {} if came is None else {(i, r, d): v for i, r, d, v in came.select(*_OBSERVED).iter_rows()}

    def judge_all(self, progress: Progress | None = None, executor: Executor | None = None) -> Judged:
        """Forecast indicators side by side, as many as there are threads, so that only their own draws are held.

        Finishes are drawn for as many indicators together as fit into ``MOST_HELD`` bytes. Those that are divided
        from others come last, one after the other, as they may be divided from each other.
        """
        paces, kept, judged = self.paces(), dict[tuple[str, str], Cell](), list[Judged]()
        crew = Crew(self.threads)
        for group in self.groups(self.indicators):
            setting = replace(self.setting([row["code"] for row in group], progress, executor), threads=crew)
            drivers = Drivers(self.simulation, self.assembly.library, setting, self.factor_names)
            judge = partial(self._judge, setting=setting, drivers=drivers, paces=paces, kept=kept)
            for rows in _side_by_side(group):
                judged += run_all(judge, rows, crew, self._told(progress, len(judged)))
        return Judged.together(judged)

    def _told(self, progress: Progress | None, before: int) -> Callable[[int, int], None]:
        """Tell how many indicators are judged, of all."""

        def tell(done: int, _: int) -> None:
            if progress:
                progress(tr("Judging targets"), before + done, len(self.indicators))

        return tell

    def groups(self, indicators: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
        """Indicators whose finishes are drawn together."""
        most = MOST_HELD // (self.simulation.draws * np.dtype(np.int32).itemsize)
        rows = iter(indicators)
        for codes in self.assembly.contributions.groups([row["code"] for row in indicators], most):
            yield list(islice(rows, len(codes)))

    def setting(self, codes: list[str], progress: Progress | None = None, executor: Executor | None = None) -> Setting:
        """Draw the finishes that some indicators wait for, in this process or in those of an executor."""
        contributions = self.assembly.contributions.to(codes)
        watched, told = contributions.watched, progress and partial(progress, tr("Simulating delivery"))
        if executor is None:
            gates = self.simulation.finishes(watched, threads=self.threads, progress=told)
        else:
            gates = portions.finishes(self.simulation, watched, executor, progress=told)
        return self.setting_of(contributions, gates, self.assembly.schedule, self.dates)

    def setting_of(self, contributions: Contributions, gates: Days, schedule: Schedule, dates: list[date]) -> Setting:
        """Return what cells share that count some outputs, with their drawn and their scheduled finishes."""
        return Setting(
            contributions=contributions,
            regions=self.regions,
            gates=gates,
            expected_gates=schedule.early_finish[contributions.watched][:, None],
            days=self.days_of(dates),
            plan_start=self.plan_start,
            seed=self.simulation.seed,
            threads=self.threads,
            largest_target=self.largest_target,
        )

    def _judge(
        self,
        indicator: dict[str, Any],
        setting: Setting,
        drivers: Drivers,
        paces: dict[tuple[str, str], float],
        kept: dict[tuple[str, str], Cell],
    ) -> Judged:
        """Forecast one indicator, and say what follows for its targets; keep what others are divided from."""
        code = indicator["code"]
        rows = self.targets_of(code)
        cells = forecast_indicator(indicator, self.series_of(code), set(rows["region"]), setting, paces, kept)
        verdicts, found = list[Verdict](), list[Driver]()
        for row in rows.iter_rows(named=True):
            target, cell = self.target(row, indicator), cells.get(row["region"])
            verdicts.append(verdict(target, cell, self.timeline, self.dates, self.data_date))
            if verdicts[-1].state == "forecast" and cell is not None:
                found += drivers.of(target, cell, self.dates.index(target.date))
        if code in self.parts:
            kept |= {(code, region): cell for region, cell in cells.items()}
        return Judged(
            verdicts=verdicts,
            points=self._all_points(list(cells.values()), rows, setting),
            drivers=found,
            past=[scored for cell in cells.values() for scored in self._scores(cell)],
            counted={(code, region): cell.counted for region, cell in cells.items()},
        )

    def _all_points(self, cells: list[Cell], targets: pl.DataFrame, setting: Setting) -> list[TrajectoryPoint]:
        """Tell the months of every cell; they are found side by side."""

        def tell(cell: Cell) -> list[TrajectoryPoint]:
            return self._points(cell, targets.filter(pl.col("region") == cell.region), setting)

        return [point for points in run_all(tell, cells, setting.threads) for point in points]

    def _points(self, cell: Cell, targets: pl.DataFrame, setting: Setting) -> list[TrajectoryPoint]:
        """Tell the months of a cell up to a year beyond its last target, or the plan's end."""
        if cell.values is None:
            return []
        ends = [*targets["date"], *self.planbook["plan"]["ends"].drop_nulls()]
        last = max([day for day in ends if day > self.data_date], default=self.dates[0]) + timedelta(days=366)
        days = [day for day in self.dates if day <= last]
        bands = quantiles(cell.values[: len(days)], (0.1, 0.5, 0.9))
        early, late = self._envelope(cell, len(days), setting)
        return [
            TrajectoryPoint(
                cell.indicator,
                cell.region,
                day,
                *(None if band is None else float(band[t]) for band in (*bands, early, late)),
            )
            for t, day in enumerate(days)
        ]

    def _scores(self, cell: Cell) -> Iterator[PastForecast]:
        """Hold a forecast against what came."""
        if cell.values is None:
            return
        for t, day in enumerate(self.dates):
            observed = self.came.get((cell.indicator, cell.region, day))
            if observed is not None:
                p10, p50, p90 = (float(value) for value in quantiles(cell.values[t], (0.1, 0.5, 0.9)))
                held, score = p10 <= observed <= p90, pinball(cell.values[t], observed)
                yield PastForecast(
                    self.data_date, cell.indicator, cell.region, day, p10, p50, p90, observed, held, score
                )

    def _envelope(self, cell: Cell, n: int, setting: Setting) -> tuple[Floats | None, Floats | None]:
        """The first ``n`` values if every output came at its early, or late, date, with the median of all else.

        A late date that has gone by is one that cannot be kept: the early one stands for it.
        """
        if cell.drawn is None or cell.values is None:
            return None, None
        added, plan, drawn, usual = setting.contributions, self.assembly.schedule, cell.drawn[:n], np.ones(n)
        if cell.scale is not None:
            drawn, usual = drawn * cell.scale[:n], quantile(cell.scale[:n], 0.5)
        rest = quantile(cell.values[:n] - drawn, 0.5)
        early, late = (
            cell.deliver(added.outputs, dates[added.watched][:, None], setting.days[:n])[:, 0]
            for dates in (plan.early_finish, np.maximum(plan.early_finish, plan.late_finish))
        )
        return rest + early * usual, rest + late * usual


def _side_by_side(indicators: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """First all that are not divided from others; those that are one by one, as they may be divided from each other."""
    yield [row for row in indicators if not row["numerator"]]
    yield from ([row] for row in indicators if row["numerator"])


def _by_weight(driver: Driver) -> tuple[str, str, date, float, str]:
    return (*place(driver), -max(driver.cost, driver.worth), driver.project)
