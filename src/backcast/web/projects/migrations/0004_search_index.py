"""The index over what projects are found by: FTS5 that follows by triggers, or GIN over an expression."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

NEW = "INSERT INTO projects_searchgrams (rowid, grams) VALUES (new.project_id, new.grams);"
OLD = "INSERT INTO projects_searchgrams (projects_searchgrams, rowid, grams) VALUES ('delete', old.project_id, old.grams);"
ENTRY = "ON projects_searchentry BEGIN"
INDEX = {
    "sqlite": [
        "CREATE VIRTUAL TABLE projects_searchgrams USING fts5(grams, content='projects_searchentry', "
        "content_rowid='project_id', detail=none, columnsize=0)",
        f"CREATE TRIGGER projects_search_added AFTER INSERT {ENTRY} {NEW} END",
        f"CREATE TRIGGER projects_search_changed AFTER UPDATE OF grams {ENTRY} {OLD} {NEW} END",
        f"CREATE TRIGGER projects_search_removed AFTER DELETE {ENTRY} {OLD} END",
    ],
    "postgresql": ["CREATE INDEX projects_searchgrams ON projects_searchentry USING gin (string_to_array(grams, ' '))"],
}
GONE = {
    "sqlite": [
        *(f"DROP TRIGGER projects_search_{what}" for what in ("added", "changed", "removed")),
        "DROP TABLE projects_searchgrams",
    ],
    "postgresql": ["DROP INDEX projects_searchgrams"],
}


def make(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the index of this database."""
    for statement in INDEX[editor.connection.vendor]:
        editor.execute(statement)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop it."""
    for statement in GONE[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    """After the table itself."""

    dependencies = [("projects", "0003_list")]
    operations = [migrations.RunPython(make, drop)]
