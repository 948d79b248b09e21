"""How good a forecast was, once the facts have arrived. Smaller scores are better.

References
----------
.. [1] Gneiting and Raftery (2007), Strictly proper scoring rules, https://doi.org/10.1198/016214506000001437.
.. [2] Allen, Ginsbourger and Ziegel (2023), Evaluating forecasts for high-impact events using transformed
   kernel scores, https://doi.org/10.1137/22M1532184 (a threshold weight as a change of variable).
"""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backcast.engine.portable import Floats

LEVELS: Floats = np.arange(1, 20) / 20
"""Quantiles that the pinball loss looks at: P05, P10, … P95."""


def crps(draws: ArrayLike, observed: float, up_to: float = inf) -> float:
    """Return the continuous ranked probability score ∫ (F(t) − 1{observed ≤ t})² dt for t up to a threshold.

    Parameters
    ----------
    draws
        Shape ``(n_draws,)``: the forecast.
    up_to
        Where the integral ends: nothing beyond it counts, neither in the forecast nor in the fact.

    Notes
    -----
    In the unit of the draws; for a forecast without spread it is the absolute error.
    """
    x: Floats = np.minimum(np.sort(np.asarray(draws, float)), up_to)
    rank = np.arange(1, x.size + 1)
    spread = float(((2 * rank - x.size - 1) * x).sum()) / x.size**2
    distance = float(np.abs(x - min(observed, up_to)).mean())
    return distance - spread


def pinball(draws: ArrayLike, observed: float, levels: ArrayLike = LEVELS) -> float:
    """Return twice the mean pinball loss of the forecast's quantiles at levels between 0 and 1.

    It is the continuous ranked probability score without the far tails; the absolute error for a
    forecast without spread at levels that lie evenly around a half.
    """
    levels = np.asarray(levels, float)
    above = observed - np.quantile(np.asarray(draws, float), levels)
    return float(2.0 * np.maximum(levels * above, (levels - 1.0) * above).mean())


def holds(draws: ArrayLike, observed: float, probability: float = 0.8) -> bool:
    """Tell whether the forecast's central interval of so much probability (P10–P90) holds the fact."""
    low, high = np.quantile(np.asarray(draws, float), [0.5 - probability / 2, 0.5 + probability / 2])
    return bool(low <= observed <= high)


def crps_until(probability: Floats, after: Floats, until: Floats) -> Floats:
    """Return the threshold-weighted score of each forecast finish, shape ``(n,)``, in days.

    Every case is scored up to its administrative end, whether it finished or not: stopping there
    only for those that did not finish would reward forecasts that are too early.

    Parameters
    ----------
    probability
        Shape ``(n, m)``: of having finished by the middle of each of m equal parts of ``until``.
    after
        Days after which each finished, ∞ where it did not.
    until
        Days up to which each was followed.
    """
    step = until / probability.shape[1]
    middle = middles(until, probability.shape[1])
    scores: Floats = step * ((probability - (after[:, None] <= middle)) ** 2).sum(axis=1)
    return scores


def pinball_until(probability: Floats, after: Floats, until: Floats) -> Floats:
    """Return twice the mean pinball loss of the quantiles at ``LEVELS``, both taken up to the end, shape ``(n,)``.

    Parameters are those of :func:`crps_until`.
    """
    step, stop = until / probability.shape[1], np.minimum(after, until)
    loss = np.zeros_like(until)
    for level in LEVELS:
        above = stop - step * (probability < level).sum(axis=1)
        loss += np.maximum(level * above, (level - 1.0) * above)
    return 2.0 * loss / LEVELS.size


def middles(until: Floats, parts: int) -> Floats:
    """Return the middles of equal parts of each span, shape ``(n, parts)``."""
    return until[:, None] * ((np.arange(parts) + 0.5) / parts)


def coverage(pit: Floats, finished: NDArray[np.bool_], probability: float = 0.8) -> float:
    """Return the share of finishes within the central interval: P10–P90 for 0.8.

    The Kaplan–Meier share of the probability integral transform (PIT): what had not finished by its
    administrative end is censored at the probability that the forecast gave until then. Beyond the
    last of these, where a forecast says never, what is left falls evenly.

    Parameters
    ----------
    pit
        Forecast probability of finishing by the finish, or by the administrative end.
    """
    tail = (1.0 - probability) / 2.0
    ends, last = np.array([tail, 1.0 - tail]), float(pit.max())
    left = unfinished(pit, finished, ends)
    low, high = np.where(ends > last, left * (1.0 - ends) / max(1.0 - last, tail), left)
    return float(low - high)


def unfinished(pit: Floats, finished: NDArray[np.bool_], levels: Floats) -> Floats:
    """Return the Kaplan–Meier share of cases whose transform exceeds each level, shape of ``levels``."""
    order = np.lexsort((~finished, pit))
    lasting = np.cumprod(1.0 - finished[order] / np.arange(pit.size, 0, -1))
    left: Floats = np.concatenate([[1.0], lasting])[np.searchsorted(pit[order], levels, side="right")]
    return left
