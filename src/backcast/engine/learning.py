"""Reference classes learned from spells: distributions, shares cancelled, effects, and how fast the past fades.

What cannot be read from likelihood is decided by held-out scores: the model is fitted to what was
known on earlier days and scored by what came in the months after them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf

import numpy as np
from numpy.typing import NDArray

from backcast.engine import effects as effect
from backcast.engine import hazards, pace
from backcast.engine.hazards import CANCELLED, FINISHED, RUNNING, Clock, Spells, Tally
from backcast.engine.pace import Curve, Progress
from backcast.engine.portable import Floats
from backcast.engine.quantiles import LEVELS, score_of
from backcast.engine.remaining import SHORTEST, finish_probability
from backcast.engine.scores import crps_until, middles

HALF_LIVES = (inf, 1461.0, 730.0, 365.0, 182.0)
"""Days after which what was seen may count half."""
HELD_OUT = 3
"""Earlier days on which the model is tried, each followed up to the last."""
SHORTEST_TRIAL, LONGEST_TRIAL = 91.0, 365.0
"""Days from the earliest of them: the median planned length, between these bounds."""
LEAST_CASES, LEAST_FINISHES = 30, 5
"""Without so many held-out cases and finishes, nothing is chosen by them."""
MOST_CASES = 4_000
DOUBT = 2.0
"""Standard errors by which effects must improve a held-out score before they count."""
PARTS = 64
"""Parts of a span of time that a held-out score looks at."""
LEAST_REPORTS, LEAST_REPORTED = 30, 10
"""Without so many reports of so many intervals that finished, nothing is learned of own pace."""
FOLDS = 5
"""Parts of the intervals: the pace of each is scored by what the others taught."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Spells on the calendar; arrays have one entry per spell, days count from any day.

    Attributes
    ----------
    project
        Index of the interval that the spell belongs to: restated plans give it several.
    node, family
        Index of its class, and of the group of classes that share effects.
    length, cost
        Planned days, and planned cost (NaN where it is not known).
    """

    project: NDArray[np.int64]
    start: Floats
    planned: Floats
    entered: Floats
    left: Floats
    ended: NDArray[np.int8]
    node: NDArray[np.int64]
    family: NDArray[np.int64]
    cost: Floats

    def __len__(self) -> int:
        return self.start.size

    def take(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Sample:
        """Return some of these spells."""
        return Sample(*(getattr(self, name)[which] for name in self.__slots__))

    def up_to(self, day: float) -> Sample:
        """Return what was known of these spells on a day."""
        known = self.take(self.entered < day)
        ended = np.where(known.left > day, RUNNING, known.ended).astype(np.int8)
        return replace(known, left=np.minimum(known.left, day), ended=ended)

    def running(self, day: float) -> Sample:
        """Return the latest spell of everything that was under watch on a day, with what came of it."""
        mine = self.take((self.entered <= day) & (self.left > day))
        order = np.lexsort((mine.entered, mine.project))
        last = np.append(np.diff(mine.project[order]) != 0, True)[: order.size]
        return mine.take(order[last])

    def spells(self, day: float) -> Spells:
        """Return them on the clock of the ratio."""
        elapsed = np.maximum(self.left - self.start, SHORTEST)
        entry = np.maximum(self.entered - self.start, 0.0)
        return Spells(
            np.minimum(entry / self.planned, hazards.FARTHEST),
            np.minimum(elapsed / self.planned, hazards.FARTHEST),
            self.ended,
            self.planned,
            np.maximum(day - self.left, 0.0),
            self.node,
        )


@dataclass(frozen=True, slots=True)
class Reports:
    """What was reported of intervals while they ran, and what had come of them by the day of learning.

    Attributes
    ----------
    spells
        One for each report, entered on its day.
    followed
        The day up to which each interval was followed, whether it had ended or not.
    """

    spells: Sample
    followed: Floats
    progress: Progress

    def take(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Reports:
        """Return some of the reports."""
        return Reports(self.spells.take(which), self.followed[which], self.progress.take(which))

    def thinned(self, most: int) -> Reports:
        """Return so many of the reports at most, by chance: those of a project come at even steps."""
        if len(self.spells) <= most:
            return self
        return self.take(np.sort(np.random.default_rng(0).choice(len(self.spells), most, replace=False)))

    @property
    def finished(self) -> NDArray[np.bool_]:
        """Whether the end of the interval is known."""
        done: NDArray[np.bool_] = self.spells.ended == FINISHED
        return done

    def curve(self) -> tuple[float, float, float]:
        """Return spread, floor and slope of the pace of those that finished."""
        done = self.take(self.finished)
        return pace.fit(done.progress, done.spells.left - done.spells.start, done.spells.project)

    def score(self, classes: Classes, progress: Progress | None) -> Floats:
        """Return the score of the forecast that would have been made after each report."""
        spells = self.spells
        until = self.followed - spells.entered
        after = np.where(self.finished, spells.left - spells.entered, inf)
        return crps_until(forecast(classes, spells, spells.entered, middles(until, PARTS), progress), after, until)


@dataclass(frozen=True, slots=True)
class Classes:
    """What was learned of each class; index 0 is the root.

    Attributes
    ----------
    log_ratio
        Shape ``(n_nodes, 13)``, see :mod:`backcast.engine.quantiles`.
    cancelled
        Shape ``(n_nodes,)``: share that never finishes.
    cases
        Shape ``(n_nodes,)``: finishes seen in the class and those below it.
    evidence
        Same shape: these, and those for which the class above counts.
    effects
        Shape ``(n_nodes, 2)``: of length and cost.
    typical
        Shape ``(n_nodes, 2)``: length in days and cost from which the doublings count (NaN if not known).
    half_life
        Shape ``(n_nodes,)``: days after which what was seen counts half; ∞ where the past does not fade.
    pace
        Shape ``(n_nodes, 3)``: spread, floor and slope of own pace, see :class:`backcast.engine.pace.Curve`.
        ``SILENT`` where held-out scores say that it does not help, NaN where they say nothing.
    """

    log_ratio: Floats
    cancelled: Floats
    cases: NDArray[np.int64]
    evidence: Floats
    effects: Floats
    typical: Floats
    half_life: Floats
    pace: Floats

    def shifts(self, node: NDArray[np.int64], planned: Floats, cost: Floats) -> Floats:
        """Return the shift of the normal score of intervals of some classes."""
        return effect.shifts(_features(planned, cost, self.typical[node]), self.effects[node])

    def curve(self, node: NDArray[np.int64]) -> Curve:
        """Return how paces count in some classes: where no score says that they help, they do not."""
        spread, floor, slope = self.pace[node].T
        helps = spread < pace.SILENT
        return Curve(
            np.where(helps, spread, pace.SILENT),
            np.where(helps, floor, pace.FLOOR),
            np.where(helps, slope, pace.STRAIGHT),
        )


@dataclass(frozen=True)
class Learner:
    """Learns the classes of a tree from a sample.

    Attributes
    ----------
    parent
        Shape ``(n_nodes,)``: index of the class above each; -1 for the root.
    family_of
        Shape ``(n_nodes,)``: family of each class, -1 where a class lies above them.
    kind_of
        Shape ``(n_nodes,)``: index of the kind of interval of each class.
    prior
        Shape ``(13,)``: the distribution above the root; None lets the root stand alone.
    prior_cases
        Finishes that the prior rests on.
    reports
        What was reported of the progress of intervals; None where nothing was.
    """

    sample: Sample
    parent: NDArray[np.int64]
    family_of: NDArray[np.int64]
    kind_of: NDArray[np.int64]
    prior: Floats | None
    prior_cases: int
    reports: Reports | None = None

    def learn(self, day: float) -> Classes:
        """Learn from the sample, which holds what was known on a day."""
        half_life = self.best_half_lives(day)
        families = self.helped_families(day, half_life)
        classes = self.fit(self.sample, day, half_life, families)
        return replace(classes, pace=self.paces(classes))

    def paces(self, classes: Classes) -> Floats:
        """Return how own pace counts in each class, shape ``(n_nodes, 3)``.

        Decided for each family of classes by held-out score; one with too few reports follows what
        holds for all together.
        """
        found = np.full((self.parent.size, 3), np.nan)
        if self.reports is None:
            return found
        found[:] = _pace(self.reports, classes)
        for family in range(self.n_families):
            own = _pace(self.reports.take(self.reports.spells.family == family), classes)
            if not np.isnan(own[0]):
                found[self.family_of == family] = own
        return found

    def best_half_lives(self, day: float) -> Floats:
        """Return the half-life with the best held-out score of each kind of interval, by class.

        The past does not fade where nothing can be held out.
        """
        kinds = int(self.kind_of.max(initial=-1)) + 1
        scores = np.zeros((len(HALF_LIVES), kinds))
        for k, half_life in enumerate(HALF_LIVES):
            for cases, score in self._trials(day, np.full(self.parent.size, half_life), ()):
                scores[k] += np.bincount(self.kind_of[cases.node], score, minlength=kinds)
        by_class: Floats = np.array(HALF_LIVES)[scores.argmin(axis=0)][self.kind_of]
        return by_class

    def helped_families(self, day: float, half_life: Floats) -> tuple[int, ...]:
        """Return the families of classes whose held-out score effects improve beyond doubt."""
        every = tuple(range(self.n_families))
        pairs = list(zip(self._trials(day, half_life, ()), self._trials(day, half_life, every), strict=True))
        if not pairs:
            return ()
        project = np.concatenate([cases.project for (cases, _), _ in pairs])
        family = np.concatenate([cases.family for (cases, _), _ in pairs])
        gain = np.concatenate([plain - helped for (_, plain), (_, helped) in pairs])
        return tuple(k for k in every if _beyond_doubt(gain[family == k], project[family == k]))

    @cached_property
    def n_families(self) -> int:
        """Number of families."""
        return int(self.family_of.max(initial=-1)) + 1

    def fit(self, known: Sample, day: float, half_life: Floats, families: tuple[int, ...]) -> Classes:
        """Fit the classes with a half-life, and effects in some families only."""
        spells = known.spells(day)
        clock = hazards.clock(spells.exit[spells.ended == FINISHED], self.prior)
        tally = hazards.tally(spells, clock, self.parent, half_life)
        prior = None if self.prior is None else hazards.of_quantiles(clock, self.prior)
        pooled = hazards.pooled(tally, clock, self.parent, prior)
        finished, cancelled = hazards.incidence(tally, pooled, self.parent)
        log_ratio = hazards.quantiles(clock, finished / np.maximum(1.0 - cancelled, 1e-9)[:, None])
        cases = self._cases(known)
        plain = Classes(
            log_ratio,
            cancelled,
            cases,
            self._evidence(cases, pooled.leaning),
            np.zeros((self.parent.size, 2)),
            self._typical(known),
            half_life,
            np.full((self.parent.size, 3), np.nan),
        )
        return replace(plain, effects=self._effects(known, spells, plain, families)) if families else plain

    def _trials(self, day: float, half_life: Floats, families: tuple[int, ...]) -> Iterator[tuple[Sample, Floats]]:
        """Held-out cases and their scores, one pair for each earlier day."""
        if len(self.sample) < LEAST_CASES:
            return
        longest = float(np.clip(np.median(self.sample.planned), SHORTEST_TRIAL, LONGEST_TRIAL))
        for horizon in longest * (1.0 - np.arange(HELD_OUT) / HELD_OUT):
            cutoff = day - horizon
            known, cases = self.sample.up_to(cutoff), self.sample.running(cutoff)
            cases = cases.take(np.arange(0, len(cases), max(len(cases) // MOST_CASES, 1)))
            until = np.minimum(np.where(cases.ended == RUNNING, cases.left - cutoff, horizon), horizon)
            after = np.where(cases.ended == FINISHED, cases.left - cutoff, inf)
            enough = len(cases) >= LEAST_CASES and (after <= until).sum() >= LEAST_FINISHES
            if enough and (known.ended == FINISHED).sum() >= LEAST_FINISHES:
                classes = self.fit(known, cutoff, half_life, families)
                probability = forecast(classes, cases, cutoff, middles(until, PARTS))
                yield cases, crps_until(probability, after, until)

    def _cases(self, known: Sample) -> NDArray[np.int64]:
        """Different intervals seen to finish, by class."""
        done = known.take(known.ended == FINISHED)
        _, first = np.unique(done.project, return_index=True)
        counts = np.bincount(done.node[first], minlength=self.parent.size)
        for node in range(self.parent.size - 1, 0, -1):
            counts[self.parent[node]] += counts[node]
        return counts

    def _evidence(self, cases: NDArray[np.int64], leaning: Floats) -> Floats:
        evidence: Floats = cases.astype(float)
        evidence[0] += self.prior_cases
        for node, above in enumerate(self.parent[1:], 1):
            evidence[node] += min(leaning[node], evidence[above])
        evidence[evidence < 1.0] = 1.0
        return evidence

    def _typical(self, known: Sample) -> Floats:
        """Geometric mean of length and cost by family; those of all above the families."""
        typical = np.full((self.parent.size, 2), np.nan)
        for family in range(-1, self.n_families):
            mine = known.take(known.family == family) if family >= 0 else known
            typical[self.family_of == family] = [_geometric_mean(mine.planned), _geometric_mean(mine.cost)]
        return typical

    def _effects(self, known: Sample, spells: Spells, plain: Classes, families: tuple[int, ...]) -> Floats:
        effects = np.zeros_like(plain.effects)
        weight = np.exp2(-spells.ago / plain.half_life[known.node])
        for family in families:
            mine = np.flatnonzero(known.family == family)
            rows = plain.log_ratio[known.node[mine]]
            exit_ = np.log(spells.exit[mine])
            entry = np.log(np.maximum(spells.entry[mine], 1e-9))
            effects[self.family_of == family] = effect.fit(
                _features(known.planned[mine], known.cost[mine], plain.typical[known.node[mine]]),
                np.where(spells.entry[mine] > 0.0, score_of(rows, entry), -inf),
                score_of(rows, exit_ - 1e-6),
                score_of(rows, exit_),
                known.ended[mine] == FINISHED,
                weight[mine],
            )
        return effects


def forecast(
    classes: Classes, cases: Sample, day: float | Floats, after: Floats, progress: Progress | None = None
) -> Floats:
    """Return the probability that running intervals finish within so many days, shape of ``after``.

    Parameters
    ----------
    day
        The day of the forecast, one for all or each its own.
    progress
        What was reported by then, to be used where own pace was found to help.
    """
    node, planned = cases.node, cases.planned
    shift, variance = classes.shifts(node, planned, cases.cost), 1.0 + 1.0 / classes.evidence[node]
    scale = np.sqrt(variance)
    if progress is not None:
        shift, scale = pace.combined(classes.log_ratio[node], planned, progress, classes.curve(node), shift, variance)
    elapsed = np.maximum(day - cases.start, 0.0)
    return finish_probability(classes.log_ratio[node], planned, elapsed, after, shift, scale, classes.cancelled[node])


def _pace(reports: Reports, classes: Classes) -> Floats:
    """Return spread, floor and slope of own pace if it helps, ``SILENT`` if not, NaN if it cannot be told."""
    told = reports.spells.project[reports.finished]
    if told.size < LEAST_REPORTS or np.unique(told).size < LEAST_REPORTED:
        return np.full(3, np.nan)
    few = reports.thinned(MOST_CASES)
    helps = _beyond_doubt(_gain_of_pace(few, classes), few.spells.project)
    return np.array(few.curve() if helps else (pace.SILENT, np.nan, np.nan))


def _gain_of_pace(reports: Reports, classes: Classes) -> Floats:
    """Return by how much own pace improves the score after each report, as the other projects taught it."""
    gain = np.zeros(len(reports.spells))
    for fold in range(FOLDS):
        held = reports.spells.project % FOLDS == fold
        mine, others = reports.take(held), reports.take(~held)
        taught = replace(classes, pace=np.tile(others.curve(), (len(classes.pace), 1)))
        gain[held] = mine.score(taught, None) - mine.score(taught, mine.progress)
    return gain


def _beyond_doubt(gain: Floats, project: NDArray[np.int64]) -> bool:
    """Whether a gain is larger than its standard error several times, if all cases of a project count as one."""
    by_project = np.bincount(project, gain) if gain.size else np.zeros(1)
    return bool(by_project.sum() > DOUBT * np.sqrt((by_project**2).sum()))


def _features(planned: Floats, cost: Floats, typical: Floats) -> Floats:
    return np.stack(
        [effect.doublings(planned, typical[..., 0]), effect.doublings(np.nan_to_num(cost), typical[..., 1])], axis=-1
    )


def _geometric_mean(values: Floats) -> float:
    known = values[values > 0.0]
    return float(np.exp(np.log(known).mean())) if known.size else np.nan


__all__ = ["CANCELLED", "FINISHED", "LEVELS", "RUNNING", "Classes", "Clock", "Learner", "Sample", "Tally", "forecast"]
