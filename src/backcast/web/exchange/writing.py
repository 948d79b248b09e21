"""Write what an import would do, in one transaction, with its audit.

Everything that can be made ready before is: SQLite has one writer, and the audit's chain grows by one at a time, so
while rows are written others wait.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from backcast.web.exchange.reading import near, parts
from backcast.web.exchange.registry import Home, Reference, home
from backcast.web.exchange.statements import Statement, insertion, new_keys, update

_PK = "#pk"


@dataclass(frozen=True, slots=True)
class Applied:
    """How many rows of a table were created and changed."""

    table: str
    created: int
    changed: int


@dataclass(frozen=True, eq=False)
class Ready:
    """The changes of a table as the database and the audit take them: what is left to do is to write them.

    Attributes
    ----------
    added, changed
        What the audit is told of each row.
    """

    home: Home
    found: Changes
    insertion: Statement | None
    added: list[audit.Told]
    updates: tuple[Statement, ...]
    changed: list[audit.Told]


def prepare(found: Changes, *, by: Actor) -> Ready:
    """Make the changes of a table ready to be written, while others still write.

    Conflicts found when comparing are left as they are.

    Raises
    ------
    PlanbookError
        If it has errors; all are listed.
    """
    if found.errors:
        raise PlanbookError(list(found.errors))
    one = home(found.table)
    keys = new_keys(one.model, found.created.height) if found.created.height else []
    created = found.created.with_columns(pl.Series(_PK, keys, pl.Int64))
    return Ready(
        one,
        found,
        insertion(one.model, _columns(one, created, by, found.plan), keys) if keys else None,
        list(_added(one, created)),
        tuple(_updates(one, found, by, created)),
        list(_changed(one, found.changed)),
    )


@transaction.atomic
def apply(ready: Ready, *, by: Actor) -> Applied:
    """Write the changes of a table: all of them or none.

    Raises
    ------
    PlanbookError
        If a row turns out to stand where the actor does not reach.
    Conflict
        If somebody changed one of the rows after they were compared.
    """
    one, found, noun = ready.home, ready.found, ready.home.model._meta.model_name
    if ready.insertion:
        ready.insertion.execute()
        _refuse_out_of_reach(one, found.created, by)
        audit.record_told(by, f"{noun}.added", ready.added)
    if ready.updates:
        _refuse_changed_since(one, found.changed)
        for statement in ready.updates:
            statement.execute()
        audit.record_told(by, f"{noun}.changed", ready.changed)
    if ready.insertion or ready.updates:
        settle(one)
    return Applied(one.table.name, len(ready.added), len(ready.changed))


def settle(one: Home) -> None:
    """Do what follows from rows that were written, now and after the commit."""
    if one.settle:
        one.settle()
    if one.follow:
        transaction.on_commit(one.follow, robust=True)


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


def _added(one: Home, created: pl.DataFrame) -> Iterator[audit.Told]:
    fields = {name: one.field(name) for name in one.table.polars_schema}
    rows = created.select(list(fields)).rename(fields).iter_rows(named=True)
    for name, key, row in zip(identity(one.table, created), created[_PK], rows, strict=True):
        filled = {field: value for field, value in row.items() if value is not None}
        yield audit.told(audit.Named(one.model, key, said(name)), None, filled)


def _updates(one: Home, found: Changes, by: Actor, created: pl.DataFrame) -> Iterator[Statement]:
    """Yield a statement for each set of columns that change together."""
    keys, now = _keys_of_changes(one, found, by, created), timezone.now()
    alike: dict[tuple[str, ...], list[Change]] = defaultdict(list)
    for change in found.changed:
        alike[tuple(change.after)].append(change)
    for names, rows in alike.items():
        columns = dict(_as_kept(one, name, [change.after[name] for change in rows], keys) for name in names)
        yield update(one.model, columns | {"changed_at": [now] * len(rows)}, [change.pk for change in rows])


def _as_kept(one: Home, column: str, values: list[Any], keys: Mapping[tuple[str, str], int]) -> tuple[str, list[Any]]:
    """Return the field of a column, and its new values as the field keeps them."""
    if column in one.values:
        return one.field(column), _stored(one.model_field(column), values)
    return f"{one.field(column)}_id", [keys.get((column, value)) for value in values]


def _keys_of_changes(one: Home, found: Changes, by: Actor, created: pl.DataFrame) -> dict[tuple[str, str], int]:
    """Return the primary keys of the rows that changed columns refer to, by column and code."""
    keys: dict[tuple[str, str], int] = {}
    for reference in one.references:
        column = reference.columns[0]
        codes = {change.after[column] for change in found.changed if change.after.get(column) is not None}
        if codes:
            frame = pl.DataFrame({column: sorted(codes)}, schema={column: pl.String})
            beside = created if reference.table == one.table.name else None
            known = _with_keys(reference, frame, by, found.plan, beside)
            keys |= {(column, code): key for code, key in known.iter_rows()}
    return keys


def _refuse_changed_since(one: Home, changed: Sequence[Change]) -> None:
    """Hold the rows that will be changed, in one order, and refuse if somebody changed one since it was compared."""
    compared = {change.pk: change for change in changed}
    for keys in parts(sorted(compared)):
        rows = one.model._default_manager.filter(pk__in=keys).order_by("pk").select_for_update()
        versions = dict(rows.values_list("pk", "version"))
        for key in keys:
            if versions.get(key) != compared[key].version:
                raise _conflict(one, compared[key])


def _conflict(one: Home, change: Change) -> Conflict:
    """Say that somebody changed or removed a row, with how it is now."""
    row = one.model._default_manager.filter(pk=change.pk).first()
    message = _("Somebody changed “{what}” while you were importing it. Look at it again.")
    current = {one.field(column): getattr(row, one.field(column)) for column in change.after} if row else {}
    return Conflict(message.format(what=said(change.identity)), getattr(row, "version", 0), current)


def _changed(one: Home, found: Sequence[Change]) -> Iterator[audit.Told]:
    for change in found:
        before, after = (
            {one.field(name): value for name, value in values.items()} for values in (change.before, change.after)
        )
        yield audit.told(audit.Named(one.model, change.pk, said(change.identity)), before, after)


def said(name: str) -> str:
    """Return an identity as the audit shows it."""
    return name.replace("|", "/")
