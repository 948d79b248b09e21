"""What a plan says at a data date: targets in force, the dates to look at, what was observed. Projects come later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.language import tr
from backcast.planbook.book import Planbook
from backcast.planbook.evidence import comparable_observations, facts, targets_in_force
from backcast.planbook.forecast import Series, observed_pace
from backcast.planbook.judging import Target
from backcast.planbook.names import Names
from backcast.planbook.regions import Regions
from backcast.planbook.timeline import Timeline

YEARS_BEYOND = 3
"""How far beyond the last target a forecast looks for the date on which a target is first met."""


class Standpoint:
    """A plan at a data date; of a planbook, only the tables that tell of the plan are looked at.

    Attributes
    ----------
    targets
        Those in force.
    dates
        At which values are forecast: ends of months, and the targets' own dates.
    series
        Comparable observations by indicator and region.
    indicators
        Rows of the indicators, those that others are divided from first.
    """

    def __init__(self, planbook: Planbook, data_date: date, timeline: Timeline, also: Iterable[date] = ()) -> None:
        self.planbook, self.data_date, self.timeline = planbook, data_date, timeline
        self.targets = targets_in_force(planbook, data_date)
        self.dates = _forecast_dates(self.targets, data_date, also)
        self.series = _series(planbook, data_date, timeline)
        self.indicators = planbook["indicators"].sort(pl.col("numerator").is_not_null(), "code").to_dicts()
        self.names = Names(planbook)

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
    def parts(self) -> set[str]:
        """Indicators that others are divided from."""
        return {code for row in self.indicators for code in (row["numerator"], row["denominator"]) if code}

    @property
    def plan_start(self) -> int:
        """Day from which flows count."""
        starts = self.planbook["plan"]["starts"].drop_nulls().to_list()
        return self.timeline.day_after(starts[0] - timedelta(days=1)) if starts else 0

    def days_of(self, dates: list[date]) -> NDArray[np.int64]:
        """Return dates as the days on which they are over, shape ``(n_times,)``."""
        return np.array([self.timeline.day_after(day) for day in dates], np.int64)

    def targets_of(self, indicator: str) -> pl.DataFrame:
        """Return the targets of an indicator."""
        return self.targets.filter(pl.col("indicator") == indicator)

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


def _forecast_dates(targets: pl.DataFrame, data_date: date, also: Iterable[date]) -> list[date]:
    """Month ends from the data date to some years beyond the last target, and the targets' own dates."""
    last = max([*targets["date"], data_date])
    months = pl.date_range(
        data_date.replace(day=1), date(last.year + YEARS_BEYOND, last.month, 1), interval="1mo", eager=True
    ).dt.month_end()
    return sorted({day for day in (*months, *targets["date"], *also) if day > data_date})


def _series(planbook: Planbook, data_date: date, dates: Timeline) -> dict[tuple[str, str], Series]:
    observations = comparable_observations(planbook, data_date)
    days = pl.Series(dates.after(observations["date"]).astype(np.int64))
    groups = observations.with_columns(day=days).group_by("indicator", "region", maintain_order=True)
    return {
        (str(code), str(region)): Series(rows["day"].to_numpy(), rows["value"].to_numpy())
        for (code, region), rows in groups
    }
