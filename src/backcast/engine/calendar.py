"""Days and working days.

The engine's time is a whole number of calendar days since an epoch that the caller chooses. A day
number is also an instant: the beginning of that day. An activity occupies ``[start, finish)``, so
its finish is the first day on which it no longer works.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Days: TypeAlias = NDArray[np.int32]

NONE = int(np.iinfo(np.int32).min)
"""No date given."""

NEVER = 1 << 30
"""A date that does not come: above every horizon, and kept by every look-up."""


@dataclass(frozen=True, slots=True, repr=False)
class Calendars:
    """Working days of several calendars, as two look-up arrays each.

    Attributes
    ----------
    worked
        Shape ``(n_calendars, horizon + 1)``: working days before day *d*.
    day
        Shape ``(n_calendars, horizon + 1)``: the day on which working day *k* begins; the horizon
        where there is none.

    Notes
    -----
    Look-ups outside are clamped at day 0 and at the horizon, except that ``NEVER`` stays ``NEVER``.
    """

    worked: Days
    day: Days

    @classmethod
    def of(cls, working: NDArray[np.bool_]) -> Calendars:
        """Build look-up arrays from ``working[calendar, day]``, true where that day is worked.

        Raises
        ------
        ValueError
            If a calendar has no working day at all.
        """
        working = np.atleast_2d(np.asarray(working, bool))
        n_calendars, horizon = working.shape
        idle = np.flatnonzero(~working.any(axis=1))
        if idle.size:
            raise ValueError(f"Calendar {idle[0]} has no working day within {horizon:,} days.")
        worked = np.zeros((n_calendars, horizon + 1), np.int32)
        np.cumsum(working, axis=1, out=worked[:, 1:])
        day = np.full((n_calendars, horizon + 1), horizon, np.int32)
        for calendar in range(n_calendars):
            days = np.flatnonzero(working[calendar])
            day[calendar, : days.size] = days
        return cls(worked, day)

    @property
    def horizon(self) -> int:
        """Number of days covered."""
        return int(self.worked.shape[1]) - 1

    def working_days_between(self, calendar: NDArray[np.int32], first: Days, last: Days) -> Days:
        """Count working days in ``[first, last)``; negative where ``last`` is before ``first``."""
        first, last = (np.clip(days, 0, self.horizon) for days in (first, last))
        return self.worked[calendar, last] - self.worked[calendar, first]
