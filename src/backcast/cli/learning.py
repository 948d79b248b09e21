"""``backcast learn``, and how histories are read for it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import polars as pl

from backcast.cli.keeping import keep_file
from backcast.cli.progress import working
from backcast.interchange import history as histories
from backcast.interchange.classes import read_classes, write_classes
from backcast.language import language, tr
from backcast.planbook.learning import learn
from backcast.planbook.priors import MONEY
from backcast.planbook.problem import PlanbookError
from backcast.report.learned import print_learned

MOST_PROBLEMS = 5
"""Problems of a history that are told in full: a register is rarely free of faults."""
_NOT_IN_OUR_UNIT = tr(
    "Runs will not use what costs tell of time, as planbooks count in {unit}. If this history does too, add "
    "--cost-unit {unit}.",
    unit=MONEY,
)


def learn_classes(
    history: Path,
    *,
    output: Path | None,
    day: date | None,
    source: str,
    cost_unit: str,
    prior: Path | None,
    alone: bool,
    force: bool,
) -> None:
    """Learn classes from a history, print them, and write them where asked to."""
    if output and not force:
        keep_file(output)
    above = prior_of(prior, alone=alone)
    with working(tr("Learning from {file} …", file=history.name)):
        learned = learn(read_told(history), day=day, prior=above, source=source or history.name)
    print_learned(learned)
    if output:
        classes = learned.to_frame()
        write_classes(_in_unit(classes, cost_unit), output)
        click.echo(str(tr("Written: {file}", file=output)))
        if cost_unit != MONEY and classes["typical_cost"].count():
            click.echo(str(_NOT_IN_OUR_UNIT))


def _in_unit(classes: pl.DataFrame, unit: str) -> pl.DataFrame:
    """Say in which unit the typical costs are."""
    told = pl.when(pl.col("typical_cost").is_not_null()).then(pl.lit(unit or None, pl.String))
    return classes.with_columns(cost_unit=told)


def read_told(path: Path) -> pl.DataFrame:
    """Read a history; the first of its problems are told on the error stream, and how many there are.

    Raises
    ------
    PlanbookError
        If it cannot be learned from.
    """
    reading = histories.read(path)
    warnings = [problem for problem in reading.problems if problem.severity != "error"]
    for problem in warnings[:MOST_PROBLEMS]:
        click.echo(problem.read(language()), err=True)
    if more := len(warnings[MOST_PROBLEMS:]):
        told = tr(
            "… and {n} more such problems. A row whose project or status cannot be read is left out; other bad cells "
            "count as empty.",
            n=f"{more:,}",
        )
        click.echo(str(told), err=True)
    if reading.errors:
        raise PlanbookError(reading.errors)
    return reading.frame


def prior_of(file: Path | None, *, alone: bool) -> pl.DataFrame | None:
    """Return the classes that a history leans on: of a file, none if it stands alone, or None for the shipped ones."""
    if file and alone:
        raise click.UsageError(str(tr("--prior and --alone contradict each other. Give one of them.")))
    if file:
        return read_classes(file)
    return pl.DataFrame() if alone else None
