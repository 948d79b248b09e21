"""What an import would do: rows created, rows changed from old to new, rows left, conflicts and problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

import polars as pl
from django.db import models

from backcast.planbook.checks.findings import ROW
from backcast.planbook.columns import Table
from backcast.planbook.problem import Problem
from backcast.web.core.actor import Actor
from backcast.web.exchange.faults import faults
from backcast.web.exchange.reading import KEY, OLD, VERSION, frame_of, near
from backcast.web.exchange.registry import Home, home

Tables = Mapping[str, pl.DataFrame]
Exported = Mapping[str, tuple[int, str]]
"""What an exported file remembers of its rows: identity → version and digest; see :mod:`~.export`."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row that exists and would become another.

    Attributes
    ----------
    row
        Its number in the file.
    identity
        Its key as text.
    version
        The version that it has in the database.
    before, after
        The columns that differ.
    """

    row: int
    identity: str
    pk: int
    version: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Changes:
    """What an import of one table would do.

    Attributes
    ----------
    created
        New rows: their numbers in the file in the column ``row``, then every column of the schema.
    changed
        Rows that would become others.
    unchanged
        How many rows stay as they are.
    conflicts
        Rows that somebody else changed since the file was exported; they are not written.
    problems
        What keeps the table from being imported.
    """

    table: str
    plan: models.Model | None
    created: pl.DataFrame
    changed: tuple[Change, ...] = ()
    unchanged: int = 0
    conflicts: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = field(default=())

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Problems without the warnings."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def changes(
    table: str,
    frame: pl.DataFrame,
    actor: Actor,
    plan: models.Model | None,
    *,
    numbers: pl.Series | None = None,
    beside: Tables | None = None,
    exported: Exported | None = None,
) -> Changes:
    """Compare the rows of a file with those of the database, by their keys; nothing is written.

    Parameters
    ----------
    frame
        Some or all columns of the table, in the types of the schema; those left out stay as they are.
    numbers
        The number of each row in its file; ``None`` counts as under a heading.
    beside
        Other tables of the same file, to whose rows this one may refer.
    exported
        What the file remembers of its export; with it, rows that nobody touched are left, and rows that
        somebody else changed meanwhile are conflicts.
    """
    one = home(table)
    given = list(frame.columns)
    counted = pl.int_range(2, frame.height + 2, dtype=pl.Int64, eager=True) if numbers is None else numbers
    numbered = frame.with_columns(counted.cast(pl.Int64).alias(ROW))
    known = frame_of(one, near(one, one.scope(actor, plan), frame, [key for key in one.table.key if key in given]))
    merged = _merged(one, numbered, known, given)
    created = merged.filter(pl.col(KEY).is_null())
    changed = merged.filter(pl.col(KEY).is_not_null() & _differs(given))
    changed = changed.filter(~_untouched(one.table, changed, exported or {}))
    problems = faults(one, created, changed, numbered, actor, plan, {table: frame, **(beside or {})})
    found = tuple(_each(one.table, changed, given))
    return _sorted_out(
        Changes(
            table,
            plan,
            created.select(ROW, *one.table.polars_schema),
            found,
            merged.height - created.height - changed.height,
            problems=tuple(problems),
        ),
        exported or {},
    )


def identity(table: Table, frame: pl.DataFrame) -> pl.Series:
    """Return the key of each row as one text, such as ``P1|A10``; a file can hold it."""
    keys = [pl.col(name).cast(pl.String).fill_null("").str.replace_all("|", "¦", literal=True) for name in table.key]
    return frame.select(pl.concat_str(keys, separator="|")).to_series()


def digests(table: Table, frame: pl.DataFrame) -> list[str]:
    """Return a short hash of each row, by which one can tell whether somebody touched it."""
    cells = [pl.col(column.name).cast(pl.String).fill_null("\x1e") for column in table]
    texts = frame.select(pl.concat_str(cells, separator="\x1f")).to_series()
    return [blake2b(text.encode(), digest_size=12).hexdigest() for text in texts]


def _merged(one: Home, frame: pl.DataFrame, known: pl.DataFrame, given: list[str]) -> pl.DataFrame:
    """Put what the database has beside each row; columns that the file leaves out are the database's."""
    keys = list(one.table.key)
    complete = frame.with_columns(
        pl.lit(None, one.table[key].polars_type).alias(key) for key in keys if key not in given
    )
    old = known.rename({name: name + OLD for name in one.table.polars_schema}).with_columns(
        pl.col(key + OLD).alias(key) for key in keys
    )
    joined = complete.unique(keys, keep="first", maintain_order=True).join(
        old, on=keys, how="left", nulls_equal=True, maintain_order="left"
    )
    return joined.with_columns(pl.col(name + OLD).alias(name) for name in one.table.polars_schema if name not in given)


def _differs(given: list[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(name).ne_missing(pl.col(name + OLD)) for name in given)


def _untouched(table: Table, changed: pl.DataFrame, exported: Exported) -> pl.Series:
    """Tell which rows are still as they were exported."""
    then = (exported.get(name, (0, ""))[1] for name in identity(table, changed))
    return pl.Series([old == now for old, now in zip(then, digests(table, changed), strict=True)], dtype=pl.Boolean)


def _each(table: Table, changed: pl.DataFrame, given: list[str]) -> Iterator[Change]:
    names = identity(table, changed)
    for name, row in zip(names, changed.iter_rows(named=True), strict=True):
        columns = [column for column in given if row[column] != row[column + OLD]]
        before, after = {column: row[column + OLD] for column in columns}, {column: row[column] for column in columns}
        yield Change(row[ROW], name, row[KEY], row[VERSION], before, after)


def _sorted_out(found: Changes, exported: Exported) -> Changes:
    """Put rows that somebody else changed since the export apart."""
    then = {change.identity: exported.get(change.identity, (change.version, ""))[0] for change in found.changed}
    conflicts = tuple(change for change in found.changed if then[change.identity] != change.version)
    mine = tuple(change for change in found.changed if then[change.identity] == change.version)
    return replace(found, changed=mine, conflicts=conflicts)
