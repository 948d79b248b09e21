"""What the observations of an indicator alone say about its future.

A trend is a predictive distribution of pace, fitted on irregular observations. In each draw the pace is
one number, so the paths of the draws never cross, and a quantity that moves one way only moves one way.
``docs/explanation/trend.md`` has the formulas and the scores that chose them.

References
----------
.. [1] Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 3.3: the predictive distribution of
   normal data with a scaled inverse chi-squared prior is Student's t.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import fsum, inf, isfinite, sqrt
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from backcast.engine import portable
from backcast.engine._row_kernels import fill_normals
from backcast.engine.portable import Floats
from backcast.engine.random import Purpose

Kind: TypeAlias = Literal["growth", "approach", "log", "logit"]

DAYS_PER_YEAR = 365.25
LN2 = 0.6931471805599453
HALF_LIFE_YEARS = 1.0
"""What happened so long ago counts half. Shorter would mistake the season for the pace."""
PRIOR_DOF, PRIOR_SPREAD = 3, 0.5
"""Before its own history speaks, a pace is known to within half of itself, as if after three paces."""
POOLED_SPREAD = 1.0
"""Prior spread of ln(pace ÷ target) between indicators: their paces differ by a factor of e or so."""
LEAST_SHARE = 0.2
"""A repeated figure counts as this share of the average pace: it does not say how slow is slow."""
MOST_DOF = 30
"""Beyond this Student's t is close to normal, and every further degree costs one more random number."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Predictive distribution of an indicator's pace: ``x = mean + spread * t``, Student's t with ``dof``.

    Attributes
    ----------
    kind
        What *x* says of the value *h* years after the last observation *v*:

        ============ ===================================== =========================================
        ``growth``   v ± h·exp(x)                          moves one way
        ``approach`` limit − (limit − v)·exp(−h·exp(x))    moves one way, towards a limit
        ``log``      floor + (v − floor)·exp(h·x)          may turn back, stays above its floor
        ``logit``    logit moves by h·x                    may turn back, stays between its bounds
        ============ ===================================== =========================================
    floor, ceiling
        Bounds of the quantity, infinite where it has none.
    unit
        Its smallest step.
    last_day, last_value
        The last observation, from which the trend sets out.
    mean, spread, dof
        Per year.
    sign
        1.0 for a quantity that grows, -1.0 for its mirror image; 1.0 where it may turn back.
    pooled
        Whether the pace was borrowed from other indicators.
    """

    kind: Kind
    floor: float
    ceiling: float
    unit: float
    last_day: int
    last_value: float
    mean: float = 0.0
    spread: float = 0.0
    dof: int = PRIOR_DOF
    sign: float = 1.0
    pooled: bool = False

    @property
    def may_turn_back(self) -> bool:
        """Whether the quantity may fall as well as rise."""
        return self.kind in ("log", "logit")

    @property
    def left(self) -> float:
        """How far the last value is from the bound that the quantity moves towards."""
        return max(self.ceiling - self.last_value if self.sign > 0 else self.last_value - self.floor, 0.0)

    @property
    def pace(self) -> float:
        """Median change per year at the outset; for a quantity that moves one way, its size."""
        return (self.mean if self.may_turn_back else float(portable.exp(self.mean))) / _slope(self)


def fit(
    days: ArrayLike,
    values: ArrayLike,
    *,
    direction: str = "higher",
    can_fall: bool = False,
    floor: float | None = None,
    ceiling: float | None = None,
    unit: float = 1.0,
) -> Trend | None:
    """Fit the trend of an indicator on its observations.

    Parameters
    ----------
    days, values
        Shape ``(n,)``, in any order. Several values of one day count as their mean.
    direction
        ``"higher"`` or ``"lower"`` is better. A quantity that cannot turn back grows; it falls
        where lower is better, unless it was seen to rise.
    can_fall
        Whether the quantity may turn back.
    floor, ceiling
        Values that it cannot pass. One that may turn back and has no floor is taken to be positive.
    unit
        Smallest step of the quantity; half of it stands for no change.

    Returns
    -------
    Trend or None
        ``None`` where there is nothing to go by: fewer than two days, or a quantity that may turn
        back, has no floor and is not positive.
    """
    day, value = _series(days, values)
    if day.size < 2 or (can_fall and floor is None and value.min() <= 0):
        return None
    sign = -1.0 if direction == "lower" and not can_fall and value[-1] <= value[0] else 1.0
    if sign < 0 and floor is None and value.min() > 0:
        floor = 0.0  # what was always positive does not fall below zero
    trend = Trend(*_kind(can_fall, sign, floor, ceiling), unit, int(day[-1]), float(value[-1]), sign=sign)
    position = _position(trend, value)
    pace = np.diff(position) / np.diff(day) * DAYS_PER_YEAR
    weight = _weight(day)
    least = unit / 2 * _slope(trend) / (day[-1] - day[0]) * DAYS_PER_YEAR
    mean = fsum(weight * pace) / fsum(weight)
    if trend.may_turn_back:
        size = max(sqrt(fsum(weight * pace**2) / fsum(weight)), least)
        return _predictive(trend, mean, pace - mean, weight, PRIOR_SPREAD * size)
    average = max(mean, least)
    deviation = portable.log(np.maximum(pace / average, LEAST_SHARE))
    return _predictive(trend, float(portable.log(average)), deviation, weight, PRIOR_SPREAD)


def fit_residual(
    days: ArrayLike, values: ArrayLike, delivered: ArrayLike, *, ceiling: float | None = None, unit: float = 1.0
) -> Trend | None:
    """Fit the part of a growing indicator that the project library does not explain.

    Parameters
    ----------
    days, values
        Shape ``(n,)``: the observations.
    delivered
        Shape ``(n,)``: what the library had delivered by those days, counted from any one day. Where
        it delivered more than was observed in between, nothing is left for the trend.
    ceiling, unit
        As in :func:`fit`.
    """
    day, value = _series(days, values)
    _, library = _series(days, delivered)
    rest = np.maximum(np.diff(value) - np.diff(library), 0.0)
    unexplained = value[-1:] - np.append(rest[::-1].cumsum()[::-1], 0.0)
    return fit(day, unexplained, ceiling=ceiling, unit=unit)


def pool(
    day: int,
    value: float,
    paces: ArrayLike,
    scales: ArrayLike,
    own_scale: float,
    *,
    direction: str = "higher",
    floor: float | None = None,
    ceiling: float | None = None,
    unit: float = 1.0,
) -> Trend | None:
    """Borrow the pace of other indicators for one that was observed once and cannot turn back.

    Parameters
    ----------
    day, value
        The only observation.
    paces, scales
        Shape ``(n,)``: other indicators' pace per year and target. Their ratio is pooled, in logs;
        those that are not positive are left out.
    own_scale
        Target of this indicator.
    direction, floor, ceiling, unit
        As in :func:`fit`.

    Returns
    -------
    Trend or None
        ``None`` where no other indicator has a pace. Its spread is that between indicators.
    """
    paces, scales = np.asarray(paces, float), np.asarray(scales, float)
    usable = (paces > 0) & (scales > 0)
    if not usable.any() or own_scale <= 0:
        return None
    sign = -1.0 if direction == "lower" else 1.0
    trend = Trend(*_kind(False, sign, floor, ceiling), unit, day, float(value), sign=sign, pooled=True)
    share = portable.log(paces[usable] / scales[usable] * own_scale * _slope(trend))
    mean = fsum(share) / share.size
    return _predictive(trend, mean, share - mean, np.ones(share.size), POOLED_SPREAD)


def increments(trend: Trend, seed: int, identity: int, draws: int, days: ArrayLike) -> Floats:
    """Return how far beyond its last observation the indicator is on each day, in each draw.

    Parameters
    ----------
    seed, identity
        Key of the random numbers, and what tells this indicator and region from all others
        (:func:`backcast.engine.random.stable_id`).
    days
        Shape ``(n_days,)``.

    Returns
    -------
    Floats
        Shape ``(n_days, draws)``; zero on the day of the last observation and before it.
    """
    years: Floats = np.maximum(np.asarray(days, float) - trend.last_day, 0.0)[:, None] / DAYS_PER_YEAR
    x = trend.mean + trend.spread * student_t(seed, identity, draws, trend.dof)
    if trend.may_turn_back:
        return np.where(years > 0, _drifted(trend, years * x) - trend.last_value, 0.0)
    moved: Floats = years * portable.exp(x)
    if trend.kind == "approach":
        moved = trend.left * (1.0 - portable.exp(-moved))
    moved *= trend.sign
    moved += 0.0  # no minus zero
    return moved


def student_t(seed: int, identity: int, draws: int, dof: int) -> Floats:
    """Return numbers from Student's t, shape ``(draws,)``, each from ``dof`` + 1 normal numbers."""
    square = np.zeros(draws)
    for purpose in range(Purpose.TREND + 1, Purpose.TREND + 1 + dof):
        square += _normals(seed, identity, draws, purpose) ** 2
    return _normals(seed, identity, draws, Purpose.TREND) / np.sqrt(square / dof)


