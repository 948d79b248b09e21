"""``backcast what-if``."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from backcast import interchange
from backcast.cli.progress import progress_bar
from backcast.language import tr
from backcast.planbook.assembly import data_date_of
from backcast.planbook.book import Planbook
from backcast.planbook.changes import delayed, given_up
from backcast.planbook.run import run
from backcast.report.asking import print_what_if, what_if_dumps


def ask_what_if(
    planbook: Path,
    *,
    changed: Path | None,
    project: str | None,
    delay: int | None,
    drop: str | None,
    data_date: date | None,
    draws: int,
    seed: int,
    threads: int | None,
    as_json: bool,
) -> None:
    """Run a planbook, and print what a change does to its targets."""
    _refuse_unclear(changed, project, delay, drop)
    book = interchange.read_planbook(planbook)
    if changed:
        other = interchange.read_planbook(changed)
    else:
        other = _with_changes(book, project, delay or 0, drop, data_date_of(book, data_date))
    threads = threads or os.cpu_count() or 1
    with progress_bar() as progress:
        found = run(book, data_date=data_date, draws=draws, seed=seed, threads=threads, progress=progress)
    answer = found.what_if(other)
    if as_json:
        click.echo(what_if_dumps(found, other, answer))
    else:
        print_what_if(other, answer)


def _with_changes(book: Planbook, project: str | None, delay: int, drop: str | None, day: date) -> Planbook:
    if project:
        book = delayed(book, project, delay, day)
    return given_up(book, drop, day) if drop else book


def _refuse_unclear(changed: Path | None, project: str | None, delay: int | None, drop: str | None) -> None:
    if (project is None) != (delay is None):
        raise click.UsageError(str(tr("--project and --delay belong together: which project, and by how many days.")))
    if (changed is not None) == (project is not None or drop is not None):
        told = tr("Name either a changed planbook, or what changes: --project CODE --delay DAYS, or --drop CODE.")
        raise click.UsageError(str(told))
