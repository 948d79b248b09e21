"""``backcast backtest``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from backcast.cli.learning import prior_of, read_told
from backcast.cli.progress import working
from backcast.language import tr
from backcast.planbook.backtest import backtest
from backcast.report.backtest_page import write_backtest
from backcast.report.backtesting import backtest_dumps, print_backtest


def backtest_history(
    history: Path,
    *,
    cutoffs: tuple[date, ...],
    by: str | None,
    depth: int,
    prior: Path | None,
    alone: bool,
    stated: bool,
    as_json: bool,
    report_file: Path | None,
) -> None:
    """Print how right the forecasts of earlier days would have been; write a page where asked to."""
    above = prior_of(prior, alone=alone)
    with working(tr("Learning from {file} and scoring …", file=history.name)):
        days = sorted(set(cutoffs))
        found = backtest(read_told(history), days, depth=depth, prior=above, stated=stated)
    if report_file:
        write_backtest(found, report_file, source=history.name)
    if as_json:
        click.echo(backtest_dumps(found, by_class=by is not None))
    else:
        print_backtest(found, by_class=by is not None)
