"""``backcast schedule``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
import polars as pl
from rich.console import Console
from rich.table import Table

from backcast import interchange
from backcast.language import tr
from backcast.planbook.scheduling import schedule_table

SHOWN = 40
"""Activities that the screen lists; files hold them all."""


def schedule_planbook(planbook: Path, *, data_date: datetime | None, as_json: bool, csv_file: Path | None) -> None:
    """Print early and late dates, or write them."""
    book = interchange.read_planbook(planbook)
    rows = schedule_table(book, data_date.date() if data_date else None)
    if csv_file:
        rows.write_csv(csv_file)
    if as_json:
        click.echo(rows.write_json())
    elif not csv_file:
        _print(rows)


def _print(rows: pl.DataFrame) -> None:
    """Show the most urgent activities first: those with the least float."""
    urgent = rows.filter(pl.col("actual_finish").is_null()).sort("total_float", "early_start", "project", "code")
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    headings = {
        "project": tr("Project"),
        "code": tr("Activity"),
        "early_start": tr("Early start"),
        "early_finish": tr("Early finish"),
        "late_finish": tr("Late finish"),
        "total_float": tr("Total float"),
        "driven_by": tr("Driven by"),
    }
    for heading in headings.values():
        table.add_column(str(heading))
    for row in urgent.head(SHOWN).select(*headings).iter_rows():
        table.add_row(*("" if value is None else str(value) for value in row))
    Console().print(table)
    more = urgent.height - min(urgent.height, SHOWN)
    if more:
        click.echo(str(tr("… and {n} more activities; --csv writes them all.", n=f"{more:,}")))
