"""Dates that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import polars as pl

from backcast.language import Message, tr
from backcast.planbook.checks.findings import ROW, Row, Tables, findings, show
from backcast.planbook.problem import Problem

# Table, what comes first, what comes last. A return is what somebody reported: shown, and still used.
_ORDERS = (
    ("projects", "planned_start", "planned_finish", "error"),
    ("projects", "actual_start", "actual_finish", "error"),
    ("activities", "planned_start", "planned_finish", "error"),
    ("activities", "actual_start", "actual_finish", "error"),
    ("calendar_days", "first", "last", "error"),
    ("targets", "issued", "valid_to", "warning"),
    ("listings", "entered", "left", "warning"),
    ("returns", "actual_start", "actual_finish", "warning"),
    ("returns", "actual_start", "forecast_finish", "warning"),
)
_ACTUAL = tuple(
    (table, f"actual_{end}") for table in ("projects", "activities", "returns") for end in ("start", "finish")
)


def order_of_dates(tables: Tables) -> Iterator[Problem]:
    """Find finishes before their starts."""
    for table, first, last, severity in _ORDERS:
        wrong = tables[table].filter(pl.col(last) < pl.col(first)).select(ROW, first, last)
        yield from findings(table, wrong, last, partial(_before, first, last), severity)


def after_the_data_date(tables: Tables) -> Iterator[Problem]:
    """Find things said to have happened after the data date, in rows that were known by then."""
    data_date = tables["plan"]["data_date"].min()
    for table, column in _ACTUAL if data_date else ():
        known = (pl.col("known_from") <= data_date).fill_null(value=True)
        known &= pl.col("period") <= data_date if table == "returns" else True
        later = tables[table].filter(known & (pl.col(column) > data_date)).select(ROW, column)
        message = tr(
            "It cannot have happened after the data date, {data_date}. Correct it, or write it as planned.",
            data_date=show(data_date),
        )
        yield from findings(table, later, column, message, "warning")


def _before(first: str, last: str, row: Row) -> Message:
    return tr(
        "{last} ({end}) is before {first} ({start}). Correct one of them.",
        last=last,
        end=show(row[last]),
        first=first,
        start=show(row[first]),
    )
