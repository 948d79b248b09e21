"""``backcast run``."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from backcast import interchange, report
from backcast.cli.clusters import executor_at
from backcast.cli.progress import progress_bar
from backcast.cli.tracking import keep_beside, kept_beside
from backcast.language import tr
from backcast.planbook.book import Planbook
from backcast.planbook.hindsight import PastRun, earlier_runs, year_ends
from backcast.planbook.run import Run, run
from backcast.planbook.track import DRAWS, look_back
from backcast.planbook.verdicts import verdicts


def run_planbook(
    planbook: Path,
    *,
    data_date: date | None,
    draws: int,
    seed: int,
    threads: int | None,
    precision: float | None,
    cluster: str | None,
    as_json: bool,
    report_file: Path | None,
    kept: bool,
    verdicts_only: bool,
) -> None:
    """Run a planbook, keep the run and print its verdicts; write a report where asked to."""
    if verdicts_only:
        if report_file or precision:
            raise click.UsageError(
                str(tr("Verdicts alone are neither reported as a page nor drawn to a precision. Leave that out."))
            )
        _print_verdicts(planbook, data_date, draws, seed, cluster, as_json=as_json)
        return
    threads = threads or os.cpu_count() or 1
    book = interchange.read_planbook(planbook)
    with executor_at(cluster) as executor, progress_bar() as progress:
        found = run(
            book,
            data_date=data_date,
            draws=draws,
            seed=seed,
            threads=threads,
            precision=precision,
            executor=executor,
            progress=progress,
        )
    if kept:
        keep_beside(found, planbook)
    if report_file:
        _write_report(found, book, report_file, kept_beside(planbook), threads)
    if as_json:
        click.echo(report.dumps(found))
    else:
        report.print_run(found)


def _print_verdicts(
    planbook: Path, data_date: date | None, draws: int, seed: int, cluster: str | None, *, as_json: bool
) -> None:
    """Print verdicts that are worked out part by part; they are not kept, as they name no fingerprint."""
    source = interchange.open_planbook(planbook.resolve())
    with executor_at(cluster) as executor, progress_bar() as progress:
        found = verdicts(source, data_date=data_date, draws=draws, seed=seed, executor=executor, progress=progress)
    if as_json:
        click.echo(report.dumps(found))
    else:
        report.print_verdicts(found)


def _write_report(found: Run, book: Planbook, report_file: Path, kept: tuple[PastRun, ...], threads: int) -> None:
    """Write a report with what earlier runs said, kept or computed again at the ends of years."""
    when, draws = found.data_date, min(found.draws, DRAWS)
    with progress_bar() as progress:
        ends = year_ends(book, when)
        again = earlier_runs(book, when, ends, draws=draws, seed=found.seed, threads=threads, progress=progress)
        past, record = look_back(book, when, again, kept)
    report.write_report(found, report_file, past, record)
