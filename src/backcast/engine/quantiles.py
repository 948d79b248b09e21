"""Distributions told by thirteen quantiles, piecewise linear in the normal score.

A class is its ``log_ratio``: the logarithm of the ratio at each of ``LEVELS``, none below the one
before. Between two levels it is a line over the normal score, so that P10, P50 and P90 alone are a
lognormal on either side of the median. A flat line is an atom: many finish at exactly that ratio.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backcast.engine.portable import Floats, normal_cdf, normal_quantile

LEVELS = (0.01, 0.05, 0.10, 0.20, 0.30, 0.40, 0.50, 0.60, 0.70, 0.80, 0.90, 0.95, 0.99)
"""Probabilities whose quantiles describe a class."""
SCORES: Floats = normal_quantile(LEVELS)
"""Normal scores of the levels."""
_FARTHEST_SCORE = 30.0
ORIGINS: Floats = np.concatenate([SCORES[:1], SCORES])
"""Score from which each of the 14 lines counts: that before the first level, then one from each level on."""


def filled(log_ratio: ArrayLike) -> Floats:
    """Fill the levels that are not told from those that are.

    Between two told levels the line through both counts; beyond the outermost, their line goes on.
    A level that would lie below the one before, be it by rounding, is raised to it.

    Parameters
    ----------
    log_ratio
        Shape ``(13,)``; NaN where a level is not told, at least two are.
    """
    given = np.asarray(log_ratio, float)
    (told,) = np.nonzero(~np.isnan(given))
    after = np.clip(np.searchsorted(told, np.arange(given.size)), 1, told.size - 1)
    left, right = told[after - 1], told[after]
    slope = (given[right] - given[left]) / (SCORES[right] - SCORES[left])
    on_line = given[left] + slope * (SCORES - SCORES[left])
    return np.maximum.accumulate(np.where(np.isnan(given), on_line, given))


def lines(log_ratio: ArrayLike) -> tuple[Floats, Floats]:
    """Return the 14 lines of a class: beyond the levels on either side, and between each two.

    The outermost lines go on with the slope of their neighbour or, where that is flat, of the
    nearest that is not; all are flat in a class without spread.

    Parameters
    ----------
    log_ratio
        Shape ``(..., 13)``, one row per class.

    Returns
    -------
    Value at ``ORIGINS`` and slope of each line, both of shape ``(..., 14)``.

    Raises
    ------
    ValueError
        If a quantile lies below the one before.
    """
    log_ratio = np.asarray(log_ratio, float)
    slope = np.diff(log_ratio, axis=-1) / np.diff(SCORES)
    if not (slope >= 0).all():
        raise ValueError("The quantiles of a class must not fall from one level to the next.")
    first = np.argmax(slope > 0, axis=-1)[..., None]
    last = slope.shape[-1] - 1 - np.argmax(slope[..., ::-1] > 0, axis=-1)[..., None]
    before, after = (np.take_along_axis(slope, end, -1) for end in (first, last))
    value = np.concatenate([log_ratio[..., :1], log_ratio], axis=-1)
    return value, np.concatenate([before, slope, after], axis=-1)


def log_ratio_at(log_ratio: ArrayLike, score: ArrayLike) -> Floats:
    """Return the logarithm of the ratio at a finite normal score.

    Parameters
    ----------
    log_ratio
        Shape ``(..., 13)``; its leading axes broadcast with those of ``score``.
    """
    score = np.asarray(score, float)
    line = (score[..., None] >= SCORES).sum(axis=-1)
    begin, slope = (_chosen(of_line, line) for of_line in lines(log_ratio))
    value: Floats = begin + slope * (score - ORIGINS[line])
    return value


def score_of(log_ratio: ArrayLike, value: ArrayLike) -> Floats:
    """Return the highest normal score at which the logarithm of the ratio does not exceed a value.

    At an atom it is the atom's upper end. A class without spread has -∞ below its only value, else ∞.

    Parameters
    ----------
    log_ratio
        Shape ``(..., 13)``; its leading axes broadcast with those of ``value``.
    """
    value = np.asarray(value, float)
    line = (np.asarray(log_ratio, float) <= value[..., None]).sum(axis=-1)
    begin, slope = (_chosen(of_line, line) for of_line in lines(log_ratio))
    score = ORIGINS[line] + (value - begin) / np.where(slope > 0, slope, 1.0)
    return np.where(slope > 0, score, np.where(line == 0, -np.inf, np.inf))


def given_up(cancelled: ArrayLike, later: ArrayLike, score: ArrayLike) -> Floats:
    """Return the probability that what has reached a normal score without an end is given up in the end.

    (F_c(∞) − F_c(e)) ÷ (1 − F_d(e) − F_c(e)), the cancellations being distributed over the normal
    score as the finishes are, but so much later.

    Parameters
    ----------
    cancelled
        Share that is given up in the end.
    later
        Normal scores by which that comes later than finishes; negative: earlier.
    score
        Of the age; -∞ where it has not begun.
    """
    cancelled, score = np.asarray(cancelled, float), np.asarray(score, float)
    reached = np.clip(score, -_FARTHEST_SCORE, _FARTHEST_SCORE)
    still = cancelled * normal_cdf(np.asarray(later, float) - reached)
    lasting: Floats = still + (1.0 - cancelled) * normal_cdf(-reached)
    return np.where(np.isneginf(score), cancelled, still / lasting)


def _chosen(of_line: Floats, line: NDArray[np.int64]) -> Floats:
    """What belongs to one line of each class."""
    shape = np.broadcast_shapes(of_line.shape[:-1], line.shape)
    every, index = np.broadcast_to(of_line, (*shape, of_line.shape[-1])), np.broadcast_to(line, shape)
    chosen: Floats = np.take_along_axis(every, index[..., None], -1)[..., 0]
    return chosen
