"""Targets that facts have settled, and targets that nobody can judge yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backcast.language import Message, Name
from backcast.planbook.results import Verdict
from backcast.report.lights import MARKS, Mark, standing
from backcast.report.views import saying
from backcast.report.views.cards import document
from backcast.report.views.facts import Facts


@dataclass(frozen=True, slots=True)
class Settled:
    """A target that is met or missed."""

    mark: Mark
    subject: Name | Message
    aim: Message
    met_on: date | None
    reason: Message
    last: Message
    responsible: Name | Message
    document: Name


@dataclass(frozen=True, slots=True)
class ToCollect:
    """A figure that somebody has to be asked for."""

    subject: Name | Message
    aim: Message
    reason: Message
    is_past: bool


@dataclass(frozen=True, slots=True)
class ToDo:
    """What to collect from one department."""

    department: Name | Message
    figures: list[ToCollect]
    n: int


def settled(facts: Facts, state: str) -> list[Settled]:
    """Return the targets that are met, or missed, in order of the date on which they were due."""
    found = sorted(facts.of(state), key=lambda v: (not facts.is_top(v.region), v.indicator, v.region, v.date))
    return [_settled(facts, verdict) for verdict in found]


def to_do(facts: Facts) -> list[ToDo]:
    """Return what to collect, by department: those who owe most first."""
    by_department: dict[Name | Message, list[Verdict]] = {}
    for verdict in facts.of("no_evidence"):
        by_department.setdefault(facts.responsible(verdict.indicator), []).append(verdict)
    ordered = sorted(by_department.items(), key=lambda item: (-len(item[1]), str(item[0])))
    return [ToDo(who, [_to_collect(facts, verdict) for verdict in owed], len(owed)) for who, owed in ordered]


def _settled(facts: Facts, verdict: Verdict) -> Settled:
    return Settled(
        mark=MARKS[standing(verdict)],
        subject=facts.subject(verdict),
        aim=saying.aim(facts, verdict),
        met_on=verdict.met_on,
        reason=verdict.reason,
        last=saying.last_figure(facts, verdict),
        responsible=facts.responsible(verdict.indicator),
        document=document(facts, verdict),
    )


def _to_collect(facts: Facts, verdict: Verdict) -> ToCollect:
    return ToCollect(
        subject=facts.subject(verdict),
        aim=saying.aim(facts, verdict),
        reason=verdict.reason,
        is_past=verdict.date <= facts.data_date,
    )
