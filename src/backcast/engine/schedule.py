"""Early and late dates of every activity: the critical path method with calendars and progress."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backcast.engine import _kernels
from backcast.engine.calendar import NONE, Days
from backcast.engine.network import Network


@dataclass(frozen=True, slots=True, repr=False)
class Schedule:
    """Early and late dates of every activity.

    Attributes
    ----------
    early_start, early_finish, late_start, late_finish
        Shape ``(n_activities,)``, in the order of ``network.codes``; calendar days from the epoch.
        Actual dates where work has started or finished.
    resume
        First day of the work still to be done: ``early_start``, or for a started activity the day
        on which its remaining duration begins.
    total_float, free_float
        Working days of the activity's calendar; negative total float is a finding.
    driving
        Shape ``(n_relationships,)``, in the order in which the network was built: whether the
        relationship alone explains when its successor begins.
    """

    network: Network
    early_start: Days
    early_finish: Days
    late_start: Days
    late_finish: Days
    resume: Days
    total_float: Days
    free_float: Days
    driving: NDArray[np.bool_]

    def __str__(self) -> str:
        late = int((self.total_float < 0).sum())
        return f"Schedule of {len(self.network):,} activities, {late:,} of them with negative float"

    def longest_path_to(self, activity: int) -> list[int]:
        """Follow driving relationships back from an activity; returns activities, first to last."""
        network = self.network
        driving = self.driving[network.relationship_position]
        path = [activity]
        while True:
            edges = np.arange(network.first_predecessor[path[-1]], network.first_predecessor[path[-1] + 1])
            drivers = network.predecessor[edges[driving[edges]]]
            if drivers.size == 0:
                return path[::-1]
            path.append(int(drivers[np.argmax(self.early_finish[drivers])]))


def schedule(network: Network, data_date: int, required_finish: ArrayLike | None = None) -> Schedule:
    """Find early and late dates by the critical path method.

    Progress follows retained logic: finished activities keep their actual dates; a started one
    does its remaining duration no earlier than the data date and no earlier than its logic allows;
    nothing is forecast before the data date.

    Parameters
    ----------
    data_date
        First day of the future.
    required_finish
        Shape ``(n_projects,)``: the day at which each project's backward pass starts, or ``NONE``.
        A project without one starts it from its own early finish, so that its longest path has
        zero total float.

    References
    ----------
    .. [1] Kelley and Walker (1959), https://doi.org/10.1145/1460299.1460318.
    """
    n, logic = len(network), network.logic
    # Together they are large enough for the system to give them large pages, which halves the time to get them.
    start, finish, resume, late_start, late_finish, total_float, free_float = np.empty((7, n), np.int32)
    driving = np.zeros(network.predecessor.size, bool)
    given = np.empty(0, np.int32) if required_finish is None else np.asarray(required_finish, np.int32)
    plain = _kernels.is_plain(logic, data_date, given[given != NONE])
    forward = _kernels.plain_forward if plain else _kernels.forward
    forward(logic, np.int32(data_date), network.relationship_position, start, finish, resume, driving)
    own_finish = np.full(network.n_projects, NONE, np.int32)
    _kernels.finish_of_projects(network.project, finish, own_finish)
    required = own_finish if required_finish is None else np.where(given == NONE, own_finish, given)
    backward = _kernels.plain_backward if plain else _kernels.backward
    backward(logic, required, own_finish, start, finish, resume, late_start, late_finish, total_float, free_float)
    return Schedule(network, start, finish, late_start, late_finish, resume, total_float, free_float, driving)
