"""Where each table of a planbook lives in the database; apps say it in their ``tables.py``.

One declaration per table: which model, who sees which rows, who may import them, and where a field is named
differently from its column. Reading, comparing and writing follow from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any, Protocol

import polars as pl
from django.db import models

from backcast.planbook.columns import Column, Table
from backcast.planbook.problem import Problem
from backcast.planbook.schema import SCHEMA
from backcast.web.core.actor import Actor
from backcast.web.core.roles import Role

Rows = models.QuerySet[Any, Any]
Scope = Callable[[Actor, "models.Model | None"], Rows]
Rule = Callable[[pl.DataFrame, pl.DataFrame, Actor], Iterable[Problem]]
"""A rule of an app: finds what is wrong with rows to be created and rows to be changed, as
:func:`~backcast.web.exchange.faults.faults` gets them, for an actor."""
Check = Callable[[pl.DataFrame, "Sequence[Changed]", Actor, Any], Iterable[Problem]]


class Changed(Protocol):
    """A row that exists and would become another, as a check sees it."""

    @property
    def row(self) -> int:
        """Its number in the file."""

    @property
    def pk(self) -> int:
        """Its primary key."""

    @property
    def after(self) -> Mapping[str, Any]:
        """The columns that differ, as they would become."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key, and the columns that name the row it refers to.

    Attributes
    ----------
    field
        Of the model.
    columns
        Of this table: what is written in a file.
    table, keys
        The table referred to, and its columns that hold the same.
    """

    field: str
    columns: tuple[str, ...]
    table: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Home:
    """Where one table lives.

    Attributes
    ----------
    scope
        The rows of one plan that an actor may see, as a queryset.
    roles
        Who may import the table.
    reporters, reported
        Who else may change rows that exist, in these columns alone.
    rules
        Rules of the app that hold by whatever way rows come in.
    place
        Columns that name where a row belongs, such as its project or region; a role must reach there.
        Empty: the role anywhere suffices.
    reach
        For tables that a ``place`` refers to: paths to the region's path and to the organisation's code of a row.
    plan_field
        Field of the model that holds the plan; empty where the plan follows from another field, or there is none.
    names
        Column → field, where they differ.
    composite
        Foreign keys that are named by several columns; all others follow from the schema.
    beside
        What a new row holds that no column says, from the fields that it has.
    settle
        Called after rows were written, for what must follow from them at once.
    follow
        Called after they were committed, for what may follow later; it must not keep others waiting.
    check
        What its app finds wrong or doubtful in rows that somebody uploads, beyond what the schema says: from new rows,
        changed rows, who uploads them and the plan.
    """

    table: Table
    model: type[models.Model]
    scope: Scope
    roles: frozenset[Role]
    reporters: frozenset[Role] = frozenset()
    reported: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()
    place: tuple[str, ...] = ()
    reach: tuple[str, ...] = ()
    plan_field: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    composite: tuple[Reference, ...] = ()
    beside: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    settle: Callable[[], None] | None = None
    follow: Callable[[], object] | None = None
    check: Check | None = None

    @property
    def importers(self) -> frozenset[Role]:
        """Whoever may import something of the table."""
        return self.roles | self.reporters

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Every foreign key that a file names."""
        taken = {name for reference in self.composite for name in reference.columns}
        return (*self.composite, *(_simple(self, column) for column in self.table if _refers(column, taken)))

    @cached_property
    def values(self) -> dict[str, str]:
        """Columns that the model holds itself, with their fields."""
        taken = {name for reference in self.references for name in reference.columns}
        return {column.name: self.field(column.name) for column in self.table if column.name not in taken}

    @cached_property
    def paths(self) -> dict[str, str]:
        """Every column with the path by which a queryset reads it, such as ``lead_region__code``."""
        return {column.name: self.path(column.name) for column in self.table}

    def path(self, column: str) -> str:
        """Return the path of one column."""
        if column in self.values:
            return self.values[column]
        reference = self.reference(column)
        key = reference.keys[reference.columns.index(column)]
        return f"{reference.field}__{home(reference.table).path(key)}"

    def reference(self, column: str) -> Reference:
        """Return the foreign key that a column names."""
        return next(reference for reference in self.references if column in reference.columns)

    def field(self, column: str) -> str:
        """Return the field of a column that the model holds itself."""
        return self.names.get(column, column)

    def model_field(self, column: str) -> models.Field[Any, Any]:
        """Return the model's field of a column that it holds itself."""
        found = self.model._meta.get_field(self.field(column))
        if not isinstance(found, models.Field):
            raise TypeError(f"{self.table.name}.{column} is not held by {self.model.__name__} itself.")
        return found


_HOMES: dict[str, Home] = {}


def register(*homes: Home) -> None:
    """Say where tables live; a table has one home."""
    for one in homes:
        if _HOMES.setdefault(one.table.name, one) is not one:
            raise ValueError(f"The table “{one.table.name}” already lives in {_HOMES[one.table.name].model.__name__}.")


def home(table: str) -> Home:
    """Return where a table lives."""
    return _HOMES[table]


def homes() -> Iterator[Home]:
    """Yield every home such that what is referred to comes before what refers to it."""
    graph = {name: {reference.table for reference in _HOMES[name].references} - {name} for name in _listed()}
    for one in _HOMES.values():
        if one.plan_field:
            graph[one.table.name].add("plan")
    yield from (_HOMES[name] for name in TopologicalSorter(graph).static_order())


def _listed() -> Iterable[str]:
    """Registered tables in the order of the schema."""
    return (name for name in SCHEMA if name in _HOMES)


def _refers(column: Column, taken: set[str]) -> bool:
    return bool(column.refers_to) and column.name not in taken


def _simple(one: Home, column: Column) -> Reference:
    table, _, key = column.refers_to.partition(".")
    return Reference(one.field(column.name), (column.name,), table, (key,))
