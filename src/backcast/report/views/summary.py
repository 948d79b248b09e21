"""The top of the page: what a leader must know in seven seconds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from backcast.language import Message, Name, tr
from backcast.planbook.results import Verdict
from backcast.planbook.sentences import percent
from backcast.report.figures import day
from backcast.report.lights import MARKS, ORDER, Mark, standing
from backcast.report.views import saying
from backcast.report.views.facts import Facts

MOST_ENDANGERED = 8
FEWEST_REGIONS = 3
"""A table of regions is worth its room from so many regions on."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many targets have one standing."""

    mark: Mark
    number: int


@dataclass(frozen=True, slots=True)
class Endangered:
    """One endangered target in one line."""

    anchor: str
    mark: Mark
    chance: str
    subject: Name | Message
    aim: Message
    gap: Message
    responsible: Name | Message


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One region's standing for one indicator."""

    mark: Mark
    words: str | Message
    anchor: str | None
    title: Message


@dataclass(frozen=True, slots=True)
class Heat:
    """Regions × indicators; a cell is None where there is no target."""

    indicators: list[tuple[Name, Message]]
    rows: list[tuple[Name, list[HeatCell | None]]]
    counts: list[Count]


@dataclass(frozen=True, slots=True)
class Summary:
    """The answer, the counts behind it, and the targets in danger by name."""

    answer: Message
    counts: list[Count]
    total: int
    endangered: list[Endangered]
    more_endangered: int
    heat: Heat | None


def summary(facts: Facts) -> Summary:
    """Sum up a run."""
    own = [verdict for verdict in facts.run.verdicts if facts.is_top(verdict.region)]
    endangered = sorted(
        (verdict for verdict in own if standing(verdict) in ("red", "yellow")),
        key=lambda v: (v.probability or 0.0, v.indicator, v.date),
    )
    return Summary(
        answer=_answer(own),
        counts=_counts(own),
        total=len(own),
        endangered=[_endangered(facts, verdict) for verdict in endangered[:MOST_ENDANGERED]],
        more_endangered=max(len(endangered) - MOST_ENDANGERED, 0),
        heat=_heat(facts),
    )


def _answer(verdicts: list[Verdict]) -> Message:
    found = Counter(map(standing, verdicts))
    about = {"n": len(verdicts), "red": found["red"], "yellow": found["yellow"]}
    if not verdicts:
        return tr("No target is in force at this date")
    if found["red"] and found["yellow"]:
        return tr("{red} of {n} targets in danger, {yellow} uncertain", **about)
    if found["red"]:
        return tr("{red} of {n} targets in danger", **about)
    if found["yellow"]:
        return tr("No target in danger, {yellow} of {n} uncertain", **about)
    if found["green"] or found["met"]:
        return tr("None of the targets that can be judged is in danger")
    return tr("None of {n} targets can be judged yet", **about)


def _counts(verdicts: list[Verdict]) -> list[Count]:
    found = Counter(map(standing, verdicts))
    return [Count(MARKS[key], found[key]) for key in ORDER if found[key]]


def _endangered(facts: Facts, verdict: Verdict) -> Endangered:
    return Endangered(
        anchor=facts.anchors[id(verdict)],
        mark=MARKS[standing(verdict)],
        chance=percent(verdict.probability or 0.0),
        subject=facts.subject(verdict),
        aim=saying.aim(facts, verdict),
        gap=tr("median {gap}", gap=saying.gap(facts, verdict)),
        responsible=facts.responsible(verdict.indicator),
    )


def _heat(facts: Facts) -> Heat | None:
    """Lay out the targets of the regions below, the last of each indicator, under those of the region above."""
    below = [verdict for verdict in facts.run.verdicts if not facts.is_top(verdict.region)]
    regions = sorted({verdict.region for verdict in below})
    if len(regions) < FEWEST_REGIONS:
        return None
    codes = sorted({verdict.indicator for verdict in below})
    shown = {(v.indicator, v.region): v for v in sorted(facts.run.verdicts, key=lambda v: v.date)}
    dates = {code: max(verdict.date for verdict in below if verdict.indicator == code) for code in codes}
    places = [facts.home, *regions]
    return Heat(
        indicators=[(facts.indicator(code), tr("by {date}", date=day(dates[code]))) for code in codes],
        rows=[
            (facts.names("regions", place), [_heat_cell(facts, shown.get((code, place))) for code in codes])
            for place in places
        ],
        counts=_counts(below),
    )


def _heat_cell(facts: Facts, verdict: Verdict | None) -> HeatCell | None:
    if verdict is None:
        return None
    mark = MARKS[standing(verdict)]
    judged = verdict.probability is not None
    return HeatCell(
        mark=mark,
        words=percent(verdict.probability) if verdict.probability is not None else mark.word,
        anchor=facts.anchors[id(verdict)] if judged else None,
        title=saying.headline(facts, verdict) if judged else verdict.reason,
    )
