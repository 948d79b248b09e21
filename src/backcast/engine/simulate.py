"""Simulated delivery: when each gate is passed, draw by draw.

One ratio (elapsed ÷ planned, in calendar days) is drawn per gate interval and scales all work left
in it, because independent ratios of activities would average out. Ratios share risk through common
factors; an interval that is running is drawn given its age; one that is cancelled never finishes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backcast.engine import _draw_kernels as kernels
from backcast.engine import _duration_kernels as lengths
from backcast.engine.calendar import NEVER, NONE, Days
from backcast.engine.network import Network
from backcast.engine.parallel import Progress, run_all
from backcast.engine.portable import Floats
from backcast.engine.quantiles import lines
from backcast.engine.schedule import Schedule

Ids: TypeAlias = NDArray[np.uint64]
Shared: TypeAlias = tuple[Floats, Floats, Floats]

BLOCK = 512
"""Draws simulated together; any size gives the same digits."""
MOST_TOGETHER = 1 << 22
"""Activities × draws of one component that are held at once, some 20 bytes each in every thread."""


@dataclass(frozen=True, slots=True)
class Intervals:
    """Gate intervals whose length is uncertain; every array has one entry per interval.

    Attributes
    ----------
    identity
        64-bit number from which the interval's own randomness follows.
    shift, scale
        The class's quantile is taken at the normal score ``shift + scale × z``, z standard normal.
    age
        The class's score of elapsed ÷ planned, which the ratio is known to exceed; -∞ where it has
        not begun.
    cancelled
        Probability that the interval never finishes.
    stretch, spent
        The work left is multiplied by ``ratio × stretch − spent``: 1 and 0 where the interval has
        not begun; planned and elapsed days over the days left where it is running.
    reference_class
        Index of its class.
    factor, weight
        Shape ``(n_intervals, 4)``: indices of shared factors (-1 for none) and weights whose
        squares add up to 1.
    alone
        64-bit number of a factor that no other project shares, 0 for none; the last weight is its
        own. It is drawn when needed, as the factor of a single project need not be kept for others.
    """

    identity: Ids
    shift: Floats
    scale: Floats
    age: Floats
    cancelled: Floats
    stretch: Floats
    spent: Floats
    reference_class: NDArray[np.int32]
    factor: NDArray[np.int32]
    weight: Floats
    alone: Ids

    def __len__(self) -> int:
        return self.identity.size

    def take(self, order: NDArray[np.int64]) -> Intervals:
        """Return these intervals in another order."""
        return Intervals(*(getattr(self, name)[order] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Risks:
    """Named risk events; ``activity`` and ``risk`` say which event adds days to which activity.

    ``probability``, ``low`` and ``high`` (calendar days) have one entry per event; the pairs
    ``activity[k]`` (in network order) and ``risk[k]`` one per effect.
    """

    identity: Ids
    probability: Floats
    low: Floats
    high: Floats
    activity: NDArray[np.int64]
    risk: NDArray[np.int64]

    @classmethod
    def none(cls) -> Risks:
        """Return no risk at all."""
        floats, indices = np.zeros(0), np.zeros(0, np.int64)
        return cls(np.zeros(0, np.uint64), floats, floats, floats, indices, indices)


@dataclass(frozen=True, slots=True)
class Starts:
    """Activities whose start is drawn; every array has shape ``(n_activities,)``, in network order.

    Attributes
    ----------
    interval
        Index of the interval whose value is the days by which the start is late; -1 for none. Its class
        tells days instead of ln(ratio), and its age is the score of the days that it is late already.
    planned
        Planned start, from which they count.
    no_earlier
        Day that the planner's own constraint keeps in any case, ``NONE`` for none. Where a start is
        drawn, it and this day take the place of the network's ``start_no_earlier``.
    """

    interval: NDArray[np.int32]
    planned: Days
    no_earlier: Days

    @classmethod
    def none(cls, n_activities: int) -> Starts:
        """Return that no start is drawn."""
        none = np.full(n_activities, NONE, np.int32)
        return cls(np.full(n_activities, -1, np.int32), none, none)


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What is uncertain about a network.

    Attributes
    ----------
    interval
        Shape ``(n_activities,)`` in network order: index into ``intervals``; -1 where an activity
        takes just as long as planned.
    starts
        Which activities begin later or earlier than planned.
    activity_identity
        64-bit number of each activity, from which its own noise follows.
    class_log_ratio
        Shape ``(n_classes, 13)``: each class as :mod:`backcast.engine.quantiles` tells it.
    class_identity, class_error
        Per reference class: its standard error in normal scores, drawn once per draw.
    factor_identity
        64-bit number of each shared factor.
    correlation
        ρ, share of an interval's variance that comes from shared factors.
    noise
        Half-width of the noise of single activities, before it is renormalised so that the
        interval keeps its spread.
    """

    intervals: Intervals
    interval: NDArray[np.int32]
    starts: Starts
    activity_identity: Ids
    class_log_ratio: Floats
    class_identity: Ids
    class_error: Floats
    factor_identity: Ids
    risks: Risks
    correlation: float
    noise: float


