"""What every check works on, and how it says what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import polars as pl

from backcast.language import Message
from backcast.planbook.problem import Problem

ROW = "row"  # the column that carries each row's number in its file
Tables = Mapping[str, pl.DataFrame]
Check = Callable[[Tables], Iterator[Problem]]


def findings(
    table: str,
    bad: pl.DataFrame,
    column: str,
    message: Callable[[dict[str, object]], Message],
    severity: str = "error",
) -> Iterator[Problem]:
    """Yield one problem for each row of ``bad``, whose ``message`` is made from that row."""
    for record in bad.iter_rows(named=True):
        value = record.get(column)
        yield Problem(table, int(record[ROW]), column, show(value), message(record), severity)


def show(value: object) -> str:
    """Return a value as a cell would show it."""
    if value is None:
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)