def _normals(seed: int, identity: int, draws: int, purpose: int) -> Floats:
    """Return standard normal numbers, as :func:`backcast.engine.random.normals` does, only faster."""
    row = np.empty(draws)
    fill_normals(row, np.uint64(seed), np.uint64(identity), purpose, 0)
    return row


def best_pace(days: ArrayLike, values: ArrayLike, over_days: int, *, direction: str = "higher") -> float | None:
    """Return the best average pace per year ever observed over at least so many days.

    Where the whole history is shorter, its own pace is returned; ``None`` without two days. The
    pace is signed: where lower is better, the best one falls fastest.
    """
    day, value = _series(days, values)
    if day.size < 2:
        return None
    first, last = np.triu_indices(day.size, 1)
    length = day[last] - day[first]
    pace = (value[last] - value[first]) / length * DAYS_PER_YEAR
    pace = pace[length >= min(over_days, day[-1] - day[0])]
    return float(pace.min() if direction == "lower" else pace.max())


def _series(days: ArrayLike, values: ArrayLike) -> tuple[Floats, Floats]:
    """Observations in order of time, one per day."""
    days, values = np.asarray(days, float), np.asarray(values, float)
    if days.shape != values.shape or days.ndim != 1:
        raise ValueError(f"Each observation has a day and a value; got {days.size} days and {values.size} values.")
    if not np.isfinite(values).all():
        raise ValueError("An observed value is not a number; leave that observation out.")
    day, where = np.unique(days, return_inverse=True)
    return day, np.bincount(where, values, day.size) / np.bincount(where, minlength=day.size)


