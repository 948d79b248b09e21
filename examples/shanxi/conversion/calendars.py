"""Working calendars: offices with China's official holidays, sites, and sites that rest in the northern winter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar
import polars as pl

from conversion.tables import frame

FIRST_YEAR = 2018
CALENDARS = (
    ("office", "机关日历", "Offices: China's official holidays and make-up workdays", "1111100"),
    ("site", "工地日历", "Sites that work every day", "1111111"),
    ("north", "北部工地日历", "Northern sites, closed in winter", "1111111"),
)
WINTER = (date(2018, 11, 15), date(2019, 3, 15))
HOLIDAYS_ZH = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def tables() -> dict[str, pl.DataFrame]:
    """Build the calendars and their exceptions, for the years that the package of holidays knows."""
    named = [dict(zip(("code", "name", "name_en", "week"), row, strict=True)) for row in CALENDARS]
    return {"calendars": frame("calendars", named), "calendar_days": frame("calendar_days", [_winter(), *_office()])}


def _winter() -> dict[str, object]:
    first, last = WINTER
    return {
        "calendar": "north",
        "first": first,
        "last": last,
        "working": False,
        "every_year": True,
        "name": "冬季停工",
        "name_en": "Winter stop",
    }


def _office() -> Iterator[dict[str, object]]:
    """One row for each run of holidays of one name, and one for each make-up workday."""
    days = sorted(day for day in chinese_calendar.holidays if day.year >= FIRST_YEAR)
    made_up = sorted(day for day in chinese_calendar.workdays if day.year >= FIRST_YEAR)
    runs: list[list[date]] = []
    for day in days:
        same = runs and runs[-1][-1] + timedelta(days=1) == day and _name(runs[-1][-1]) == _name(day)
        if same:
            runs[-1].append(day)
        else:
            runs.append([day])
    yield from (_exception(run[0], run[-1], working=False) for run in runs)
    yield from (_exception(day, day, working=True) for day in made_up)


def _name(day: date) -> str:
    return str(chinese_calendar.holidays.get(day) or chinese_calendar.workdays[day])


def _exception(first: date, last: date, *, working: bool) -> dict[str, object]:
    name = _name(first)
    return {
        "calendar": "office",
        "first": first,
        "last": last,
        "working": working,
        "every_year": False,
        "name": f"{HOLIDAYS_ZH[name]}{'调休上班' if working else ''}",
        "name_en": f"{name}{', make-up workday' if working else ''}",
    }
