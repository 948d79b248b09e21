"""How right forecasts would have been: learned from what was known on a day, scored by what came after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

import numpy as np
import polars as pl

from backcast.engine.classes import Sample, forecast, given_up
from backcast.engine.portable import Floats
from backcast.engine.remaining import SHORTEST, kaplan_meier, step_probability
from backcast.engine.scores import crps_until, middles, pinball_until
from backcast.language import Message, tr
from backcast.planbook import history as histories
from backcast.planbook.learning import EPOCH, Learned, days, fit, progress, sample
from backcast.planbook.problem import PlanbookError, Problem
from backcast.planbook.schema import HISTORY
from backcast.planbook.scoring import Score, score

PARTS = 256
"""Parts of the time up to each case's end that its score looks at."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A cut-off that could not be scored, and why, as a sentence."""

    cutoff: date
    why: Message


@dataclass(frozen=True)
class Backtest:
    """The scores of all cut-offs together, and by class; ``print`` tells them.

    Attributes
    ----------
    cutoffs, learned
        Those that are scored, and what was learned at each.
    left_out
        Cut-offs at which there was nothing to learn from, or nothing to score.
    unrecorded
        Cases that had ended by the cut-off, as was recorded only later: they are not scored.
    lost
        Cases running at the cut-off of which nothing is known later.
    cases
        One row per scored case: what was forecast, and what came. ``probability`` is that of finishing
        ``until`` its end, ``ever`` that of finishing at all.
    """

    cutoffs: tuple[date, ...]
    learned: tuple[Learned, ...]
    overall: Score
    by_class: tuple[Score, ...]
    unrecorded: int
    lost: int
    cases: pl.DataFrame
    left_out: tuple[LeftOut, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """Return one row per scored case."""
        return self.cases

    def __str__(self) -> str:
        return "\n".join(str(found.said()) for found in (self.overall, *self.by_class))


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
        The last day whose facts are known, or several: their cases are scored together. One of several
        at which there is nothing to score is left out.
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
        If at no cut-off anything could be learned and was running that was followed later.

    Notes
    -----
    An interval's own pace is used only in classes where held-out scores, of what was known at the
    cut-off, say that it helps; the assumption that a run makes of other classes is not.
    """
    frame = histories.complete(history)
    if stated:
        frame = histories.statements(frame)
    cutoffs = tuple(_day(day) for day in ([cutoff] if isinstance(cutoff, date | str) else cutoff))
    every = [_try(frame, day, depth, prior) for day in cutoffs]
    tried = [trial for trial in every if isinstance(trial, _Trial)]
    left_out = tuple(trial for trial in every if isinstance(trial, LeftOut))
    if not tried:
        raise PlanbookError([Problem(HISTORY.name, 0, "", "", found.why) for found in left_out])
    cases = pl.concat([trial.cases for trial in tried])
    unrecorded = pl.concat([trial.unrecorded for trial in tried])
    return Backtest(
        cutoffs=tuple(trial.learned.day for trial in tried),
        learned=tuple(trial.learned for trial in tried),
        overall=score("", cases, unrecorded.height),
        by_class=tuple(
            score(str(name), group, int((unrecorded["group"] == name).sum()), baseline="kaplan_meier_of_class")
            for (name,), group in sorted(cases.partition_by("group", as_dict=True).items())
        ),
        unrecorded=unrecorded.height,
        lost=sum(trial.lost for trial in tried),
        cases=cases,
        left_out=left_out,
    )


@dataclass(frozen=True, slots=True)
class _Trial:
    """What came of the forecasts of one day; ``lost`` counts cases of which nothing is known later."""

    learned: Learned
    cases: pl.DataFrame
    unrecorded: pl.DataFrame
    lost: int


def _try(frame: pl.DataFrame, day: date, depth: int, prior: pl.DataFrame | None) -> _Trial | LeftOut:
    """Learn from what was known on a day, and score every case by what came; or say why that cannot be done."""
    try:
        learned = fit(frame, day, prior=prior)
    except PlanbookError as error:
        return LeftOut(day, error.problems[0].message)
    running = histories.cases(frame, day).with_columns(
        group=pl.col("class").str.split("/").list.head(depth).list.join("/")
    )
    followed = running.filter(pl.col("until") > 0)
    ended = (pl.col("outcome").is_in(["finished", "cancelled"]) & (pl.col("outcome_on") <= day)).fill_null(value=False)
    open_cases = followed.filter(~ended)
    if open_cases.is_empty():
        return LeftOut(day, _nothing_to_score(frame, day))
    scored = _forecast(open_cases, histories.spells(frame, day), learned, day)
    return _Trial(learned, scored, followed.filter(ended).select("group"), running.height - followed.height)


def _forecast(cases: pl.DataFrame, watched: pl.DataFrame, learned: Learned, day: date) -> pl.DataFrame:
    """Add to each case its forecast, the score of it, and the scores of what it is compared with."""
    until = cases["until"].cast(float).to_numpy()
    after = cases["after"].cast(float).fill_null(inf).to_numpy()
    after = np.where(after <= until, after, inf)
    known, now, grid = _as_sample(cases, learned, day), float((day - EPOCH).days), middles(until, PARTS)
    told = progress(cases)
    probability = forecast(learned.model, known, now, grid, told)
    alone = forecast(learned.model, known, now, grid) if told.told.any() else probability
    stop = np.minimum(after, until)
    around = np.stack([np.maximum(stop - 1.0, 0.0), stop, until], axis=1)
    before, by_then, by_end = forecast(learned.model, known, now, around, told).T
    due = np.maximum(days(cases["planned_finish"]) - now, 0.0)
    return cases.select(*histories.KEY, "project", "group", "start", "planned_finish", "until").with_columns(
        cutoff=pl.lit(day),
        after=pl.Series(after).replace(inf, None),
        probability=pl.Series(by_end),
        ever=pl.Series(1.0 - given_up(learned.model, known, now)),
        pit=pl.Series(np.where(np.isfinite(after), _spread(before, by_then), by_then)),
        crps=pl.Series(crps_until(probability, after, until)),
        pinball=pl.Series(pinball_until(probability, after, until)),
        class_only=pl.Series(crps_until(alone, after, until)),
        planned=pl.Series(np.abs(np.minimum(due, until) - stop)),
        **_kaplan_meier(cases, watched, known.planned, now - known.start, after, until),
    )


def _spread(before: Floats, by_then: Floats) -> Floats:
    """Draw where each finish lies within the share of the forecast that its day has: many may finish on one day."""
    return before + np.random.default_rng(0).random(before.size) * (by_then - before)


def _kaplan_meier(
    cases: pl.DataFrame, watched: pl.DataFrame, planned: Floats, elapsed: Floats, after: Floats, until: Floats
) -> dict[str, pl.Series]:
    """Scores of one Kaplan–Meier curve of everything, and of one for each class that scores are told by."""
    grid, elapsed = middles(until, PARTS), np.maximum(elapsed, SHORTEST)
    alone, together = np.empty(cases.height), _curve(watched)
    depth = 1 + max((name.count("/") for name in cases["group"]), default=0)
    group = watched["class"].str.split("/").list.head(depth).list.join("/")
    for name in cases["group"].unique():
        mine = (cases["group"] == name).to_numpy()
        step = step_probability(_curve(watched.filter(group == name)), planned[mine], elapsed[mine], grid[mine])
        alone[mine] = crps_until(step, after[mine], until[mine])
    return {
        "kaplan_meier": pl.Series(crps_until(step_probability(together, planned, elapsed, grid), after, until)),
        "kaplan_meier_of_class": pl.Series(alone),
    }


def _curve(watched: pl.DataFrame) -> tuple[Floats, Floats]:
    start, planned = days(watched["start"]), watched["planned"].cast(float).to_numpy()
    return kaplan_meier(
        (days(watched["entered"]) - start) / planned,
        np.maximum(days(watched["left"]) - start, SHORTEST) / planned,
        (watched["ended"] == "finished").to_numpy(),
    )


def _as_sample(cases: pl.DataFrame, learned: Learned, day: date) -> Sample:
    watched = cases.select(
        *histories.KEY, "start", "planned", "baseline_cost", entered="start", left=pl.lit(day), ended=pl.lit("running")
    )
    return sample(watched, learned.tree)


def _day(day: date | str) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day


def _nothing_to_score(frame: pl.DataFrame, day: date) -> Message:
    first = frame["start"].min()
    if isinstance(first, date) and day < first:
        return tr(
            "Nothing was running on {day}: the first of the table began on {first}. Choose a later cut-off.",
            day=day.isoformat(), first=first.isoformat(),
        )  # fmt: skip
    return tr(
        "Nothing was running on {day} of which something is known later. Choose an earlier cut-off.",
        day=day.isoformat(),
    )
