"""A library of 100,000 projects in the database: the practice province, loaded once and copied within the database.

Django must be set up before this is imported.
"""

from __future__ import annotations

from pathlib import Path

from django.core.management import call_command
from django.db import connection, models, transaction

from backcast.interchange import folder
from backcast.planbook.book import Planbook
from backcast.planbook.practice import practice
from backcast.web.accounts.demo import make_cast
from backcast.web.core.actor import Actor, Grant, Route
from backcast.web.core.roles import Role
from backcast.web.exchange.loading import load
from backcast.web.projects import search
from backcast.web.projects.models import Listing, Output, Project, Share

LOADED = (
    *("plan", "regions", "organisations", "tasks", "indicators", "calendars", "calendar_days"),
    *("projects", "shares", "listings", "outputs"),
)
"""The tables that lists ask of."""
EVERYWHERE = Grant(Role.PLAN_OFFICER, "/")
ORIGINAL = 4_000
"""Projects of the practice province, at most; more are copies of them."""
COPIED = (Project, Share, Listing, Output)
"""What is copied, in the order in which it refers to each other."""
OTHERWISE = {
    "code": "code || '-' || copies.k",
    "name": "name || '第' || (copies.k + 1) || '标段'",
    "name_en": "name_en || ', section ' || (copies.k + 1)",
}
"""What tells copies of a project apart."""


def prepared(projects: int) -> int:
    """Migrate and fill the database, unless it is filled; return how many projects there are."""
    call_command("migrate", verbosity=0)
    if not Project.objects.exists():
        plan = folder.read(Path(__file__).parents[1] / "examples" / "shanxi").planbook
        times = -(-projects // ORIGINAL)
        original = practice(plan, projects=-(-projects // times))
        tables = Planbook.of({name: original[name] for name in LOADED})
        load(tables, by=Actor("benchmark", Route.CLI, (EVERYWHERE,)))
        make_cast()
        copy(times - 1)
        tidy()
    return Project.objects.count()


@transaction.atomic
def copy(times: int) -> None:
    """Copy all projects, with what belongs to them, some times over."""
    last = _last(Project)
    with connection.cursor() as cursor:
        for model in COPIED if times else ():
            cursor.execute(_statement(model, last), [times])
    search.refresh()


def tidy() -> None:
    """Do what PostgreSQL does by itself within minutes, and SQLite when it is told."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _statement(model: type[models.Model], last: int) -> str:
    """Return the statement that copies a table; a copy's keys come after all others, in the same order."""
    told = {}
    for field in model._meta.concrete_fields:
        if field.primary_key:
            told[field.column] = f"id + {_last(model)} * copies.k"
        elif field.related_model is Project:
            told[field.column] = f"{field.column} + {last} * copies.k"
        elif not field.generated:
            told[field.column] = OTHERWISE.get(field.column, f'"{field.column}"')
    count = "WITH RECURSIVE copies(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM copies WHERE k < %s)"
    columns, values = ", ".join(f'"{name}"' for name in told), ", ".join(told.values())
    table = model._meta.db_table
    return f"{count} INSERT INTO {table} ({columns}) SELECT {values} FROM {table} CROSS JOIN copies"


def _last(model: type[models.Model]) -> int:
    found: int = model._default_manager.aggregate(last=models.Max("pk"))["last"]
    return found
