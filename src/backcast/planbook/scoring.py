"""What forecasts of running intervals scored, told for all of them and by class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isnan

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine.portable import Floats
from backcast.engine.scores import coverage, unfinished
from backcast.language import Message, tr

RESAMPLES, INTERVAL = 1_000, (0.025, 0.975)
"""Bootstrap samples of projects, and the quantiles of their scores that bound an interval."""
BINS = 10
"""Parts of the forecast that the histogram of finishes tells apart."""
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, and the bounds of the middle 95 in 100 bootstrap samples of projects; NaN if it cannot be told."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Skill:
    """One minus our score over another's: above 0 is better than it, 1 is perfect.

    Attributes
    ----------
    planned
        Against the planned date (today, where it has passed).
    class_only
        Against the class without own pace.
    kaplan_meier
        Against one Kaplan–Meier curve of everything; of the class alone, in the score of a class.
    """

    planned: Estimate
    class_only: Estimate
    kaplan_meier: Estimate


@dataclass(frozen=True, slots=True)
class Score:
    """How right the forecasts of some cases were.

    Attributes
    ----------
    name
        Of the class; empty for all of them.
    n, n_scored, n_censored
        Cases running at the cut-off that were followed later; those scored; those of them that had
        not finished at the end.
    crps, planned, class_only, kaplan_meier
        Mean threshold-weighted score in days, smaller is better: ours, and of what it is compared with.
    pinball
        Twice the mean pinball loss of P05 to P95 of the days left, both taken up to each case's end.
    coverage_80, coverage_50
        Share of finishes within P10–P90 and P25–P75.
    brier
        Of "finished by the end".
    expected
        Finishes by the end that were forecast; ``n_scored - n_censored`` came.
    pit
        Share of all finishes that fell into each tenth of the forecast, as far as it was followed;
        a tenth each is right.
    """

    name: str
    n: int
    n_scored: int
    n_censored: int
    crps: float
    planned: float
    class_only: float
    kaplan_meier: float
    pinball: float
    brier: float
    expected: float
    coverage_80: Estimate
    coverage_50: Estimate
    crps_skill: Skill
    pit: tuple[float, ...]

    def said(self) -> Message:
        """Say it in one sentence."""
        return tr(
            "{name}: {n} scored, {finished} finished ({expected} forecast). CRPS {crps} days, planned date {planned}, "
            "Kaplan–Meier {kaplan_meier}. {covered} within P10–P90 ({low}–{high}).",
            name=self.name or tr("All"),
            n=f"{self.n_scored:,}",
            finished=f"{self.n_scored - self.n_censored:,}",
            expected=f"{self.expected:,.0f}",
            crps=f"{self.crps:.1f}",
            planned=f"{self.planned:.1f}",
            kaplan_meier=f"{self.kaplan_meier:.1f}",
            covered=_share(self.coverage_80.value),
            low=_share(self.coverage_80.low),
            high=_share(self.coverage_80.high),
        )


def score(name: str, cases: pl.DataFrame, unrecorded: int = 0, *, baseline: str = "kaplan_meier") -> Score:
    """Score cases together.

    Parameters
    ----------
    cases
        As :func:`backcast.planbook.backtest.backtest` has them, with ``pit``.
    unrecorded
        Cases that are left out because they had ended by the cut-off.
    baseline
        Column of the Kaplan–Meier score to compare with.
    """
    after, pit = cases["after"].fill_null(inf).to_numpy(), cases["pit"].to_numpy()
    finished, probability = np.isfinite(after), cases["probability"].to_numpy()
    columns = {"planned": "planned", "class_only": "class_only", "kaplan_meier": baseline}
    ours, others = cases["crps"].to_numpy(), {key: cases[column].to_numpy() for key, column in columns.items()}
    samples, reached = _samples(cases["project"]), pit / np.maximum(cases["ever"].to_numpy(), 1e-9)
    return Score(
        name=name,
        n=cases.height + unrecorded,
        n_scored=cases.height,
        n_censored=int((~finished).sum()),
        crps=float(ours.mean()),
        pinball=float(cases["pinball"].to_numpy().mean()),
        brier=float(((probability - finished) ** 2).mean()),
        expected=float(probability.sum()),
        coverage_80=_estimate(samples, lambda rows: _covered(pit[rows], finished[rows], reached[rows], 0.8)),
        coverage_50=_estimate(samples, lambda rows: _covered(pit[rows], finished[rows], reached[rows], 0.5)),
        crps_skill=Skill(**{key: _skill(ours, theirs, samples) for key, theirs in others.items()}),
        pit=tuple(_histogram(pit, finished)),
        **{key: float(theirs.mean()) for key, theirs in others.items()},
    )


def _covered(pit: Floats, finished: NDArray[np.bool_], reached: Floats, probability: float) -> float:
    """Coverage; it cannot be told where no forecast was followed to about its upper end, or to where it says never."""
    upper = (1.0 + probability) / 2.0
    return coverage(pit, finished, probability) if reached.max() > upper - 1.0 / BINS else np.nan


def _histogram(pit: Floats, finished: NDArray[np.bool_]) -> list[float]:
    """Kaplan–Meier share of finishes in each part of the forecast."""
    left = unfinished(pit, finished, np.arange(BINS + 1) / BINS)
    return [float(share) for share in left[:-1] - left[1:]]


def _samples(projects: pl.Series) -> list[Rows]:
    """Rows of all cases, then of bootstrap samples of whole projects: their intervals share their fate."""
    project = projects.rank("dense").to_numpy().astype(np.int64) - 1
    order = np.argsort(project, kind="stable")
    first = np.searchsorted(project[order], np.arange(project.max() + 2))
    rng = np.random.default_rng(0)
    drawn = (rng.integers(0, first.size - 1, first.size - 1) for _ in range(RESAMPLES))
    return [np.arange(project.size), *(_rows(order, first, chosen) for chosen in drawn)]


def _rows(order: Rows, first: Rows, chosen: Rows) -> Rows:
    lengths = first[chosen + 1] - first[chosen]
    offsets = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    rows: Rows = order[np.repeat(first[chosen], lengths) + offsets]
    return rows


def _estimate(samples: list[Rows], figure: Callable[[Rows], float]) -> Estimate:
    values = np.array([figure(rows) for rows in samples])
    told = values[1:][~np.isnan(values[1:])]
    low, high = np.quantile(told, INTERVAL) if told.size and not isnan(values[0]) else (np.nan, np.nan)
    return Estimate(float(values[0]), float(low), float(high))


def _skill(ours: Floats, theirs: Floats, samples: list[Rows]) -> Estimate:
    return _estimate(samples, lambda rows: _better(float(ours[rows].sum()), float(theirs[rows].sum())))


def _better(ours: float, theirs: float) -> float:
    return 1.0 - ours / theirs if theirs > 1e-9 else np.nan


def _share(value: float) -> str:
    return "–" if isnan(value) else f"{value:.0%}"
