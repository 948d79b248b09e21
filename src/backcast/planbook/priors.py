"""Reference classes: how long comparable gate intervals really took.

The shipped ones come from published registers of other countries. They are labelled so, and give
way to the classes that a planbook brings.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import sqrt
from typing import Any

import polars as pl

from backcast.engine.portable import log
from backcast.engine.quantiles import filled
from backcast.planbook.book import Planbook
from backcast.planbook.schema import CLASSES, PROJECTS, QUANTILES

ROOT = "*"
SMALL_SAMPLE = 10
"""Cases that a class without a stated number counts as."""
START_DELAY, COST = "start_delay", "cost"
MONEY = PROJECTS["total_investment"].unit
"""The unit in which planbooks tell costs."""
NOT_RATIOS_OF_TIME = (START_DELAY, COST)
"""Intervals whose classes tell something else than elapsed ÷ planned."""


@dataclass(frozen=True, slots=True)
class ReferenceClass:
    """Distribution of elapsed ÷ planned among those that finish, and what moves it.

    Attributes
    ----------
    log_ratio
        ln(ratio) at the 13 levels of :mod:`backcast.engine.quantiles`; days where it tells start delays.
    cancelled
        Share of intervals that never finish.
    cancelled_later
        Normal scores by which they are given up later than others finish; negative: earlier.
    evidence
        Cases that it rests on, those included for which the class above counts.
    length_effect, cost_effect
        Normal scores by which an interval of twice ``typical_length`` (days) or ``typical_cost``
        (万元) is later; ``None`` where what is typical is not told, or is told in another unit.
    pace_spread, pace_floor
        Standard deviation of ln(ratio) as own pace tells it when half is done, and the least it
        gets; ``None`` where not told.
    curve_slope
        Of the share of the time over the share of the work, in logits; ``None`` where not told.
    correlation
        Share of the variance that intervals have in common; ``None`` where not told.
    """

    path: str
    interval: str
    log_ratio: tuple[float, ...]
    cancelled: float
    cancelled_later: float
    evidence: float
    source: str
    length_effect: float
    typical_length: float | None
    cost_effect: float
    typical_cost: float | None
    pace_spread: float | None
    pace_floor: float | None
    curve_slope: float | None
    correlation: float | None

    @property
    def certain(self) -> bool:
        """Whether all ratios are the same."""
        return self.log_ratio[0] == self.log_ratio[-1]

    @property
    def error(self) -> float:
        """Standard error in normal scores, from the cases that it rests on."""
        return 1.0 / sqrt(self.evidence)


@cache
def published() -> pl.DataFrame:
    """Return the shipped reference classes."""
    text = (files("backcast.planbook") / "published_classes.csv").read_bytes()
    return Planbook.of({"classes": pl.read_csv(text, schema_overrides=dict(CLASSES.polars_schema))})["classes"]


def reference_classes(planbook: Planbook) -> dict[tuple[str, str], ReferenceClass]:
    """Return classes by path and interval: the planbook's own before the published ones.

    A planbook that brings a root class of its own has no use for the published ones, except for the
    root of every interval that it left out. Classes of start delays and costs are left out.
    """
    own = planbook["classes"].filter(~pl.col("interval").fill_null("").is_in(NOT_RATIOS_OF_TIME))
    last_resort = (pl.col("class") == ROOT) & pl.col("interval").is_null()
    others = published().filter(last_resort) if (own["class"] == ROOT).any() else published()
    rows = [*others.iter_rows(named=True), *own.iter_rows(named=True)]
    found = [_reference_class(row) for row in rows]
    return {(entry.path, entry.interval): entry for entry in found}


def start_delay_classes(planbook: Planbook) -> dict[tuple[str, str], ReferenceClass]:
    """Return the planbook's own classes of start delays by path and interval; their ``log_ratio`` are days."""
    own = planbook["classes"].filter(pl.col("interval") == START_DELAY)
    found = [_reference_class(row) for row in own.iter_rows(named=True)]
    return {(entry.path, entry.interval): entry for entry in found}


def steps(path: str) -> tuple[str, ...]:
    """Return the steps of the path of a class; none for the root."""
    return tuple(step for step in path.split("/") if step and step != ROOT)


def covering_class(
    classes: dict[tuple[str, str], ReferenceClass], path: str | None, interval: str
) -> ReferenceClass | None:
    """Return the most specific class that covers a path and interval, or None.

    The path is shortened step by step (``transport/rail``, ``transport``, ``*``); at each step the
    interval's own class comes before one for every interval.
    """
    parts = steps(path or "")
    paths = ["/".join(parts[:n]) for n in range(len(parts), 0, -1)]
    candidates = ((candidate, kind) for candidate in (*paths, ROOT) for kind in (interval, ""))
    return next((classes[candidate] for candidate in candidates if candidate in classes), None)


def best_class(classes: dict[tuple[str, str], ReferenceClass], path: str | None, interval: str) -> ReferenceClass:
    """Return the most specific class that covers a path and interval, where a root class covers all or one is known to.

    Raises
    ------
    KeyError
        If none does.
    """
    found = covering_class(classes, path, interval)
    if found is None:
        raise KeyError(f"There is no reference class for “{path}”, not even “{ROOT}”.")
    return found


def _reference_class(row: dict[str, Any]) -> ReferenceClass:
    told = [row[f"p{percent:02}"] for percent in QUANTILES]
    in_days = row["interval"] == START_DELAY
    values = [float("nan") if value is None else float(value if in_days else log(value)) for value in told]
    log_ratio = filled(values)
    return ReferenceClass(
        path=row["class"],
        interval=row["interval"] or "",
        log_ratio=tuple(log_ratio.tolist()),
        cancelled=row["cancelled"] or 0.0,
        cancelled_later=row["cancelled_later"] or 0.0,
        evidence=row["effective_cases"] or row["n"] or SMALL_SAMPLE,
        source=row["source"] or "",
        length_effect=row["length_effect"] or 0.0,
        typical_length=row["typical_length"],
        cost_effect=row["cost_effect"] or 0.0,
        typical_cost=row["typical_cost"] if (row["cost_unit"] or "").strip() == MONEY else None,
        pace_spread=row["pace_spread"],
        pace_floor=row["pace_floor"],
        curve_slope=row["curve_slope"],
        correlation=row["correlation"],
    )
