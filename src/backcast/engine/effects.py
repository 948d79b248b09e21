"""What a planned length or a cost out of the ordinary adds to a class: a shift of the normal score.

An interval's normal score is that of its class plus β·x, x being how many times its length or cost
doubles the typical one. β has the greatest likelihood for what finished, what runs and what was
first seen while running, and is held to zero by a normal prior.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_ndtr, ndtr

from backcast.engine.portable import Floats

PRIOR_SPREAD = 0.15
"""Standard deviation of an effect per doubling, before anything is seen."""
LARGEST_DOUBLING, LARGEST_SHIFT = 3.0, 1.5
"""Beyond these, in doublings and in normal scores, features and their sum count no further."""
_NARROWEST, _FARTHEST = 1e-3, 30.0
"""Normal scores: of an interval of time, and from the middle. Those of a class without spread are infinite."""


def doublings(values: Floats, typical: Floats | float) -> Floats:
    """Return how many times each value doubles the typical one, between -3 and 3; 0 where it is not known."""
    known = (values > 0.0) & (np.asarray(typical) > 0.0)
    usual, most = np.where(known, typical, 1.0), 2.0**LARGEST_DOUBLING
    found: Floats = np.log2(np.clip(np.where(known, values, 1.0), usual / most, usual * most) / usual)
    return found


def shifts(features: Floats, effects: Floats) -> Floats:
    """Return the shift of each interval's normal score, shape ``(n,)``, from features ``(n, k)`` and effects."""
    total: Floats = np.clip((features * effects).sum(axis=-1), -LARGEST_SHIFT, LARGEST_SHIFT)
    return total


def fit(
    features: Floats, entry: Floats, before: Floats, exit_: Floats, finished: NDArray[np.bool_], weight: Floats
) -> Floats:
    """Estimate the effect of each feature.

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
