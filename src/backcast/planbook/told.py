"""What a run said, read again from what was kept of it: nothing here is computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from backcast.planbook.book import Planbook
from backcast.planbook.names import Names
from backcast.planbook.results import Driver, LatestDate, TrajectoryPoint, Verdict


class Said(Protocol):
    """What reports are made of: a run, or one that was kept."""

    @property
    def data_date(self) -> date:
        """The last day whose facts count."""

    @property
    def planbook(self) -> Planbook:
        """The planbook as it was known at the data date."""

    @property
    def names(self) -> Names:
        """Names of indicators, regions, organisations and projects."""

    @property
    def verdicts(self) -> Sequence[Verdict]:
        """One per target in force."""

    @property
    def trajectories(self) -> Sequence[TrajectoryPoint]:
        """One per indicator, region and month."""

    def drivers(self) -> Sequence[Driver]:
        """What decides the targets."""

    def latest_dates(self, confidence: float = 0.8) -> Sequence[LatestDate]:
        """Return the latest responsible dates."""


@dataclass(frozen=True)
class KeptRun:
    """A run as its document tells it, beside the planbook that it was made of."""

    data_date: date
    planbook: Planbook
    verdicts: tuple[Verdict, ...]
    trajectories: tuple[TrajectoryPoint, ...]
    kept_drivers: tuple[Driver, ...]
    kept_dates: tuple[LatestDate, ...]

    @cached_property
    def names(self) -> Names:
        """Names of indicators, regions, organisations and projects."""
        return Names(self.planbook)

    def drivers(self) -> Sequence[Driver]:
        """Return what decides the targets."""
        return self.kept_drivers

    def latest_dates(self, confidence: float = 0.8) -> Sequence[LatestDate]:
        """Return the latest responsible dates of the confidence that was kept; none of another."""
        return [row for row in self.kept_dates if row.confidence == confidence]
