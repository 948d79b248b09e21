"""What a history says of a project that cannot all be true. The rows stay: a register is rarely free of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import polars as pl

from backcast.language import Message, tr
from backcast.planbook.checks.findings import ROW, Row, findings, show
from backcast.planbook.problem import Problem
from backcast.planbook.schema import HISTORY

_CONTRADICTIONS = (  # status, column, what is wrong with it: filled or empty
    ("finished", "actual_finish", "empty"),
    ("running", "actual_start", "empty"),
    ("running", "actual_finish", "filled"),
    ("not_started", "actual_start", "filled"),
    ("not_started", "actual_finish", "filled"),
)


def contradictions(history: pl.DataFrame) -> Iterator[Problem]:
    """Find dates in the wrong order, dates after the day of observation, and a status that the dates deny.

    Parameters
    ----------
    history
        The columns of the table *history* and ``row``, the number of each row in its file.
    """
    yield from _order(history)
    yield from _after_observation(history)
    yield from _status(history)


def replaced(history: pl.DataFrame) -> Iterator[Problem]:
    """Find rows whose key a later row has: that one counts."""
    last = history.with_columns(last=pl.col(ROW).last().over(HISTORY.key))
    twice = last.filter(pl.col(ROW) != pl.col("last"))
    yield from findings(HISTORY.name, twice, "id", _replaced, "warning")


def _order(history: pl.DataFrame) -> Iterator[Problem]:
    """Find an actual finish before the start, and a planned one that leaves no time to compare with."""
    wrong = history.filter(pl.col("actual_finish") < pl.col("actual_start"))
    yield from findings(HISTORY.name, wrong, "actual_finish", _before, "warning")
    for start, else_none in (("planned_start", True), ("actual_start", pl.col("planned_start").is_null())):
        wrong = history.filter(else_none, pl.col("planned_finish") <= pl.col(start))
        yield from findings(HISTORY.name, wrong, "planned_finish", partial(_no_time, start), "warning")


def _after_observation(history: pl.DataFrame) -> Iterator[Problem]:
    for column in ("actual_start", "actual_finish"):
        later = history.filter(pl.col(column) > pl.col("observed_at"))
        yield from findings(HISTORY.name, later, column, partial(_not_yet, column), "warning")


def _status(history: pl.DataFrame) -> Iterator[Problem]:
    for status, column, state in _CONTRADICTIONS:
        empty = pl.col(column).is_null()
        wrong = history.filter(pl.col("status") == status, empty if state == "empty" else ~empty)
        message = _missing(status, column) if state == "empty" else partial(_denied, status, column)
        yield from findings(HISTORY.name, wrong, column, message, "warning")


def _replaced(row: Row) -> Message:
    return tr("Row {last} tells of the same project, interval and day again; that row counts.", last=row["last"])


def _before(row: Row) -> Message:
    return tr(
        "It finished ({finish}) before it started ({start}). Correct one of the dates.",
        finish=show(row["actual_finish"]),
        start=show(row["actual_start"]),
    )


def _no_time(start: str, row: Row) -> Message:
    return tr(
        "The planned finish ({finish}) is not after {start} ({day}), so there is no planned time to compare with.",
        finish=show(row["planned_finish"]),
        start=start,
        day=show(row[start]),
    )


def _not_yet(column: str, row: Row) -> Message:
    return tr(
        "{day} is after the day of observation ({observed}), when it could not be known. Correct one of them.",
        day=show(row[column]),
        observed=show(row["observed_at"]),
    )


def _missing(status: str, column: str) -> Message:
    return tr(
        "The status is “{status}”, but {column} is empty. Write the date if it is known.", status=status, column=column
    )


def _denied(status: str, column: str, row: Row) -> Message:
    return tr(
        "The status is “{status}”, but {column} is {day}. Correct one of them.",
        status=status,
        column=column,
        day=show(row[column]),
    )
