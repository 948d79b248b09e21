"""What a single project, or a shared factor, costs a target and what it is worth to it.

Every effect is taken on the same draws, so its noise is that of a difference. Effects of single
projects do not add up to the gap: two late projects may each be able to save the target alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backcast.engine import _driver_kernels as kernels
from backcast.engine.calendar import Days
from backcast.engine.delivery import UNIT, Outputs
from backcast.engine.parallel import Threads, run_all
from backcast.engine.portable import Floats
from backcast.engine.verdict import Comparison, bound_of, quantiles

AT_ONCE = 64
"""Projects whose effects one thread finds before it takes the next."""


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
    return Effect(*kernels.effect(values, as_planned, never, _aim(target, comparison)))


@dataclass(frozen=True, slots=True)
class Question:
    """One target, and the draws of its value.

    Attributes
    ----------
    values, scale
        Shape ``(draws,)``: the value on the target's day, and by what deliveries are multiplied in it.
    day
        The target's day.
    target, comparison
        What the value is to reach, and how.
    """

    values: Floats
    scale: Floats
    day: int
    target: float
    comparison: Comparison


def project_effects(
    question: Question,
    outputs: Outputs,
    gates: Days,
    which: Sequence[NDArray[np.int64]],
    since: Sequence[NDArray[np.int64]],
    *,
    threads: Threads = 1,
) -> list[Effect]:
    """Return the effect of several projects by their own outputs alone, on the draws as they are.

    Parameters
    ----------
    gates
        Shape ``(rows, draws)``: drawn finishes.
    which, since
        For each project its outputs, and the day after which each of them counts.
    """
    planned, planned_gates = outputs.as_planned()
    first = np.cumsum([0, *(mine.size for mine in which)])
    every, after = (np.concatenate([np.zeros(0, np.int64), *parts]) for parts in (which, since))
    found = np.empty((len(which), 4))
    aim, day = _aim(question.target, question.comparison), np.array([question.day])
    arrays, usual = outputs.arrays, planned.arrays

    def find(start: int) -> None:
        part = found[start : start + AT_ONCE]
        kernels.project_effects(
            arrays, usual, first[start : start + len(part) + 1], every, after, gates, planned_gates, day,
            question.scale, question.values, aim, UNIT, part,
        )  # fmt: skip

    run_all(find, range(0, len(which), AT_ONCE), threads)
    return [Effect(*row) for row in found.tolist()]


def factor_effect(values: Floats, factor: Floats, target: float, comparison: Comparison) -> Effect:
    """Compare the third of the draws in which a shared factor is kindest, and harshest, with all.

    Parameters
    ----------
    values, factor
        Shape ``(draws,)``; a higher factor is later.
    """
    kindest, harshest = thirds(factor).tolist()
    return Effect(*kernels.factor_effect(values, factor, kindest, harshest, _aim(target, comparison)))


def thirds(factors: Floats) -> Floats:
    """Return the bounds of the kindest and the harshest third of factors of shape ``(…, draws)``, shape ``(…, 2)``."""
    return np.stack(quantiles(factors, (1 / 3, 2 / 3)), axis=-1)


def factor_effects(question: Question, factors: Floats, which: NDArray[np.int64], bounds: Floats) -> list[Effect]:
    """Return the effect of several shared factors, see :func:`factor_effect`.

    Parameters
    ----------
    factors
        Shape ``(n_factors, draws)``; a higher factor is later.
    which
        Factors asked about.
    bounds
        Of all factors, see :func:`thirds`.
    """
    found = np.empty((which.size, 4))
    aim = _aim(question.target, question.comparison)
    kernels.factor_effects(question.values, factors, which, bounds, aim, found)
    return [Effect(*row) for row in found.tolist()]


def _aim(target: float, comparison: Comparison) -> kernels.Aim:
    sign = 1.0 if comparison in ("at_least", "more_than") else -1.0
    return kernels.Aim(float(target), sign, bound_of(target, comparison), comparison in ("more_than", "less_than"))
