"""When what is running will finish, given its class, its age and its own features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from backcast.engine.portable import Floats
from backcast.engine.quantiles import score_of

_FARTHEST = 1e6
_CASES_AT_ONCE = 1_000
SHORTEST = 0.5
"""Days that what began and ended on one day took."""


def finish_probability(
    log_ratio: Floats,
    planned: Floats,
    elapsed: Floats,
    after: Floats,
    shift: Floats,
    scale: Floats,
    cancelled: Floats,
) -> Floats:
    """Return the probability that a running interval finishes within so many days from now.

    Parameters
    ----------
    log_ratio
        Shape ``(n, 13)``: the class of each interval, see :mod:`backcast.engine.quantiles`.
    planned, elapsed
        Days.
    after
        Shape ``(n, m)``: days from now.
    shift, scale
        The interval's normal score is ``shift + scale × z``.
    cancelled
        Probability that it never finishes.

    Returns
    -------
    Array of shape ``(n, m)``: (F(t) − F(e)) ÷ (1 − F(e)) of those that are not given up.
    """
    found = np.empty_like(after)
    for first in range(0, planned.size, _CASES_AT_ONCE):
        part = slice(first, first + _CASES_AT_ONCE)
        days = np.concatenate([np.zeros((elapsed[part].size, 1)), after[part]], axis=1)
        ratio = np.maximum(elapsed[part, None] + days, SHORTEST) / planned[part, None]
        score = (score_of(log_ratio[part, None, :], np.log(ratio)) - shift[part, None]) / scale[part, None]
        lasting = log_ndtr(-np.clip(score, -_FARTHEST, _FARTHEST))
        found[part] = (1.0 - cancelled[part, None]) * -np.expm1(lasting[:, 1:] - lasting[:, :1])
    return found


def kaplan_meier(entry: Floats, exit_: Floats, finished: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the ratios at which something finished, and the share that lasts longer than each.

    With delayed entry: at risk is what has come under watch and not yet left. What was given up
    counts as censored.
    """
    ratios, deaths = np.unique(exit_[finished], return_counts=True)
    entered = np.searchsorted(np.sort(entry), ratios, side="left")
    gone = np.searchsorted(np.sort(exit_), ratios, side="left")
    at_risk = np.maximum(entered - gone, deaths)
    return ratios, np.cumprod(1.0 - deaths / at_risk)


def step_probability(curve: tuple[Floats, Floats], planned: Floats, elapsed: Floats, after: Floats) -> Floats:
    """Return what a Kaplan–Meier curve of ratios says of finishing within so many days, shape of ``after``."""
    ratios, lasting = curve
    survival = np.concatenate([[1.0], lasting])
    now = survival[np.searchsorted(ratios, elapsed / planned, side="right")][:, None]
    then = survival[np.searchsorted(ratios, (elapsed[:, None] + after) / planned[:, None], side="right")]
    return np.where(now > 0.0, 1.0 - then / np.where(now > 0.0, now, 1.0), 0.0)
