"""Insert, change or remove many rows by one statement, made ready before anybody has to wait for it.

Django's ``bulk_create`` and ``bulk_update`` prepare each value by itself, which for the rows of a province takes ten
times as long as writing them. Here columns are prepared whole; rows become what Django would make of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, models, transaction

Columns = Mapping[str, Sequence[Any]]
"""Field → its values, a row after the other."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, and what it is given for each row."""

    sql: str
    rows: Sequence[tuple[Any, ...]]

    def execute(self) -> None:
        """Write all rows, and look now whether what they refer to is there.

        PostgreSQL would look at the commit, when the audit's chain is held already and others wait for it.
        """
        with connection.cursor() as cursor:
            cursor.executemany(self.sql, self.rows)
        if connection.vendor == "postgresql":
            connection.check_constraints()


def insertion(model: type[models.Model], columns: Columns, keys: Sequence[int]) -> Statement:
    """Insert rows; fields that are not given get their default.

    Parameters
    ----------
    keys
        Primary keys from :func:`new_keys`.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields if not field.generated}
    blank = model()
    rest = {
        name: field.get_db_prep_save(field.pre_save(blank, add=True), connection)
        for name, field in fields.items()
        if name not in columns and name != "id"
    }
    names = ", ".join(_quoted(fields[name]) for name in ("id", *columns, *rest))
    places = ", ".join(["%s"] * (1 + len(columns) + len(rest)))
    given = zip(keys, *_prepared(model, columns), strict=True)
    return Statement(
        f"INSERT INTO {_table(model)} ({names}) VALUES ({places})", [(*row, *rest.values()) for row in given]
    )


def update(model: type[models.Model], columns: Columns, keys: Sequence[int]) -> Statement:
    """Change some fields of rows that exist, and count their versions up."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    said = ", ".join(f"{_quoted(fields[name])} = %s" for name in columns)
    sql = f"UPDATE {_table(model)} SET {said}, version = version + 1 WHERE id = %s"
    return Statement(sql, list(zip(*_prepared(model, columns), keys, strict=True)))


def removal(model: type[models.Model], keys: Sequence[int]) -> Statement:
    """Remove rows to which nothing refers but each other."""
    return Statement(f"DELETE FROM {_table(model)} WHERE id = %s", [(key,) for key in keys])


def new_keys(model: type[models.Model], count: int) -> list[int]:
    """Return primary keys that nobody else will get."""
    table = model._meta.db_table
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            cursor.execute(sequence, [table, count])
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s RETURNING seq", [count, table])
        last = cursor.fetchone()
        if last is None:  # no row was ever written
            cursor.execute("INSERT INTO sqlite_sequence (seq, name) VALUES (%s, %s) RETURNING seq", [count, table])
            last = cursor.fetchone()
    return list(range(last[0] - count + 1, last[0] + 1))


def _prepared(model: type[models.Model], columns: Columns) -> list[list[Any]]:
    """Return columns as the database takes them."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return [[_value(fields[name], value) for value in values] for name, values in columns.items()]


def _value(field: models.Field[Any, Any], value: Any) -> Any:
    return field.get_db_prep_save(value, connection) if isinstance(value, Decimal | date) else value


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _quoted(field: models.Field[Any, Any]) -> str:
    return connection.ops.quote_name(str(field.column))
