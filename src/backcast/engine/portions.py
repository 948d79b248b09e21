"""A simulation in portions, to be drawn by other processes or machines.

A portion holds some components and all that their draws need, and no more, so that it is small to send.
Random numbers follow from identities, so that how a simulation is cut changes no digit.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backcast.engine.calendar import Days
from backcast.engine.network import Network
from backcast.engine.parallel import Progress, completed
from backcast.engine.schedule import Schedule
from backcast.engine.simulate import Intervals, Risks, Simulation, Starts, Uncertainty, prepare

LEAST = 20_000
"""Activities in a portion: a few megabytes to send, and long enough to draw for that not to matter."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Components of a simulation, and the activities that are watched among theirs."""

    schedule: Schedule
    uncertainty: Uncertainty
    data_date: int
    draws: int
    seed: int
    watched: NDArray[np.int64]

    def finishes(self) -> Days:
        """Draw the finishes of the watched activities, shape ``(len(watched), draws)``."""
        network = self.schedule.network
        simulation = prepare(network, self.schedule, self.uncertainty, self.data_date, draws=self.draws, seed=self.seed)
        return simulation.finishes(self.watched)


def finishes(
    simulation: Simulation,
    watched: NDArray[np.int64],
    executor: Executor,
    *,
    least: int = LEAST,
    progress: Progress | None = None,
) -> Days:
    """Draw the finish of activities in other processes, as :meth:`Simulation.finishes` does in this one.

    Parameters
    ----------
    watched
        Activities, in network order, ascending.
    least
        Activities in a portion, but for the last.
    progress
        Called with (portions done, portions in all).
    """
    cuts = _cuts(simulation.network.first_of_component, least)
    rows = np.searchsorted(watched, simulation.network.first_of_component[cuts])
    wanted = [k for k in range(cuts.size - 1) if rows[k] < rows[k + 1]]
    drawn = np.empty((watched.size, simulation.draws), np.int32)

    def portions() -> Iterator[Portion]:
        for k in wanted:
            yield portion(simulation, int(cuts[k]), int(cuts[k + 1]), watched[rows[k] : rows[k + 1]])

    for done, (position, found) in enumerate(completed(executor, Portion.finishes, portions()), 1):
        k = wanted[position]
        drawn[rows[k] : rows[k + 1]] = found
        if progress:
            progress(done, len(wanted))
    return drawn


def portion(simulation: Simulation, first: int, last: int, watched: NDArray[np.int64]) -> Portion:
    """Cut the components ``first`` up to, not including, ``last`` out of a simulation."""
    begin, end = simulation.network.first_of_component[[first, last]].tolist()
    intervals = slice(*simulation.arrays.first_interval[[first, last]].tolist())
    return Portion(
        schedule=_schedule(simulation.schedule, first, last),
        uncertainty=_uncertainty(simulation.uncertainty, slice(begin, end), intervals),
        data_date=simulation.data_date,
        draws=simulation.draws,
        seed=simulation.seed,
        watched=watched - begin,
    )


def _cuts(first_of_component: NDArray[np.int64], least: int) -> NDArray[np.int64]:
    """Components at which portions begin, and the number of components at the end."""
    cuts, n = [0], first_of_component.size - 1
    while cuts[-1] < n:
        enough = np.searchsorted(first_of_component, first_of_component[cuts[-1]] + least)
        cuts.append(min(int(enough), n))
    return np.array(cuts, np.int64)


def _schedule(whole: Schedule, first: int, last: int) -> Schedule:
    network = whole.network
    begin, end = network.first_of_component[[first, last]].tolist()
    links = slice(*network.first_predecessor[[begin, end]].tolist())
    dates = ("early_start", "early_finish", "late_start", "late_finish", "resume", "total_float", "free_float")
    return Schedule(
        network=_network(network, first, last),
        **{name: getattr(whole, name)[begin:end] for name in dates},
        driving=whole.driving[network.relationship_position[links]],
    )


def _network(whole: Network, first: int, last: int) -> Network:
    begin, end = whole.first_of_component[[first, last]].tolist()
    links = slice(*whole.first_predecessor[[begin, end]].tolist())
    of_activities = (
        *("project", "calendar", "duration", "remaining", "actual_start", "actual_finish"),
        *("start_no_earlier", "start_no_later", "finish_no_earlier", "finish_no_later"),
    )
    return Network(
        codes=whole.codes[begin:end],
        position=np.arange(end - begin),
        **{name: getattr(whole, name)[begin:end] for name in of_activities},
        first_predecessor=whole.first_predecessor[begin : end + 1] - links.start,
        predecessor=whole.predecessor[links] - np.int32(begin),
        **{name: getattr(whole, name)[links] for name in ("type", "lag", "lag_calendar")},
        relationship_position=np.arange(links.stop - links.start, dtype=np.int32),
        first_of_component=whole.first_of_component[first : last + 1] - begin,
        calendars=whole.calendars,
    )


def _uncertainty(whole: Uncertainty, activities: slice, intervals: slice) -> Uncertainty:
    """What is uncertain about some activities, with only the shared factors that they load on."""
    mine = Intervals(*(getattr(whole.intervals, name)[intervals] for name in Intervals.__slots__))
    used = np.unique(mine.factor[mine.factor >= 0])
    factor = np.where(mine.factor < 0, -1, np.searchsorted(used, mine.factor)).astype(np.int32)
    touched = (whole.risks.activity >= activities.start) & (whole.risks.activity < activities.stop)

    def renumbered(interval: NDArray[np.int32]) -> NDArray[np.int32]:
        own = interval[activities]
        return np.where(own < 0, -1, own - intervals.start).astype(np.int32)

    return replace(
        whole,
        intervals=replace(mine, factor=factor),
        interval=renumbered(whole.interval),
        starts=Starts(
            renumbered(whole.starts.interval), whole.starts.planned[activities], whole.starts.no_earlier[activities]
        ),
        activity_identity=whole.activity_identity[activities],
        factor_identity=whole.factor_identity[used],
        risks=_risks(whole.risks, touched, activities.start),
    )


def _risks(whole: Risks, touched: NDArray[np.bool_], begin: int) -> Risks:
    return replace(whole, activity=whole.activity[touched] - begin, risk=whole.risk[touched])
