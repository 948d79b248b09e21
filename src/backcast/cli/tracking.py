"""``backcast track``, and what ``backcast run`` keeps for it."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from backcast import interchange
from backcast.cli.progress import progress_bar
from backcast.interchange.kept_runs import keep, place_of, read_kept
from backcast.language import language, tr
from backcast.planbook.hindsight import PastRun
from backcast.planbook.run import Run
from backcast.planbook.track import track
from backcast.report.tracking import print_track, track_dumps


def track_planbook(
    planbook: Path, *, data_date: date | None, draws: int, seed: int, recompute: bool, as_json: bool
) -> None:
    """Print what earlier runs said against what came."""
    book = interchange.read_planbook(planbook)
    kept = kept_beside(planbook)
    threads = os.cpu_count() or 1
    with progress_bar() as progress:
        record = track(
            book,
            kept,
            data_date=data_date,
            recompute=recompute,
            draws=draws,
            seed=seed,
            threads=threads,
            progress=progress,
        )
    if as_json:
        click.echo(track_dumps(record))
    else:
        print_track(record, book)


def kept_beside(planbook: Path) -> tuple[PastRun, ...]:
    """Read the runs kept of a planbook; a damaged one is told and left out."""
    kept = read_kept(planbook)
    for problem in kept.problems:
        click.echo(problem.read(language()), err=True)
    return kept.runs


def keep_beside(found: Run, planbook: Path) -> None:
    """Keep a run beside its planbook; where that cannot be done, say so and go on."""
    try:
        keep(found, planbook)
    except OSError as error:
        told = tr(
            "This run was not kept for the track record: {place}: {reason}. With --no-keep nobody tries.",
            place=place_of(planbook),
            reason=error.strerror or str(error),
        )
        click.echo(str(told), err=True)
