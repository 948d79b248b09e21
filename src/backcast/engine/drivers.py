"""What a single project, or a shared factor, costs a target and what it is worth to it.

Every effect is taken on the same draws, so its noise is that of a difference. Effects of single
projects do not add up to the gap: two late projects may each be able to save the target alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, sqrt

import numpy as np
from numpy.typing import NDArray

from backcast.engine.portable import Floats
from backcast.engine.verdict import Comparison, meets, quantile, shortfall


@dataclass(frozen=True, slots=True)
class Effect:
    """Change of a target's prospects if one thing went as planned, or never came.

    Attributes
    ----------
    cost
        Fall of the expected shortfall if it went as planned from today.
    worth
        Rise of the expected shortfall if it never came.
    probability_change
        Rise of the probability if it went as planned from today.
    standard_error
        Standard error of ``cost``: of the paired differences, or between the draws of two groups.
    """

    cost: float
    worth: float
    probability_change: float
    standard_error: float


def effect(values: Floats, as_planned: Floats, never: Floats, target: float, comparison: Comparison) -> Effect:
    """Compare the draws of a value with those it would have; all of shape ``(draws,)``."""
    missing = shortfall(values, target, comparison)
    saved = missing - shortfall(as_planned, target, comparison)
    lost = shortfall(never, target, comparison) - missing
    gained = meets(as_planned, target, comparison).mean() - meets(values, target, comparison).mean()
    return Effect(float(saved.mean()), float(lost.mean()), float(gained), _standard_error(saved))


def factor_effect(values: Floats, factor: Floats, target: float, comparison: Comparison) -> Effect:
    """Compare the third of the draws in which a shared factor is kindest, and harshest, with all.

    Parameters
    ----------
    values, factor
        Shape ``(draws,)``; a higher factor is later.
    """
    missing, met = shortfall(values, target, comparison), meets(values, target, comparison)
    kind = factor <= quantile(factor, 1 / 3)
    harsh = factor > quantile(factor, 2 / 3)
    if not harsh.any():
        return Effect(0.0, 0.0, 0.0, 0.0)
    mean = missing.mean()
    others = 1.0 - kind.mean()  # the kindest third is a part of the mean that it is compared with
    error = hypot(_standard_error(missing[kind]), _standard_error(missing[~kind]))
    return Effect(
        cost=float(mean - missing[kind].mean()),
        worth=float(missing[harsh].mean() - mean),
        probability_change=float(met[kind].mean() - met.mean()),
        standard_error=float(others * error),
    )


def _standard_error(values: NDArray[np.float64]) -> float:
    return sqrt(float(values.var()) / values.size)
