"""What a run says: verdicts, trajectories, drivers and latest dates.

Each kind of result is a small frozen record; a collection of them prints as a table that a
planner could paste into a message, and turns into a Polars frame with ``to_frame()``.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Generic, TypeVar, overload

import polars as pl

from backcast.language import Message, tr


@dataclass(frozen=True, slots=True)
class ValueQuantiles:
    """P10, P50 and P90 of a value at the target's date, in the indicator's unit."""

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class DateQuantiles:
    """P50, P80 and P90 of the date on which a target is first met; None where that is never."""

    p50: datetime.date | None
    p80: datetime.date | None
    p90: datetime.date | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely one target is, and why.

    Attributes
    ----------
    state
        "met", "missed", "forecast" or "no_evidence".
    probability
        0–1; None unless ``state`` is "forecast".
    basis
        "projects", "trend" or "both"; "met" or "missed" where facts settle it; "none" without evidence.
    reason
        One or two sentences: what the probability rests on, or why there is none and what to collect.
    expected_shortfall
        Mean over the draws of what is missing at the date, in the indicator's unit.
    required_pace, best_pace
        Per year, in the indicator's unit: from the last observation to the target, and the best
        ever observed over as long a time.
    light
        "green" (at least 0.8, or met), "yellow" (at least 0.5), "red", or None without evidence.
    """

    indicator: str
    region: str
    date: datetime.date
    target: float
    comparison: str
    direction: str
    document: str
    state: str
    basis: str
    reason: Message
    probability: float | None = None
    standard_error: float | None = None
    value: ValueQuantiles | None = None
    first_met: DateQuantiles | None = None
    expected_shortfall: float | None = None
    required_pace: float | None = None
    best_pace: float | None = None
    light: str | None = None
    met_on: datetime.date | None = None
    last_value: float | None = None
    last_date: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class TrajectoryPoint:
    """One month of an indicator's forecast, with the envelope of its projects' early and late dates."""

    indicator: str
    region: str
    date: datetime.date
    p10: float | None
    p50: float | None
    p90: float | None
    early: float | None
    late: float | None


@dataclass(frozen=True, slots=True)
class Driver:
    """What one project (or shared factor) costs a target, and what it is worth to it.

    Attributes
    ----------
    project
        Code of the project; for a shared factor, its name, such as "sector:data_centre".
    kind
        "project" or "factor".
    cost
        Fall of the expected shortfall if the project kept its plan from today.
    worth
        Rise of the expected shortfall if the project never delivered.
    probability_change
        Rise of the probability if the project kept its plan from today.
    standard_error
        Paired standard error of ``cost``.
    through_links
        Part of ``worth`` that comes from projects waiting for this one.
    """

    indicator: str
    region: str
    date: datetime.date
    project: str
    kind: str
    cost: float
    worth: float
    probability_change: float
    standard_error: float
    through_links: float


@dataclass(frozen=True, slots=True)
class LatestDate:
    """The latest responsible date of one gate.

    Attributes
    ----------
    latest
        The last day on which the gate may be passed, or the start made, to be ``confidence`` safe;
        None where not even today suffices (the project fails too often by itself).
    forecast
        Median of the simulated date; None where the median draw never gets there.
    days_left
        From the data date to ``latest``; negative when past; None where ``latest`` is None.
    """

    indicator: str
    region: str
    date: datetime.date
    project: str
    activity: str
    gate: str
    confidence: float
    latest: datetime.date | None
    planned: datetime.date | None
    forecast: datetime.date | None
    days_left: int | None


@dataclass(frozen=True, slots=True)
class GateDate:
    """When a gate that is still ahead is expected to be passed; None where so many draws never get there."""

    project: str
    activity: str
    gate: str
    planned: datetime.date | None
    p10: datetime.date | None
    p50: datetime.date | None
    p90: datetime.date | None


@dataclass(frozen=True, slots=True)
class PastForecast:
    """What an earlier data date said of a figure that came later.

    Attributes
    ----------
    data_date
        The last day whose facts the forecast knew.
    p10, p50, p90
        The forecast for ``date``.
    observed
        What came.
    held
        Whether it lies between P10 and P90.
    loss
        Twice the mean pinball loss from P05 to P95, in the indicator's unit: lower is better. The
        far tails are left out, because a trend on two figures has no finite mean.
    """

    data_date: datetime.date
    indicator: str
    region: str
    date: datetime.date
    p10: float
    p50: float
    p90: float
    observed: float
    held: bool
    loss: float


