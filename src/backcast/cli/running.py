"""``backcast run``."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from backcast import interchange, report
from backcast.cli.progress import progress_bar
from backcast.cli.tracking import keep_beside, kept_beside
from backcast.planbook.hindsight import earlier_runs, year_ends
from backcast.planbook.run import run
from backcast.planbook.track import DRAWS, look_back


def run_planbook(
    planbook: Path,
    *,
    data_date: date | None,
    draws: int,
    seed: int,
    threads: int | None,
    as_json: bool,
    report_file: Path | None,
    kept: bool,
) -> None:
    """Run a planbook, keep the run and print its verdicts; write a report where asked to."""
    threads = threads or os.cpu_count() or 1
    book = interchange.read_planbook(planbook)
    with progress_bar() as progress:
        found = run(book, data_date=data_date, draws=draws, seed=seed, threads=threads, progress=progress)
    if kept:
        keep_beside(found, planbook)
    if report_file:
        earlier = year_ends(book, found.data_date)
        again = earlier_runs(book, found.data_date, earlier, draws=min(draws, DRAWS), seed=seed, threads=threads)
        report.write_report(found, report_file, *look_back(book, found.data_date, again, kept_beside(planbook)))
    if as_json:
        click.echo(report.dumps(found))
    else:
        report.print_run(found)
