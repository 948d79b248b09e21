"""What projects are found by may follow them late, so no constraint binds both.

SQLite writes the table anew, which drops its triggers; they are made again.
"""

from __future__ import annotations

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TRIGGERS = [
    statement
    for statement in import_module("backcast.web.projects.migrations.0004_search_index").INDEX["sqlite"]
    if statement.startswith("CREATE TRIGGER")
]


def make_triggers(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make them again where there are any."""
    if editor.connection.vendor == "sqlite":
        for statement in TRIGGERS:
            editor.execute(statement)


class Migration(migrations.Migration):
    """After the function of grams."""

    dependencies = [("projects", "0007_array_of_grams")]
    operations = [
        migrations.RunPython(migrations.RunPython.noop, make_triggers),
        migrations.AlterField(
            model_name="searchentry",
            name="project",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="+",
                serialize=False,
                to="projects.project",
            ),
        ),
        migrations.RunPython(make_triggers, migrations.RunPython.noop),
    ]
