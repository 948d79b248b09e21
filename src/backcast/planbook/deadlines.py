"""The latest responsible date of every gate behind a target that is still open (docs/explanation/backcast.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine.backcast import Questions, latest_responsible
from backcast.engine.calendar import NEVER, NONE
from backcast.engine.simulate import Simulation
from backcast.planbook.assembly import Assembly
from backcast.planbook.results import LatestDate, Verdict, place

Counted = Mapping[tuple[str, str], NDArray[np.int64]]
Asked = dict[tuple[int, int], list[Verdict]]
"""By gate and the day by which it must be passed: the targets that ask for it."""


def latest_dates(
    assembly: Assembly,
    simulation: Simulation,
    verdicts: Iterable[Verdict],
    counted: Counted,
    confidence: float,
    threads: int,
) -> list[LatestDate]:
    """Find the latest responsible dates of all gates of the projects behind open targets.

    Parameters
    ----------
    counted
        By indicator and region: the outputs that its forecast counts.
    confidence
        Share of the draws in which the target's date is still kept.
    """
    asked = _asked(assembly, verdicts, counted)
    if not asked:
        return []
    questions = _questions(assembly, asked)
    latest, median = latest_responsible(simulation, questions, confidence, threads=threads)
    found = [
        _row(assembly, target, int(questions.activity[row]), int(latest[row]), int(median[row]), confidence)
        for p, targets in enumerate(asked.values())
        for row in range(questions.first_row[p], questions.first_row[p + 1])
        if latest[row] != NEVER
        for target in targets
    ]
    return sorted(found, key=_by_urgency)


def _asked(assembly: Assembly, verdicts: Iterable[Verdict], counted: Counted) -> Asked:
    """Gates that outputs of open targets wait for, with the day by which they must be passed."""
    outputs, watched = assembly.contributions.outputs, assembly.contributions.watched
    asked: Asked = {}
    for verdict, k in _open_outputs(verdicts, counted):
        gate = int(watched[outputs.gate_row[k]])
        if assembly.library.network.actual_finish[gate] == NONE:
            day = assembly.timeline.day_after(verdict.date) - int(outputs.ramp_days[k])
            targets = asked.setdefault((gate, day), [])
            if verdict not in targets:
                targets.append(verdict)
    return dict(sorted(asked.items()))


def _open_outputs(verdicts: Iterable[Verdict], counted: Counted) -> Iterator[tuple[Verdict, int]]:
    """Each open target beside each output that counts towards it."""
    for verdict in verdicts:
        if verdict.state == "forecast":
            yield from ((verdict, int(k)) for k in counted[verdict.indicator, verdict.region])


def _questions(assembly: Assembly, asked: Asked) -> Questions:
    """Ask, for each gate, about the gates of its project that come before it, and about itself."""
    network = assembly.library.network
    open_gates = pl.Series(network.actual_finish == NONE) & assembly.library.activities["gate"].is_not_null()
    gates_of: dict[int, list[int]] = {}
    for j in np.flatnonzero(open_gates.to_numpy()):
        gates_of.setdefault(int(network.project[j]), []).append(int(j))
    activities = [[j for j in gates_of.get(int(network.project[gate]), [gate]) if j <= gate] for gate, _ in asked]
    return Questions(
        gate=np.array([gate for gate, _ in asked], np.int64),
        required=np.array([day for _, day in asked], np.int32),
        activity=np.array([j for js in activities for j in js], np.int64),
        first_row=np.cumsum([0, *(len(js) for js in activities)]),
    )


def _row(assembly: Assembly, target: Verdict, activity: int, latest: int, median: int, confidence: float) -> LatestDate:
    row = assembly.library.activities.row(activity, named=True)
    day = assembly.timeline.finish_date(latest)
    return LatestDate(
        indicator=target.indicator,
        region=target.region,
        date=target.date,
        project=row["project"],
        activity=row["code"],
        gate=row["gate"],
        confidence=confidence,
        latest=day,
        planned=row["planned_finish"],
        forecast=assembly.timeline.finish_date(median),
        days_left=None if day is None else (day - assembly.data_date).days,
    )


def _by_urgency(latest: LatestDate) -> tuple[object, ...]:
    """Sort by target, then the most overdue first; what cannot be kept at all before everything."""
    return (*place(latest), latest.days_left is not None, latest.days_left or 0, latest.project, latest.activity)
