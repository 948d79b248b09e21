"""``backcast warm``: a small run that compiles everything."""

from __future__ import annotations

import time

import click

from backcast import interchange
from backcast.cli.progress import working
from backcast.cli.shipped import shanxi
from backcast.cli.warming import note_warm
from backcast.engine.compiled import counts
from backcast.engine.kernel_folder import kernel_folder
from backcast.language import tr
from backcast.planbook.practice import practice
from backcast.planbook.run import run
from backcast.planbook.scheduling import timetable


def compile_ahead() -> None:
    """Compile whatever a run needs, and say how long it took and where it is kept."""
    began = time.perf_counter()
    with working(tr("Compiling; this takes about a minute …")):
        rehearse()
    seconds = f"{time.perf_counter() - began:.0f}"
    click.echo(str(tr("Compiled {n} loops in {seconds} s.", n=counts["compiled"], seconds=seconds)))
    if not counts["lost"]:
        note_warm()
        click.echo(str(tr("They are kept in {folder}.", folder=kernel_folder())))


def rehearse() -> None:
    """Do once, with a plan without projects and a small province, whatever compiles loops."""
    plan = interchange.read_planbook(shanxi())
    for book in (plan, practice(plan, projects=60)):
        run(book, draws=50).latest_dates()
        timetable(book).to_frame()
