"""The planbook: all tables of one plan together."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from backcast.planbook.columns import Table
from backcast.planbook.schema import SCHEMA, TABLES


@dataclass(frozen=True, eq=False)
class Planbook:
    """All tables of one plan, each a Polars frame in the order of its source.

    Build it with :meth:`of`, which completes missing tables and columns. Two planbooks are equal
    when they hold the same rows, in whatever order.
    """

    tables: Mapping[str, pl.DataFrame]

    @classmethod
    def of(cls, tables: Mapping[str, pl.DataFrame]) -> Planbook:
        """Build a planbook from frames; columns and tables that are missing are empty.

        Raises
        ------
        KeyError
            If a table or column is not declared in :mod:`backcast.planbook.schema`.
        """
        return cls({table.name: table.empty() for table in TABLES} | _completed(tables))

    def __getitem__(self, table: str) -> pl.DataFrame:
        return self.tables[table]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Planbook) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __str__(self) -> str:
        counts = ", ".join(f"{frame.height:,} {name}" for name, frame in self.tables.items() if frame.height)
        return f"Planbook {self.fingerprint[:12]}: {counts or 'empty'}"

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the tables, sorted by their keys: the same rows give the same fingerprint."""
        digest = hashlib.sha256()
        for table in TABLES:
            frame = self.tables[table.name]
            if frame.height:
                digest.update(f"{table.name}\n".encode())
                digest.update(canonical(table, frame).write_csv().encode())
        return digest.hexdigest()

    def known_at(self, data_date: date) -> Planbook:
        """Return the planbook as it was known at the end of ``data_date``.

        Rows known later are gone, and so are the rows about them: the activities of a project that
        nobody knew of yet were not known either.
        """
        known = {
            name: frame.filter(pl.col("known_from").is_null() | (pl.col("known_from") <= data_date))
            for name, frame in self.tables.items()
        }
        for table in sorted(TABLES, key=lambda table: table.name != "regions"):  # all others stand in order
            for column in table:
                if column.required and column.refers_to:
                    of, _, code = column.refers_to.partition(".")
                    known[table.name] = _without(known[table.name], [column.name], self[of], known[of], [code])
        for end in ("predecessor", "successor"):
            names, key = [f"{end}_project", end], ["project", "code"]
            links = _without(known["relationships"], names, self["activities"], known["activities"], key)
            known["relationships"] = links
        return Planbook(known)

    def replace(self, **tables: pl.DataFrame) -> Planbook:
        """Return a planbook with some tables replaced."""
        return Planbook({**self.tables, **_completed(tables)})


def _without(
    frame: pl.DataFrame, names: list[str], all_rows: pl.DataFrame, known: pl.DataFrame, key: list[str]
) -> pl.DataFrame:
    """Leave out the rows that refer to a row which is not known."""
    if known.height == all_rows.height:
        return frame
    unknown = all_rows.join(known, on=key, how="anti")
    return frame.join(unknown, left_on=names, right_on=key, how="anti", maintain_order="left")


def canonical(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Sort a frame by its key, then by every other column, and leave out columns without values."""
    names = [*table.key, *(column.name for column in table if column.name not in table.key)]
    filled = [name for name in names if frame[name].null_count() < frame.height]
    return frame.select(filled).sort(filled, nulls_last=True)


def _completed(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    for name in tables:
        if name not in SCHEMA:
            raise KeyError(f"There is no table “{name}”. Tables are: {', '.join(SCHEMA)}.")
    return {name: _complete(SCHEMA[name], frame) for name, frame in tables.items()}


def _complete(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    if not frame.width:
        return table.empty()
    unknown = [name for name in frame.columns if name not in table.polars_schema]
    if unknown:
        raise KeyError(f"Table “{table.name}” has no column {', '.join(map(repr, unknown))}.")
    columns = [
        (pl.col(column.name) if column.name in frame.columns else pl.lit(None).alias(column.name)).cast(
            column.polars_type
        )
        for column in table
    ]
    texts = [column.name for column in table if column.polars_type == pl.String]
    empty_is_null = pl.col(texts).str.strip_chars().replace("", None)
    return frame.select(columns).with_columns(empty_is_null)
