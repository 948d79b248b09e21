"""Small planbooks for tests: a test names what matters to it, the rest is plain.

Dates are written as in a file, ``"2024-06-30"``. Unless told otherwise there is one region, R, a plan
for 2021 to 2025 whose data date is the end of 2023, and every reference class is certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from backcast.planbook.book import Planbook
from backcast.planbook.schema import SCHEMA

Row = Mapping[str, Any]

DEFAULTS: dict[str, Row] = {
    "plan": {"code": "P", "name": "Plan", "starts": "2021-01-01", "ends": "2025-12-31", "data_date": "2023-12-31"},
    "regions": {"code": "R", "level": "province"},
    "indicators": {"code": "I", "unit": "unit", "kind": "stock", "direction": "higher"},
    "definitions": {"indicator": "I", "text": "as defined"},
    "targets": {"indicator": "I", "region": "R", "date": "2025-12-31", "value": 100.0, "document": "plan"},
    "observations": {"indicator": "I", "region": "R"},
    "projects": {"kind": "construction", "lead_region": "R", "stage": "construction"},
    "outputs": {"indicator": "I"},
    "classes": {"class": "*", "p10": 1.0, "p50": 1.0, "p90": 1.0},
    "calendar_days": {"working": False},
}
GIVEN: dict[str, list[Row]] = {"plan": [{}], "regions": [{}], "indicators": [{}], "targets": [{}], "classes": [{}]}


def book(**tables: Iterable[Row] | Row) -> Planbook:
    """Build a planbook from rows; a table that is not given has its default row, or none."""
    rows = GIVEN | {name: [given] if isinstance(given, Mapping) else list(given) for name, given in tables.items()}
    return Planbook.of({name: table(name, *found) for name, found in rows.items()})


def table(name: str, *rows: Row) -> pl.DataFrame:
    """Build one table; what a row leaves out is the default, and a name is its code."""
    columns = SCHEMA[name].polars_schema
    filled = [DEFAULTS.get(name, {}) | row for row in rows]
    unknown = {column for row in filled for column in row} - set(columns)
    assert not unknown, f"{name} has no column {unknown}"
    if "name" in columns:
        filled = [{"name": row.get("code")} | row for row in filled]
    read = {column: pl.String if kind == pl.Date else kind for column, kind in columns.items()}
    frame = pl.DataFrame(filled, schema=read, strict=False) if filled else pl.DataFrame(schema=read)
    return frame.with_columns(pl.col(column).str.to_date() for column, kind in columns.items() if kind == pl.Date)


def observed(**values: float) -> list[Row]:
    """Observations of I in R; ``observed(d2021_12_31=40)`` is 40 on 2021-12-31."""
    return [{"date": name[1:].replace("_", "-"), "value": value} for name, value in values.items()]


def project(code: str, finish: str = "2025-06-30", *, start: str = "2023-01-01", **more: Any) -> Row:
    """Describe a project that has been under construction since ``start`` and is completed as planned."""
    return {"code": code, "planned_start": start, "planned_finish": finish, "actual_start": start} | more
