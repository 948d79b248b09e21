"""The plan's own row, calendars, risks, reference classes and constraints."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import polars as pl

from backcast.language import tr
from backcast.planbook.checks.findings import ROW, Tables, findings, show
from backcast.planbook.problem import Problem
from backcast.planbook.schema import QUANTILES

_QUANTILES = tuple(f"p{percent:02}" for percent in QUANTILES)


def one_plan(tables: Tables) -> Iterator[Problem]:
    """A planbook is about one plan."""
    plans = tables["plan"]
    if plans.is_empty():
        yield Problem("plan", 0, "", "", tr("The planbook says nothing about its plan. Give its name, start and end."))
    message = tr("A planbook holds one plan. Keep one row, and make a planbook of its own for each other plan.")
    yield from findings("plan", plans.slice(1), "code", message)


def plan_period(tables: Tables) -> Iterator[Problem]:
    """A plan ends after it starts."""
    wrong = tables["plan"].filter(pl.col("ends") <= pl.col("starts"))
    yield from findings(
        "plan",
        wrong,
        "ends",
        lambda row: tr("The plan must end after it starts, on {starts}. Correct one.", starts=show(row["starts"])),
    )


def weeks(tables: Tables) -> Iterator[Problem]:
    """A week is seven digits, of which at least one works."""
    wrong = tables["calendars"].filter(~pl.col("week").str.contains("^[01]{7}$") | ~pl.col("week").str.contains("1"))
    message = tr("Write seven digits from Monday to Sunday, 1 for work and 0 for rest, such as 1111100.")
    yield from findings("calendars", wrong, "week", message)


def spans_of_risks(tables: Tables) -> Iterator[Problem]:
    """The low end of a risk's days is not above the high end."""
    wrong = tables["risks"].filter(pl.col("days_low") > pl.col("days_high"))
    message = tr("Days, low must not exceed days, high. Correct one of them.")
    yield from findings("risks", wrong, "days_low", message)


def spans_of_classes(tables: Tables) -> Iterator[Problem]:
    """The quantiles of a reference class rise, and those of a ratio are above 0."""
    for row in tables["classes"].iter_rows(named=True):
        told = [(name, row[name]) for name in _QUANTILES if row[name] is not None]
        falls = [(low, high) for low, high in pairwise(told) if high[1] < low[1]]
        for (low, least), (high, value) in falls[:1]:
            message = tr(
                "{high} must not lie below {low}, which is {least}. Correct one of them.",
                high=high.upper(),
                low=low.upper(),
                least=show(least),
            )
            yield Problem("classes", row[ROW], high, show(value), message)
        ratios = told if row["interval"] != "start_delay" else []
        for name, value in [(name, value) for name, value in ratios if value <= 0][:1]:
            message = tr("A ratio is above 0. Correct it; only quantiles of “start_delay”, in days, may be 0 or less.")
            yield Problem("classes", row[ROW], name, show(value), message)


def constraints(tables: Tables) -> Iterator[Problem]:
    """A constraint has a date, and a constraint's date a constraint."""
    activities = tables["activities"].select(ROW, "constraint", "constraint_date")
    undated = activities.filter(pl.col("constraint").is_not_null() & pl.col("constraint_date").is_null())
    message = tr("A constraint needs its date. Write it, or remove the constraint.")
    yield from findings("activities", undated, "constraint_date", message)
    unnamed = activities.filter(pl.col("constraint").is_null() & pl.col("constraint_date").is_not_null())
    other = tr("This date does nothing without a constraint. Choose the constraint, or remove the date.")
    yield from findings("activities", unnamed, "constraint_date", other, "warning")
