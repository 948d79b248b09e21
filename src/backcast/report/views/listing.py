"""Every target in one line, for lists that are sorted and linked elsewhere than in a report."""

from __future__ import annotations

from dataclasses import dataclass

from backcast.language import Message, Name, tr
from backcast.planbook.results import Verdict
from backcast.planbook.sentences import percent
from backcast.report.lights import MARKS, ORDER, Mark, standing
from backcast.report.views import saying
from backcast.report.views.facts import Facts


@dataclass(frozen=True, slots=True)
class Line:
    """One target.

    Attributes
    ----------
    chance, value, gap
        Told of a forecast only.
    """

    verdict: Verdict
    mark: Mark
    chance: str
    subject: Name | Message
    aim: Message
    value: Message | None
    gap: Message | None
    last: Message
    responsible: Name | Message


@dataclass(frozen=True, slots=True)
class Group:
    """Targets of one standing: what needs a decision first."""

    mark: Mark
    lines: list[Line]


def groups(facts: Facts, *, everywhere: bool = False) -> list[Group]:
    """Return the targets of the plan's own regions, or all of them, by standing."""
    found: dict[str, list[Verdict]] = {}
    for verdict in sorted(facts.run.verdicts, key=lambda v: _order(facts, v)):
        if everywhere or facts.is_top(verdict.region):
            found.setdefault(standing(verdict), []).append(verdict)
    return [Group(MARKS[key], [line(facts, one) for one in found[key]]) for key in ORDER if key in found]


def line(facts: Facts, verdict: Verdict) -> Line:
    """Tell one target in a line."""
    forecast = verdict.state == "forecast"
    return Line(
        verdict=verdict,
        mark=MARKS[standing(verdict)],
        chance=percent(verdict.probability) if verdict.probability is not None else "",
        subject=facts.subject(verdict),
        aim=saying.aim(facts, verdict),
        value=saying.span(facts, verdict) if forecast else None,
        gap=saying.gap(facts, verdict) if forecast else None,
        last=saying.last_figure(facts, verdict),
        responsible=facts.responsible(verdict.indicator),
    )


def answer(facts: Facts, verdict: Verdict) -> Message:
    """Say what became, or will become, of a target, as the title of its page."""
    if verdict.probability is not None:
        return saying.headline(facts, verdict)
    return tr(
        "{subject}: {standing} ({aim})",
        subject=facts.subject(verdict),
        standing=MARKS[standing(verdict)].word,
        aim=saying.aim(facts, verdict),
    )


def _order(facts: Facts, verdict: Verdict) -> tuple[object, ...]:
    return (
        not facts.is_top(verdict.region),
        verdict.probability or 0.0,
        verdict.indicator,
        verdict.region,
        verdict.date,
    )
