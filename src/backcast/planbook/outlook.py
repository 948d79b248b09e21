"""The outlook of every target: forecasts, verdicts, trajectories and drivers, one indicator at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import cached_property, partial
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine.calendar import Days
from backcast.engine.parallel import run_all
from backcast.engine.portable import Floats
from backcast.engine.schedule import Schedule
from backcast.engine.scores import pinball
from backcast.engine.simulate import Simulation
from backcast.engine.verdict import quantile, quantiles
from backcast.language import Message, tr
from backcast.planbook.assembly import Assembly
from backcast.planbook.book import Planbook
from backcast.planbook.contributions import Contributions
from backcast.planbook.driving import Drivers
from backcast.planbook.evidence import comparable_observations, facts, targets_in_force
from backcast.planbook.forecast import Cell, Series, Setting, forecast_indicator, observed_pace
from backcast.planbook.judging import Target, verdict
from backcast.planbook.names import Names
from backcast.planbook.regions import Regions
from backcast.planbook.results import Driver, PastForecast, TrajectoryPoint, Verdict, place
from backcast.planbook.timeline import Timeline
from backcast.planbook.uncertainty import factor_names

MOST_HELD = 1 << 28
"""Bytes of drawn finishes that are held at once."""
YEARS_BEYOND = 3
"""How far beyond the last target a forecast looks for the date on which a target is first met."""
_OBSERVED = ("indicator", "region", "date", "value")

Progress = Callable[[Message, int, int], None]


class Outlook:
    """Everything that the verdicts of one run are taken from."""

    def __init__(
        self, assembly: Assembly, simulation: Simulation, came: pl.DataFrame | None = None, threads: int = 1
    ) -> None:
        self.assembly, self.simulation, self.threads = assembly, simulation, threads
        self.planbook, self.data_date, self.timeline = assembly.planbook, assembly.data_date, assembly.timeline
        self.targets = targets_in_force(self.planbook, self.data_date)
        self.dates = _forecast_dates(self.targets, self.data_date, [] if came is None else came["date"])
        self.series = _series(self.planbook, self.data_date, self.timeline)
        self.indicators = self.planbook["indicators"].sort(pl.col("numerator").is_not_null(), "code").to_dicts()
        self.names = Names(self.planbook)
        self.factor_names = factor_names(self.planbook, assembly.library)
        self.came = {} if came is None else {(i, r, d): v for i, r, d, v in came.select(*_OBSERVED).iter_rows()}
        self.verdicts: list[Verdict] = []
        self.points: list[TrajectoryPoint] = []
        self.drivers: list[Driver] = []
        self.past: list[PastForecast] = []
        self.counted: dict[tuple[str, str], NDArray[np.int64]] = {}

    def judge_all(self, progress: Progress | None = None) -> None:
        """Forecast one indicator after the other, so that only its own draws are held.

        Finishes are drawn for as many indicators together as fit into ``MOST_HELD`` bytes.
        """
        parts = {code for row in self.indicators for code in (row["numerator"], row["denominator"]) if code}
        paces, kept = self.paces(), dict[tuple[str, str], Cell]()
        done = 0
        for group in self.groups(self.indicators):
            setting = self.setting([row["code"] for row in group], progress)
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

    @cached_property
    def regions(self) -> Regions:
        """The tree of regions."""
        return Regions(self.planbook)

    @cached_property
    def largest_target(self) -> dict[tuple[str, str], float]:
        """The largest target of each indicator and region."""
        largest = self.targets.group_by("indicator", "region").agg(pl.col("value").max())
        return {(indicator, region): value for indicator, region, value in largest.iter_rows()}

    @cached_property
    def figures(self) -> set[tuple[str, str]]:
        """Indicators and regions of which figures are known, of any definition."""
        return set(facts(self.planbook, self.data_date).select("indicator", "region").iter_rows())

    @property
    def standard_error(self) -> float:
        """The largest standard error of a probability; 0 where nothing is forecast."""
        return max((found.standard_error or 0.0 for found in self.verdicts), default=0.0)

    def groups(self, indicators: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
        """Indicators whose finishes are drawn together."""
        most = MOST_HELD // (self.simulation.draws * np.dtype(np.int32).itemsize)
        table, group = self.assembly.contributions.table, list[dict[str, Any]]()
        waiting, rows = dict(table.group_by("indicator").len().iter_rows()), 0
        for indicator in indicators:
            needed = 2 * waiting.get(indicator["code"], 0)  # at most a gate and a start for each output
            if group and rows + needed > most:
                yield group
                group, rows = [], 0
            group.append(indicator)
            rows += needed
        if group:
            yield group

    def setting(self, codes: list[str], progress: Progress | None = None) -> Setting:
        """Draw the finishes that some indicators wait for."""
        contributions = self.assembly.contributions.to(codes)
        gates = self.simulation.finishes(
            contributions.watched,
            threads=self.threads,
            progress=progress and partial(progress, tr("Simulating delivery")),
        )
        return self.setting_of(contributions, gates, self.assembly.schedule, self.dates)

    def setting_of(self, contributions: Contributions, gates: Days, schedule: Schedule, dates: list[date]) -> Setting:
        """Return what cells share that count some outputs, with their drawn and their scheduled finishes."""
        starts = self.planbook["plan"]["starts"].drop_nulls().to_list()
        return Setting(
            contributions=contributions,
            regions=self.regions,
            gates=gates,
            expected_gates=schedule.early_finish[contributions.watched][:, None],
            days=np.array([self.timeline.day_after(day) for day in dates], np.int64),
            plan_start=self.timeline.day_after(starts[0] - timedelta(days=1)) if starts else 0,
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
        rows = self.targets.filter(pl.col("indicator") == code)
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

    def series_of(self, indicator: str) -> dict[str, Series]:
        """Return the observations of an indicator by region."""
        return {region: series for (code, region), series in self.series.items() if code == indicator}

    def paces(self) -> dict[tuple[str, str], float]:
        """Observed pace of every indicator and region seen twice, to be pooled."""
        paces = {key: observed_pace(series) for key, series in sorted(self.series.items())}
        return {key: pace for key, pace in paces.items() if pace is not None}

    def target(self, row: dict[str, object], indicator: dict[str, object]) -> Target:
        """Return a target in force beside what is said of it."""
        place = (str(row["indicator"]), str(row["region"]))
        return Target(
            row=row,
            indicator=indicator,
            indicator_name=self.names("indicators", indicator["code"]),
            region_name=self.names("regions", row["region"]),
            department=self.names("organisations", indicator["responsible"])
            if indicator["responsible"]
            else tr("the responsible department"),
            has_stale_figures=place in self.figures and place not in self.series,
        )

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