def _kind(can_fall: bool, sign: float, floor: float | None, ceiling: float | None) -> tuple[Kind, float, float]:
    """Say which kind of trend this is, and its bounds."""
    low, high = -inf if floor is None else floor, inf if ceiling is None else ceiling
    if can_fall:
        return ("logit" if isfinite(high) else "log"), (low if isfinite(low) else 0.0), high
    return ("approach" if isfinite(high if sign > 0 else low) else "growth"), low, high


def _distances(trend: Trend, value: Floats) -> tuple[Floats, Floats]:
    """Return how far values are from floor and ceiling, at least half a unit."""
    return np.maximum(value - trend.floor, trend.unit / 2), np.maximum(trend.ceiling - value, trend.unit / 2)


def _position(trend: Trend, value: Floats) -> Floats:
    """Put values on the scale on which the pace is even."""
    above, below = _distances(trend, value)
    match trend.kind:
        case "growth":
            return trend.sign * value
        case "approach":
            return -portable.log(below if trend.sign > 0 else above)
        case "log":
            return portable.log(above)
        case "logit":
            return portable.log(above / below)


def _slope(trend: Trend) -> float:
    """Tell how far a step of one unit from the last value moves its position."""
    above, below = (float(distance[0]) for distance in _distances(trend, np.array([trend.last_value])))
    match trend.kind:
        case "growth":
            return 1.0
        case "approach":
            return 1.0 / (below if trend.sign > 0 else above)
        case "log":
            return 1.0 / above
        case "logit":
            return 1.0 / above + 1.0 / below


def _drifted(trend: Trend, drift: Floats) -> Floats:
    """Return the values of a quantity that may turn back after drifting so far."""
    above, below = _distances(trend, np.array([trend.last_value]))
    grown = above * portable.exp(drift)
    share = grown if trend.kind == "log" else (trend.ceiling - trend.floor) * (grown / (grown + below))
    return trend.floor + share


def _weight(day: Floats) -> Floats:
    """Weigh the intervals between days: their length in years, what is long ago discounted."""
    half_lives = (day[-1] - day) / DAYS_PER_YEAR / HALF_LIFE_YEARS
    return np.diff(portable.exp(-LN2 * half_lives)) * HALF_LIFE_YEARS / LN2


def _predictive(trend: Trend, mean: float, deviation: Floats, weight: Floats, prior_spread: float) -> Trend:
    """Predict the next pace from the deviations of paces that count by weight."""
    dof = PRIOR_DOF + deviation.size - 1
    square = (PRIOR_DOF * prior_spread * prior_spread + fsum(weight * deviation**2)) / dof
    return replace(trend, mean=mean, spread=sqrt(square * (1.0 / fsum(weight) + 1.0)), dof=min(dof, MOST_DOF))
