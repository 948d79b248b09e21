"""Working days of the practice province: offices, indoor and underground work, and sites that stop in winter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import chinese_calendar
import polars as pl

from backcast.planbook.book import Planbook
from backcast.planbook.columns import Table
from backcast.planbook.schema import CALENDAR_DAYS, CALENDARS

Day = tuple[object, ...]

_FIRST_YEAR = 2016  # no project of the practice begins earlier

_WEEKS = {
    "office": ("机关工作日历", "Offices", "1111100"),
    "indoor": ("室内与井下作业", "Indoor and underground work", "1111111"),
    "site-north": ("北部施工", "Building sites, north", "1111111"),
    "site-middle": ("中部施工", "Building sites, middle", "1111111"),
    "site-south": ("南部施工", "Building sites, south", "1111111"),
}
_WINTERS = {
    "site-north": ((11, 1), (3, 31)),
    "site-middle": ((11, 15), (3, 15)),
    "site-south": ((12, 10), (2, 25)),
}
_NORTH = ("140200", "140600", "140900")
_SOUTH = ("140400", "140500", "140800", "141000")
CODES = tuple(_WEEKS)


def calendar_of(works: str, city: str) -> str:
    """Return the calendar of a kind of work ("office", "indoor" or "site") in a city."""
    if works != "site":
        return works
    return "site-north" if city in _NORTH else "site-south" if city in _SOUTH else "site-middle"


def calendar_tables(plan: Planbook) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the plan's calendars and their exceptions, completed by those that the practice needs.

    Offices, where the plan has no such calendar, keep China's official holidays and make-up
    workdays for the years published. Indoors the Spring Festival is a fortnight; sites stop in winter.
    """
    known = set(plan["calendars"]["code"])
    weeks = [(code, f"【模拟】{zh}", f"(simulated) {en}", week) for code, (zh, en, week) in _WEEKS.items()]
    days = [*_official_days(), *_spring_festivals(), *_winter_stops()]
    return (
        _appended(plan, CALENDARS, [row for row in weeks if row[0] not in known]),
        _appended(plan, CALENDAR_DAYS, [row for row in days if row[0] not in known]),
    )


def _appended(plan: Planbook, table: Table, rows: list[tuple[object, ...]]) -> pl.DataFrame:
    names = list(table.polars_schema)
    filled = [row + (None,) * (len(names) - len(row)) for row in rows]
    return pl.concat([plan[table.name], pl.DataFrame(filled, table.polars_schema, orient="row")])


def _official_days() -> Iterator[Day]:
    """Public holidays on weekdays, and the weekend days on which offices make up for them."""
    known = {
        day: name for day, name in chinese_calendar.holidays.items() if day.year >= _FIRST_YEAR and day.weekday() < 5
    }
    for first, last in _runs(known):
        name = chinese_calendar.Holiday(known[first])
        yield "office", first, last, False, False, name.chinese, name.value
    for day in sorted(day for day in chinese_calendar.workdays if day.year >= _FIRST_YEAR):
        yield "office", day, day, True, False, "调休上班", "Make-up workday"


def _spring_festivals() -> Iterator[Day]:
    """Close for a fortnight from the days before the public holiday."""
    name = chinese_calendar.Holiday.spring_festival
    for year in range(_FIRST_YEAR, max(chinese_calendar.holidays).year + 1):
        eve = min(d for d, what in chinese_calendar.holidays.items() if d.year == year and what == name.value)
        yield "indoor", eve - timedelta(5), eve + timedelta(9), False, False, name.chinese, name.value


def _winter_stops() -> Iterator[Day]:
    """Each winter in two parts, so that none runs over the turn of a year."""
    for calendar, (stop, resume) in _WINTERS.items():
        for first, last in (((1, 1), resume), (stop, (12, 31))):
            yield calendar, date(_FIRST_YEAR, *first), date(_FIRST_YEAR, *last), False, True, "冬季停工", "Winter stop"


def _runs(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """First and last day of each run of consecutive days."""
    ordered = sorted(days)
    breaks = [i for i in range(1, len(ordered)) if ordered[i] - ordered[i - 1] > timedelta(1)]
    for first, last in zip([0, *breaks], [*breaks, len(ordered)], strict=True):
        yield ordered[first], ordered[last - 1]
