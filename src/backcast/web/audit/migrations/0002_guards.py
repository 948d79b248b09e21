"""The database itself refuses to change or remove events."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TOLD = "The audit is append-only: events are never changed or removed."
GUARDS = {
    "sqlite": [
        f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit_event BEGIN SELECT RAISE(ABORT, '{TOLD}'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN RAISE EXCEPTION '{TOLD}' USING ERRCODE = 'restrict_violation'; END$$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
        "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    ],
}
OPENINGS = {
    "sqlite": ["DROP TRIGGER IF EXISTS audit_no_update", "DROP TRIGGER IF EXISTS audit_no_delete"],
    "postgresql": [
        "DROP TRIGGER IF EXISTS audit_no_change ON audit_event",
        "DROP TRIGGER IF EXISTS audit_no_truncate ON audit_event",
        "DROP FUNCTION IF EXISTS audit_refuse()",
    ],
}


def guard(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE of events."""
    for statement in GUARDS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unguard(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Allow them again."""
    for statement in OPENINGS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
