"""The outlook of every target: forecasts, verdicts, trajectories and drivers, one indicator at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine.calendar import Days
from backcast.engine.portable import Floats
from backcast.engine.scores import pinball
from backcast.engine.simulate import Simulation
from backcast.engine.verdict import quantile, quantiles
from backcast.language import Message, tr
from backcast.planbook.assembly import Assembly
from backcast.planbook.book import Planbook
from backcast.planbook.driving import Drivers
from backcast.planbook.evidence import comparable_observations, facts, targets_in_force
from backcast.planbook.forecast import Cell, Series, Setting, forecast_indicator, observed_pace
from backcast.planbook.judging import Target, verdict
from backcast.planbook.names import Names
from backcast.planbook.regions import Regions
from backcast.planbook.results import Driver, PastForecast, TrajectoryPoint, Verdict, place
from backcast.planbook.timeline import Timeline
from backcast.planbook.uncertainty import factor_names

YEARS_BEYOND = 3
"""How far beyond the last target a forecast looks for the date on which a target is first met."""
_OBSERVED = ("indicator", "region", "date", "value")

Progress = Callable[[Message, int, int], None]


class Outlook:
    """Everything that the verdicts of one run are taken from."""

    def __init__(
        self, assembly: Assembly, simulation: Simulation, gates: Days, came: pl.DataFrame | None, threads: int
    ) -> None:
        self.assembly, self.simulation = assembly, simulation
        self.planbook, self.data_date, self.timeline = assembly.planbook, assembly.data_date, assembly.timeline
        self.targets = targets_in_force(self.planbook, self.data_date)
        self.dates = _forecast_dates(self.targets, self.data_date, [] if came is None else came["date"])
        self.series = _series(self.planbook, self.data_date, self.timeline)
        self.setting = self._setting(gates, threads)
        self.names = Names(self.planbook)
        self.came = {} if came is None else {(i, r, d): v for i, r, d, v in came.select(*_OBSERVED).iter_rows()}
        self.past: list[PastForecast] = []
        self.counted: dict[tuple[str, str], NDArray[np.int64]] = {}

    def _setting(self, gates: Days, threads: int) -> Setting:
        starts = self.planbook["plan"]["starts"].drop_nulls().to_list()
        largest = self.targets.group_by("indicator", "region").agg(pl.col("value").max())
        return Setting(
            contributions=self.assembly.contributions,
            regions=Regions(self.planbook),
            gates=gates,
            expected_gates=self.assembly.schedule.early_finish[self.assembly.contributions.watched][:, None],
            days=np.array([self.timeline.day_after(day) for day in self.dates], np.int64),
            plan_start=self.timeline.day_after(starts[0] - timedelta(days=1)) if starts else 0,
            seed=self.simulation.seed,
            threads=threads,
            largest_target={(indicator, region): value for indicator, region, value in largest.iter_rows()},
        )

    def judge_all(self, progress: Progress | None) -> tuple[list[Verdict], list[TrajectoryPoint], list[Driver]]:
        """Forecast one indicator at a time, so that only its own draws are held."""
        verdicts: list[Verdict] = []
        points: list[TrajectoryPoint] = []
        found: list[Driver] = []
        names = factor_names(self.planbook, self.assembly.library)
        drivers = Drivers(self.simulation, self.assembly.library, self.setting, names)
        kept: dict[tuple[str, str], Cell] = {}
        parts = set(self.planbook["indicators"].select("numerator", "denominator").unpivot()["value"].drop_nulls())
        paces = self._paces()
        ordered = self.planbook["indicators"].sort(pl.col("numerator").is_not_null(), "code")
        for done, indicator in enumerate(ordered.iter_rows(named=True), 1):
            code = indicator["code"]
            rows = self.targets.filter(pl.col("indicator") == code)
            series = {region: s for (i, region), s in self.series.items() if i == code}
            wanted = set(rows["region"])
            cells = forecast_indicator(indicator, series, wanted, self.setting, paces, kept)
            self.counted |= {(code, region): cell.counted for region, cell in cells.items()}
            kept |= {(code, region): cell for region, cell in cells.items() if code in parts}
            for row in rows.iter_rows(named=True):
                target, cell = self._target(row, indicator), cells.get(row["region"])
                verdicts.append(verdict(target, cell, self.timeline, self.dates, self.data_date))
                if verdicts[-1].state == "forecast" and cell is not None:
                    found += drivers.of(target, cell, self.dates.index(target.date))
            self.past += [scored for cell in cells.values() for scored in self._scores(cell)]
            for region, cell in cells.items():
                points += self._points(cell, rows.filter(pl.col("region") == region))
            if progress:
                progress(tr("Judging targets"), done, ordered.height)
        return sorted(verdicts, key=place), sorted(points, key=place), sorted(found, key=_by_weight)

    def _paces(self) -> dict[tuple[str, str], float]:
        """Observed pace of every indicator and region seen twice, to be pooled."""
        paces = {key: observed_pace(series) for key, series in sorted(self.series.items())}
        return {key: pace for key, pace in paces.items() if pace is not None}

    def _target(self, row: dict[str, object], indicator: dict[str, object]) -> Target:
        figures = facts(self.planbook, self.data_date).filter(
            (pl.col("indicator") == row["indicator"]) & (pl.col("region") == row["region"])
        )
        return Target(
            row=row,
            indicator=indicator,
            indicator_name=self.names("indicators", indicator["code"]),
            region_name=self.names("regions", row["region"]),
            department=self.names("organisations", indicator["responsible"])
            if indicator["responsible"]
            else tr("the responsible department"),
            has_stale_figures=figures.height > 0 and (row["indicator"], row["region"]) not in self.series,
        )

    def _points(self, cell: Cell, targets: pl.DataFrame) -> list[TrajectoryPoint]:
        """Tell the months of a cell up to a year beyond its last target, or the plan's end."""
        if cell.values is None:
            return []
        ends = [*targets["date"], *self.planbook["plan"]["ends"].drop_nulls()]
        last = max([day for day in ends if day > self.data_date], default=self.dates[0]) + timedelta(days=366)
        bands = quantiles(cell.values, (0.1, 0.5, 0.9))
        early, late = self._envelope(cell)
        return [
            TrajectoryPoint(
                cell.indicator,
                cell.region,
                day,
                *(None if band is None else float(band[t]) for band in (*bands, early, late)),
            )
            for t, day in enumerate(self.dates)
            if day <= last
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

    def _envelope(self, cell: Cell) -> tuple[Floats | None, Floats | None]:
        """Values if every output came at its early, or late, date, with the median of all else.

        A late date that has gone by is one that cannot be kept: the early one stands for it.
        """
        added, outputs = self.setting.contributions, self.setting.contributions.outputs
        if cell.drawn is None or cell.values is None:
            return None, None
        plan = self.assembly.schedule
        usual = np.ones(len(cell.values)) if cell.scale is None else quantile(cell.scale, 0.5)
        rest = quantile(cell.values - (cell.drawn if cell.scale is None else cell.drawn * cell.scale), 0.5)
        early, late = (
            cell.deliver(outputs, dates[added.watched][:, None], self.setting.days)[:, 0]
            for dates in (plan.early_finish, np.maximum(plan.early_finish, plan.late_finish))
        )
        return rest + early * usual, rest + late * usual


def _forecast_dates(targets: pl.DataFrame, data_date: date, also: Iterable[date]) -> list[date]:
    """Month ends from the data date to some years beyond the last target, and the targets' own dates."""
    last = max([*targets["date"], data_date])
    months = pl.date_range(
        data_date.replace(day=1), date(last.year + YEARS_BEYOND, last.month, 1), interval="1mo", eager=True
    ).dt.month_end()
    return sorted({day for day in (*months, *targets["date"], *also) if day > data_date})


def _series(planbook: Planbook, data_date: date, dates: Timeline) -> dict[tuple[str, str], Series]:
    observations = comparable_observations(planbook, data_date)
    return {
        (str(code), str(region)): Series(dates.after(rows["date"]).astype(np.int64), rows["value"].to_numpy())
        for (code, region), rows in observations.group_by("indicator", "region", maintain_order=True)
    }


def _by_weight(driver: Driver) -> tuple[str, str, date, float, str]:
    return (*place(driver), -max(driver.cost, driver.worth), driver.project)
