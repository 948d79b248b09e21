"""What counts as evidence at a data date: targets in force, and observations that compare."""

from __future__ import annotations

from datetime import date
from typing import cast

import numpy as np
import polars as pl

from backcast.engine.verdict import Comparison, meets
from backcast.planbook.book import Planbook

NOT_A_FACT = "memory"
"""Status of rows that nobody has seen in a source: shown, never computed with."""


def targets_in_force(planbook: Planbook, data_date: date) -> pl.DataFrame:
    """Return the target in force for each indicator, region and date: of several, the latest issued.

    Targets that are not facts, not yet issued or no longer in force are left out.
    """
    issued = pl.col("issued").fill_null(date.min)
    in_force = compared_targets(planbook).filter(
        (pl.col("status").fill_null("") != NOT_A_FACT)
        & (issued <= data_date)
        & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= data_date))
    )
    key = ["indicator", "region", "date"]
    latest = in_force.sort(*key, issued, "document").unique(key, keep="last")
    return latest.sort(key)


def compared_targets(planbook: Planbook) -> pl.DataFrame:
    """Return every target with its comparison, that of the indicator's direction where it names none."""
    return planbook["targets"].with_columns(comparison=pl.coalesce("comparison", _default_comparison(planbook)))


def reached(value: float, target: float, comparison: str) -> bool:
    """Tell whether one figure meets a target, as the verdict compares them."""
    return bool(meets(np.array([value]), target, cast("Comparison", comparison))[0])


def _default_comparison(planbook: Planbook) -> pl.Expr:
    lower = planbook["indicators"].filter(pl.col("direction") == "lower")["code"].to_list()
    return pl.when(pl.col("indicator").is_in(lower)).then(pl.lit("at_most")).otherwise(pl.lit("at_least"))


def comparable_observations(planbook: Planbook, data_date: date, said_on: date | None = None) -> pl.DataFrame:
    """Return the observations to compute with, one per indicator, region and date, in order of time.

    Mentions, rows that are not facts and values after the data date are left out, and so are values
    of a definition older than the last series break; one that names no definition counts by its
    date. Where several rows share a date, the last
    that became known counts.

    Parameters
    ----------
    said_on
        Compare with what was said on this earlier day: the definitions of that day count, and values
        beyond a series break that came later are left out.
    """
    spans = _spans(planbook, said_on or data_date, closed=said_on is not None)
    others = _definitions(planbook).join(spans, on="indicator").filter(_outside("begins"))
    comparable = (
        facts(planbook, data_date)
        .join(others, left_on=["indicator", "definition"], right_on=["indicator", "version"], how="anti")
        .join(spans, on="indicator", how="left")
        .filter(~(pl.col("definition").is_null() & _outside("date")))
        .drop("opens", "closes")
    )
    key = ["indicator", "region", "date"]
    known = pl.col("known_from").fill_null(pl.col("date"))
    return comparable.sort(*key, known, "value").unique(key, keep="last").sort(key)


def facts(planbook: Planbook, data_date: date) -> pl.DataFrame:
    """Return the observations that somebody has seen in a source by the data date, of any definition."""
    return planbook["observations"].filter(
        (pl.col("use").fill_null("series") == "series")
        & (pl.col("status").fill_null("") != NOT_A_FACT)
        & (pl.col("date") <= data_date)
    )


def _definitions(planbook: Planbook) -> pl.DataFrame:
    """Definitions with the day on which they began."""
    return planbook["definitions"].with_columns(begins=pl.col("valid_from").fill_null(date.min))


def _spans(planbook: Planbook, day: date, *, closed: bool) -> pl.DataFrame:
    """How long each broken series goes on unbroken around a day: since the last break and, if closed, to the next."""
    begins = pl.col("begins")
    breaks = _definitions(planbook).filter(pl.col("series_break").fill_null(False))
    return breaks.group_by("indicator").agg(
        opens=begins.filter(begins <= day).max(), closes=begins.filter(pl.lit(closed) & (begins > day)).min()
    )


def _outside(day: str) -> pl.Expr:
    """Whether a day is before or beyond such a span."""
    return ((pl.col(day) < pl.col("opens")) | (pl.col(day) >= pl.col("closes"))).fill_null(False)
