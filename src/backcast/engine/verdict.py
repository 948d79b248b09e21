"""How likely a target is, from the draws of a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backcast.engine.portable import Floats

Comparison = Literal["at_least", "more_than", "at_most", "less_than"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the draws of a value say about a target at its date.

    Attributes
    ----------
    probability
        (k + ½) ÷ (N + 1) from k of N draws that meet the target: never quite 0 or 1.
    standard_error
        Of the probability, from the number of draws.
    p10, p50, p90
        Quantiles of the value.
    expected_shortfall
        Mean over the draws of what is missing.
    """

    probability: float
    standard_error: float
    p10: float
    p50: float
    p90: float
    expected_shortfall: float


def bound_of(target: float, comparison: Comparison) -> float:
    """Return what a value is compared with: a difference in the tenth digit is one of arithmetic, not of fact."""
    slack = 1e-9 * max(abs(target), 1.0)
    return target - slack if comparison in ("at_least", "less_than") else target + slack


def meets(values: Floats, target: float, comparison: Comparison) -> NDArray[np.bool_]:
    """Tell which values meet a target."""
    bound = bound_of(target, comparison)
    match comparison:
        case "at_least":
            return values >= bound
        case "more_than":
            return values > bound
        case "at_most":
            return values <= bound
        case "less_than":
            return values < bound


def shortfall(values: Floats, target: float, comparison: Comparison) -> Floats:
    """Return what is missing to the target, zero where it is met."""
    missing = target - values if comparison in ("at_least", "more_than") else values - target
    return np.maximum(missing, 0.0)


def judge(values: Floats, target: float, comparison: Comparison) -> Judgement:
    """Judge a target by the draws of its value at its date, shape ``(draws,)``."""
    met = int(meets(values, target, comparison).sum())
    probability = (met + 0.5) / (values.size + 1)
    p10, p50, p90 = (float(value) for value in quantiles(values, (0.1, 0.5, 0.9)))
    return Judgement(
        probability=probability,
        standard_error=sqrt(probability * (1.0 - probability) / values.size),
        p10=p10,
        p50=p50,
        p90=p90,
        expected_shortfall=float(shortfall(values, target, comparison).mean()),
    )


def first_met(values: Floats, target: float, comparison: Comparison, shares: Sequence[float]) -> list[int | None]:
    """Return when each share of the draws has met the target for the first time.

    Parameters
    ----------
    values
        Shape ``(n_times, draws)``, in order of time.

    Returns
    -------
    For each share the index of the time, or ``None`` where fewer draws ever meet it.
    """
    met = meets(values, target, comparison)
    first = np.where(met.any(axis=0), met.argmax(axis=0), values.shape[0])
    times = (int(time) for time in quantiles(first, shares))
    return [time if time < values.shape[0] else None for time in times]


def quantile(values: NDArray[Any], q: float) -> NDArray[Any]:
    """Return the smallest draw that at least a share ``q`` of the draws do not exceed.

    An order statistic, never an interpolation: dates may be infinite, and digits are kept. The
    draws are the last axis.
    """
    return quantiles(values, (q,))[0]


def quantiles(values: NDArray[Any], shares: Sequence[float]) -> list[NDArray[Any]]:
    """Return several quantiles, see :func:`quantile`."""
    n = values.shape[-1]
    ranks = [min(max(int(np.ceil(q * n - 1e-9)) - 1, 0), n - 1) for q in shares]
    sorted_there = np.partition(values, sorted(set(ranks)), axis=-1)
    return [sorted_there[..., rank] for rank in ranks]


def light(probability: float) -> str:
    """Return the computed light of a probability: green from 0.8, yellow from 0.5, red below."""
    return "green" if probability >= 0.8 else "yellow" if probability >= 0.5 else "red"


def required_pace(last_value: float, target: float, days_left: ArrayLike) -> float | None:
    """Return the change per year that leads from the last value to the target; None without time."""
    days = float(np.asarray(days_left))
    return (target - last_value) / days * 365.25 if days > 0 else None
