"""Write what an import would do, in one transaction, with its audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.planbook.problem import PlanbookError
from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor
from backcast.web.core.refusals import Conflict
from backcast.web.exchange.differences import Change, Changes, identity
from backcast.web.exchange.faults import out_of_reach
from backcast.web.exchange.inserting import insert, new_keys
from backcast.web.exchange.reading import near
from backcast.web.exchange.registry import Home, Reference, home, homes

CHUNK = 1_000
"""Rows written by one statement."""
_PK = "#pk"


@dataclass(frozen=True, slots=True)
class Applied:
    """How many rows of a table were created and changed."""

    table: str
    created: int
    changed: int


@transaction.atomic
def apply(found: Sequence[Changes], *, by: Actor) -> tuple[Applied, ...]:
    """Write the changes of one or several tables: all of them or none.

    Conflicts found when comparing are left as they are.

    Raises
    ------
    PlanbookError
        If any table has errors; all are listed.
    Conflict
        If somebody changed one of the rows after they were compared.
    """
    if errors := [problem for one in found for problem in one.errors]:
        raise PlanbookError(errors)
    given = {one.table: one for one in found}
    return tuple(_write(one, given[one.table.name], by) for one in homes() if one.table.name in given)


def _write(one: Home, found: Changes, by: Actor) -> Applied:
    """Write one table."""
    _create(one, found, by)
    _change(one, found, by)
    if one.settle and (found.created.height or found.changed):
        one.settle()
    return Applied(one.table.name, found.created.height, len(found.changed))


def _create(one: Home, found: Changes, by: Actor) -> None:
    frame = found.created
    if frame.is_empty():
        return
    keys = new_keys(one.model, frame.height)
    columns = _columns(one, frame.with_columns(pl.Series(_PK, keys)), by, found.plan)
    insert(one.model, columns, keys)
    _refuse_out_of_reach(one, frame, by)
    audit.record_many(by, f"{one.model._meta.model_name}.added", _added(one, frame, keys))


def _columns(one: Home, frame: pl.DataFrame, by: Actor, plan: models.Model | None) -> dict[str, list[Any]]:
    """Return the values of each field as the database keeps them."""
    columns = {one.field(name): _stored(one.model_field(name), frame[name].to_list()) for name in one.values}
    for reference in one.references:
        beside = frame if reference.table == one.table.name else None
        keyed = _with_keys(reference, frame, by, plan, beside)
        columns[f"{reference.field}_id"] = keyed[_PK + reference.field].to_list()
    if one.plan_field:
        columns[f"{one.plan_field}_id"] = [plan.pk if plan else None] * frame.height
    if one.beside:
        rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
        more = [one.beside(row) for row in rows]
        columns |= {name: [row[name] for row in more] for name in more[0]}
    return columns


def _stored(field: Any, values: list[Any]) -> list[Any]:
    """Return values with empty ones as the field keeps them."""
    empty = _empty(field)
    return values if empty is None else [empty if value is None else value for value in values]


def _empty(field: Any) -> Any:
    """Return what a field keeps where a cell is empty."""
    if field.null:
        return None
    if field.has_default():
        return field.get_default()
    return "" if isinstance(field, models.CharField | models.TextField) else None


def _with_keys(
    reference: Reference, frame: pl.DataFrame, by: Actor, plan: models.Model | None, beside: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Put the primary keys of the rows referred to beside each row; they may be rows of ``beside``, which are new."""
    there, keys = home(reference.table), list(reference.keys)
    asked = frame.select(pl.col(column).alias(key) for column, key in zip(reference.columns, keys, strict=True))
    schema: dict[str, Any] = {key: there.table[key].polars_type for key in keys} | {_PK + reference.field: pl.Int64}
    paths = [there.paths[key] for key in keys]
    queryset = near(there, there.scope(by, plan), asked.drop_nulls(), keys).values_list(*paths, "pk")
    known = pl.DataFrame(list(queryset), schema=schema, orient="row")
    if beside is not None:
        known = pl.concat([known, beside.select(*keys, pl.col(_PK).alias(_PK + reference.field))])
    return frame.join(known, left_on=reference.columns, right_on=keys, how="left", maintain_order="left")


def _refuse_out_of_reach(one: Home, frame: pl.DataFrame, by: Actor) -> None:
    """Look again at rows that name what was created with them: only now is it known where that is."""
    nothing = frame.clear()
    if problems := list(out_of_reach(one, frame, nothing, by)):
        raise PlanbookError(problems)


def _added(one: Home, frame: pl.DataFrame, keys: Sequence[int]) -> Iterator[audit.Change]:
    fields = {name: one.field(name) for name in one.table.polars_schema}
    rows = frame.select(list(fields)).rename(fields).iter_rows(named=True)
    for name, key, row in zip(identity(one.table, frame), keys, rows, strict=True):
        yield audit.Named(one.model, key, _said(name)), None, {k: v for k, v in row.items() if v is not None}


def _change(one: Home, found: Changes, by: Actor) -> None:
    if not found.changed:
        return
    keys = _keys_of_changes(one, found, by)
    now = timezone.now()
    for start in range(0, len(found.changed), CHUNK):
        part = found.changed[start : start + CHUNK]
        rows = one.model._default_manager.select_for_update().in_bulk([change.pk for change in part])
        for change in part:
            _set(one, rows[change.pk], change, keys, now)
        touched = {one.field(column) for change in part for column in change.after}
        _upsert(one, list(rows.values()), [*sorted(touched), "version", "changed_at"])
    audit.record_many(by, f"{one.model._meta.model_name}.changed", _changed(one, found.changed))


def _set(one: Home, row: Any, change: Change, keys: Mapping[tuple[str, str], int], now: datetime) -> None:
    """Put new values on a row, unless somebody changed it since."""
    if row.version != change.version:
        current = {one.field(column): getattr(row, one.field(column)) for column in change.after}
        what = _said(change.identity)
        message = _("Somebody changed “{what}” while you were importing it. Look at it again.")
        raise Conflict(message.format(what=what), row.version, current)
    for column, value in change.after.items():
        if column in one.values:
            empty = _empty(one.model_field(column))
            setattr(row, one.field(column), empty if value is None else value)
        else:
            setattr(row, f"{one.field(column)}_id", keys.get((column, value)))
    row.version, row.changed_at = change.version + 1, now


def _keys_of_changes(one: Home, found: Changes, by: Actor) -> dict[tuple[str, str], int]:
    """Return the primary keys of the rows that changed columns refer to, by column and code."""
    keys: dict[tuple[str, str], int] = {}
    for reference in one.references:
        column = reference.columns[0]
        codes = {change.after[column] for change in found.changed if change.after.get(column) is not None}
        if codes:
            frame = pl.DataFrame({column: sorted(codes)}, schema={column: pl.String})
            known = _with_keys(reference, frame, by, found.plan)
            keys |= {(column, code): key for code, key in known.iter_rows()}
    return keys


def _changed(one: Home, found: Sequence[Change]) -> Iterator[audit.Change]:
    for change in found:
        before, after = (
            {one.field(name): value for name, value in values.items()} for values in (change.before, change.after)
        )
        yield audit.Named(one.model, change.pk, _said(change.identity)), before, after


def _upsert(one: Home, rows: Sequence[Any], fields: Sequence[str]) -> None:
    """Write some fields of rows that exist; ``bulk_update`` would write a case for each row."""
    one.model._default_manager.bulk_create(
        rows, batch_size=CHUNK, update_conflicts=True, unique_fields=["pk"], update_fields=fields
    )


def _said(name: str) -> str:
    """Return an identity as the audit shows it."""
    return name.replace("|", "/")
