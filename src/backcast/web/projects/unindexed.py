"""Conditions of which SQLite shall make no use of an index, because the order in which rows are read matters more."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.db.models import F, Func, Q

Rows = TypeVar("Rows", bound="models.QuerySet[Any, Any]")


class Plain(Func):
    """A field as a plain value; PostgreSQL weighs by itself what is cheaper."""

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Write the field behind a plus, as SQLite's manual says; exact numbers, which come as text, stay numbers."""
        exact = isinstance(self.output_field, models.DecimalField)
        template = "CAST(%(expressions)s AS NUMERIC)" if exact else "+%(expressions)s"
        return self.as_sql(compiler, connection, template=template, **context)


def unindexed(rows: Rows, wanted: Q) -> Rows:
    """Return the rows of a condition on fields of their own, such that no index but that of their order is of use."""
    aliases = {f"plain_{path.split('__')[0]}": Plain(F(path.split("__")[0])) for path in _paths(wanted)}
    return rows.alias(**aliases).filter(_renamed(wanted))


def _renamed(wanted: Q) -> Q:
    """Return a condition with each field behind its alias."""
    parts = [
        _renamed(part) if isinstance(part, Q) else (f"plain_{part[0]}", part[1]) if isinstance(part, tuple) else part
        for part in wanted.children
    ]
    return Q(*parts, _connector=wanted.connector, _negated=wanted.negated)


def _paths(wanted: Q) -> set[str]:
    """Return the paths that a condition asks of."""
    found: set[str] = set()
    for part in wanted.children:
        found |= _paths(part) if isinstance(part, Q) else {part[0]} if isinstance(part, tuple) else set()
    return found
