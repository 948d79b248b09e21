"""What tells whether small tables are still what they were, so that what is made of them can be remembered."""

from __future__ import annotations

from typing import Any

from django.db import connection

from backcast.web.core.models import Versioned

Edition = frozenset[tuple[Any, ...]]


def edition(*models: type[Versioned]) -> Edition:
    """Return what differs as soon as a row of some tables was added, changed or removed, by one query.

    Rows, versions and keys are counted up, and the latest change is told. This holds because whatever writes a row
    counts its version up; it reads the tables whole, which therefore ought to be small.
    """
    tables = (connection.ops.quote_name(model._meta.db_table) for model in models)
    parts = (f"SELECT '{table}', count(*), sum(version), max(id), max(changed_at) FROM {table}" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return frozenset(cursor.fetchall())
