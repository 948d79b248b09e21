"""The outlook of every target: forecasts, verdicts, trajectories and drivers, one indicator at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from datetime import date, timedelta
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine import portions
from backcast.engine.calendar import Days
from backcast.engine.parallel import run_all
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
        self.verdicts: list[Verdict] = []
        self.points: list[TrajectoryPoint] = []
        self.drivers: list[Driver] = []
        self.past: list[PastForecast] = []
        self.counted: dict[tuple[str, str], NDArray[np.int64]] = {}

    def judge_all(self, progress: Progress | None = None, executor: Executor | None = None) -> None:
        """Forecast one indicator after the other, so that only its own draws are held.

        Finishes are drawn for as many indicators together as fit into ``MOST_HELD`` bytes.
        """
        paces, parts, kept = self.paces(), self.parts, dict[tuple[str, str], Cell]()
        done = 0
        for group in self.groups(self.indicators):
            setting = self.setting([row["code"] for row in group], progress, executor)
            drivers = Drivers(self.simulation, self.assembly.library, setting, self.factor_names)
            for indicator in group:
                cells = self._judge(indicator, setting, drivers, paces, kept)
                kept |= {key: cell for key, cell in cells.items() if key[0] in parts}
                done += 1
                if progress:
                    progress(tr("Judging targets"), done, len(self.indicators))
        self.verdicts.sort(key=place)
        self.points.sort(key=place)
        self.drivers.sort(key=_by_weight)

    @property
    def standard_error(self) -> float:
        """The largest standard error of a probability; 0 where nothing is forecast."""
        return max((found.standard_error or 0.0 for found in self.verdicts), default=0.0)

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
    ) -> dict[tuple[str, str], Cell]:
        """Forecast one indicator, and say what follows for its targets."""
        code = indicator["code"]
        rows = self.targets_of(code)
        cells = forecast_indicator(indicator, self.series_of(code), set(rows["region"]), setting, paces, kept)
        for row in rows.iter_rows(named=True):
            target, cell = self.target(row, indicator), cells.get(row["region"])
            found = verdict(target, cell, self.timeline, self.dates, self.data_date)
            self.verdicts.append(found)
            if found.state == "forecast" and cell is not None:
                self.drivers += drivers.of(target, cell, self.dates.index(target.date))
        self.past += [scored for cell in cells.values() for scored in self._scores(cell)]
        self.points += self._all_points(list(cells.values()), rows, setting)
        found_cells = {(code, region): cell for region, cell in cells.items()}
        self.counted |= {key: cell.counted for key, cell in found_cells.items()}
        return found_cells

    def _all_points(self, cells: list[Cell], targets: pl.DataFrame, setting: Setting) -> list[TrajectoryPoint]:
        """Tell the months of every cell; they are found side by side."""
        found: list[list[TrajectoryPoint]] = [[] for _ in cells]

        def tell(k: int) -> None:
            found[k] = self._points(cells[k], targets.filter(pl.col("region") == cells[k].region), setting)

        run_all(tell, range(len(cells)), self.threads)
        return [point for points in found for point in points]

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


def _by_weight(driver: Driver) -> tuple[str, str, date, float, str]:
    return (*place(driver), -max(driver.cost, driver.worth), driver.project)
