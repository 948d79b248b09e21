"""What is learned by the greatest likelihood: effects of length and cost, and how paces relate to ends.

Apart from what uses it, so that a run need not load an optimiser.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, minimize
from scipy.special import log_ndtr, ndtr

from backcast.engine.effects import shifts
from backcast.engine.pace import FLOOR, SILENT, SPREAD, STRAIGHT, SUREST, Progress
from backcast.engine.portable import Floats

PRIOR_SPREAD = 0.15
"""Standard deviation of an effect per doubling, before anything is seen."""
_NARROWEST, _FARTHEST = 1e-3, 30.0
"""Normal scores: of an interval of time, and from the middle. Those of a class without spread are infinite."""
PSEUDO_CASES = 5.0
"""Intervals for which each assumption about paces counts when it is learned from others."""
LEAST_SLOPE, LARGEST_SLOPE = 0.2, 5.0
SLOPE_SPREAD = 0.5
"""How far the slopes of curves lie apart, in logs: an assumption."""


def fit_effects(
    features: Floats, entry: Floats, before: Floats, exit_: Floats, finished: NDArray[np.bool_], weight: Floats
) -> Floats:
    """Estimate the effect of each feature on the normal score.

    It has the greatest likelihood for what finished, what runs and what was first seen while running,
    and is held to zero by a normal prior.

    Parameters
    ----------
    features
        Shape ``(n, k)``: doublings.
    entry, exit_
        Normal scores at which an interval came under watch (-∞ from its start) and left it; ``before``
        is the score just before the exit, which differs at an atom.
    weight
        How much each counts.

    Returns
    -------
    Array of shape ``(k,)``: normal scores per doubling; later where it is positive.
    """
    entry, before, exit_ = (np.clip(score, -_FARTHEST, _FARTHEST) for score in (entry, before, exit_))
    low, late, lasting = np.minimum(before, exit_ - _NARROWEST), entry > -_FARTHEST, ~finished

    def loss(effects: Floats) -> float:
        shift = shifts(features, effects)
        told, ended = np.empty_like(shift), shift[finished]
        told[finished] = np.log(np.maximum(ndtr(exit_[finished] - ended) - ndtr(low[finished] - ended), 1e-12))
        told[lasting] = log_ndtr(shift[lasting] - exit_[lasting])
        told[late] -= log_ndtr(shift[late] - entry[late])
        return float(0.5 * (effects**2).sum() / PRIOR_SPREAD**2 - (weight * told).sum())

    found: Floats = minimize(loss, np.zeros(features.shape[1]), method="BFGS").x
    return found


def fit_pace(progress: Progress, total: Floats, project: NDArray[np.int64]) -> tuple[float, float, float]:
    """Learn spread, floor and slope from reports of intervals that finished.

    Parameters
    ----------
    progress
        Reports with a pace.
    total
        Days that each interval took in the end.
    project
        Index of the interval that a report tells of: all reports of one count as one case.

    Returns
    -------
    Spread, floor and slope of the greatest likelihood of ln(total ÷ expected), normal with mean 0.
    Each is held to its assumption as if ``PSEUDO_CASES`` intervals had shown it.
    """
    _, index, times = np.unique(project, return_inverse=True, return_counts=True)
    weight, left, widening = 1.0 / times[index], 1.0 / progress.done - 1.0, progress.widening**2
    logit, longer = -np.log(left), np.log(total / progress.elapsed)

    def loss(logs: Floats) -> float:
        spread, floor, slope = np.exp(logs)
        variance = np.maximum(spread**2 * left, floor**2) * widening
        square = (longer - np.logaddexp(0.0, -slope * logit)) ** 2
        held = _held(spread, SPREAD) + _held(floor, FLOOR) + (logs[2] / SLOPE_SPREAD) ** 2
        return float((weight * (np.log(variance) + square / variance)).sum() + PSEUDO_CASES * held)

    bounds = Bounds(np.log([SUREST, SUREST, LEAST_SLOPE]), np.log([SILENT, SILENT, LARGEST_SLOPE]))
    found = minimize(loss, np.log([SPREAD, FLOOR, STRAIGHT]), method="Nelder-Mead", bounds=bounds).x
    spread, floor, slope = np.exp(found)
    return float(spread), float(floor), float(slope)


def _held(deviation: float, assumed: float) -> float:
    """What a case whose error is as large as assumed adds to the loss."""
    return float(2.0 * np.log(deviation) + (assumed / deviation) ** 2)
