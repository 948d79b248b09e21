"""One run: from a planbook and a data date to verdicts, trajectories, drivers and latest dates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib.metadata import version
from math import ceil

import polars as pl

from backcast.engine.simulate import BLOCK
from backcast.language import Message
from backcast.planbook.assembly import Assembly, assemble
from backcast.planbook.book import Planbook
from backcast.planbook.deadlines import Counted, latest_dates
from backcast.planbook.gate_dates import gate_dates
from backcast.planbook.names import Names
from backcast.planbook.outlook import Judged, Outlook, Progress
from backcast.planbook.results import (
    Driver,
    GateDate,
    LatestDate,
    PastForecast,
    Record,
    Records,
    TrajectoryPoint,
    Verdict,
    place,
)
from backcast.planbook.scheduling import Timetable
from backcast.planbook.sentences import sentence
from backcast.planbook.what_if import WhatIf, Whole, changes

DRAWS = 10_000
FIRST_DRAWS = 1024
"""Draws after which a run with a precision first looks how precise it is."""


@dataclass(frozen=True)
class Run:
    """What a planbook says at a data date; build it with :func:`run`.

    Attributes
    ----------
    fingerprint
        Of the planbook that was given.
    verdicts, trajectories
        One per target in force; one per indicator, region and month.
    past
        How the forecast compares with what came, where :func:`run` was told.
    """

    fingerprint: str
    draws: int
    seed: int
    version: str
    verdicts: Records[Verdict]
    trajectories: Records[TrajectoryPoint]
    past: Records[PastForecast]
    assembly: Assembly = field(repr=False)
    _given: Planbook = field(repr=False)
    _outlook: Outlook = field(repr=False)
    _drivers: tuple[Driver, ...] = field(repr=False)
    _counted: Counted = field(repr=False)
    _latest: dict[float, Records[LatestDate]] = field(repr=False, default_factory=dict)

    @property
    def data_date(self) -> date:
        """The last day whose facts count."""
        return self.assembly.data_date

    @property
    def planbook(self) -> Planbook:
        """The planbook as it was known at the data date."""
        return self.assembly.known

    @property
    def schedule(self) -> Timetable:
        """Early and late dates of every activity."""
        return Timetable(self.assembly)

    @cached_property
    def names(self) -> Names:
        """Names of indicators, regions, organisations and projects."""
        return Names(self.planbook)

    def drivers(self, indicator: str | None = None, region: str | None = None) -> Records[Driver]:
        """Return what decides the targets, or those of one indicator and region."""
        return self._records([d for d in self._drivers if _matches(d, indicator, region)])

    def trajectory(self, indicator: str, region: str) -> Records[TrajectoryPoint]:
        """Return the months of one indicator in one region."""
        return self._records([point for point in self.trajectories if _matches(point, indicator, region)])

    def latest_dates(self, confidence: float = 0.8) -> Records[LatestDate]:
        """Return the latest responsible date of every gate behind a target that is still open.

        Simulates every project backwards from its targets' dates, once per confidence.

        Raises
        ------
        ValueError
            If ``confidence`` is not between 0 and 1.
        """
        if not 0.0 < confidence < 1.0:
            raise ValueError(f"Confidence is a share between 0 and 1, such as 0.8, not {confidence}.")
        if confidence not in self._latest:
            simulation, threads = self._outlook.simulation, self._outlook.threads
            found = latest_dates(self.assembly, simulation, self.verdicts, self._counted, confidence, threads)
            self._latest[confidence] = self._records(found)
        return self._latest[confidence]

    def gate_dates(self) -> list[GateDate]:
        """Return when each gate that is still ahead is expected to be passed, by the draws of this run."""
        return list(gate_dates(self.assembly, self._outlook.simulation, self._outlook.threads))

    def what_if(self, changed: Planbook) -> WhatIf:
        """Say what changes for the targets if the planbook were another, by the same draws at the same data date.

        Where only projects differ, and what belongs to them, those alone are drawn again, with what waits for
        them: the same digits as of a run of the changed planbook, much sooner. The first question draws the
        library once more (:class:`backcast.planbook.what_if.Whole` says what is held). Where anything else
        differs, the changed planbook is run.

        Raises
        ------
        PlanbookError
            If outputs add up to more than can be counted with.
        CycleError
            If activities wait for each other.
        """
        answer = self._whole.answer(changed)
        if not answer.because:
            judged = {place(found) for found in answer.verdicts}
            found = changes((before for before in self.verdicts if place(before) in judged), answer.verdicts)
            return WhatIf(self._records(found), answer.projects, None)
        again = run(changed, data_date=self.data_date, draws=self.draws, seed=self.seed, threads=self._outlook.threads)
        return WhatIf(again._records(changes(self.verdicts, again.verdicts)), (), answer.because)

    @cached_property
    def _whole(self) -> Whole:
        return Whole(self._given, self._outlook)

    def __str__(self) -> str:
        return f"{self.data_date}, {self.draws:,} draws\n{self.verdicts}"

    def _records(self, records: Sequence[Record]) -> Records[Record]:
        return Records(records, lambda record: sentence(record, self.names))


def run(
    planbook: Planbook,
    *,
    data_date: date | str | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    threads: int = 1,
    precision: float | None = None,
    executor: Executor | None = None,
    came: pl.DataFrame | None = None,
    progress: Progress | None = None,
) -> Run:
    """Say how likely each target in force is at a data date, and what decides it.

    Parameters
    ----------
    data_date
        The last day whose facts count, as a date or as 2023-08-31; the plan's own where not given.
        Rows known later are not seen.
    draws
        Simulated futures; the standard error of a probability of one half is ½ ÷ √draws.
    threads
        Threads to draw with; they change no digit.
    precision
        Stop as soon as no verdict's probability has a larger standard error, such as 0.005; ``draws``
        are the most that are drawn. Nothing else changes: the first draws are the same, however many follow.
    executor
        Draw finishes in its processes instead: any :class:`concurrent.futures.Executor`, such as a pool of
        processes, or ``Client(…).get_executor()`` of Dask. It changes no digit either.
    came
        Observations that came later, to score the forecast by; see :mod:`backcast.planbook.hindsight`.
    progress
        Called with what is being done, how much of it is done, and how much there is.

    Raises
    ------
    PlanbookError
        If no data date is given and the plan has none.
    CycleError
        If activities wait for each other.
    ValueError
        If the precision is not between 0 and 1.
    """
    if precision is not None and not 0.0 < precision < 1.0:
        raise ValueError(f"Precision is a standard error between 0 and 1, such as 0.005, not {precision}.")
    assembly = assemble(planbook, data_date)

    def judged_on(draws: int) -> tuple[Outlook, Judged]:
        outlook = Outlook(assembly, assembly.simulation(draws=draws, seed=seed), came, threads)
        return outlook, outlook.judge_all(progress, executor)

    return _told(planbook, *_precise_enough(judged_on, draws, precision))


def _precise_enough(
    judged_on: Callable[[int], tuple[Outlook, Judged]], draws: int, precision: float | None
) -> tuple[Outlook, Judged]:
    """Judge on all draws or, where a precision is asked for, on a few and then on more until it is reached."""
    if precision is None:
        return judged_on(draws)
    enough = min(draws, FIRST_DRAWS)
    outlook, judged = judged_on(enough)
    while enough < draws and judged.standard_error > precision:
        enough = min(draws, _enough(enough, judged.standard_error, precision))
        outlook, judged = judged_on(enough)
    return outlook, judged


def _told(planbook: Planbook, outlook: Outlook, judged: Judged) -> Run:
    """What an outlook says, each result beside its sentence."""

    def say(record: Verdict | TrajectoryPoint | PastForecast) -> Message:
        return sentence(record, outlook.names)

    return Run(
        fingerprint=planbook.fingerprint,
        draws=outlook.simulation.draws,
        seed=outlook.simulation.seed,
        version=version("backcast"),
        verdicts=Records(judged.verdicts, say),
        trajectories=Records(judged.points, say),
        past=Records(judged.past, say),
        assembly=outlook.assembly,
        _given=planbook,
        _outlook=outlook,
        _drivers=tuple(judged.drivers),
        _counted=judged.counted,
    )


def _enough(draws: int, standard_error: float, precision: float) -> int:
    """Draws after which a standard error, which falls with their root, should have reached a precision."""
    needed = draws * (standard_error / precision) ** 2
    return max(ceil(needed / BLOCK), draws // BLOCK + 1) * BLOCK


def _matches(record: Driver | TrajectoryPoint, indicator: str | None, region: str | None) -> bool:
    return (indicator is None or record.indicator == indicator) and (region is None or record.region == region)
