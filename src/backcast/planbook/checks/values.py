"""Single values: required, allowed, within bounds."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
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
        yield from values_of(table, tables[table.name])


def values_of(table: Table, frame: pl.DataFrame) -> Iterator[Problem]:
    """Find the same in the rows of one table."""
    rules = [(column.name, *rule) for column in table for rule in _rules(column)]
    broken = frame.select(bad.any().alias(str(number)) for number, (_, bad, _) in enumerate(rules)).row(0)
    for (name, bad, message), is_broken in zip(rules, broken, strict=True):
        if is_broken:
            yield from findings(table.name, frame.filter(bad).select(ROW, name), name, message)


def _rules(column: Column) -> Iterator[tuple[pl.Expr, Message | Callable[[Row], Message]]]:
    """Yield what would be wrong with a value of ``column``, and what to say then."""
    name, value = column.name, pl.col(column.name)
    if column.required:
        yield value.is_null(), _empty(column)
    if column.choices:
        yield ~value.is_in(column.allowed), lambda row: _not_allowed(column, row[name])
    if column.type is Type.DATE:
        yield ~value.is_between(_FIRST_DAY, _LAST_DAY), lambda row: _other_century(row[name])
    if column.type is Type.NUMBER:
        yield ~value.is_finite(), tr("This is not a number. Write one.")
    if column.minimum is not None:
        yield value < column.minimum, lambda row: _too_small(column, row[name])
    if column.maximum is not None:
        yield value > column.maximum, lambda row: _too_large(column, row[name])


def _empty(column: Column) -> Message:
    return tr("The cell is empty; “{label}” ({label_zh}) is needed.", label=column.label, label_zh=column.label_zh)


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
        yield from percentages_of(table, tables[table.name])


def percentages_of(table: Table, frame: pl.DataFrame) -> Iterator[Problem]:
    """Suspect the same in one table."""
    for name in [column.name for column in table if column.unit == "%"]:
        part = frame.filter(pl.col(name).is_between(0, 1, closed="none"))
        if part.height and not (frame[name] > 1).any():
            yield from findings(table.name, part.head(1).select(ROW, name), name, _as_a_part(), "warning")


def _as_a_part() -> Message:
    return tr("No value of this column is above 1. If 0.85 is meant as 85%, write 85: the column counts from 0 to 100.")
