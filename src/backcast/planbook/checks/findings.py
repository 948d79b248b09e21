"""What every check works on, and how it says what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from backcast.language import Message
from backcast.planbook.problem import Problem

ROW = "row"  # the column that carries each row's number in its file
Tables = Mapping[str, pl.DataFrame]
Check = Callable[[Tables], Iterator[Problem]]
Row = dict[str, Any]


def findings(
    table: str,
    bad: pl.DataFrame,
    column: str,
    message: Message | Callable[[Row], Message],
    severity: str = "error",
) -> Iterator[Problem]:
    """Yield one problem for each row of ``bad``, whose ``message`` may be made from that row."""
    for record in bad.iter_rows(named=True):
        sentence = message if isinstance(message, Message) else message(record)
        yield Problem(table, record[ROW], column, show(record.get(column)), sentence, severity)


def show(value: object) -> str:
    """Return a value as a cell would show it."""
    if value is None:
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)
