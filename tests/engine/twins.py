"""The simulation a second time, in plain NumPy and lists of working days.

Durations follow docs/explanation/simulation.md number by number, so that they can be compared byte by byte.
The two passes know no look-up arrays and no inverse functions: forwards, dates are found on a list of working
days; backwards, the latest finish of an activity is searched for, by trying when its gate would be passed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, isnan, nan

import numpy as np
from numpy.typing import NDArray

from backcast.engine.calendar import NEVER, NONE
from backcast.engine.network import FF, FS, SF, SS, Network
from backcast.engine.portable import Floats, exp, normal_cdf, normal_quantile
from backcast.engine.quantiles import log_ratio_at
from backcast.engine.random import Purpose, normals, uniforms
from backcast.engine.simulate import Simulation

MISSED = -inf


# ---- Durations.


def durations(simulation: Simulation) -> NDArray[np.float64]:
    """Working days left of each activity in each draw, shape ``(n_activities, draws)``; infinite where given up."""
    network, u = simulation.network, simulation.uncertainty
    calendars = network.calendars
    left = np.repeat(network.remaining[:, None].astype(float), simulation.draws, axis=1)
    multipliers = [_multiplier(simulation, i) for i in range(len(u.intervals))]
    noise = _noise(simulation)
    days = _risk_days(simulation)
    for j in np.flatnonzero(network.actual_finish == NONE):
        risks = np.sort(u.risks.risk[u.risks.activity == j])
        if u.interval[j] < 0 and risks.size == 0:
            continue
        stretched = np.full(simulation.draws, float(simulation.span[j]))
        if u.interval[j] >= 0:
            multiplier = multipliers[u.interval[j]]
            scaled = stretched * np.where(multiplier < inf, multiplier, 1.0) * noise[j]
            stretched = np.where(multiplier < inf, scaled, inf)
        for risk in risks:
            stretched = stretched + days[risk]
        begin = int(simulation.schedule.resume[j])
        for b in range(simulation.draws):
            end = begin + np.floor(min(stretched[b], 1e8) + 0.5)
            if np.isinf(stretched[b]) or end >= calendars.horizon:
                left[j, b] = inf
            elif network.remaining[j] > 0:
                worked = calendars.worked[network.calendar[j]]
                left[j, b] = max(worked[int(end)] - worked[begin], 1)
    return left


def starts(simulation: Simulation) -> Floats:
    """Days before which activities do not begin, shape ``(n_activities, draws)``; NaN where none is drawn."""
    network, of = simulation.network, simulation.uncertainty.starts
    found = np.full((len(network), simulation.draws), np.nan)
    for j in np.flatnonzero(of.interval >= 0):
        late, never = _value(simulation, of.interval[j])
        day = np.floor(np.clip(late, -1e8, 1e8) + 0.5) + of.planned[j]
        lost = never | (day >= network.calendars.horizon)
        found[j] = np.where(lost, inf, np.maximum(day, max(int(of.no_earlier[j]), 0)))
    return found


def _multiplier(simulation: Simulation, i: int) -> Floats:
    """What multiplies the work left in interval *i*: infinite where it is cancelled."""
    of = simulation.uncertainty.intervals
    log_ratio, never = _value(simulation, i)
    return np.where(never, inf, np.maximum(exp(log_ratio) * of.stretch[i] - of.spent[i], 0.0))


def _value(simulation: Simulation, i: int) -> tuple[Floats, NDArray[np.bool_]]:
    """The value of the class of interval *i* in each draw, and where it never comes."""
    u, of = simulation.uncertainty, simulation.uncertainty.intervals
    draws, seed = simulation.draws, simulation.seed
    z = np.sqrt(1.0 - u.correlation) * normals(seed, int(of.identity[i]), draws, Purpose.INTERVAL)
    for factor, weight in zip(of.factor[i], of.weight[i], strict=True):
        if factor >= 0:
            common = normals(seed, int(u.factor_identity[factor]), draws, Purpose.FACTOR)
            z = z + np.sqrt(u.correlation) * weight * common
    if of.alone[i]:
        own_factor = normals(seed, int(of.alone[i]), draws, Purpose.FACTOR)
        z = z + np.sqrt(u.correlation) * of.weight[i, -1] * own_factor
    k = of.reference_class[i]
    middle = of.shift[i] + u.class_error[k] * normals(seed, int(u.class_identity[k]), draws, Purpose.CLASS)
    never = normal_cdf(-z) <= of.cancelled[i]
    if of.age[i] > -inf or of.cancelled[i] > 0:
        age, scale = of.age[i] - middle, of.scale[i]
        survival = normal_cdf(-age / scale) if scale > 0 else np.where(age < 0, 1.0, 0.0)
        above = (normal_cdf(-z) - of.cancelled[i]) / max(1.0 - of.cancelled[i], 1e-300)
        z = -normal_quantile(np.where(never, 0.5, np.maximum(survival, 1e-9) * above))
    return log_ratio_at(u.class_log_ratio[k], middle + of.scale[i] * z), never


def _noise(simulation: Simulation) -> Floats:
    """What multiplies each activity beside its interval, such that the interval keeps its length."""
    network, u = simulation.network, simulation.uncertainty
    noise = np.ones((len(network), simulation.draws))
    for i in range(len(u.intervals)):
        mine = np.flatnonzero((u.interval == i) & (network.actual_finish == NONE))
        size = u.noise if np.ptp(u.class_log_ratio[u.intervals.reference_class[i]]) > 0 else 0.0
        plain, weighted = 0.0, np.zeros(simulation.draws)
        for j in mine:
            own = uniforms(simulation.seed, int(u.activity_identity[j]), simulation.draws, Purpose.ACTIVITY)
            noise[j] = 1.0 + size * (2.0 * own - 1.0)
            plain += simulation.span[j]
            weighted = weighted + simulation.span[j] * noise[j]
        for j in mine:
            noise[j] = noise[j] * (plain / weighted) if plain > 0 else 1.0
    return noise


def _risk_days(simulation: Simulation) -> Floats:
    risks, draws, seed = simulation.uncertainty.risks, simulation.draws, simulation.seed
    days = np.zeros((risks.identity.size, draws))
    for k, identity in enumerate(risks.identity):
        happens = uniforms(seed, int(identity), draws, Purpose.RISK) < risks.probability[k]
        size = uniforms(seed, int(identity), draws, Purpose.RISK_DAYS)
        days[k] = np.where(happens, risks.low[k] + (risks.high[k] - risks.low[k]) * size, 0.0)
    return days


# ---- One draw: a network whose durations are known.


@dataclass(frozen=True)
class Clock:
    """One calendar as the list of its working days; what does not fit ends at the horizon."""

    days: Sequence[int]
    horizon: int

    def advance(self, instant: float, n: float) -> float:
        """The evening after ``n`` more working days, or the morning of the ``-n``-th before."""
        if inf in (instant, n):
            return inf
        k = bisect_left(self.days, instant) + int(n)
        if n > 0:
            return self.days[k - 1] + 1 if k <= len(self.days) else self.horizon
        return self.days[k] if n < 0 else instant

    def evening_before(self, instant: float) -> float:
        return instant if instant == inf else self.days[bisect_left(self.days, instant) - 1] + 1

    def begin(self, instant: float, n: float) -> float:
        """The first begin of ``n`` working days that is not before an instant."""
        k = bisect_left(self.days, instant)
        return instant if n == 0 or instant == inf else self.days[k] if k < len(self.days) else self.horizon

    def begin_to_finish(self, instant: float, n: float) -> float:
        """The first begin of ``n`` working days that do not end before an instant."""
        if n == inf:
            return -inf
        if n == 0 or instant == inf:
            return instant
        ends = range(len(self.days) - int(n))
        return self.days[bisect_left(ends, instant, key=lambda k: self.days[k + int(n) - 1] + 1)]


class Draw:
    """A network with the durations of one draw, and the starts that were drawn (NaN for none)."""

    def __init__(
        self, network: Network, left: Sequence[float], data_date: int, drawn: Sequence[float] | None = None
    ) -> None:
        self.network, self.left, self.data_date = network, left, data_date
        self.drawn = [nan] * len(network) if drawn is None else drawn
        self.clocks = [
            Clock(np.flatnonzero(np.diff(worked)).tolist(), network.calendars.horizon)
            for worked in network.calendars.worked
        ]
        self.finished = network.actual_finish != NONE
        self.started = network.actual_start != NONE

    def clock(self, j: int) -> Clock:
        return self.clocks[self.network.calendar[j]]

    def edges_into(self, j: int) -> range:
        return range(self.network.first_predecessor[j], self.network.first_predecessor[j + 1])

    def asked_begin(self, edge: int, j: int, start: float, finish: float) -> float:
        """When relationship ``edge`` lets the work of its successor *j* begin."""
        network, kind = self.network, self.network.type[edge]
        lag, lag_clock = network.lag[edge], self.clocks[network.lag_calendar[edge]]
        bound = lag_clock.advance(start if kind in (SS, SF) else finish, lag)
        if kind in (FS, SS):
            return self.clock(j).begin(bound, self.left[j])
        if lag < 0 or (kind == SF and lag == 0):
            bound = lag_clock.evening_before(bound)
        return self.clock(j).begin_to_finish(bound, self.left[j])

    def forward(self, forced: NDArray[np.int32] | None = None) -> tuple[list[float], list[float]]:
        """Starts and finishes, infinite where never."""
        network, n = self.network, len(self.network)
        forced = np.full((2, n), NONE) if forced is None else forced
        start, finish = [inf] * n, [inf] * n
        for j in range(n):
            known = int(network.actual_finish[j] if self.finished[j] else forced[1, j])
            if known != NONE:
                begun = int(network.actual_start[j] if self.started[j] else forced[0, j])
                finish[j] = inf if known == NEVER else known
                start[j] = finish[j] if begun == NONE else inf if begun == NEVER else begun
                continue
            begin = self._unbound_begin(j)
            for edge in self.edges_into(j):
                i = network.predecessor[edge]
                begin = max(begin, self.asked_begin(edge, j, start[i], finish[i]))
            finish[j] = self.clock(j).advance(begin, self.left[j])
            start[j] = int(network.actual_start[j]) if self.started[j] else begin
        return start, finish

    def _unbound_begin(self, j: int) -> float:
        network, clock, n = self.network, self.clock(j), self.left[j]
        begin = clock.begin(self.data_date, n)
        if not isnan(self.drawn[j]) and not self.started[j]:
            begin = max(begin, clock.begin(self.drawn[j], n))
        elif network.start_no_earlier[j] != NONE and not self.started[j]:
            begin = max(begin, clock.begin(int(network.start_no_earlier[j]), n))
        if network.finish_no_earlier[j] != NONE:
            begin = max(begin, clock.begin_to_finish(int(network.finish_no_earlier[j]), n))
        return begin

    def waits_for(self, gate: int) -> set[int]:
        """The activities before a gate, and the gate."""
        found = {gate}
        for j in range(gate, -1, -1):
            if j in found and not self.finished[j]:
                found |= {int(self.network.predecessor[edge]) for edge in self.edges_into(j)}
        return found

    def gate_if(self, gate: int, i: int, begin: float) -> float:
        """When a gate would be passed if the work of *i* began on a day; ``MISSED`` where it does not wait for it."""
        network = self.network
        start, finish = {i: begin}, {i: self.clock(i).advance(begin, self.left[i])}
        for j in range(i + 1, gate + 1):
            asked = []
            for edge in () if self.finished[j] else self.edges_into(j):
                k, leaves_start = int(network.predecessor[edge]), network.type[edge] in (SS, SF)
                if k in finish and not (leaves_start and self.started[k]):
                    asked.append(self.asked_begin(edge, j, start[k], finish[k]))
            if max(asked, default=-inf) > -inf:
                start[j] = max(asked)
                finish[j] = self.clock(j).advance(start[j], self.left[j])
        return finish.get(gate, MISSED)

    def latest_finish(self, gate: int, required: int, i: int) -> float:
        """The latest finish of *i* with which the gate is passed in time; infinite if the gate does not mind."""
        begins = range(len(self.network.calendars.worked[0])) if self.left[i] == 0 else self.clock(i).days
        begins = begins[: -30 - (int(self.left[i]) if self.left[i] < inf else 0)]
        late = bisect_left(begins, True, key=lambda begin: self.gate_if(gate, i, begin) > required)
        if late == len(begins):
            return inf
        return self.clock(i).advance(begins[late - 1], self.left[i]) if late else MISSED


def finishes(simulation: Simulation, forced: NDArray[np.int32] | None = None) -> NDArray[np.int64]:
    """Finish of every activity in every draw, as :meth:`Simulation.finishes` tells it."""
    columns = [draw.forward(forced)[1] for draw in _draws(simulation)]
    return _days(np.array(columns).T)


def _draws(simulation: Simulation) -> Iterator[Draw]:
    for left, drawn in zip(durations(simulation).T.tolist(), starts(simulation).T.tolist(), strict=True):
        yield Draw(simulation.network, left, simulation.data_date, drawn)


def latest(simulation: Simulation, gate: int, required: int) -> NDArray[np.int64]:
    """Latest finish of every activity in every draw, as :meth:`Simulation.latest` tells it."""
    n = len(simulation.network)
    found = np.full((n, simulation.draws), inf)
    for b, draw in enumerate(_draws(simulation)):
        delivered = draw.forward()[1][gate] < inf
        for i in draw.waits_for(gate):
            if not draw.finished[i]:
                found[i, b] = draw.latest_finish(gate, required, i) if delivered else MISSED
    return _days(found)


def _days(found: Floats) -> NDArray[np.int64]:
    return np.where(found == inf, NEVER, np.where(found == MISSED, -NEVER, found)).astype(np.int64)


__all__ = ["FF", "Clock", "Draw", "durations", "finishes", "latest"]
