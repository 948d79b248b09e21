"""``backcast practice`` and ``backcast demo``."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.rule import Rule

from backcast import interchange, report
from backcast.cli.keeping import keep_planbook
from backcast.cli.progress import progress_bar
from backcast.cli.shipped import shanxi
from backcast.language import Message, tr
from backcast.planbook.book import Planbook
from backcast.planbook.hindsight import earlier_runs, year_ends
from backcast.planbook.practice import practice
from backcast.planbook.run import Run, run
from backcast.planbook.track import DRAWS, look_back

SHANXI_DATE = date(2025, 5, 31)
"""Data date of the demonstration: 108,000 stations at the end of 2024; will it be 120,000 a year later?"""
PLAN_READ_OUT = date(2021, 5, 31)


def write_practice(folder: Path, *, projects: int, seed: int, force: bool) -> None:
    """Write a practice province as a folder of tables; only by ``force`` over a real planbook."""
    if not force:
        keep_planbook(folder)
    book = practice(interchange.read_planbook(shanxi()), projects=projects, seed=seed)
    interchange.write(book, folder)
    click.echo(str(tr("Written: {file}", file=folder)))
    click.echo(str(tr("Everything but the plan, its targets and regions is simulated.")))
    click.echo(str(tr("Next: backcast run {folder} --report practice.html", folder=folder)))


def show_demo(*, folder: Path, projects: int) -> None:
    """Run the real plan and the practice province, print both, and write a report of each."""
    keep_planbook(folder / "practice")
    folder.mkdir(parents=True, exist_ok=True)
    console = Console()
    plan = interchange.read_planbook(shanxi())
    real = _show(
        console,
        tr("The real Shanxi plan, as it stood on {date}", date=SHANXI_DATE),
        plan,
        SHANXI_DATE,
        folder / "shanxi.html",
    )
    simulated = practice(plan, projects=projects)
    interchange.write(simulated, folder / "practice")
    title = tr("The practice province: {n} simulated projects on the real targets", n=f"{projects:,}")
    imagined = _show(console, title, simulated, None, folder / "practice.html")
    console.print(Rule(style="dim"))
    console.print(str(tr("Open these two pages in a browser:")), style="bold")
    for found, file in ((real, "shanxi.html"), (imagined, "practice.html")):
        console.print(f"  {folder / file}", style="cyan", highlight=False, end="  ")
        console.print(str(_summary(found)), style="dim")


def _show(console: Console, title: Message, book: Planbook, data_date: date | None, page: Path) -> Run:
    console.print(Rule(str(title), align="left"))
    threads = os.cpu_count() or 1
    with progress_bar() as progress:
        found = run(book, data_date=data_date, threads=threads, progress=progress)
        when = found.data_date
        earlier = [PLAN_READ_OUT, *year_ends(book, when)] if data_date else year_ends(book, when)[-1:]
        again = earlier_runs(book, when, earlier, draws=DRAWS, threads=threads)
        past, record = look_back(book, when, again)
    report.print_run(found, console)
    report.write_report(found, page, past, record)
    return found


def _summary(found: Run) -> Message:
    states = [verdict.state for verdict in found.verdicts]
    return tr(
        "{forecast} targets forecast, {met} met, {missed} missed, {none} without evidence",
        forecast=states.count("forecast"),
        met=states.count("met"),
        missed=states.count("missed"),
        none=states.count("no_evidence"),
    )
