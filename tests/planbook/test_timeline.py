"""Where dates meet days: the epoch, the horizon and the calendars."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from builders import book, project

from backcast.engine.calendar import NEVER, NONE
from backcast.planbook.timeline import EVERY_DAY, YEARS_AFTER, YEARS_BEFORE, extent_of, timeline

DATA_DATE = date(2023, 12, 31)
WEEKDAYS = {"code": "office", "week": "1111100"}
SITE = {"code": "site", "week": "1111111"}


def _works(planbook, calendar, first, last):
    """Working days of a calendar, as a string of 0 and 1."""
    found = timeline_of(planbook)
    worked = np.diff(found.calendars.worked[found.calendar_index[calendar]])
    begin, end = ((date.fromisoformat(day) - found.epoch).days for day in (first, last))
    return "".join(map(str, worked[begin : end + 1]))


def timeline_of(planbook):
    return timeline(planbook, extent_of(planbook.tables, DATA_DATE))


def test_a_week_repeats_from_monday_to_sunday():
    assert _works(book(calendars=WEEKDAYS), "office", "2024-01-01", "2024-01-14") == "1111100" * 2


def test_where_no_calendar_is_named_every_day_is_worked():
    assert _works(book(calendars=WEEKDAYS), EVERY_DAY, "2024-01-01", "2024-01-07") == "1" * 7


def test_holidays_rest_and_make_up_days_work():
    days = [
        {"calendar": "office", "first": "2024-02-12", "last": "2024-02-16"},
        {"calendar": "office", "first": "2024-02-18", "last": "2024-02-18", "working": True},
    ]
    assert _works(book(calendars=WEEKDAYS, calendar_days=days), "office", "2024-02-12", "2024-02-18") == "0000001"


@pytest.mark.parametrize("year", [2019, 2024, 2040])
def test_a_closed_season_closes_every_winter_to_the_day(year):
    """Also over a 29 February, and from a month's last day."""
    season = {"calendar": "site", "first": "2021-11-30", "last": "2022-03-15", "every_year": True}
    planbook = book(calendars=SITE, calendar_days=season)
    assert _works(planbook, "site", f"{year}-11-29", f"{year}-12-01") == "100"
    assert _works(planbook, "site", f"{year + 1}-03-14", f"{year + 1}-03-17") == "0011"


def test_a_season_that_begins_on_29_february_begins_on_the_28th_of_other_years():
    season = {"calendar": "site", "first": "2024-02-29", "last": "2024-03-01", "every_year": True}
    planbook = book(calendars=SITE, calendar_days=season)
    assert _works(planbook, "site", "2023-02-27", "2023-03-02") == "1001"
    assert _works(planbook, "site", "2024-02-27", "2024-03-02") == "11001"


@pytest.mark.parametrize("reverse", [False, True])
def test_of_two_exceptions_that_overlap_the_shorter_counts_in_whatever_order(reverse):
    days = [
        {"calendar": "site", "first": "2021-11-15", "last": "2022-03-15", "every_year": True},
        {"calendar": "site", "first": "2024-01-08", "last": "2024-01-10", "working": True},
    ]
    planbook = book(calendars=SITE, calendar_days=days[::-1] if reverse else days)
    assert _works(planbook, "site", "2024-01-07", "2024-01-11") == "01110"


def test_there_is_room_before_the_first_date_and_after_the_last():
    found = timeline_of(book(projects=project("A", "2031-05-31", start="2015-04-01")))
    assert found.epoch == date(2015 - YEARS_BEFORE, 1, 1)
    assert found.epoch + timedelta(days=found.calendars.horizon) == date(2031 + YEARS_AFTER, 1, 1)


def test_a_date_begins_on_its_day_and_is_over_on_the_next():
    found = timeline_of(book())
    dates = pl.Series([date(2024, 1, 1), None])
    start, after = found.start_of(dates), found.after(dates)
    assert start[1] == after[1] == NONE
    assert after[0] == start[0] + 1 == found.day_after(date(2024, 1, 1))
    assert found.start_date(int(start[0])) == found.finish_date(int(after[0])) == date(2024, 1, 1)


def test_what_never_comes_has_no_date():
    found = timeline_of(book())
    assert [found.finish_date(day) for day in (NEVER, NONE, found.calendars.horizon)] == [None] * 3
    assert [found.start_date(day) for day in (NEVER, NONE)] == [None] * 2
