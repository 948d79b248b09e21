"""The track record: how likely each target was said to be, and what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from backcast.language import Message, Name, tr
from backcast.planbook.results import SettledVerdict
from backcast.planbook.sentences import percent
from backcast.planbook.settling import WHY
from backcast.planbook.track import NOTHING_SETTLED, ReliabilityBin, TrackRecord, summary
from backcast.report.charts.said import Said
from backcast.report.figures import day
from backcast.report.lights import MARKS, Mark
from backcast.report.views import saying
from backcast.report.views.facts import Facts

MOST_TARGETS = 40
"""Targets shown; the scores count all of them."""
SOURCES = {"kept": tr("kept"), "recomputed": tr("recomputed")}


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One target that was settled, and every verdict that was given on it before.

    Attributes
    ----------
    said
        The first and the last probability, or the only one.
    brier
        Mean over the verdicts.
    """

    subject: Name | Message
    aim: Message
    mark: Mark
    came: Message
    said: str
    brier: str
    chart: Said


@dataclass(frozen=True, slots=True)
class BinRow:
    """What was said against what came, of verdicts that said about the same."""

    said: str
    came: str
    n: int


@dataclass(frozen=True, slots=True)
class Record:
    """Verdicts of earlier data dates against what came.

    Attributes
    ----------
    answer, notes
        How good they were, and what that is worth.
    """

    answer: Message
    notes: list[Message]
    targets: list[TargetRow]
    untold: int
    bins: list[BinRow]
    has_kept: bool
    has_recomputed: bool


def record_view(facts: Facts, record: TrackRecord | None) -> Record | None:
    """Tell a track record by target; None where no earlier run said anything."""
    if record is None or not (record.settled or record.waiting):
        return None
    answer, *notes = summary(record) if record.settled else [NOTHING_SETTLED]
    groups: dict[tuple[object, ...], list[SettledVerdict]] = {}
    for row in sorted(record.settled, key=partial(_order, facts)):
        groups.setdefault((row.indicator, row.region, row.date, row.target, row.comparison), []).append(row)
    waiting = record.waiting_by_reason().items()
    return Record(
        answer=answer,
        notes=[*notes, *(tr("Not settled: {n}. {reason}", n=len(rows), reason=WHY[why]) for why, rows in waiting)],
        targets=[_target(facts, rows) for rows in list(groups.values())[:MOST_TARGETS]],
        untold=max(len(groups) - MOST_TARGETS, 0),
        bins=[_bin(found) for found in record.reliability],
        has_kept=any(row.source == "kept" for row in record.settled),
        has_recomputed=any(row.source == "recomputed" for row in record.settled),
    )


def _order(facts: Facts, row: SettledVerdict) -> tuple[object, ...]:
    """The plan's own region first; then by the target's date, and the verdicts on it in order of time."""
    return row.region != facts.home, row.date, row.indicator, row.region, row.target, row.data_date


def _target(facts: Facts, rows: Sequence[SettledVerdict]) -> TargetRow:
    last = rows[-1]
    said = [percent(row.probability) for row in rows]
    came = tr("{value} on {date}", value=facts.figures.plain(last.indicator, last.came), date=day(last.came_on))
    points = tuple((row.data_date, row.probability, row.source == "kept") for row in rows)
    return TargetRow(
        subject=facts.subject(last),
        aim=saying.aim(facts, last),
        mark=MARKS["met" if last.met else "missed"],
        came=came,
        said=" → ".join(said if len(said) < 3 else (said[0], said[-1])),
        brier=f"{sum(row.brier for row in rows) / len(rows):.2f}",
        chart=Said(_title(rows), points, last.came_on, last.met),
    )


def _title(rows: Sequence[SettledVerdict]) -> Message:
    """Say every probability, for those who do not see the chart."""
    told: Message | str = ""
    for row in rows:
        one = tr(
            "{data_date} {probability} likely ({source})",
            data_date=row.data_date,
            probability=percent(row.probability),
            source=SOURCES[row.source],
        )
        told = tr("{before}, {one}", before=told, one=one) if told else one
    return tr("said: {told}", told=told)


def _bin(found: ReliabilityBin) -> BinRow:
    return BinRow(f"{found.said:.0%}", f"{found.came:.0%}", found.n)
