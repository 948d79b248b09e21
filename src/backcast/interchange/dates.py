"""Dates as people and programs write them.

Year first is never ambiguous: 2025-06-30, 2025/6/30, 2025.6.30, 2025年6月30日, 20250630, with or without a time, and
the serial numbers of Excel. Year last (30/06/2025) is read only where the column itself shows which of the two is the
day, and writes no other way; otherwise every such cell is a problem. Nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl

from backcast.interchange.headings import shorten
from backcast.language import Message, tr

_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)? ?(?:[AaPp][Mm])?Z?)?"
_YEAR_FIRST = rf"^(\d{{4}})([-/.年]) ?(\d{{1,2}})[-/.月] ?(\d{{1,2}})日?{_TIME}$"
_COMPACT = r"^(\d{4})(\d{2})(\d{2})$"
_SERIAL = r"^\d{5}(?:\.\d+)?$"
_YEAR_LAST = rf"^(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}){_TIME}$"
_EPOCH_SERIAL = 25_569  # Excel's number for 1970-01-01
_FIRST_SERIAL, _LAST_SERIAL = 17_899, 73_415  # 1949-01-01 and 2100-12-31
_YEAR = re.compile(r"((?:19|20|21)\d{2})年?")
_MONTH = re.compile(r"((?:19|20|21)\d{2})(?:[-/.年](0?[1-9]|1[0-2])月?|(0[1-9]|1[0-2]))")
_SHORT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}")


def dates(texts: pl.Series) -> tuple[pl.Series, Callable[[str], Message]]:
    """Read ``texts`` as dates; the second result says what is wrong with one that is not a date."""
    plain = texts.set(texts.str.len_bytes() != 10, None).str.to_date("%Y-%m-%d", strict=False)
    if plain.null_count() == texts.null_count():
        return plain, _not_a_date
    year_first = _year_first(texts)
    last = texts.str.contains(_YEAR_LAST).fill_null(value=False)
    if not last.any():
        return year_first, _not_a_date
    example = texts.filter(year_first.is_not_null()).head(1).to_list()
    order = None if example else _order(texts.filter(last))
    found = year_first if order is None else year_first.fill_null(_year_last(texts, order))

    def complaint(text: str) -> Message:
        if order or not re.match(_YEAR_LAST, text):
            return _not_a_date(text)
        return _two_ways(text, example[0]) if example else _which_is_the_day(text)

    return found, complaint


def _year_first(texts: pl.Series) -> pl.Series:
    iso = texts.str.replace(_YEAR_FIRST, "${1}-${3}-${4}").str.replace(_COMPACT, "${1}-${2}-${3}")
    iso = iso.set(~iso.str.contains(r"^\d{4}-\d{1,2}-\d{1,2}$").fill_null(value=False), None)
    return iso.str.to_date("%Y-%m-%d", strict=False).fill_null(_serials(texts))


def _serials(texts: pl.Series) -> pl.Series:
    digits = texts.set(~texts.str.contains(_SERIAL).fill_null(value=False), None)
    days = digits.cast(pl.Float64).floor().cast(pl.Int32)
    days = days.set(~days.is_between(_FIRST_SERIAL, _LAST_SERIAL).fill_null(value=False), None)
    return (days - _EPOCH_SERIAL).cast(pl.Date)


def _year_last(texts: pl.Series, order: str) -> pl.Series:
    iso = texts.str.replace(_YEAR_LAST, "${3}-${2}-${1}" if order == "day" else "${3}-${1}-${2}")
    return iso.set(iso == texts, None).str.to_date("%Y-%m-%d", strict=False)


def _order(texts: pl.Series) -> str | None:
    """Tell what comes first in dates with the year last, if the column leaves no doubt."""
    parts = texts.str.extract_groups(_YEAR_LAST).struct.unnest().cast(pl.Int32, strict=False)
    day_first = (parts.to_series(0) > 12).any()
    month_first = (parts.to_series(1) > 12).any()
    if day_first == month_first:
        return None
    return "day" if day_first else "month"


def _two_ways(text: str, example: str) -> Message:
    return tr(
        "This column writes dates in two ways, “{text}” and “{example}”, and one cannot tell day from month. "
        "Write every date like 2025-06-30.",
        text=shorten(text),
        example=shorten(example),
    )


def _which_is_the_day(text: str) -> Message:
    return tr(
        "“{text}” could be read with the day first or with the month first, and the column does not tell which. "
        "Write dates like 2025-06-30.",
        text=shorten(text),
    )


def _not_a_date(text: str) -> Message:
    if year := _YEAR.fullmatch(text):
        return tr("“{text}” is a year. Write a day of it, such as {year}-12-31.", text=text, year=year[1])
    if month := _MONTH.fullmatch(text):
        day = f"{month[1]}-{int(month[2] or month[3]):02}-01"
        return tr("“{text}” is a month. Write a day of it, such as {day}.", text=text, day=day)
    if re.match(_YEAR_FIRST, text) or re.match(_COMPACT, text) or re.match(_YEAR_LAST, text):
        return tr("“{text}” is not in the calendar. Correct the day.", text=text)
    if _SHORT_YEAR.fullmatch(text):
        return tr("“{text}” has a year of two digits. Write the date like 2025-06-30.", text=text)
    return tr(
        "“{text}” is not a date. Write 2025-06-30, or leave the cell empty if the date is not known.",
        text=shorten(text),
    )
