"""Conditions of which SQLite shall make no use of an index, because the order in which rows are read matters more.

What stands in another table is then asked of each row by itself: to look up all of it first would take longer.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.db.models.lookups import In

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


class Among(In):
    """Whether a value is among those that a query finds, which is made once and kept.

    PostgreSQL would join it, and where many are found take the texts of many rows apart one by one; what stands below
    a test for truth, it does not join.
    """

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Write the comparison below a test for truth."""
        sql, values = self.as_sql(compiler, connection, **context)
        return f"({sql}) IS TRUE", values


def unindexed(rows: Rows, wanted: Q) -> Rows:
    """Return the rows of a condition on fields of their own, such that no index but that of their order is of use."""
    aliases = {f"plain_{path.split('__')[0]}": Plain(F(path.split("__")[0])) for path in _paths(wanted)}
    return rows.alias(**aliases).filter(_renamed(wanted))


def _renamed(wanted: Q) -> Q:
    """Return a condition with each field behind its alias."""
    parts = [
        _renamed(part) if isinstance(part, Q) else _told(*part) if isinstance(part, tuple) else part
        for part in wanted.children
    ]
    return Q(*parts, _connector=wanted.connector, _negated=wanted.negated)


def _told(path: str, value: Any) -> tuple[str, Any] | Exists | Among:
    """Return one comparison; of the projects of another table's rows, that there is such a row."""
    if isinstance(value, models.QuerySet):
        return Exists(value.filter(project=OuterRef("pk")))
    if isinstance(value, RawSQL):
        return Among(Plain(F("pk")), value)
    return f"plain_{path}", value


def _paths(wanted: Q) -> set[str]:
    """Return the paths that a condition compares."""
    found: set[str] = set()
    for part in wanted.children:
        if isinstance(part, Q):
            found |= _paths(part)
        elif isinstance(part, tuple) and not isinstance(part[1], models.QuerySet):
            found.add(part[0])
    return found
