"""How right forecasts would have been: learned from what was known on a day, scored by what came after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine import learning as engine
from backcast.engine.portable import Floats
from backcast.engine.remaining import SHORTEST, kaplan_meier, step_probability
from backcast.engine.scores import coverage, crps_until, middles
from backcast.language import Message, tr
from backcast.planbook import history as histories
from backcast.planbook.learning import Learned, as_day, days, fit, sample
from backcast.planbook.problem import PlanbookError, Problem
from backcast.planbook.schema import HISTORY

PARTS = 256
"""Parts of the time up to each case's end that its score looks at."""
RESAMPLES, INTERVAL = 1_000, (0.025, 0.975)
"""Bootstrap samples of projects, and the quantiles of their scores that bound an interval."""
BINS = 10


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score with the interval that 95 in 100 bootstrap samples of projects lie in; NaN where it cannot be told."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Skill:
    """One minus our score over another's: above 0 is better than it, 1 is perfect."""

    planned: Estimate
    class_only: Estimate
    kaplan_meier: Estimate


@dataclass(frozen=True, slots=True)
class Score:
    """How right the forecasts of some cases were.

    Attributes
    ----------
    name
        Of the class, or of everything.
    n, n_scored, n_censored
        Cases running at the cut-off that were followed; those scored; those of them that had not
        finished at the end.
    crps
        Threshold-weighted score in days; smaller is better. ``planned``, ``class_only`` and
        ``kaplan_meier`` are those of the planned date, of the class without own pace, and of one
        Kaplan–Meier curve (of the class alone, in the score of a class).
    coverage_80, coverage_50
        Share of finishes within P10–P90 and P25–P75.
    brier
        Of "finished by the end".
    expected
        Finishes by the end that were forecast, beside those that came.
    pit
        Share of finishes in each tenth of the forecast; the rest lies beyond what was followed.
    """

    name: str
    n: int
    n_scored: int
    n_censored: int
    crps: float
    planned: float
    class_only: float
    kaplan_meier: float
    crps_skill: Skill
    coverage_80: Estimate
    coverage_50: Estimate
    brier: float
    pinball: float
    expected: float
    pit: tuple[float, ...]


@dataclass(frozen=True)
class Backtest:
    """The scores of all cut-offs together, and by class; ``print`` tells them.

    Attributes
    ----------
    unrecorded
        Cases that had ended by the cut-off, as was recorded only later: they are not scored.
    lost
        Cases running at the cut-off of which nothing is known later.
    cases
        One row per scored case: what was forecast, and what came.
    """

    cutoffs: tuple[date, ...]
    learned: tuple[Learned, ...]
    overall: Score
    by_class: tuple[Score, ...]
    unrecorded: int
    lost: int
    cases: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """Return one row per scored case."""
        return self.cases

    def __str__(self) -> str:
        return "\n".join(str(_sentence(score)) for score in (self.overall, *self.by_class))


def backtest(
    history: pl.DataFrame,
    cutoff: date | str | Sequence[date | str],
    *,
    depth: int = 1,
    prior: pl.DataFrame | None = None,
    stated: bool = False,
) -> Backtest:
    """Score the forecasts that would have been made on earlier days.

    Parameters
    ----------
    history
        As :data:`backcast.planbook.schema.HISTORY` declares it; missing columns are empty.
    cutoff
        The last day whose facts are known, or several: their cases are scored together.
    depth
        Steps of the class path by which scores are told apart.
    prior
        As for :func:`backcast.planbook.learning.learn`. What it was learned from must not hold what is
        to be forecast.
    stated
        Whether each stated finish is forecast by itself, and the last one stated stands for a finish
        that is not known: see :func:`backcast.planbook.history.statements`.

    Raises
    ------
    PlanbookError
        If nothing was running at a cut-off that was followed later.
    """
    frame = histories.complete(history)
    if stated:
        frame = histories.statements(frame)
    cutoffs = [as_day(day) for day in ([cutoff] if isinstance(cutoff, date | str) else cutoff)]
    tried = [_try(frame, day, prior) for day in cutoffs if day is not None]
    cases = pl.concat([cases for _, cases, _, _ in tried])
    if cases.is_empty():
        raise PlanbookError([_nothing_to_score(cutoffs)])
    groups = cases.with_columns(group=_group(depth)).partition_by("group", as_dict=True, maintain_order=True)
    return Backtest(
        cutoffs=tuple(day for day in cutoffs if day is not None),
        learned=tuple(learned for learned, *_ in tried),
        overall=_score("", cases),
        by_class=tuple(_score(str(name), group) for (name,), group in sorted(groups.items())),
        unrecorded=sum(unrecorded for *_, unrecorded, _ in tried),
        lost=sum(lost for *_, lost in tried),
        cases=cases.drop("forecast_pit"),
    )


def _try(frame: pl.DataFrame, day: date, prior: pl.DataFrame | None) -> tuple[Learned, pl.DataFrame, int, int]:
    """Learn on a day, and score every case by what came; returns also how many could not be."""
    learned = fit(frame, day, prior=prior)
    running = histories.cases(frame, day)
    followed = running.filter(pl.col("until") > 0)
    unrecorded = pl.col("outcome").is_in(["finished", "cancelled"]) & (pl.col("outcome_on") <= day)
    scored = followed.filter(~unrecorded)
    return (
        learned,
        _forecast(scored, frame, learned, day),
        followed.height - scored.height,
        running.height - followed.height,
    )


