"""``backcast load``; Django must be set up before this room is opened."""

from __future__ import annotations

from pathlib import Path

import click
from django.core.management import call_command

from backcast import interchange
from backcast.cli.progress import progress_bar
from backcast.language import tr
from backcast.web.core.actor import Actor, Grant, Route
from backcast.web.core.roles import Role
from backcast.web.directory.boundaries import read_boundaries
from backcast.web.exchange.loading import load

OPERATOR = Actor("command line", Route.CLI, (Grant(Role.PLAN_OFFICER, "/"), Grant(Role.PROJECT_OFFICER, "/")))
"""Whoever may run commands on the server: the audit says so, whatever their name."""


def load_planbook(planbook: Path) -> None:
    """Load a planbook and say what became of each table."""
    book = interchange.read_planbook(planbook)
    call_command("migrate", verbosity=0)
    with progress_bar() as progress:
        plan, told = load(book, by=OPERATOR, progress=progress)
    draw_regions(planbook)
    for one in told:
        if one.created or one.changed:
            counts = tr("{created} added, {changed} changed", created=f"{one.created:,}", changed=f"{one.changed:,}")
            click.echo(f"{one.table}: {counts}")
    click.echo(str(tr("Loaded: {plan}", plan=plan.code)))


def draw_regions(planbook: Path) -> None:
    """Take the boundaries of regions from the folder ``geo`` of a planbook, where it has one."""
    for outlines in sorted((planbook / "geo").glob("*.geojson")):
        read_boundaries(outlines, by=OPERATOR)
