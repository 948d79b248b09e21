"""What a history taught, as one screen of the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import inf
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from backcast.language import Message, tr
from backcast.planbook.learning import Learned
from backcast.planbook.priors import NOT_RATIOS_OF_TIME

SHOWN = 40
"""Classes that the screen lists; files hold them all."""
OTHERS = 57
"""Columns of the screen that the table of classes needs beside their paths."""
LARGEST = 100.0
"""Larger ratios are told as more than this: they lie far beyond anything that was seen."""
INTERVALS = {
    "": tr("All"),
    "preparation": tr("preparation"),
    "construction": tr("construction"),
    "start_delay": tr("start, days late"),
    "cost": tr("cost"),
}
"""What common kinds of interval are called; others are told as the history does."""


def print_learned(learned: Learned, console: Console | None = None) -> None:
    """Print reference classes; of many, those with the most cases."""
    console = console or Console()
    console.print(Text(str(summary(learned)), style="bold"))
    classes = learned.to_frame()
    console.print(_table(chosen(classes), console.width - OTHERS))
    if classes.height > SHOWN:
        told = tr("… and {n} more classes; -o FILE.csv writes them all.", n=f"{classes.height - SHOWN:,}")
        console.print(Text(str(told), style="dim"))
    for line in fading(learned):
        console.print(Text(str(line)))
    console.print(Text(str(READING), style="dim"))
    if classes["interval"].is_in(NOT_RATIOS_OF_TIME).any():
        console.print(Text(str(NOT_RATIOS), style="dim"))
    if learned.from_observation:
        console.print(Text(str(FROM_OBSERVATION)))


READING = tr(
    "A ratio is elapsed ÷ planned days. Half of what finishes takes up to P50 times its plan. Cancelled: the share "
    "that never finishes. A class without cases of its own takes after the one above it."
)
NOT_RATIOS = tr("Lines of “start_delay” tell days after the planned start, lines of “cost” actual ÷ planned cost.")
FROM_OBSERVATION = tr(
    "Plans in this register move, or what is done leaves it: each project is believed only from each observation on, "
    "so that what is missing does not flatter the rest."
)


def summary(learned: Learned) -> Message:
    """Say in one sentence what was learned."""
    return tr(
        "Learned from what was known on {day}: {n} finished, {classes} classes.",
        day=learned.day.isoformat(),
        n=f"{learned.model.cases[0]:,}",
        classes=f"{len(learned.tree.nodes):,}",
    )


def chosen(classes: pl.DataFrame, most: int = SHOWN) -> pl.DataFrame:
    """Return the classes with the most cases, in their order."""
    return classes.with_row_index("place").sort("n", "place", descending=[True, False]).head(most).sort("place")


def ratio(value: float | None, interval: str | None = None) -> str:
    """Write a ratio for people; a delay in days where the interval is one."""
    if value is None:
        return "–"
    if interval == "start_delay":
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value <= LARGEST else f">{LARGEST:.0f}"


def fading(learned: Learned) -> Iterator[Message]:
    """Say of each kind of interval how fast the past fades, where it does."""
    for interval, days in learned.half_lives.items():
        if days < inf:
            about = {"interval": INTERVALS.get(interval, interval), "days": f"{days:,.0f}"}
            yield tr("{interval}: what was seen {days} days ago counts half.", **about)


def _table(classes: pl.DataFrame, room: int) -> Table:
    """One line for each class; a long path breaks at its steps, so that all fits into 80 columns."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(str(tr("Class")), overflow="fold")
    table.add_column(str(tr("Interval")), overflow="fold")
    for heading in ("P10", "P50", "P90", tr("Cancelled"), tr("Cases")):
        table.add_column(str(heading), justify="right", no_wrap=True)
    for row in classes.iter_rows(named=True):
        table.add_row(*_cells(row, room))
    return table


def _in_steps(path: str, room: int) -> str:
    """Break the path of a class after its steps where it is longer than the room for it."""
    lines = [""]
    for step in re.findall("[^/]*/|[^/]+", path):
        if lines[-1].strip() and len(lines[-1]) + len(step) > room:
            lines.append("  ")
        lines[-1] += step
    return "\n".join(lines)


def _cells(row: dict[str, Any], room: int) -> tuple[str | Text, ...]:
    ratios = (ratio(row[name], row["interval"]) for name in ("p10", "p50", "p90"))
    cancelled = "–" if row["cancelled"] is None else f"{row['cancelled']:.0%}"
    return (
        Text(_in_steps(row["class"], room)),
        Text(row["interval"] or ""),
        *ratios,
        cancelled,
        f"{row['n'] or 0:,}",
    )
