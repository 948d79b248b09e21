"""What earlier data dates said, against what came.

Each earlier run sees only what was known then; the figures it is scored by are those known at the
later data date, by the definition that was in force when the forecast was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from backcast.planbook.book import Planbook
from backcast.planbook.evidence import comparable_observations
from backcast.planbook.names import Names
from backcast.planbook.outlook import Progress
from backcast.planbook.results import PastForecast, Records, Verdict
from backcast.planbook.run import DRAWS, Run, run
from backcast.planbook.sentences import sentence

CURRENT = 92
"""Days for which a data date is the current one: a quarter, after which its figures are out and known."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """What an earlier run said.

    Attributes
    ----------
    kept_at
        The moment at which it was stored; None if it was not stored, but computed now.
    """

    data_date: date
    fingerprint: str
    seed: int
    draws: int
    version: str
    verdicts: tuple[Verdict, ...]
    kept_at: datetime | None = None

    @classmethod
    def of(cls, run: Run, kept_at: datetime | None = None) -> PastRun:
        """Take down what a run says."""
        return cls(run.data_date, run.fingerprint, run.seed, run.draws, run.version, tuple(run.verdicts), kept_at)

    @property
    def source(self) -> str:
        """Return "kept" if it was stored while its data date was current, else "recomputed": with hindsight."""
        if self.kept_at is None:
            return "recomputed"
        return "kept" if (self.kept_at.date() - self.data_date).days <= CURRENT else "recomputed"


def past_forecasts(
    planbook: Planbook,
    data_date: date,
    earlier: Iterable[date],
    *,
    draws: int = DRAWS,
    seed: int = 0,
    threads: int = 1,
) -> Records[PastForecast]:
    """Forecast again at earlier data dates, and score by every figure that came between them and now.

    Parameters
    ----------
    data_date
        What came is told as it is known at this date.
    earlier
        Data dates of the forecasts.
    """
    runs = earlier_runs(planbook, data_date, earlier, draws=draws, seed=seed, threads=threads)
    names = Names(planbook.known_at(data_date))
    return Records([forecast for found in runs for forecast in found.past], lambda record: sentence(record, names))


def earlier_runs(
    planbook: Planbook,
    data_date: date,
    earlier: Iterable[date],
    *,
    draws: int = DRAWS,
    seed: int = 0,
    threads: int = 1,
    progress: Progress | None = None,
) -> Iterator[Run]:
    """Run again at earlier data dates after which figures came, each scored by them (``Run.past``), one at a time.

    Parameters
    ----------
    data_date
        What came is told as it is known at this date.
    earlier
        Data dates of the runs.
    progress
        As for :func:`backcast.planbook.run.run`, once for each run.
    """
    known = planbook.known_at(data_date)
    for when in sorted(earlier):
        came = comparable_observations(known, data_date, when).filter(pl.col("date") > when)
        if came.height:
            yield run(planbook, data_date=when, draws=draws, seed=seed, threads=threads, came=came, progress=progress)


def year_ends(planbook: Planbook, data_date: date) -> list[date]:
    """Return the ends of the plan's years, and of the year before it, up to a data date."""
    starts = planbook["plan"]["starts"].drop_nulls().to_list()
    first = starts[0].year - 1 if starts else data_date.year - 1
    return [day for year in range(first, data_date.year) if (day := date(year, 12, 31)) < data_date]
