"""How much of what makes intervals late they have in common, ρ, learned from a history.

Each interval has a normal score: that of its ratio in its own class, and then that of the score among
those of all cases [2]_, as a class that leans on another, or forgets what is long ago, is not quite what
its cases were. What was due in the same period, counted from its actual start, shares a factor *f*:
z = √ρ f + √(1−ρ) e. The likelihood of a period is the mean over *f* of the product over its cases: the
density of z where one finished, the probability of a higher score where it still runs or was given up;
over the probability, with the same *f*, of outliving the age at which it came under watch. That is the
random-effects model of the intraclass correlation [1]_, with censored cases counted for what they tell
(their conditional mean, put in their place, would lessen the differences between periods). As the few factors
that came are taken for all that might have come, the square of the error is that of the likelihood plus
2 ρ² (1−ρ)² ÷ (periods − 1) [1]_.

What the estimate tells: the correlation of two intervals of this register that were due in the same
quarter (or year). A register of one place, one trade and one office shares all factors that a run
knows (province, region, sector, owner), and so tells its whole ρ; one of many trades and owners shares
less, and tells the least that ρ can be. What it cannot tell: how ρ is split between the factors (a run
keeps its own shares), and whether a factor lasts longer than a period. A trend over the years counts
as shared, too, as forecasts do not foresee it. Few periods, and classes in which
the past fades, make the estimate somewhat too small.

References
----------
.. [1] Atenafu et al. (2012), Bias-corrected estimator for intraclass correlation coefficient in the balanced
   one-way random effects model, https://doi.org/10.1186/1471-2288-12-126.
.. [2] Genest, Ghoudi and Rivest (1995), A semiparametric estimation procedure of dependence parameters in
   multivariate families of distributions, https://doi.org/10.1093/biomet/82.3.543.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, logsumexp, ndtr, ndtri

from backcast.engine.classes import Classes, Sample
from backcast.engine.hazards import FINISHED
from backcast.engine.portable import Floats
from backcast.engine.quantiles import score_of
from backcast.engine.remaining import SHORTEST

DEFAULT, DEFAULT_SPREAD = 0.25, 0.15
"""What is assumed where nothing can be learned, and its standard error: two documented assumptions."""
LARGEST = 0.8
PERIODS = (365.25 / 4, 365.25)
"""Days of a quarter and a year: the shorter one of which there are enough is taken."""
LEAST_PERIODS, LEAST_CASES, MOST_CASES = 8, 10, 100
"""Periods that are needed, with so many cases each; of more than the last number, some are taken."""
_RHO: Floats = np.linspace(0.0, LARGEST, 41)
_FACTOR: Floats = np.linspace(-5.0, 5.0, 161)
_LARGEST_SCORE = 6.0
_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class SharedRisk:
    """What a history tells of ρ.

    Attributes
    ----------
    estimate, error
        ρ by the likelihood alone, between 0 and ``LARGEST``, and its standard error.
    periods, cases
        What they rest on.
    """

    estimate: float
    error: float
    periods: int
    cases: int

    @property
    def value(self) -> float:
        """The estimate and the default, each weighted by its precision."""
        ours, assumed = 1.0 / max(self.error, 1e-6) ** 2, 1.0 / DEFAULT_SPREAD**2
        mean = (ours * self.estimate + assumed * DEFAULT) / (ours + assumed)
        return float(np.clip(mean, 0.0, LARGEST))


def shared_risk(classes: Classes, sample: Sample, day: float) -> SharedRisk | None:
    """Estimate ρ from what was due by a day.

    Parameters
    ----------
    classes
        Learned from the sample.
    sample
        Spells as known on the day; of several of one interval the first counts.

    Returns
    -------
    None where fewer than ``LEAST_PERIODS`` quarters, or years, have ``LEAST_CASES`` cases each.
    """
    due = sample.start + sample.planned
    order = np.lexsort((sample.entered, sample.project))
    first = order[np.diff(sample.project[order], prepend=-1) != 0]
    watched = first[due[first] <= day]
    entry, score = scores(classes, sample.take(watched))
    finished = sample.ended[watched] == FINISHED
    for length in PERIODS:
        found = correlation(score, finished, np.floor(due[watched] / length).astype(np.int64), entry)
        if found:
            return found
    return None


def scores(classes: Classes, cases: Sample) -> tuple[Floats, Floats]:
    """Return the normal scores in their classes at which cases came under watch, and at which they left it.

    The first is -∞ where one was watched from its start. Where many finish at exactly one ratio, the
    second is the middle of their probability.
    """
    row, shift = classes.log_ratio[cases.node], classes.shifts(cases.node, cases.planned, cases.cost)
    exit_ = np.log(np.maximum(cases.left - cases.start, SHORTEST) / cases.planned)
    entered = np.maximum(cases.entered - cases.start, 0.0) / cases.planned
    entry = np.where(entered > 0.0, score_of(row, np.log(np.maximum(entered, 1e-9))) - shift, -np.inf)
    before, by_then = (ndtr(score_of(row, exit_ - edge) - shift) for edge in (_EDGE, 0.0))
    score = ndtri(np.where(cases.ended == FINISHED, (before + by_then) / 2.0, by_then))
    limit = _LARGEST_SCORE
    return np.where(entry > -limit, np.minimum(entry, limit), -np.inf), np.clip(score, -limit, limit)


def correlation(
    score: Floats, finished: NDArray[np.bool_], period: NDArray[np.int64], entry: Floats | None = None
) -> SharedRisk | None:
    """Estimate ρ from normal scores by period.

    Parameters
    ----------
    finished
        Where a case is not, its score lies above.
    entry
        Score that each case is known to exceed, as else it would not have been seen; -∞ for none.

    Returns
    -------
    None where too few periods have enough cases.
    """
    entry = np.full(score.size, -np.inf) if entry is None else entry
    names, counts = np.unique(period, return_counts=True)
    enough = names[counts >= LEAST_CASES]
    if enough.size < LEAST_PERIODS:
        return None
    score, entry = _as_normal(score, finished, entry)
    likelihood, cases = np.zeros(_RHO.size), 0
    for name in enough:
        mine = np.flatnonzero(period == name)
        some = mine[np.linspace(0, mine.size - 1, min(mine.size, MOST_CASES)).round().astype(np.int64)]
        likelihood += _of_period(score[some], finished[some], entry[some])
        cases += some.size
    weight = np.exp(likelihood - likelihood.max())
    weight /= weight.sum()
    mean = float(weight @ _RHO)
    of_factors = 2.0 * (mean * (1.0 - mean)) ** 2 / (enough.size - 1)
    error = float(np.sqrt(weight @ (_RHO - mean) ** 2 + of_factors))
    return SharedRisk(mean, error, int(enough.size), cases)


def _as_normal(score: Floats, finished: NDArray[np.bool_], entry: Floats) -> tuple[Floats, Floats]:
    """Bring scores and entries to a standard normal margin, by the share of all cases below them."""
    value, deaths = np.unique(score[finished], return_counts=True)
    entered = np.searchsorted(np.sort(entry), value, side="left")
    at_risk = np.maximum(entered - np.searchsorted(np.sort(score), value, side="left"), deaths)
    told = np.logical_or.accumulate(at_risk >= LEAST_CASES)  # before, one case more or less would change too much
    lasting = np.concatenate([[1.0], np.cumprod(1.0 - told * deaths / at_risk)])
    by_then, before = (lasting[np.searchsorted(value, score, side=side)] for side in ("right", "left"))
    left = np.where(finished, (before + by_then) / 2.0, by_then)
    at_entry = lasting[np.searchsorted(value, entry, side="right")]
    return _score_above(left), np.where(at_entry < 1.0, _score_above(at_entry), -np.inf)


def _score_above(share: Floats) -> Floats:
    """The normal score that a share of all exceeds."""
    score: Floats = np.clip(-ndtri(share), -_LARGEST_SCORE, _LARGEST_SCORE)
    return score


def _of_period(score: Floats, finished: NDArray[np.bool_], entry: Floats) -> Floats:
    """Logarithm of the likelihood of one period at each ρ, but for a constant."""
    exact, above, late = score[finished], score[~finished], entry[entry > -np.inf]
    common, own = np.sqrt(_RHO)[:, None] * _FACTOR, np.sqrt(1.0 - _RHO)[:, None]
    squares = (exact**2).sum() - 2.0 * common * exact.sum() + exact.size * common**2
    by_factor = -squares / (2.0 * own**2) - exact.size * np.log(own) - _FACTOR**2 / 2.0
    by_factor += log_ndtr((common[..., None] - above) / own[..., None]).sum(axis=-1)
    by_factor -= log_ndtr((common[..., None] - late) / own[..., None]).sum(axis=-1)
    found: Floats = logsumexp(by_factor, axis=1)
    return found
