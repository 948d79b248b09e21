"""Backwards from the target: the latest date of every gate, in every draw.

The latest responsible date of a gate at confidence α is the (1 − α)-quantile of its latest date
over the draws. A draw in which the project never delivers counts as a date that no one can keep.
It assumes that this output must count by the target's date, and is marginal: one gate at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backcast.engine._pass_kernels import MISSED
from backcast.engine.calendar import NEVER, NONE, Days
from backcast.engine.parallel import Progress, run_all
from backcast.engine.simulate import Simulation
from backcast.engine.verdict import quantile


@dataclass(frozen=True, slots=True)
class Questions:
    """Gates to be passed by a day, and the activities before them whose latest finish is asked.

    Attributes
    ----------
    gate, required
        Activity in network order and the day by which it must be finished; one entry per question.
    activity
        Activities asked about; those of question *p* stand from ``first_row[p]`` up to
        ``first_row[p + 1]``.
    """

    gate: NDArray[np.int64]
    required: Days
    activity: NDArray[np.int64]
    first_row: NDArray[np.int64]


def latest_responsible(
    simulation: Simulation,
    questions: Questions,
    confidence: float,
    *,
    threads: int = 1,
    progress: Progress | None = None,
) -> tuple[Days, Days]:
    """Find the last day by which each activity must be finished, and the median day on which it will be.

    Returns
    -------
    Two arrays, one entry per ``questions.activity``. Latest days: ``NONE`` where not even the
    earliest date suffices, ``NEVER`` where the gate does not wait for the activity. Median days:
    ``NEVER`` where the activity is not finished in half of the draws.
    """
    kept_by, median = (np.empty(questions.activity.size, np.int32) for _ in range(2))
    component = simulation.component_of(questions.gate)
    needed = simulation.needed(np.concatenate([questions.gate, questions.activity]))

    def ask(number: int) -> None:
        mine = np.flatnonzero(component == number)
        rows = [np.arange(questions.first_row[p], questions.first_row[p + 1]) for p in mine]
        where = np.concatenate(rows)
        first_row = np.concatenate([[0], np.cumsum([r.size for r in rows])])
        latest, finishes = simulation.latest(
            number, questions.gate[mine], questions.required[mine], questions.activity[where], first_row,
            needed=needed,
        )  # fmt: skip
        kept_by[where] = _kept_by(latest, confidence)
        median[where] = quantile(finishes, 0.5)

    run_all(ask, np.unique(component).tolist(), threads, progress)
    return kept_by, median


def _kept_by(latest: Days, confidence: float) -> Days:
    """Return the latest date such that a share ``confidence`` of the draws allow it or a later one."""
    n = latest.shape[1]
    rank = min(int(np.floor((1.0 - confidence) * n + 1e-9)), n - 1)
    day = np.partition(latest, rank, axis=1)[:, rank]
    return np.where(day <= MISSED, NONE, day).astype(np.int32)


__all__ = ["NEVER", "NONE", "Questions", "latest_responsible"]
