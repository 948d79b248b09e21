"""Histories whose truth is known: simulated projects, and what a register tells of them on a few days.

The fate of every project is drawn first; a register then shows what could be known on the days on which it
was kept. Estimates can so be compared with the distributions that the projects were drawn from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from backcast.planbook.learning import EPOCH


@dataclass(frozen=True)
class Truth:
    """How the intervals of one class end: at a lognormal ratio, whether they are delivered or given up."""

    median: float
    spread: float
    cancelled: float = 0.0

    def lasting(self, ratio: NDArray[np.float64]) -> NDArray[np.float64]:
        """Share that has not ended by a ratio."""
        return ndtr(-np.log(np.maximum(ratio, 1e-12) / self.median) / self.spread)


TRUTHS = {
    "rail": Truth(1.6, 0.45, cancelled=0.10),
    "building/school": Truth(1.0, 0.20, cancelled=0.02),
    "building/hospital": Truth(1.25, 0.35, cancelled=0.20),
    "digital": Truth(1.1, 0.80, cancelled=0.30),
}


@dataclass(frozen=True)
class World:
    """Projects and their fate, one entry per project; days count from 1970."""

    name: NDArray[np.str_]
    start: NDArray[np.int64]
    planned: NDArray[np.int64]
    lasts: NDArray[np.int64]
    cancelled: NDArray[np.bool_]


def world(n: int, seed: int, truths: Mapping[str, Truth] = TRUTHS, *, effect: float = 0.0, begins: str = "2008-01-01",
          ends: str = "2024-01-01") -> World:  # fmt: skip
    """Draw projects that start evenly between two days.

    ``effect`` is what each doubling of 600 planned days adds to the normal score of the ratio.
    """
    rng = np.random.default_rng(seed)
    name = rng.choice(sorted(truths), n)
    median, spread, cancelled = (
        np.array([getattr(truths[of], what) for of in name]) for what in ("median", "spread", "cancelled")
    )
    planned = np.exp(rng.uniform(np.log(150), np.log(1500), n)).astype(int)
    score = rng.standard_normal(n) + effect * np.log2(planned / 600)
    lasts = np.ceil(planned * median * np.exp(spread * score)).astype(int)
    return World(name, rng.integers(day(begins), day(ends), n), planned, lasts, rng.random(n) < cancelled)


def register(world: World, *observed: str, keeps: bool = True) -> pl.DataFrame:
    """Tell what a register showed on some days of all that had begun.

    Parameters
    ----------
    keeps
        Whether it keeps what is done; else a project is listed for the last time at the first
        observation after its end, and never if it ended before the first one.
    """
    seen, before = [], None
    for when in map(day, observed):
        finish = world.start + world.lasts
        listed = world.start <= when
        if not keeps:
            listed &= finish > (when if before is None else before)
        seen.append(_rows(world, when, np.flatnonzero(listed)))
        before = when
    return pl.concat(seen)


def _rows(world: World, when: int, listed: NDArray[np.int64]) -> pl.DataFrame:
    start, finish = world.start[listed], (world.start + world.lasts)[listed]
    ended = np.where(world.cancelled[listed], "cancelled", "finished")
    return pl.DataFrame(
        {
            "id": listed.astype(str),
            "class": world.name[listed],
            "planned_start": dates(start),
            "planned_finish": dates(start + world.planned[listed]),
            "actual_start": dates(start),
            "actual_finish": pl.select(pl.when(pl.Series(finish <= when)).then(dates(finish))).to_series(),
            "observed_at": dates(np.full(listed.size, when)),
            "status": np.where(finish <= when, ended, "running"),
        }
    )


def true_probability(world: World, cases: NDArray[np.int64], now: int, after: NDArray[np.float64],
                     truths: Mapping[str, Truth] = TRUTHS) -> NDArray[np.float64]:  # fmt: skip
    """Probability that running projects are delivered within so many days, shape of ``after`` (n, m)."""
    found = np.empty_like(after)
    for name, truth in truths.items():
        mine = world.name[cases] == name
        of = cases[mine]
        elapsed, planned = (now - world.start[of])[:, None], world.planned[of][:, None]
        left = truth.lasting((elapsed + after[mine]) / planned) / truth.lasting(elapsed / planned)
        found[mine] = (1 - truth.cancelled) * (1 - left)
    return found


def dates(days: NDArray[np.int64]) -> pl.Series:
    """Days since 1970 as dates."""
    return pl.Series(days.astype(np.int32)).cast(pl.Date)


def day(when: str) -> int:
    """A date as days since 1970."""
    return (date.fromisoformat(when) - EPOCH).days
