"""Dates meet days here: the epoch, the horizon and the calendars of a planbook.

A day number is an instant, the beginning of a day. What was observed "on" a date holds from the
next day on, so observations, finishes and data dates convert with :meth:`Timeline.after`, starts
with :meth:`Timeline.start_of`.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine.calendar import NEVER, NONE, Calendars, Days
from backcast.planbook.book import Planbook

EVERY_DAY = "*"
"""Code of the calendar on which every day is worked: used where a planbook names none."""

Extent: TypeAlias = tuple[date, date]
"""The first and the last date that matters."""
_DATES = {
    "projects": ("planned_start", "planned_finish", "actual_start", "actual_finish", "stage_date"),
    "activities": ("planned_start", "planned_finish", "actual_start", "actual_finish", "constraint_date"),
    "targets": ("date",),
    "observations": ("date",),
}
YEARS_BEFORE, YEARS_AFTER = 10, 30
"""Room for backward passes before the first date, and for late projects after the last one."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """An epoch, a horizon and the planbook's calendars.

    Attributes
    ----------
    epoch
        Day 0.
    calendars
        Look-up arrays; ``calendar_index`` tells their position by code.
    """

    epoch: date
    calendars: Calendars
    calendar_index: dict[str, int]

    def start_of(self, dates: pl.Series) -> Days:
        """Return the day on which each date begins; ``NONE`` where it is null."""
        days = (dates.cast(pl.Date).to_physical() - _ordinal(self.epoch)).fill_null(NONE)
        return days.to_numpy().astype(np.int32)

    def after(self, dates: pl.Series) -> Days:
        """Return the first day after each date; ``NONE`` where it is null."""
        days = self.start_of(dates)
        return np.where(days == NONE, NONE, days + 1).astype(np.int32)

    def day_after(self, day: date) -> int:
        """Return the first day after a date."""
        return (day - self.epoch).days + 1

    def finish_date(self, day: int) -> date | None:
        """Return the last date that a finish on this day includes; None for NEVER and NONE."""
        if day in (NONE, NEVER) or day >= self.calendars.horizon:
            return None
        return self.epoch + timedelta(days=int(day) - 1)

    def start_date(self, day: int) -> date | None:
        """Return the date that begins on this day; None for NEVER and NONE."""
        return None if day in (NONE, NEVER) else self.epoch + timedelta(days=int(day))

    def indices(self, codes: pl.Series) -> NDArray[np.int32]:
        """Return the position of each calendar; null is the calendar that works every day."""
        index = self.calendar_index
        return np.array([index[code] for code in codes.fill_null(EVERY_DAY).to_list()], np.int32)


def timeline(planbook: Planbook, extent: Extent) -> Timeline:
    """Choose an epoch well before, and a horizon well after, some dates, and lay out a planbook's calendars."""
    epoch, horizon = frame_of(extent)
    weeks = dict(planbook["calendars"].select("code", "week").iter_rows())
    index = {EVERY_DAY: 0} | {code: i for i, code in enumerate(sorted(weeks), 1)}
    working = np.ones((len(index), horizon), bool)
    weekday = (np.arange(horizon) + epoch.weekday()) % 7
    for code, week in weeks.items():
        working[index[code]] = (np.array(list(week)) == "1")[weekday]
    # Of two exceptions that overlap the shorter counts: one permit to work against a whole winter.
    length = (pl.col("last") - pl.col("first")).dt.total_days()
    exceptions = planbook["calendar_days"].sort(length, "first", "working", descending=[True, False, True])
    for row in exceptions.iter_rows(named=True):
        for begin, end in _occurrences(row["first"], row["last"], bool(row["every_year"]), epoch, horizon):
            working[index[row["calendar"]], begin:end] = row["working"]
    return Timeline(epoch, Calendars.of(working), index)


def frame_of(extent: Extent) -> tuple[date, int]:
    """Return the epoch and the horizon, a day, that leave room around an extent."""
    first, last = extent
    epoch = date(first.year - YEARS_BEFORE, 1, 1)
    return epoch, (date(last.year + YEARS_AFTER, 1, 1) - epoch).days


def extent_of(tables: Mapping[str, pl.DataFrame | pl.LazyFrame], data_date: date) -> Extent:
    """Return the first and the last date that matters to activities, targets and observations."""
    found = [
        tables[table]
        .lazy()
        .select(first=pl.min_horizontal(pl.col(names).min()), last=pl.max_horizontal(pl.col(names).max()))
        for table, names in _DATES.items()
    ]
    dates = pl.concat(found).collect()
    first: list[date] = dates["first"].drop_nulls().to_list()
    last: list[date] = dates["last"].drop_nulls().to_list()
    return min([data_date, *first]), max([data_date, *last])


def _occurrences(first: date, last: date, every_year: bool, epoch: date, horizon: int) -> list[tuple[int, int]]:
    """Day ranges, cut to the horizon, that an exception of a calendar covers."""
    years = range(epoch.year - 1, epoch.year + horizon // 365 + 2) if every_year else [first.year]
    over = last.year - first.year
    days = [(_in_year(first, year), _in_year(last, year + over)) for year in years]
    ranges = [((begin - epoch).days, (end - epoch).days + 1) for begin, end in days]
    return [(max(begin, 0), min(end, horizon)) for begin, end in ranges if begin < horizon and end > 0]


def _in_year(day: date, year: int) -> date:
    """The same day of another year; 28 February for 29 where there is none."""
    leap = (day.month, day.day) == (2, 29) and not isleap(year)
    return day.replace(year=year, day=28 if leap else day.day)


def _ordinal(day: date) -> int:
    return (day - date(1970, 1, 1)).days
