"""``backcast schedule``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from backcast import interchange
from backcast.files import write_whole
from backcast.language import tr
from backcast.planbook.scheduling import Timetable, timetable

SHOWN = 40
"""Activities that the screen lists; files hold them all."""


def schedule_planbook(planbook: Path, *, data_date: date | None, as_json: bool, csv_file: Path | None) -> None:
    """Print early and late dates, or write them."""
    found = timetable(interchange.read_planbook(planbook), data_date)
    if csv_file:
        write_whole(csv_file, found.to_frame().write_csv(include_bom=True))  # Excel asks for the mark
    if as_json:
        click.echo(found.to_frame().write_json())
    elif csv_file:
        click.echo(str(tr("Written: {file}", file=csv_file)))
    else:
        _print(found)


def _print(found: Timetable) -> None:
    """Show the most urgent activities first: those with the least float."""
    urgent = found.urgent()
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(str(tr("Activity")), no_wrap=True)
    for heading in (tr("Early start"), tr("Early finish"), tr("Late finish")):
        table.add_column(str(heading), width=len("2025-12-31"))
    table.add_column(str(tr("Total float")), justify="right", width=6)
    table.add_column(str(tr("Driven by")), overflow="fold")
    for row in urgent.head(SHOWN).iter_rows(named=True):
        table.add_row(*_cells(row))
    Console().print(table)
    more = urgent.height - min(urgent.height, SHOWN)
    if more:
        click.echo(str(tr("… and {n} more activities; --csv writes them all.", n=f"{more:,}")))


def _cells(row: dict[str, object]) -> tuple[str, ...]:
    """Return what the screen shows of an activity; drivers of the same project are told by their code alone."""
    project = f"{row['project']}/"
    dates = (str(row[name] or "") for name in ("early_start", "early_finish", "late_finish"))
    drivers = str(row["driven_by"] or "").split("; ")
    driven_by = "; ".join(driver.removeprefix(project) for driver in drivers)
    return (f"{project}{row['code']}", *dates, str(row["total_float"]), driven_by)
