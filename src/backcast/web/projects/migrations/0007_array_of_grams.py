"""PostgreSQL learns what it costs to take a text of grams apart, so that it asks the index and not every row.

``string_to_array`` counts as one comparison, though it takes as long as a hundred: a library that was just filled, or
one whose index waits to be tidied up, was then read from end to end. What waits is kept short besides. The index by
region tells keys by itself, as those of the orders do.
"""

from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FORWARDS = {
    "sqlite": ["ANALYZE"],
    "postgresql": [
        "CREATE FUNCTION projects_grams(text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 100 "
        "AS $$ BEGIN RETURN string_to_array($1, ' '); END $$",
        "DROP INDEX projects_searchgrams",
        "CREATE INDEX projects_searchgrams ON projects_searchentry USING gin (projects_grams(grams)) "
        "WITH (gin_pending_list_limit = 256)",
        "ANALYZE",
    ],
}
BACKWARDS = {
    "sqlite": [],
    "postgresql": [
        "DROP INDEX projects_searchgrams",
        "CREATE INDEX projects_searchgrams ON projects_searchentry USING gin (string_to_array(grams, ' '))",
        "DROP FUNCTION projects_grams",
    ],
}


def make(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the function, and the index over it; then count how often values occur."""
    for statement in FORWARDS[editor.connection.vendor]:
        editor.execute(statement)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Go back to the function that PostgreSQL has."""
    for statement in BACKWARDS[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    """After the index itself."""

    dependencies = [("projects", "0006_keys_in_order")]
    operations = [
        migrations.RemoveIndex(model_name="project", name="project_by_region"),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(fields=["lead_region", "code", "id"], name="project_by_region"),
        ),
        migrations.RunPython(make, drop),
    ]
