"""Everything that is wrong with a planbook, found at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from backcast.planbook.book import Planbook
from backcast.planbook.checks.findings import ROW, Check
from backcast.planbook.checks.keys import duplicates, references
from backcast.planbook.checks.values import values
from backcast.planbook.problem import Problem

CHECKS: tuple[Check, ...] = (values, duplicates, references)


def check(planbook: Planbook, rows: Mapping[str, Sequence[int] | pl.Series] | None = None) -> list[Problem]:
    """Find every problem of a planbook.

    Parameters
    ----------
    rows
        For each table, the row number of each of its rows in the file it came from, shape ``(height,)``.
        ``None`` counts them as if they stood under a heading: 2, 3, …

    Returns
    -------
    Errors, without which the planbook cannot be computed correctly, and warnings, in no particular order.
    """
    numbered = {name: _numbered(frame, None if rows is None else rows[name]) for name, frame in planbook.tables.items()}
    return [problem for look in CHECKS for problem in look(numbered)]


def _numbered(frame: pl.DataFrame, rows: Sequence[int] | pl.Series | None) -> pl.DataFrame:
    numbers = range(2, frame.height + 2) if rows is None else rows
    return frame.with_columns(pl.Series(ROW, numbers, dtype=pl.Int64))
