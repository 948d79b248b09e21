"""What a running interval's own pace tells of its end, and how that meets what its class tells.

An interval of which a share p is done after so many days is expected to take elapsed ÷ g(p), where g
is the share of the time that usually has passed by then. The class is the prior, the pace the
evidence; Bayes's rule joins them. METHODS.md, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backcast.engine.portable import Floats, exp, log
from backcast.engine.quantiles import log_ratio_at

SPREAD, FLOOR, STRAIGHT = 0.5, 0.15, 1.0
"""Standard deviation of ln(total ÷ expected) when half is done, its least, and the slope of the curve: assumptions."""
SILENT = 9.0
"""From this spread on, own pace tells nothing."""
SUREST = 0.01
"""No pace is surer than this standard deviation."""
WIDENING = 2.0
"""Where every second report fell, the standard deviation of the pace is twice that of steady reports: an assumption."""
_NODES: Floats = np.linspace(-1.0, 1.0, 31)[:, None]
_REACH, _ROUNDS, _AT_ONCE = 6.0, 3, 1_000


@dataclass(frozen=True, slots=True)
class Progress:
    """What was last reported of intervals; arrays of shape ``(n,)``.

    Attributes
    ----------
    done
        Share of the work, NaN where nobody reported it.
    elapsed
        Days from the start to that report.
    falls
        Share of the reports that fell below the one before: what is corrected often counts less.
    """

    done: Floats
    elapsed: Floats
    falls: Floats

    def take(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Progress:
        """Return what was reported of some of them."""
        return Progress(self.done[which], self.elapsed[which], self.falls[which])

    @property
    def told(self) -> NDArray[np.bool_]:
        """Whether there is a pace: some of the work is done, and not all of it."""
        return (self.done > 0.0) & (self.done < 1.0) & (self.elapsed > 0.0)

    @property
    def widening(self) -> Floats:
        """Times by which falls widen the standard deviation of a pace."""
        times: Floats = 1.0 + WIDENING * self.falls
        return times


@dataclass(frozen=True, slots=True)
class Curve:
    """How paces relate to what intervals take in the end; one entry per interval, or one for all.

    Attributes
    ----------
    spread, floor
        Standard deviation of ln(total ÷ expected) when half is done, and the least it gets. From
        ``SILENT`` on, the pace tells nothing.
    slope
        Of the curve of the share of time over the share done, in logits: 1 is a straight line.
    """

    spread: ArrayLike
    floor: ArrayLike
    slope: ArrayLike

    def expected(self, progress: Progress) -> Floats:
        """Return the days that intervals with a pace are expected to take in all."""
        done = progress.done
        passed = 1.0 / (1.0 + exp(-np.asarray(self.slope, float) * log(done / (1.0 - done))))
        days: Floats = progress.elapsed / passed
        return days

    def variance(self, progress: Progress) -> Floats:
        """Return the variance of ln(total ÷ expected): max(spread²·(1 − p)/p, floor²), more where reports fell."""
        spread, floor = np.asarray(self.spread, float), np.asarray(self.floor, float)
        least = np.maximum(floor * floor, SUREST * SUREST)
        by_share = np.maximum(spread * spread * (1.0 - progress.done) / progress.done, least)
        variance: Floats = by_share * progress.widening * progress.widening
        return variance

    def take(self, which: NDArray[np.int64]) -> Curve:
        """Return the curves of some intervals."""
        return Curve(*(np.asarray(value)[which] for value in (self.spread, self.floor, self.slope)))


def combined(
    log_ratio: Floats, planned: Floats, progress: Progress, curve: Curve, shift: Floats, variance: Floats
) -> tuple[Floats, Floats]:
    """Return the normal score of each interval, given its class and its own pace.

    Parameters
    ----------
    log_ratio
        Shape ``(n, 13)``: the class of each interval, see :mod:`backcast.engine.quantiles`.
    planned
        Days.
    curve
        One entry per interval.
    shift, variance
        Mean and variance of the score before anything was reported.

    Returns
    -------
    Mean and standard deviation of the score, shape ``(n,)``. In a class whose ln(ratio) is normal
    with standard deviation σ, the pace has the weight 1 ÷ (1 + variance of the pace ÷ σ²).

    Notes
    -----
    What no pace is told of, and what a class without spread says, stays as it is.
    """
    score, scale = shift.copy(), np.sqrt(variance)
    told = progress.told & (np.asarray(curve.spread) < SILENT) & (log_ratio[:, 0] < log_ratio[:, -1])
    rows = np.flatnonzero(told)
    for first in range(0, rows.size, _AT_ONCE):
        part = rows[first : first + _AT_ONCE]
        mine, law = progress.take(part), curve.take(part)
        seen = log(law.expected(mine) / planned[part])
        score[part], scale[part] = _posterior(log_ratio[part], seen, law.variance(mine), shift[part], variance[part])
    return score, scale


def _posterior(
    log_ratio: Floats, seen: Floats, noise: Floats, shift: Floats, variance: Floats
) -> tuple[Floats, Floats]:
    """Mean and standard deviation of a normal score whose ln(ratio) was seen with noise.

    Summed over nodes that close in on it.
    """
    centre, reach = shift, _REACH * np.sqrt(variance)
    for _ in range(_ROUNDS):
        score = centre + reach * _NODES
        off, missed = score - shift, log_ratio_at(log_ratio, score) - seen
        loss = off * off / variance + missed * missed / noise
        weight = exp(-(loss - loss.min(axis=0)) / 2.0)
        weight /= _total(weight)
        mean = _total(weight * score)
        spread = np.sqrt(_total(weight * (score - mean) * (score - mean)))
        centre, reach = mean, _REACH * spread + reach * (_NODES[1, 0] - _NODES[0, 0])
    return mean, spread


def _total(rows: Floats) -> Floats:
    """Add rows one after the other: the digits of one interval do not depend on how many stand beside it."""
    return reduce(np.add, rows)