@dataclass(frozen=True, slots=True)
class SettledVerdict:
    """What an earlier run said of a target, and what came.

    Attributes
    ----------
    source
        "kept" while the data date was current and before the figure that settles the target was known, or
        "recomputed" from what was known at the data date: by someone who could know more.
    in_advance
        Whether the run was stored before the day on which the figure that settles the target was known.
    probability
        What the run said.
    met
        What came.
    brier
        (probability − 1)² where the target was met, probability² where it was missed: lower is better.
    came, came_on
        The figure of the target's date or, where there is none, the one that settles the target, and its date.
    p10, p50, p90
        What the run said of the value at the target's date.
    held
        Whether the figure of the target's date lies between P10 and P90; None without such a figure.
    loss
        Twice the mean pinball loss at P10, P50 and P90, in the indicator's unit: lower is better; None likewise.
    """

    source: str
    data_date: datetime.date
    in_advance: bool
    indicator: str
    region: str
    date: datetime.date
    target: float
    comparison: str
    probability: float
    met: bool
    brier: float
    came: float
    came_on: datetime.date
    p10: float
    p50: float
    p90: float
    held: bool | None
    loss: float | None


@dataclass(frozen=True, slots=True)
class WaitingVerdict:
    """What an earlier run said of a target that nothing settles yet.

    Attributes
    ----------
    source
        "kept" while the data date was current, or "recomputed" from what was known at it.
    why
        "date_not_reached", "no_figure", "not_told" (the first figure after the date meets the target; whether it
        was met in time is not known), "definition_changed" or "not_in_planbook".
    reason
        The same as a sentence.
    """

    source: str
    data_date: datetime.date
    indicator: str
    region: str
    date: datetime.date
    target: float
    comparison: str
    probability: float
    why: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Change:
    """What a change of the planbook does to one target.

    Attributes
    ----------
    state_before, state
        As of a :class:`Verdict`; None where the target is in force only after, or only before.
    value_before, value
        Quantiles of the value at the target's date.
    """

    indicator: str
    region: str
    date: datetime.date
    target: float
    comparison: str
    state_before: str | None
    state: str | None
    probability_before: float | None
    probability: float | None
    value_before: ValueQuantiles | None
    value: ValueQuantiles | None
    expected_shortfall_before: float | None
    expected_shortfall: float | None
    light_before: str | None
    light: str | None


Record = TypeVar("Record")

TOLD = 100
"""Records that a collection prints; its frame holds them all."""


def place(record: Verdict | TrajectoryPoint | Driver | LatestDate | Change) -> tuple[str, str, datetime.date]:
    """Return indicator, region and date of a result: the order in which results are told."""
    return record.indicator, record.region, record.date


class Records(Sequence[Record], Generic[Record]):
    """Results of one kind, in order; ``say`` turns one into a sentence."""

    def __init__(self, records: Iterable[Record], say: Callable[[Record], Message]) -> None:
        self._records = tuple(records)
        self._say = say

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> Records[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | Records[Record]:
        if isinstance(index, slice):
            return Records(self._records[index], self._say)
        return self._records[index]

    def __str__(self) -> str:
        lines = [str(self._say(record)) for record in self._records[:TOLD]]
        if len(self) > TOLD:
            lines.append(str(tr("… and {n} more.", n=f"{len(self) - TOLD:,}")))
        return "\n".join(lines)

    def to_frame(self) -> pl.DataFrame:
        """Return one row per record; quantiles become columns such as ``value_p10``."""
        return pl.DataFrame([flatten(record) for record in self._records], infer_schema_length=None)


def flatten(record: Any, prefix: str = "") -> dict[str, object]:
    """Turn a record into one flat row; messages are read in English."""
    row: dict[str, object] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, Message):
            row[prefix + field.name] = value.read("en")
        elif is_dataclass(value):
            row |= flatten(value, f"{field.name}_")
        else:
            row[prefix + field.name] = value
    return row
