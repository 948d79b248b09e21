"""What projects add to an indicator, draw by draw, in exact fixed point.

Amounts are 64-bit integers in millionths, so that sums do not depend on their order, and amounts
with up to six decimals add up to just what a planner expects.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backcast.engine import _delivery_kernels as kernels
from backcast.engine.calendar import Days
from backcast.engine.portable import Floats

UNIT = 1e6
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
    planned_gate: Days
    planned_start: Days

    def __len__(self) -> int:
        return self.amount.size

    def delivered(self, which: ArrayLike, gates: Days, days: ArrayLike, since: int) -> Fixed:
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
        total = np.zeros((np.size(days), gates.shape[1]), np.int64)
        kernels.add_deliveries(
            np.asarray(which, np.int64), np.rint(self.amount * UNIT), self.spread, self.ramp_days, self.start_row,
            self.gate_row, self.start_day, gates, np.asarray(days, np.int64), since, total,
        )  # fmt: skip
        return total

    def waiting_for(self, which: NDArray[np.int64], rows: NDArray[np.int64]) -> Outputs:
        """Return some outputs alone, for drawn finishes of which only ``rows``, ascending, are kept."""
        some = {name: getattr(self, name)[which] for name in self.__slots__}
        some["gate_row"] = np.searchsorted(rows, some["gate_row"])
        some["start_row"] = np.where(some["start_row"] < 0, -1, np.searchsorted(rows, some["start_row"]))
        return Outputs(**some)

    def delivered_as_planned(self, which: NDArray[np.int64], day: int, since: int) -> float:
        """Return what some outputs would deliver after ``since`` and up to a day if all went as planned."""
        gate = self.planned_gate[which].astype(float)
        start, ramp = self.planned_start[which].astype(float), np.maximum(self.ramp_days[which], 1).astype(float)
        linear = (self.spread[which] == Spread.LINEAR) & (gate > start)
        begin = np.where(linear, start, gate)
        length = np.where(linear, gate - start, np.where(self.spread[which] == Spread.RAMP, ramp, 0.0))

        def share(on: int) -> Floats:
            spread_out = np.clip((on - begin) / np.maximum(length, 1.0), 0.0, 1.0)
            return np.where(length > 0, spread_out, np.where(on >= gate, 1.0, 0.0))

        return float((self.amount[which] * (share(day) - share(since))).sum())
