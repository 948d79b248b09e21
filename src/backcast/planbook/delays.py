"""How late comparable projects began, and what they cost: classes of ``start_delay`` and ``cost``.

*Start delay* counts the days from the planned to the actual start of a project's first interval:
what begins later waits for what comes before it, whose length its own class tells. The plan is the
first that was stated; a register that restates its plans tells a delay only where it stated one
before the start. What has not begun is censored at the days that it is late, or early, by now: what
is not due yet says no more than that it did not begin earlier still.

*Cost* is the actual over the planned cost. An interval that goes on will cost more than was spent so
far, where that is told, and is censored there. This takes no notice of how far it is, so that a class
in which the dear ones also take longer still looks a little cheaper than it is. What an interval that
was given up would have cost cannot be told, and it is left out.

Curves and pooling are those of :mod:`backcast.engine.censored`; a class of fewer than ``LEAST`` cases
gets no row, as the one above it serves as well. A run draws start delays where the
planbook's own classes tell them. It draws no costs: their classes are for people to read.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from backcast.engine.censored import Curves, curves
from backcast.engine.quantiles import LEVELS
from backcast.language import Message, tr
from backcast.planbook.history import KEY, known_at, restated
from backcast.planbook.priors import COST, ROOT, START_DELAY, steps
from backcast.planbook.schema import CLASSES, QUANTILES

LEAST = 5
"""Cases seen to their end from which a class is told."""
BOUNDS = 1e-3, 1e6
"""Of costs over planned ones: beyond them they were written in different units."""


def start_delays(history: pl.DataFrame, day: date, *, source: str = "") -> pl.DataFrame:
    """Learn how many days after their planned start projects begin.

    Parameters
    ----------
    history
        Complete, see :func:`backcast.planbook.history.complete`.
    day
        What was not known on this day is not seen.

    Returns
    -------
    Rows of the table ``classes``, one per class, their quantiles in days; none if too few are known
    to have begun that had a planned start.
    """
    known = known_at(history, day)
    stated = known.filter(pl.col("planned_start").is_not_null())
    if restated(known):
        stated = stated.filter(pl.col("status") == "not_started")
    plans = stated.unique(KEY, keep="first", maintain_order=True).select(*KEY, plan="planned_start")
    last = known.unique(KEY, keep="last", maintain_order=True)
    begun = (pl.col("status") != "not_started") & (pl.col("actual_start") <= pl.col("observed_at"))
    waiting = (pl.col("status") == "not_started") | (
        (pl.col("status") == "cancelled") & pl.col("actual_start").is_null()
    )
    first = (
        plans.join(last, on=KEY, how="inner", maintain_order="left")
        .sort("id", "class", "plan", "interval")
        .unique(["id", "class"], keep="first", maintain_order=True)
        .with_columns(over=begun.fill_null(value=False))
        .filter("over" | waiting)
    )
    until = pl.when("over").then("actual_start").otherwise(pl.coalesce("ended_on", "observed_at"))
    told = first.select("class", "over", value=(until - pl.col("plan")).dt.total_days())
    copied = (told.filter("over")["value"] == 0).all()
    return _classes(told.clear() if copied else told, START_DELAY, 0, source)


def cost_ratios(history: pl.DataFrame, day: date, *, source: str = "") -> pl.DataFrame:
    """Learn how many times their planned cost intervals cost.

    Parameters
    ----------
    history
        Complete, see :func:`backcast.planbook.history.complete`.
    day
        What was not known on this day is not seen.

    Returns
    -------
    Rows of the table ``classes``, one per class; none if too few finished with both costs known.
    """
    known = known_at(history, day)
    planned = known.filter(pl.col("baseline_cost") > 0.0).unique(KEY, keep="first", maintain_order=True)
    spent = (
        known.filter(pl.col("actual_cost") > 0.0, pl.col("status").is_in(["running", "finished"]))
        .unique(KEY, keep="last", maintain_order=True)
        .select(*KEY, "actual_cost", over=pl.col("status") == "finished")
    )
    both = planned.select(*KEY, "baseline_cost").join(spent, on=KEY, how="inner", maintain_order="left")
    ratio = (pl.col("actual_cost") / pl.col("baseline_cost")).clip(*BOUNDS)
    return _classes(both.select("class", "over", value=ratio), COST, 3, source)


def said(classes: pl.DataFrame) -> list[Message]:
    """Return classes of start delays and costs as sentences."""
    return [_said(row) for row in classes.iter_rows(named=True)]


def _said(row: dict[str, Any]) -> Message:
    low, middle, high, n = row["p10"], row["p50"], row["p90"], f"{row['n']:,}"
    if row["interval"] == START_DELAY:
        return tr(
            "{name}, start: P10 {low}, P50 {middle}, P90 {high} days after the planned one, {n} begun.",
            name=row["class"], low=f"{low:.0f}", middle=f"{middle:.0f}", high=f"{high:.0f}", n=n,
        )  # fmt: skip
    return tr(
        "{name}, cost: P10 {low}, P50 {middle}, P90 {high} times the planned one, {n} finished.",
        name=row["class"], low=f"{low:.2f}", middle=f"{middle:.2f}", high=f"{high:.2f}", n=n,
    )  # fmt: skip


def _classes(told: pl.DataFrame, interval: str, digits: int, source: str) -> pl.DataFrame:
    """Rows of classes from values of cases, ``over`` or not."""
    empty = pl.DataFrame(schema=dict(CLASSES.polars_schema))
    if told["over"].sum() < LEAST:
        return empty
    names = _with_those_above(told["class"].unique().to_list())
    index = {name: k for k, name in enumerate(names)}
    found = curves(
        told["value"].cast(float).round(digits).to_numpy(),
        told["over"].to_numpy(),
        np.array([index[_name(steps(name))] for name in told["class"]], np.int64),
        np.array([-1, *(index[_name(steps(name)[:-1])] for name in names[1:])], np.int64),
    )
    rows = {
        "class": names,
        "interval": interval,
        **{f"p{percent:02}": found.quantiles[:, k].round(digits) for k, percent in enumerate(QUANTILES)},
        "n": found.cases,
        "status": "derived",
        "source": source or None,
        "note": _notes(found, digits),
    }
    enough = pl.DataFrame(rows, strict=False).filter(pl.col("n") >= LEAST)
    every = pl.concat([empty, enough], how="diagonal_relaxed")
    return every.select(pl.col(column.name).cast(column.polars_type) for column in CLASSES)


def _notes(found: Curves, digits: int) -> list[str | None]:
    """From which quantile on a class tells only the largest value seen."""
    largest = found.quantiles[:, -1]
    beyond = [next((level for level in LEVELS if level > known + 1e-9), None) for known in found.known]
    return [
        None
        if level is None
        else str(tr("From P{percent} on: the largest seen, {value}; what is not over yet may exceed it.",
                    percent=f"{level * 100:02.0f}", value=f"{value:,.{min(digits, 2)}f}"))
        for level, value in zip(beyond, largest, strict=True)
    ]  # fmt: skip


def _with_those_above(names: list[str]) -> list[str]:
    """These classes and all above them, each after the one above it; the root comes first."""
    paths = {steps(name)[:length] for name in names for length in range(len(steps(name)) + 1)}
    return [_name(path) for path in sorted(paths | {()})]


def _name(path: tuple[str, ...]) -> str:
    return "/".join(path) or ROOT
