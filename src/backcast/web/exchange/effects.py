"""What an import would do, looked at once and kept: problems, effects cell by cell, and a fingerprint of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import polars as pl

from backcast.planbook.checks.findings import ROW
from backcast.planbook.columns import Table
from backcast.web.core.actor import Actor
from backcast.web.exchange.differences import Change, Changes, changes, identity
from backcast.web.exchange.registry import home
from backcast.web.exchange.staging import NUMBER, exported_of

NEW, CHANGED, CONFLICT, MINE = "new", "changed", "conflict", "mine"
"""What becomes of a row; of a conflict in which the file wins, :data:`MINE`."""
_EFFECTS = {
    "effect": pl.String,
    "row": pl.Int64,
    "identity": pl.String,
    "version": pl.Int64,
    "column": pl.String,
    "before": pl.String,
    "after": pl.String,
}


@dataclass(frozen=True, eq=False)
class Look:
    """What an import would do, as it stands now.

    Attributes
    ----------
    found
        What is written.
    effects
        A row for each cell that becomes another.
    """

    found: Changes
    effects: pl.DataFrame

    @property
    def fingerprint(self) -> str:
        """A text that tells whether another look finds the same."""
        return sha256(self.effects.write_csv().encode()).hexdigest()


def look(table: str, rows: pl.DataFrame, mine: Mapping[str, int], by: Actor, plan: Any) -> Look:
    """Compare staged rows with the database, and ask the table's app what it thinks of them.

    Parameters
    ----------
    mine
        Conflicts in which the file wins: identity of the row → its version when that was decided.
    """
    one = home(table)
    decided = {name: (version, "") for name, version in mine.items()}
    exported = {**exported_of(one.table, rows), **decided}
    frame = rows.select(name for name in rows.columns if not name.startswith("#"))
    found = changes(table, frame, by, plan, numbers=rows[NUMBER], exported=exported)
    if one.check:
        more = tuple(one.check(found.created, found.changed, by, plan))
        found = replace(found, problems=(*found.problems, *more))
    return Look(found, _effects(found, mine))


def _effects(found: Changes, mine: Mapping[str, int]) -> pl.DataFrame:
    """Return every cell that becomes another, with what it was."""
    table = home(found.table).table
    changed = (line for one in found.changed for line in _cells(one, MINE if one.identity in mine else CHANGED))
    conflicts = (line for one in found.conflicts for line in _cells(one, CONFLICT))
    told = pl.DataFrame([*changed, *conflicts], schema=_EFFECTS, orient="row")
    return pl.concat([_created(table, found.created), told]).sort("row", maintain_order=True)


def _created(table: Table, created: pl.DataFrame) -> pl.DataFrame:
    """Return every cell of new rows that says something."""
    named = created.with_columns(identity(table, created).alias("identity"))
    texts = named.with_columns(pl.col(name).cast(pl.String) for name in table.polars_schema)
    cells = texts.unpivot(
        list(table.polars_schema), index=[ROW, "identity"], variable_name="column", value_name="after"
    )
    filled = cells.drop_nulls("after").sort(ROW, maintain_order=True)
    same = pl.lit(NEW).alias("effect"), pl.lit(0, pl.Int64).alias("version"), pl.lit(None, pl.String).alias("before")
    return filled.with_columns(*same).select(*_EFFECTS)


def _cells(change: Change, effect: str) -> Iterator[tuple[Any, ...]]:
    for column, before in change.before.items():
        after = change.after[column]
        yield effect, change.row, change.identity, change.version, column, _text(before), _text(after)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
