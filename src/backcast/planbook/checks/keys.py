"""Keys that appear twice, and references to rows that do not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from functools import partial

import polars as pl

from backcast.language import Message, tr
from backcast.planbook.checks.findings import ROW, Tables, findings, show
from backcast.planbook.columns import Column, Table
from backcast.planbook.problem import Problem
from backcast.planbook.schema import TABLES

_SUGGEST_AMONG = 5_000  # beyond, comparing spellings takes too long


def duplicates(tables: Tables) -> Iterator[Problem]:
    """Find rows whose key an earlier row has, and name both."""
    for table in TABLES:
        needed = [name for name in table.key if table[name].required]
        frame = tables[table.name].select(ROW, *table.key).drop_nulls(needed)
        if frame.select(table.key).is_duplicated().any():
            twice = frame.with_columns(first=pl.col(ROW).first().over(table.key)).filter(pl.col(ROW) != pl.col("first"))
            yield from findings(table.name, twice, table.key[-1], partial(_twice, table))


def references(tables: Tables) -> Iterator[Problem]:
    """Find codes that no row of the table referred to has."""
    for table in TABLES:
        for column in table:
            if column.refers_to:
                yield from _unknown(tables, table, column)


def _unknown(tables: Tables, table: Table, column: Column) -> Iterator[Problem]:
    other, code = column.refers_to.split(".")
    codes = tables[other][code]
    used = tables[table.name].select(ROW, column.name).drop_nulls()
    missing = used.filter(~pl.col(column.name).is_in(codes.drop_nulls().unique().implode()))
    known = codes.drop_nulls().unique().to_list() if missing.height and codes.len() <= _SUGGEST_AMONG else []
    yield from findings(table.name, missing, column.name, lambda row: not_found(other, str(row[column.name]), known))


def not_found(table: str, found: str, known: Sequence[str]) -> Message:
    """Say that ``table`` has no row ``found``, and which of ``known`` may have been meant."""
    close = difflib.get_close_matches(found, known, n=1)
    if close:
        return tr(
            "There is no “{found}” in the table “{table}”. Did you mean “{close}”?",
            found=found,
            table=table,
            close=close[0],
        )
    return tr(
        "There is no “{found}” in the table “{table}”. Add it there, or correct it here.", found=found, table=table
    )


def _twice(table: Table, row: dict[str, object]) -> Message:
    return tr(
        "Row {first} already has {key}. Remove or correct one of the two rows.",
        first=row["first"],
        key=", ".join(f"{name} “{show(row[name])}”" for name in table.key),
    )
