"""Reference classes: how long comparable gate intervals really took.

The shipped ones come from published registers of other countries. They are labelled so, and give
way to the classes that a planbook brings.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import sqrt

import polars as pl

from backcast.engine.portable import log
from backcast.planbook.book import Planbook
from backcast.planbook.schema import CLASSES

ROOT = "*"
NORMAL_P90 = 1.2815515655446004
"""Standard normal quantile at 0.9."""
SMALL_SAMPLE = 10
"""Cases that a class without a stated number counts as."""


@dataclass(frozen=True, slots=True)
class ReferenceClass:
    """Distribution of elapsed ÷ planned: ln(ratio) is normal on each side of its median.

    Attributes
    ----------
    location
        ln of the median ratio.
    low, high
        Spread of ln(ratio) below and above the median, from P10 and P90.
    cancelled
        Share of intervals that never finish.
    n
        Cases it rests on.
    """

    path: str
    interval: str
    location: float
    low: float
    high: float
    cancelled: float
    n: int
    source: str

    @property
    def spread(self) -> float:
        """One number for both sides: the half distance between P10 and P90, in normal scores."""
        return (self.low + self.high) / 2

    @property
    def location_error(self) -> float:
        """Standard error of the location, from the number of cases."""
        return self.spread / sqrt(self.n)


@cache
def published() -> pl.DataFrame:
    """Return the shipped reference classes."""
    text = (files("backcast.planbook") / "published_classes.csv").read_bytes()
    return Planbook.of({"classes": pl.read_csv(text, schema_overrides=dict(CLASSES.polars_schema))})["classes"]


def reference_classes(planbook: Planbook) -> dict[tuple[str, str], ReferenceClass]:
    """Return classes by path and interval: the planbook's own before the published ones.

    A planbook that brings a root class of its own has no use for the published ones, except for the
    root of every interval that it left out.
    """
    own = planbook["classes"]
    last_resort = (pl.col("class") == ROOT) & pl.col("interval").is_null()
    others = published().filter(last_resort) if (own["class"] == ROOT).any() else published()
    rows = [*others.iter_rows(named=True), *own.iter_rows(named=True)]
    found = [_reference_class(row) for row in rows]
    return {(entry.path, entry.interval): entry for entry in found}


def best_class(classes: dict[tuple[str, str], ReferenceClass], path: str | None, interval: str) -> ReferenceClass:
    """Return the most specific class that covers a path and interval.

    The path is shortened step by step (``transport/rail``, ``transport``, ``*``); at each step the
    interval's own class comes before one for every interval.
    """
    parts = [part for part in (path or "").split("/") if part]
    paths = ["/".join(parts[:n]) for n in range(len(parts), 0, -1)]
    for candidate in (*paths, ROOT):
        for kind in (interval, ""):
            if (candidate, kind) in classes:
                return classes[candidate, kind]
    raise KeyError(f"There is no reference class for “{path}”, not even “{ROOT}”.")


def _reference_class(row: dict[str, object]) -> ReferenceClass:
    p10, p50, p90 = (float(log(float(str(row[name])))) for name in ("p10", "p50", "p90"))
    return ReferenceClass(
        path=str(row["class"]),
        interval=str(row["interval"] or ""),
        location=p50,
        low=max(p50 - p10, 0.0) / NORMAL_P90,
        high=max(p90 - p50, 0.0) / NORMAL_P90,
        cancelled=float(str(row["cancelled"] or 0)),
        n=int(str(row["n"] or SMALL_SAMPLE)),
        source=str(row["source"] or ""),
    )
