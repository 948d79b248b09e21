"""Reference classes learned from spells: distributions, shares cancelled, effects, and how fast the past fades.

What cannot be read from likelihood is decided by held-out scores: the model is fitted to what was
known on earlier days and scored by what came in the months after them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf

import numpy as np
from numpy.typing import NDArray

from backcast.engine import hazards
from backcast.engine.classes import MOST_CASES, PARTS, Classes, Sample, beyond_doubt, features, forecast
from backcast.engine.fitting import fit_effects
from backcast.engine.hazards import FINISHED, RUNNING
from backcast.engine.portable import Floats
from backcast.engine.quantiles import score_of
from backcast.engine.reports import Reports, helpful_pace
from backcast.engine.scores import crps_until, middles

HALF_LIVES = (inf, 1461.0, 730.0, 365.0, 182.0)
"""Days after which what was seen may count half."""
HELD_OUT = 6
"""Earlier days on which the model is tried, each followed up to the last."""
SHORTEST_TRIAL, LONGEST_TRIAL = 91.0, 365.0
"""Days from the earliest of them: the median planned length, between these bounds."""
LEAST_CASES, LEAST_FINISHES = 30, 5
"""Without so many held-out cases and finishes, nothing is chosen by them."""
DOUBT_OF_FADING = 1.0
"""Standard errors by which a past that fades must improve a held-out score."""


@dataclass(frozen=True, slots=True)
class Trial:
    """An earlier day on which the model is tried.

    Attributes
    ----------
    known
        What was known on it.
    cases
        What was running on it.
    after, until
        Days after it at which each case finished, ∞ if it did not, and up to which it was followed.
    """

    day: float
    known: Sample
    cases: Sample
    after: Floats
    until: Floats

    def score(self, classes: Classes) -> Floats:
        """Return the score of each case, as classes forecast it."""
        probability = forecast(classes, self.cases, self.day, middles(self.until, PARTS))
        return crps_until(probability, self.after, self.until)


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
    prior_cases: float
    reports: Reports | None = None

    def learn(self, day: float) -> Classes:
        """Learn from the sample, which holds what was known on a day."""
        trials = list(self.trials(day))
        half_life = self.best_half_lives(trials)
        families = self.helped_families(trials, half_life)
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
        found[:] = helpful_pace(self.reports, classes)
        for family in range(self.n_families):
            own = helpful_pace(self.reports.take(self.reports.spells.family == family), classes)
            if not np.isnan(own[0]):
                found[self.family_of == family] = own
        return found

    def best_half_lives(self, trials: Sequence[Trial]) -> Floats:
        """Return the half-life with the best held-out score of each kind of interval, by class.

        The past does not fade where nothing can be held out, nor where fading scores better by chance only.
        """
        found = np.full(self.parent.size, inf)
        if not trials:
            return found
        project = np.concatenate([trial.cases.project for trial in trials])
        kind = np.concatenate([self.kind_of[trial.cases.node] for trial in trials])
        constant = [np.full(self.parent.size, half_life) for half_life in HALF_LIVES]
        scores = np.array(
            [np.concatenate([trial.score(self._plain(trial.known, trial.day, days)) for trial in trials])
             for days in constant]
        )  # fmt: skip
        for k in np.unique(kind):
            mine = kind == k
            best = int(scores[:, mine].sum(axis=1).argmin())
            if beyond_doubt(scores[0, mine] - scores[best, mine], project[mine], DOUBT_OF_FADING):
                found[self.kind_of == k] = HALF_LIVES[best]
        return found

    def helped_families(self, trials: Sequence[Trial], half_life: Floats) -> tuple[int, ...]:
        """Return the families of classes whose held-out score effects improve beyond doubt."""
        if not trials:
            return ()
        every = tuple(range(self.n_families))
        project = np.concatenate([trial.cases.project for trial in trials])
        family = np.concatenate([trial.cases.family for trial in trials])
        gain = np.concatenate([self._gain_of_effects(trial, half_life, every) for trial in trials])
        return tuple(k for k in every if beyond_doubt(gain[family == k], project[family == k]))

    def _gain_of_effects(self, trial: Trial, half_life: Floats, families: tuple[int, ...]) -> Floats:
        plain = self._plain(trial.known, trial.day, half_life)
        return trial.score(plain) - trial.score(self._with_effects(plain, trial.known, trial.day, families))

    @cached_property
    def n_families(self) -> int:
        """Number of families."""
        return int(self.family_of.max(initial=-1)) + 1

    def fit(self, known: Sample, day: float, half_life: Floats, families: tuple[int, ...]) -> Classes:
        """Fit the classes with a half-life, and effects in some families only."""
        return self._with_effects(self._plain(known, day, half_life), known, day, families)

    def _plain(self, known: Sample, day: float, half_life: Floats) -> Classes:
        spells = known.spells(day)
        clock = hazards.clock(spells.exit[spells.ended == FINISHED], self.prior)
        tally = hazards.tally(spells, clock, self.parent, half_life)
        prior = None if self.prior is None else hazards.of_quantiles(clock, self.prior)
        pooled = hazards.pooled(tally, clock, self.parent, prior)
        finished, cancelled, later = hazards.incidence(tally, pooled, self.parent)
        log_ratio = hazards.quantiles(clock, finished / np.maximum(1.0 - cancelled, 1e-9)[:, None])
        cases = self._cases(known)
        return Classes(
            log_ratio,
            cancelled,
            later,
            cases,
            self._evidence(cases, pooled.leaning),
            np.zeros((self.parent.size, 2)),
            self._typical(known),
            half_life,
            np.full((self.parent.size, 3), np.nan),
        )

    def trials(self, day: float) -> Iterator[Trial]:
        """Yield the earlier days on which enough can be held out."""
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
                yield Trial(cutoff, known, cases, after, until)

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
            lent = leaning[node]
            evidence[node] = evidence[above] if lent == inf else evidence[node] + min(lent, evidence[above])
        evidence[evidence < 1.0] = 1.0
        return evidence

    def _typical(self, known: Sample) -> Floats:
        """Geometric mean of length and cost by family; those of all above the families."""
        typical = np.full((self.parent.size, 2), np.nan)
        for family in range(-1, self.n_families):
            mine = known.take(known.family == family) if family >= 0 else known
            typical[self.family_of == family] = [_geometric_mean(mine.planned), _geometric_mean(mine.cost)]
        return typical

    def _with_effects(self, plain: Classes, known: Sample, day: float, families: tuple[int, ...]) -> Classes:
        effects, spells = np.zeros_like(plain.effects), known.spells(day)
        weight = hazards.weights(spells, plain.half_life[known.node])
        for family in families:
            mine = np.flatnonzero(known.family == family)
            rows = plain.log_ratio[known.node[mine]]
            exit_ = np.log(spells.exit[mine])
            entry = np.log(np.maximum(spells.entry[mine], 1e-9))
            effects[self.family_of == family] = fit_effects(
                features(known.planned[mine], known.cost[mine], plain.typical[known.node[mine]]),
                np.where(spells.entry[mine] > 0.0, score_of(rows, entry), -inf),
                score_of(rows, exit_ - 1e-6),
                score_of(rows, exit_),
                known.ended[mine] == FINISHED,
                weight[mine],
            )
        return replace(plain, effects=effects)


def _geometric_mean(values: Floats) -> float:
    known = values[values > 0.0]
    return float(np.exp(np.log(known).mean())) if known.size else np.nan
