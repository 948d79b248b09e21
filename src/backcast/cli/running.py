"""``backcast run``."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from backcast import interchange, report
from backcast.cli.progress import progress_bar
from backcast.cli.tracking import keep_beside, kept_beside
from backcast.planbook.book import Planbook
from backcast.planbook.hindsight import PastRun, earlier_runs, year_ends
from backcast.planbook.run import Run, run
from backcast.planbook.track import DRAWS, look_back


def run_planbook(
    planbook: Path,
    *,
    data_date: date | None,
    draws: int,
    seed: int,
    threads: int | None,
    precision: float | None,
    as_json: bool,
    report_file: Path | None,
    kept: bool,
) -> None:
    """Run a planbook, keep the run and print its verdicts; write a report where asked to."""
    threads = threads or os.cpu_count() or 1
    book = interchange.read_planbook(planbook)
    with progress_bar() as progress:
        found = run(
            book, data_date=data_date, draws=draws, seed=seed, threads=threads, precision=precision, progress=progress
        )
    if kept:
        keep_beside(found, planbook)
    if report_file:
        _write_report(found, book, report_file, kept_beside(planbook), threads)
    if as_json:
        click.echo(report.dumps(found))
    else:
        report.print_run(found)


def _write_report(found: Run, book: Planbook, report_file: Path, kept: tuple[PastRun, ...], threads: int) -> None:
    """Write a report with what earlier runs said, kept or computed again at the ends of years."""
    when, draws = found.data_date, min(found.draws, DRAWS)
    with progress_bar() as progress:
        ends = year_ends(book, when)
        again = earlier_runs(book, when, ends, draws=draws, seed=found.seed, threads=threads, progress=progress)
        past, record = look_back(book, when, again, kept)
    report.write_report(found, report_file, past, record)
