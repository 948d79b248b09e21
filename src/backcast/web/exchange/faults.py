"""What keeps rows from being imported: values, doubles, unknown codes, codes in use, and places out of reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import polars as pl
from django.db import connection, models
from django.utils import translation

from backcast.language import Message, Name, tr
from backcast.planbook.checks.dates import order_of_dates
from backcast.planbook.checks.findings import ROW, findings
from backcast.planbook.checks.keys import duplicates_of, not_found
from backcast.planbook.checks.parts import constraints, plan_period, spans_of_classes, spans_of_risks, weeks
from backcast.planbook.checks.progress import finished_in_an_old_stage, kinds_and_stages, unfinished_finishes
from backcast.planbook.checks.values import values_of
from backcast.planbook.columns import Column
from backcast.planbook.problem import Problem
from backcast.planbook.schema import TABLES
from backcast.web.core.actor import Actor
from backcast.web.core.roles import Role
from backcast.web.exchange.reading import KEY, MANY, OLD, near
from backcast.web.exchange.registry import Home, Reference, home

Tables = Mapping[str, pl.DataFrame]
WITHIN_ROWS = (
    *(order_of_dates, plan_period, weeks, constraints, spans_of_risks, spans_of_classes),
    *(kinds_and_stages, unfinished_finishes, finished_in_an_old_stage),
)
"""Checks of planbooks that need no other table."""


def faults(
    one: Home,
    created: pl.DataFrame,
    changed: pl.DataFrame,
    given: pl.DataFrame,
    actor: Actor,
    plan: models.Model | None,
    beside: Tables,
) -> Iterator[Problem]:
    """Yield every problem of the rows to be created and changed.

    Parameters
    ----------
    created, changed
        Rows as they would become, with their numbers, and those of the database beside them as ``#old``.
    given
        All rows of the file.
    """
    written = pl.concat([created, changed])
    yield from duplicates_of(one.table, given)
    yield from values_of(one.table, written.select(ROW, *one.table.polars_schema))
    yield from _too_large(one, written)
    yield from _taken(one, created)
    for reference in one.references:
        yield from _unknown(one, reference, written, actor, plan, beside)
    yield from _contradictions(one, written)
    yield from out_of_reach(one, created, changed, actor)
    for rule in one.rules:
        yield from rule(created, changed, actor)


def _contradictions(one: Home, written: pl.DataFrame) -> Iterator[Problem]:
    """Find what a planbook's own checks find within single rows."""
    empty = {table.name: table.empty().with_columns(pl.lit(None, pl.Int64).alias(ROW)) for table in TABLES}
    tables = empty | {one.table.name: written.select(ROW, *one.table.polars_schema)}
    for look in WITHIN_ROWS:
        yield from look(tables)


def _too_large(one: Home, written: pl.DataFrame) -> Iterator[Problem]:
    """Find texts and whole numbers that a field of the database cannot hold."""
    for column in one.values:
        field = one.model_field(column)
        if isinstance(field, models.CharField) and field.max_length:
            long = written.filter(pl.col(column).str.len_chars() > field.max_length)
            yield from findings(one.table.name, long, column, partial(_too_long, column, field.max_length))
        elif isinstance(field, models.IntegerField):
            low, high = connection.ops.integer_field_range(field.get_internal_type())
            outside = written.filter((pl.col(column) < low) | (pl.col(column) > high))
            yield from findings(one.table.name, outside, column, _too_big)


def _taken(one: Home, created: pl.DataFrame) -> Iterator[Problem]:
    """Find new codes that a row elsewhere has, where codes are unique over all plans and regions."""
    for column in one.table.key:
        if column not in one.values or not one.model_field(column).unique or created.is_empty():
            continue
        queryset = near(one, one.model._default_manager.all(), created, [column])
        taken = pl.Series(list(queryset.values_list(one.paths[column], flat=True)), dtype=pl.String)
        yield from findings(one.table.name, created.filter(pl.col(column).is_in(taken.implode())), column, _in_use())


def _unknown(
    one: Home, reference: Reference, written: pl.DataFrame, actor: Actor, plan: models.Model | None, beside: Tables
) -> Iterator[Problem]:
    """Find codes, new in their rows, that no row of the table referred to has, as far as the actor sees it."""
    columns = list(reference.columns)
    fresh = pl.col(KEY).is_null() | pl.any_horizontal(pl.col(name).ne_missing(pl.col(name + OLD)) for name in columns)
    used = written.filter(fresh).select(ROW, *columns).drop_nulls()
    if used.is_empty():
        return
    known = known_codes(reference, used, actor, plan, beside)
    missing = used.join(known, left_on=columns, right_on=list(reference.keys), how="anti", maintain_order="left")
    last = columns[-1]
    words = known[reference.keys[-1]].unique().to_list() if missing.height and known.height <= MANY else []
    yield from findings(one.table.name, missing, last, lambda row: not_found(reference.table, row[last], words))


