"""A library of 100,000 projects in the database: the practice province, many times over.

Django must be set up before this is imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
from django.core.management import call_command
from django.test import Client

from backcast.interchange import folder
from backcast.planbook.book import Planbook
from backcast.planbook.practice import practice as made_up
from backcast.web.accounts.demo import make_cast
from backcast.web.accounts.models import User
from backcast.web.core.actor import Actor, Grant, Route
from backcast.web.core.roles import Role
from backcast.web.exchange.loading import load
from backcast.web.projects.models import Project

LOADED = ("projects", "shares", "listings", "outputs")
"""What lists ask of, beside what all projects share."""
SHARED = ("plan", "regions", "organisations", "tasks", "indicators", "targets", "calendars", "calendar_days")
EVERYWHERE = Actor("benchmark", Route.CLI, (Grant(Role.PLAN_OFFICER, "/"),))


def fill(practice: Planbook, projects: int) -> None:
    """Load a practice planbook, then its projects again under other codes until there are so many."""
    make_cast()
    for part in parts(practice, projects):
        load(part, by=EVERYWHERE)


def parts(practice: Planbook, projects: int) -> Iterator[Planbook]:
    """Yield planbooks of a few thousand projects each, whose codes and names tell them apart."""
    shared = {name: practice[name] for name in SHARED}
    size, part = practice["projects"].height, 0
    while part * size < projects:
        kept = {name: _again(practice[name], name, part) for name in LOADED}
        kept["projects"] = kept["projects"].head(projects - part * size)
        codes = kept["projects"]["code"].implode()
        for name in LOADED[1:]:
            kept[name] = kept[name].filter(pl.col("project").is_in(codes))
        yield Planbook.of(shared | kept)
        part += 1


def _again(frame: pl.DataFrame, table: str, part: int) -> pl.DataFrame:
    """Return rows whose projects bear other codes, and names that say so."""
    mark = f"-{part:02d}"
    columns = ("code", "parent") if table == "projects" else ("project",)
    frame = frame.with_columns((pl.col(columns) + mark).name.keep())
    if table != "projects":
        return frame
    return frame.with_columns((pl.col("name") + f"第{part + 1}标段"), (pl.col("name_en") + f", section {part + 1}"))


def prepared(projects: int, readers: Sequence[str]) -> dict[str, str]:
    """Migrate and fill the database unless it is filled; return the session of each reader."""
    call_command("migrate", verbosity=0)
    if not Project.objects.exists():
        plan = folder.read(Path(__file__).parents[1] / "examples" / "shanxi").planbook
        fill(made_up(plan, projects=4_000), projects)
    return {reader: _session(reader) for reader in readers}


def _session(reader: str) -> str:
    """Sign a member of the cast in."""
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username=reader))
    return client.cookies["sessionid"].value
