"""What projects add to an indicator, draw by draw, in exact fixed point.

Amounts are 64-bit integers in millionths, so that sums do not depend on their order, and amounts
with up to six decimals add up to just what a planner expects.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backcast.engine import _delivery_kernels as kernels
from backcast.engine.calendar import Days
from backcast.engine.parallel import Threads, run_all
from backcast.engine.portable import Floats

UNIT = 1e6
BLOCK = 512
"""Draws added up together: as many as fit into a processor's cache at all times."""
LARGEST = 2.0**63 / UNIT / 2
"""Sums of amounts stay below this, or they would not fit into 64 bits."""
Fixed = NDArray[np.int64]


class Spread(IntEnum):
    """How an output arrives once its gate is passed."""

    AT_ONCE = kernels.AT_ONCE
    LINEAR = kernels.LINEAR  # evenly from the start to the gate
    RAMP = kernels.RAMP  # evenly over some days after the gate


@dataclass(frozen=True, slots=True)
class Outputs:
    """What projects add to indicators; every array has one entry per output.

    Attributes
    ----------
    amount
        In the indicator's unit.
    spread, ramp_days
        A :class:`Spread`, and the calendar days of a ramp.
    gate_row, start_row
        Rows of the drawn finishes: the gate from which the output counts, and for a linear one
        the gate at which it begins (-1: it began on ``start_day``).
    known_gate, known_start
        Days on which the schedule has those gates: they tell how much of a linear output that is
        running has been delivered already.
    planned_gate, planned_start
        Days on which those gates are passed if all goes as planned from the data date: actual days
        where they have been passed.
    """

    amount: Floats
    spread: NDArray[np.int8]
    ramp_days: Days
    gate_row: NDArray[np.int64]
    start_row: NDArray[np.int64]
    start_day: Days
    known_gate: Days
    known_start: Days
    planned_gate: Days
    planned_start: Days

    def __len__(self) -> int:
        return self.amount.size

    def delivered(self, which: ArrayLike, gates: Days, days: ArrayLike, since: int, *, threads: Threads = 1) -> Fixed:
        """Add up what some outputs deliver after ``since`` and up to each day.

        Parameters
        ----------
        which
            Indices of outputs.
        gates
            Shape ``(rows, draws)``: drawn finishes.
        days
            Shape ``(n_times,)``, ascending.

        Returns
        -------
        Fixed-point amounts of shape ``(n_times, draws)``; divide by ``UNIT``.
        """
        draws, outputs = gates.shape[1], self.arrays
        wanted, until = np.asarray(which, np.int64), np.asarray(days, np.int64)
        time = np.searchsorted(until, np.arange(until[0], until[-1] + 2))
        total = np.zeros((until.size, draws), np.int64)

        def add(first: int) -> None:
            kernels.add_deliveries(outputs, wanted, gates, until, time, since, first, min(first + BLOCK, draws), total)

        run_all(add, range(0, draws if wanted.size else 0, BLOCK), threads)
        return total

    def take(self, which: NDArray[np.bool_]) -> Outputs:
        """Return some outputs, by a mask, and no others."""
        return Outputs(*(getattr(self, name)[which] for name in self.__slots__))

    def waiting_for(self, rows: NDArray[np.int64]) -> Outputs:
        """Return the outputs for drawn finishes of which only ``rows``, ascending, are kept.

        Only outputs whose gates are among those rows may then be asked for.
        """
        start_row = np.where(self.start_row < 0, -1, np.searchsorted(rows, self.start_row))
        return replace(self, gate_row=np.searchsorted(rows, self.gate_row), start_row=start_row)

    def as_planned(self) -> tuple[Outputs, Days]:
        """Return the outputs, and finishes of shape ``(rows, 1)`` for them, if all goes as planned."""
        rows = np.arange(len(self))
        gates = np.concatenate([self.planned_gate, self.planned_start])[:, None]
        return replace(self, gate_row=rows, start_row=rows + len(self)), gates

    @property
    def arrays(self) -> kernels.Delivery:
        """The outputs as the kernels take them."""
        return kernels.Delivery(
            np.rint(self.amount * UNIT),
            self.spread,
            self.ramp_days,
            self.start_row,
            self.gate_row,
            self.start_day,
            self.known_start,
            self.known_gate,
        )
