"""Reading raw CSV files, and rows of text into the planbook's frames."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from backcast.planbook.columns import Type
from backcast.planbook.schema import SCHEMA

MAPPING = Path(__file__).parents[1] / "mapping"
Row = Mapping[str, object]
READ: dict[Type, Callable[[str], object]] = {
    Type.TEXT: str,
    Type.WHOLE: int,
    Type.NUMBER: float,
    Type.MONEY: Decimal,
    Type.DATE: date.fromisoformat,
    Type.FLAG: "yes".__eq__,
}


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read a CSV file with a header; every cell is text, missing cells are empty."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{name: (cell or "").strip() for name, cell in row.items()} for row in csv.DictReader(file)]


def mapping(name: str) -> list[dict[str, str]]:
    """Read one of the mapping tables that stand beside the script."""
    return read_csv(MAPPING / f"{name}.csv")


def lookup(name: str, key: str) -> dict[str, dict[str, str]]:
    """Read a mapping table whose column ``key`` tells its rows apart."""
    return {row[key]: row for row in mapping(name)}


def frame(table: str, rows: Iterable[Row]) -> pl.DataFrame:
    """Build a frame of a planbook table; text is read as the column's type, and empty text is null.

    Raises
    ------
    KeyError
        If a row has a column that the table does not declare.
    """
    declared = SCHEMA[table]
    rows = list(rows)
    for row in rows:
        for name in row:
            declared[name]
    data = {column.name: [_cell(row.get(column.name), column.type) for row in rows] for column in declared}
    return pl.DataFrame(data, schema=declared.polars_schema)


def day(text: str, *, end: bool) -> date | None:
    """Read a date that may be a month; a month becomes its last day (``end``) or its first, a year none."""
    parts = [int(part) for part in re.findall(r"\d+", text)]
    match parts:
        case [year, month, day_of_month]:
            return date(year, month, day_of_month)
        case [year, month]:
            return _last_of_month(year, month) if end else date(year, month, 1)
    return None


def _last_of_month(year: int, month: int) -> date:
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(first_of_next.toordinal() - 1)


def _cell(value: object, kind: Type) -> object:
    if value is None or value == "":
        return None
    return READ[kind](value) if isinstance(value, str) else value