@dataclass(frozen=True)
class Simulation:
    """A network, its schedule and its uncertainty, ready to be drawn.

    Build it with :func:`prepare`. The number of draws, threads and the block size change no digit
    of any draw.
    """

    network: Network
    schedule: Schedule
    uncertainty: Uncertainty
    data_date: int
    draws: int
    seed: int
    shared: Shared
    arrays: lengths.Uncertain

    @cached_property
    def span(self) -> Days:
        """Calendar days over which the schedule spreads each activity's work left."""
        return (self.schedule.early_finish - self.schedule.resume).astype(np.int32)

    @cached_property
    def _unforced(self) -> Days:
        return np.full((2, len(self.network)), NONE, np.int32)

    def needed(self, asked: ArrayLike) -> lengths.Needed:
        """Return what the finishes of some activities depend on; nothing else has to be drawn."""
        found: lengths.Needed = lengths.needed(self.arrays, self.network.logic, np.asarray(asked, np.int64))
        return found

    @property
    def factor_draws(self) -> Floats:
        """Shape ``(n_factors, draws)``: normal score of each shared factor; above 0 is later."""
        return self.shared[0]

    def finishes(
        self,
        watched: ArrayLike,
        *,
        threads: int = 1,
        forced: Days | None = None,
        block: int | None = None,
        progress: Progress | None = None,
    ) -> Days:
        """Draw the finish of activities.

        Parameters
        ----------
        watched
            Activities, in network order, none of them twice.
        forced
            Shape ``(2, n_activities)``: starts and finishes to impose, ``NONE`` for none.
        progress
            Called with (draws done, draws in all) after each block.

        Returns
        -------
        Array of shape ``(len(watched), draws)``: days, ``NEVER`` where an activity never finishes.
        """
        watched = np.asarray(watched, np.int64)
        network = self.network
        row_of = np.full(len(network), -1, np.int64)
        row_of[watched] = np.arange(watched.size)
        which = np.unique(self.component_of(watched))
        gates = np.empty((watched.size, self.draws), np.int32)
        forced = self._unforced if forced is None else forced
        begin, span, logic = self.schedule.resume, self.span, network.logic
        needed, block = self.needed(watched), block or self._block(which)

        def draw(first: int) -> None:
            kernels.simulate_block(
                self.arrays, logic, needed, network.first_of_component, which, self.data_date, begin, span, forced,
                self.shared, np.uint64(self.seed), first, min(first + block, self.draws), row_of, gates,
            )  # fmt: skip

        run_all(draw, range(0, self.draws, block), threads, progress)
        return gates

    def latest(
        self,
        component: int,
        gate: NDArray[np.int64],
        required: Days,
        activity: NDArray[np.int64],
        first_row: NDArray[np.int64],
        *,
        needed: lengths.Needed | None = None,
        block: int | None = None,
    ) -> tuple[Days, Days]:
        """Draw latest finishes backwards from required finishes of gates of one component.

        The rows ``first_row[p]`` up to ``first_row[p + 1]`` of the result belong to the activities
        ``activity[row]``, if ``gate[p]`` is to be passed by ``required[p]``. What they depend on is
        found where it is not given.

        Returns
        -------
        Latest and simulated finishes, each of shape ``(len(activity), draws)``. A latest finish is
        ``MISSED`` where no date is early enough, ``NEVER`` where the gate does not wait for the
        activity.
        """
        latest, finishes = (np.empty((activity.size, self.draws), np.int32) for _ in range(2))
        begin, span, logic = self.schedule.resume, self.span, self.network.logic
        needed = self.needed(np.concatenate([gate, activity])) if needed is None else needed
        block = block or self._block(np.array([component]))
        for draw in range(0, self.draws, block):
            parts = np.empty((2, activity.size, min(block, self.draws - draw)), np.int32)
            kernels.latest_block(
                self.arrays, logic, needed, self.network.first_of_component, component, self.data_date, begin,
                span, self._unforced, self.shared, np.uint64(self.seed), draw,
                (gate, required, activity, first_row), parts[0], parts[1],
            )  # fmt: skip
            latest[:, draw : draw + parts.shape[2]], finishes[:, draw : draw + parts.shape[2]] = parts
        return latest, finishes

    def _block(self, components: NDArray[np.int64]) -> int:
        """Draws simulated together: fewer where a component is so large that they would not fit into memory."""
        largest = np.diff(self.network.first_of_component)[components].max(initial=1)
        return int(np.clip(MOST_TOGETHER // largest, 4, BLOCK))

    def component_of(self, activities: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the component of each activity."""
        return np.searchsorted(self.network.first_of_component, activities, side="right") - 1


def prepare(
    network: Network, schedule: Schedule, uncertainty: Uncertainty, data_date: int, *, draws: int, seed: int
) -> Simulation:
    """Put uncertainty into network order and draw what projects share.

    Raises
    ------
    ValueError
        If there are no draws, the seed is not a 64-bit number, the quantiles of a class fall, or an
        interval reaches over two components.
    """
    if draws < 1:
        raise ValueError(f"At least one draw is needed, not {draws}.")
    if not 0 <= seed < 1 << 64:
        raise ValueError(f"A seed is a whole number from 0 to {2**64 - 1:,}, not {seed}.")
    ordered, first_interval = _in_network_order(network, uncertainty)
    arrays = _arrays(ordered, first_interval)
    shared = (
        lengths.shared_normals(arrays.factor_identity, np.uint64(seed), lengths.P_FACTOR, 0, draws),
        lengths.shared_normals(arrays.class_identity, np.uint64(seed), lengths.P_CLASS, 0, draws),
        lengths.risk_days(arrays, np.uint64(seed), 0, draws),
    )
    return Simulation(network, schedule, ordered, int(data_date), draws, seed, shared, arrays)


def _in_network_order(network: Network, uncertainty: Uncertainty) -> tuple[Uncertainty, NDArray[np.int64]]:
    """Sort intervals by the component they lie in; returns also where each component's begin."""
    n_components = network.first_of_component.size - 1
    component = np.repeat(np.arange(n_components), np.diff(network.first_of_component))
    interval = np.stack([uncertainty.interval, uncertainty.starts.interval])
    used = interval >= 0
    lowest = np.full(len(uncertainty.intervals), n_components, np.int64)
    highest = np.full(len(uncertainty.intervals), -1, np.int64)
    for of, mine in zip(interval, used, strict=True):
        np.minimum.at(lowest, of[mine], component[mine])
        np.maximum.at(highest, of[mine], component[mine])
    if (highest > lowest).any():
        raise ValueError("A gate interval belongs to one project, but one reaches over two components.")
    order = np.argsort(lowest, kind="stable")
    rank = np.empty(order.size, np.int32)
    rank[order] = np.arange(order.size)
    lengths, begins = np.where(used, rank[interval] if order.size else -1, -1).astype(np.int32)
    first_interval = np.searchsorted(lowest[order], np.arange(n_components + 1))
    starts = replace(uncertainty.starts, interval=begins)
    ordered = replace(uncertainty, intervals=uncertainty.intervals.take(order), interval=lengths, starts=starts)
    return ordered, first_interval.astype(np.int64)


def _arrays(uncertainty: Uncertainty, first_interval: NDArray[np.int64]) -> lengths.Uncertain:
    intervals, starts, risks = uncertainty.intervals, uncertainty.starts, uncertainty.risks
    by_activity = np.lexsort((risks.risk, risks.activity))
    class_value, class_slope = lines(uncertainty.class_log_ratio)
    return lengths.Uncertain(
        **{name: getattr(intervals, name) for name in Intervals.__slots__},
        class_value=class_value,
        class_slope=class_slope,
        class_identity=uncertainty.class_identity,
        class_error=uncertainty.class_error,
        factor_identity=uncertainty.factor_identity,
        in_days=np.isin(np.arange(len(intervals)), starts.interval),
        interval=uncertainty.interval,
        start_interval=starts.interval,
        start_planned=starts.planned,
        start_no_earlier=starts.no_earlier,
        activity_identity=uncertainty.activity_identity,
        first_risk=np.searchsorted(risks.activity[by_activity], np.arange(uncertainty.interval.size + 1)).astype(
            np.int64
        ),
        risk=risks.risk[by_activity],
        risk_identity=risks.identity,
        risk_probability=risks.probability,
        risk_low=risks.low,
        risk_high=risks.high,
        first_interval=first_interval,
        correlation=uncertainty.correlation,
        noise=uncertainty.noise,
    )


__all__ = ["BLOCK", "NEVER", "Intervals", "Risks", "Simulation", "Starts", "Uncertainty", "prepare"]