def _forecast(cases: pl.DataFrame, frame: pl.DataFrame, learned: Learned, day: date) -> pl.DataFrame:
    """Add to each case the scores of the forecast, and of what it is compared with."""
    until = cases["until"].cast(float).to_numpy()
    after = cases["after"].cast(float).fill_null(inf).to_numpy()
    after = np.where(after <= until, after, inf)
    grid = middles(until, PARTS)
    known = _as_sample(cases, learned, day)
    now = float((day - date(1970, 1, 1)).days)
    probability = engine.forecast(learned.model, known, now, grid)
    at = np.minimum(after, until)[:, None]
    around = engine.forecast(learned.model, known, now, np.concatenate([at - 1.0, at, until[:, None]], axis=1))
    before, by_then, by_end = np.maximum(around, 0.0).T
    within = np.random.default_rng(0).random(cases.height)
    pit = np.where(np.isfinite(after), before + within * (by_then - before), by_then)
    due = np.maximum(days(cases["planned_finish"]) - now, 0.0)
    elapsed = np.maximum(now - known.start, SHORTEST)
    curve = _curve(frame, day)
    crps = crps_until(probability, after, until)
    return cases.select(*histories.KEY, "start", "planned_finish", "until").with_columns(
        cutoff=pl.lit(day),
        after=pl.Series(after).replace(inf, None),
        probability=pl.Series(by_end),
        forecast_pit=pl.Series(pit),
        crps=pl.Series(crps),
        class_only=pl.Series(crps),
        planned=pl.Series(np.abs(np.minimum(due, until) - np.minimum(after, until))),
        kaplan_meier=pl.Series(crps_until(step_probability(curve, known.planned, elapsed, grid), after, until)),
    )


def _as_sample(cases: pl.DataFrame, learned: Learned, day: date) -> engine.Sample:
    watched = cases.select(
        *histories.KEY, "start", "planned", "baseline_cost", entered="start", left=pl.lit(day), ended=pl.lit("running")
    )
    return sample(watched, learned.tree)


def _curve(frame: pl.DataFrame, day: date) -> tuple[Floats, Floats]:
    """Kaplan–Meier over everything known on a day."""
    watched = histories.spells(frame, day)
    start, planned = days(watched["start"]), watched["planned"].cast(float).to_numpy()
    return kaplan_meier(
        (days(watched["entered"]) - start) / planned,
        np.maximum(days(watched["left"]) - start, SHORTEST) / planned,
        (watched["ended"] == "finished").to_numpy(),
    )


def _group(depth: int) -> pl.Expr:
    return pl.col("class").str.split("/").list.head(depth).list.join("/")


def _score(name: str, cases: pl.DataFrame) -> Score:
    after = cases["after"].fill_null(inf).to_numpy()
    finished = np.isfinite(after)
    pit, probability = cases["forecast_pit"].to_numpy(), cases["probability"].to_numpy()
    ours = cases["crps"].to_numpy()
    others = {other: cases[other].to_numpy() for other in ("planned", "class_only", "kaplan_meier")}
    samples = _resamples(cases["id"])
    return Score(
        name=name,
        n=cases.height,
        n_scored=cases.height,
        n_censored=int((~finished).sum()),
        crps=float(ours.mean()),
        crps_skill=Skill(**{other: _skill(ours, theirs, samples) for other, theirs in others.items()}),
        coverage_80=_estimate(samples, lambda rows: coverage(pit[rows], finished[rows], 0.8)),
        coverage_50=_estimate(samples, lambda rows: coverage(pit[rows], finished[rows], 0.5)),
        brier=float(((probability - finished) ** 2).mean()),
        pinball=0.0,
        expected=float(probability.sum()),
        pit=(),
        **{other: float(theirs.mean()) for other, theirs in others.items()},
    )


def _resamples(ids: pl.Series) -> list[NDArray[np.int64]]:
    """Rows of all cases, then of bootstrap samples of whole projects: their intervals share their fate."""
    project = ids.str.split("@").list.first().rank("dense").to_numpy().astype(np.int64) - 1
    order = np.argsort(project, kind="stable")
    first = np.searchsorted(project[order], np.arange(project.max() + 2))
    rng = np.random.default_rng(0)
    drawn = (rng.integers(0, first.size - 1, first.size - 1) for _ in range(RESAMPLES))
    return [np.arange(project.size), *(_rows(order, first, chosen) for chosen in drawn)]


def _rows(order: NDArray[np.int64], first: NDArray[np.int64], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    lengths = first[chosen + 1] - first[chosen]
    offsets = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return order[np.repeat(first[chosen], lengths) + offsets]


def _estimate(samples, statistic) -> Estimate:
    values = np.array([statistic(rows) for rows in samples])
    low, high = np.nanquantile(values[1:], INTERVAL)
    return Estimate(float(values[0]), float(low), float(high))


def _skill(ours: Floats, theirs: Floats, samples: list[NDArray[np.int64]]) -> Estimate:
    return _estimate(samples, lambda rows: 1.0 - ours[rows].sum() / max(theirs[rows].sum(), 1e-12))


def _sentence(score: Score) -> Message:
    return tr("{name}: {n}", name=score.name, n=score.n)


def _nothing_to_score(cutoffs: Sequence[date | None]) -> Problem:
    message = tr(
        "Nothing was running on {days} of which something is known later. Choose an earlier cut-off.",
        days=", ".join(day.isoformat() for day in cutoffs if day),
    )
    return Problem(HISTORY.name, 0, "", "", message)