def known_codes(
    reference: Reference, used: pl.DataFrame, actor: Actor, plan: models.Model | None, beside: Tables
) -> pl.DataFrame:
    """Return the codes of the table referred to: of the database, as the actor sees it, and of the same file."""
    there, keys = home(reference.table), list(reference.keys)
    schema = {key: there.table[key].polars_type for key in keys}
    asked = used.select(pl.col(column).alias(key) for column, key in zip(reference.columns, keys, strict=True))
    queryset = near(there, there.scope(actor, plan), asked, keys).values_list(*(there.paths[key] for key in keys))
    found = pl.DataFrame(list(queryset), schema=schema, orient="row")
    same_file = beside.get(reference.table)
    if same_file is None or not set(keys) <= set(same_file.columns):
        return found
    return pl.concat([found, same_file.select(keys)]).unique(maintain_order=True)


def out_of_reach(one: Home, created: pl.DataFrame, changed: pl.DataFrame, actor: Actor) -> Iterator[Problem]:
    """Find rows that stand where the actor's roles do not reach, or do not suffice.

    Rows without old values in every column, as those to be removed, are nothing that reporters may touch.
    """
    others = [name for name in one.table.polars_schema if name not in one.reported]
    if not one.reporters or changed.is_empty() or not {name + OLD for name in others} <= set(changed.columns):
        yield from _out_of_reach(one, one.roles, created, changed, actor)
        return
    decided = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name + OLD)) for name in others)
    yield from _out_of_reach(one, one.roles, created, changed.filter(decided), actor)
    yield from _out_of_reach(one, one.roles | one.reporters, created.clear(), changed.filter(~decided), actor)


def _out_of_reach(
    one: Home, roles: frozenset[Role], created: pl.DataFrame, changed: pl.DataFrame, actor: Actor
) -> Iterator[Problem]:
    if not one.place:
        if not actor.has(roles):
            yield from findings(one.table.name, pl.concat([created, changed]), "", _refused(roles))
        return
    for column in one.place:
        placed = created
        if changed.height:
            moved = pl.lit(value=True) if not one.reach else pl.col(column).ne_missing(pl.col(column + OLD))
            placed = pl.concat([created, changed.filter(moved)])
        reach = _reach(one.table[column], placed[column])
        yield from _beyond(one, placed.join(reach, left_on=column, right_on="#code", how="left"), column, roles, actor)
    if one.reach and changed.height:
        keys = pl.Series(changed[KEY])
        reach = _read(one.model._default_manager.filter(pk__in=keys.to_list()), "pk", one.reach, pl.Int64)
        yield from _beyond(
            one, changed.join(reach, left_on=KEY, right_on="#code", how="left"), one.place[0], roles, actor
        )


def _reach(column: Column, codes: pl.Series) -> pl.DataFrame:
    table, _, key = column.refers_to.partition(".")
    there = home(table)
    asked = codes.drop_nulls().unique().alias(key).to_frame()
    return _read(
        near(there, there.model._default_manager.all(), asked, [key]), there.paths[key], there.reach, pl.String
    )


def _read(queryset: models.QuerySet[Any], code: str, reach: tuple[str, ...], kind: Any) -> pl.DataFrame:
    """Return region path and organisation of rows by their code or key."""
    schema = {"#code": kind, "#path": pl.String, "#organisation": pl.String}
    found = [(*row, *[""] * (2 - len(reach))) for row in queryset.values_list(code, *reach)]
    return pl.DataFrame(found, schema=schema, orient="row")


def _beyond(one: Home, placed: pl.DataFrame, column: str, roles: frozenset[Role], actor: Actor) -> Iterator[Problem]:
    """Find rows whose place is known and beyond the actor's reach."""
    places = placed.select("#path", "#organisation").drop_nulls("#path").unique()
    beyond = [
        (path, organisation)
        for path, organisation in places.iter_rows()
        if not actor.has(roles, path, organisation or "")
    ]
    if beyond:
        outside = pl.DataFrame(beyond, schema=places.schema, orient="row")
        rows = placed.join(outside, on=["#path", "#organisation"], how="semi", nulls_equal=True)
        yield from findings(one.table.name, rows, column, _refused(roles))


def _too_long(column: str, most: int, row: Mapping[str, Any]) -> Message:
    return tr(
        "The text has {length} characters, and this column holds {most}. Shorten it.",
        length=len(row[column]),
        most=most,
    )


def _too_big(row: Mapping[str, Any]) -> Message:
    return tr("The number is too large for this column. Correct it.")


def _in_use() -> Message:
    return tr("This code is in use elsewhere in the library. Choose another.")


def _refused(roles: frozenset[Role]) -> Message:
    return tr(
        "Your account may not change this row. It takes one of the roles: {roles}, granted there.", roles=_names(roles)
    )


def _names(roles: frozenset[Role]) -> Name:
    """Return the names of the roles in both languages; the sentence may be read in either."""
    names = {}
    for language, comma in (("zh-hans", "、"), ("en", ", ")):
        with translation.override(language):
            names[language] = comma.join(sorted(str(role.label) for role in roles))
    return Name(names["zh-hans"], names["en"])
