"""Triggers by which the three officers exclude each other and every business role; and the table of the cache."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.db import migrations

OFFICERS = "('system_officer', 'security_officer', 'audit_officer')"
REFUSAL = "an officer holds no second role"

# Two grants of one user clash where their times overlap, their roles differ and one of them is an officer's.
CLASH = f"""
    SELECT 1 FROM accounts_grant AS other
    WHERE other.user_id = NEW.user_id AND other.id <> NEW.id AND other.role <> NEW.role
      AND (NEW.role IN {OFFICERS} OR other.role IN {OFFICERS})
      AND (other.starts IS NULL OR NEW.ends IS NULL OR other.starts <= NEW.ends)
      AND (NEW.starts IS NULL OR other.ends IS NULL OR NEW.starts <= other.ends)
"""

SQLITE = [
    f"""
    CREATE TRIGGER accounts_grant_{event.lower()} AFTER {event} ON accounts_grant
    WHEN EXISTS ({CLASH})
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """
    for event in ("INSERT", "UPDATE")
]

# The user's row is locked, so that two grants at once see each other.
POSTGRESQL = [
    f"""
    CREATE FUNCTION accounts_grant_excludes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR UPDATE;
        IF EXISTS ({CLASH}) THEN
            RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'exclusion_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER accounts_grant_excludes BEFORE INSERT OR UPDATE ON accounts_grant
    FOR EACH ROW EXECUTE FUNCTION accounts_grant_excludes()
    """,
]
UNDO = {
    "sqlite": ["DROP TRIGGER accounts_grant_insert", "DROP TRIGGER accounts_grant_update"],
    "postgresql": ["DROP TRIGGER accounts_grant_excludes ON accounts_grant", "DROP FUNCTION accounts_grant_excludes"],
}


def make(apps: Any, editor: Any) -> None:
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor]:
        editor.execute(statement)


def undo(apps: Any, editor: Any) -> None:
    for statement in UNDO[editor.connection.vendor]:
        editor.execute(statement)


def make_cache(apps: Any, editor: Any) -> None:
    call_command("createcachetable", database=editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunPython(make, undo),
        migrations.RunPython(make_cache, migrations.RunPython.noop),
    ]
