"""Everything that is wrong with a planbook, found at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from backcast.planbook.book import Planbook
from backcast.planbook.checks.amounts import (
    investments_by_sector,
    investments_by_spending,
    outputs_without_target,
    outsized_outputs,
    shares,
)
from backcast.planbook.checks.dates import after_the_data_date, order_of_dates
from backcast.planbook.checks.findings import ROW, Check
from backcast.planbook.checks.keys import activity_references, definition_references, duplicates, references
from backcast.planbook.checks.loops import loops, relationship_loops
from backcast.planbook.checks.parts import (
    constraints,
    one_plan,
    plan_period,
    spans_of_classes,
    spans_of_risks,
    weeks,
)
from backcast.planbook.checks.progress import (
    counted_twice,
    falling_progress,
    finished_in_an_old_stage,
    kinds_and_stages,
    unfinished_finishes,
    waiting_in_vain,
)
from backcast.planbook.checks.targets import (
    falling_observations,
    floors_and_ceilings,
    ratio_parts,
    sums_over_regions,
    unverified,
)
from backcast.planbook.checks.values import percentages, values
from backcast.planbook.problem import Problem

CHECKS: tuple[Check, ...] = (
    *(values, percentages, duplicates, references, activity_references, definition_references),
    *(loops, relationship_loops, order_of_dates, after_the_data_date),
    *(one_plan, plan_period, weeks, spans_of_risks, spans_of_classes, constraints),
    *(shares, kinds_and_stages, unfinished_finishes, finished_in_an_old_stage),
    *(waiting_in_vain, falling_progress, counted_twice),
    *(investments_by_sector, investments_by_spending, outsized_outputs, outputs_without_target),
    *(sums_over_regions, ratio_parts, floors_and_ceilings, falling_observations, unverified),
)


def check(planbook: Planbook, rows: Mapping[str, Sequence[int] | pl.Series] | None = None) -> list[Problem]:
    """Find every problem of a planbook.

    Parameters
    ----------
    rows
        For each table, the row number of each of its rows in the file it came from, shape ``(height,)``.
        ``None`` counts them as if they stood under a heading: 2, 3, …

    Returns
    -------
    Errors, without which the planbook cannot be computed correctly, and warnings, in no particular order.
    """
    numbered = {name: _numbered(frame, None if rows is None else rows[name]) for name, frame in planbook.tables.items()}
    return [problem for look in CHECKS for problem in look(numbered)]


def _numbered(frame: pl.DataFrame, rows: Sequence[int] | pl.Series | None) -> pl.DataFrame:
    numbers = range(2, frame.height + 2) if rows is None else rows
    return frame.with_columns(pl.Series(ROW, numbers, dtype=pl.Int64))
