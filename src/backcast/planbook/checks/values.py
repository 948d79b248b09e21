"""Single values: required, allowed, within bounds."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date

import polars as pl

from backcast.language import Message, tr
from backcast.planbook.checks.findings import ROW, Row, Tables, findings, show
from backcast.planbook.columns import Column, Table, Type
from backcast.planbook.problem import Problem
from backcast.planbook.schema import TABLES

_FIRST_DAY, _LAST_DAY = date(1949, 1, 1), date(2100, 12, 31)
_SHOWN = 40


def values(tables: Tables) -> Iterator[Problem]:
    """Find empty required cells, values that are not allowed, and numbers and dates out of bounds."""
    for table in TABLES:
        height = tables[table.name].height
        for column in table if height else ():
            frame = tables[table.name].select(ROW, column.name)
            yield from _required(table, column, frame)
            if frame[column.name].null_count() == height:
                continue
            yield from _allowed(table, column, frame)
            yield from _in_bounds(table, column, frame)
            yield from _in_our_time(table, column, frame)


def _required(table: Table, column: Column, frame: pl.DataFrame) -> Iterator[Problem]:
    if column.required:
        message = tr(
            "The cell is empty; “{label}” ({label_zh}) is needed.", label=column.label, label_zh=column.label_zh
        )
        yield from findings(table.name, frame.filter(pl.col(column.name).is_null()), column.name, message)


def _allowed(table: Table, column: Column, frame: pl.DataFrame) -> Iterator[Problem]:
    if column.choices:
        strange = frame.filter(~pl.col(column.name).is_in(column.allowed))
        yield from findings(table.name, strange, column.name, lambda row: _not_allowed(column, row[column.name]))


def _in_bounds(table: Table, column: Column, frame: pl.DataFrame) -> Iterator[Problem]:
    number = pl.col(column.name)
    if column.type is Type.NUMBER:
        strange = frame.filter(~number.is_finite())
        yield from findings(table.name, strange, column.name, tr("This is not a number. Write one."))
    if column.minimum is not None:
        below = frame.filter(number < column.minimum)
        yield from findings(table.name, below, column.name, lambda row: _too_small(column, row[column.name]))
    if column.maximum is not None:
        above = frame.filter(number > column.maximum)
        yield from findings(table.name, above, column.name, lambda row: _too_large(column, row[column.name]))


def _in_our_time(table: Table, column: Column, frame: pl.DataFrame) -> Iterator[Problem]:
    if column.type is Type.DATE:
        strange = frame.filter(~pl.col(column.name).is_between(_FIRST_DAY, _LAST_DAY))
        yield from findings(table.name, strange, column.name, lambda row: _other_century(row[column.name]))


def _not_allowed(column: Column, found: str) -> Message:
    words = {word.casefold(): word for pair in column.choices for word in pair}
    close = difflib.get_close_matches(found.casefold(), list(words), n=1)
    allowed = ", ".join(f"{value} ({label})" for value, label in column.choices)
    if close:
        return tr(
            "“{found}” is not allowed here. Did you mean “{close}”? Allowed are: {allowed}.",
            found=found[:_SHOWN],
            close=words[close[0]],
            allowed=allowed,
        )
    return tr("“{found}” is not allowed here. Allowed are: {allowed}.", found=found[:_SHOWN], allowed=allowed)


def _too_small(column: Column, found: object) -> Message:
    return tr(
        "{found} is below {minimum}, the least that this column may hold. Correct it.",
        found=show(found),
        minimum=show(column.minimum),
    )


def _too_large(column: Column, found: object) -> Message:
    return tr(
        "{found} is above {maximum}, the most that this column may hold. Correct it.",
        found=show(found),
        maximum=show(column.maximum),
    )


def _other_century(found: object) -> Message:
    return tr("{found} lies outside 1949–2100. Correct the year.", found=show(found))


def percentages(tables: Tables) -> Iterator[Problem]:
    """Suspect a column of percentages in which no value is above 1: Excel stores 85% as 0.85."""
    for table in TABLES:
        for column in table:
            if column.unit == "%":
                filled = tables[table.name].select(ROW, column.name).drop_nulls()
                part = filled.filter(pl.col(column.name).is_between(0, 1, closed="none"))
                if part.height and (filled[column.name] <= 1).all():
                    yield from findings(table.name, part.head(1), column.name, _as_a_part, "warning")


def _as_a_part(_: Row) -> Message:
    return tr("No value of this column is above 1. If 0.85 is meant as 85%, write 85: the column counts from 0 to 100.")
