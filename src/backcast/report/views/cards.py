"""One target that is still open: the full card, or one row for a region below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from backcast.language import Message, Name, tr
from backcast.planbook.results import TrajectoryPoint, Verdict
from backcast.planbook.sentences import percent
from backcast.report.charts.bars import Bar, Bars
from backcast.report.charts.fan import MANY_DOTS, Fan
from backcast.report.lights import MARKS, Mark, standing
from backcast.report.views import saying
from backcast.report.views.deciding import Deciding, Latest, deciding, latest
from backcast.report.views.facts import Facts

FEW, MANY = 3, 8
"""Drivers and dates shown for a region below, and for the plan's own region."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A reported figure, or a forecast, as the table beside a chart shows it."""

    when: date
    reported: str
    p10: str
    p50: str
    p90: str
    early: str
    late: str


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that is said about one open target.

    Attributes
    ----------
    small
        Whether it is one of many regions, told in a row that opens.
    pace, bars
        The sentence about the pace, and its chart where there are two paces to compare.
    when
        When the target will be reached.
    """

    anchor: str
    mark: Mark
    chance: str
    error: str
    headline: Message
    subject: Name | Message
    region: Name
    aim: Message
    brief: Message
    outlook: Message
    gap: Message
    when: Message | None
    last: Message
    responsible: Name | Message
    document: Name
    basis: Message
    shortfall: Name
    fan: Fan
    figures: list[FigureRow]
    has_envelope: bool
    pace: Message | None
    bars: Bars | None
    deciding: Deciding
    latest: Latest
    small: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """The regions below, for one indicator and date."""

    title: Name
    due: date
    cards: list[Card]


def cards(facts: Facts) -> list[Card]:
    """Return the open targets of the plan's own regions, the least likely first."""
    return [card(facts, verdict) for verdict in _open(facts) if facts.is_top(verdict.region)]


def rows(facts: Facts) -> list[Rows]:
    """Return the open targets of the regions below, by indicator and date."""
    groups: dict[tuple[str, date], list[Card]] = {}
    for verdict in _open(facts):
        if not facts.is_top(verdict.region):
            groups.setdefault((verdict.indicator, verdict.date), []).append(card(facts, verdict, small=True))
    return [Rows(facts.indicator(code), when, found) for (code, when), found in sorted(groups.items())]


def card(facts: Facts, verdict: Verdict, *, small: bool = False) -> Card:
    """Say everything about one open target."""
    assert verdict.probability is not None
    points, most = facts.points(verdict), FEW if small else MANY
    return Card(
        anchor=facts.anchors[id(verdict)],
        mark=MARKS[standing(verdict)],
        chance=percent(verdict.probability),
        error=f"{100 * (verdict.standard_error or 0):.1f}",
        headline=saying.headline(facts, verdict),
        subject=facts.subject(verdict),
        region=facts.names("regions", verdict.region),
        aim=saying.aim(facts, verdict),
        brief=saying.brief(facts, verdict),
        outlook=saying.outlook(facts, verdict),
        gap=saying.gap(facts, verdict),
        when=saying.when_reached(verdict),
        last=saying.last_figure(facts, verdict),
        responsible=facts.responsible(verdict.indicator),
        document=document(facts, verdict),
        basis=verdict.reason,
        shortfall=facts.figures.said(
            verdict.indicator, verdict.expected_shortfall or 0.0, saying.grain(facts, verdict)
        ),
        fan=fan(facts, verdict),
        figures=_figures(facts, verdict, points),
        has_envelope=any(point.early is not None for point in points),
        pace=saying.pace(facts, verdict),
        bars=paces(facts, verdict),
        deciding=deciding(facts, verdict, most),
        latest=latest(facts, verdict, most),
        small=small,
    )


def fan(facts: Facts, verdict: Verdict) -> Fan:
    """Return the chart of one target."""
    place = verdict.indicator, verdict.region
    others = [
        (other.date, other.target)
        for other in facts.run.verdicts
        if (other.indicator, other.region) == place and other.date != verdict.date
    ]
    return Fan(
        title=tr(
            "{headline}. {outlook}", headline=saying.headline(facts, verdict), outlook=saying.outlook(facts, verdict)
        ),
        unit=facts.figures.unit(verdict.indicator),
        observed=tuple(facts.observed(place)),
        points=tuple(facts.points(verdict)),
        target=(verdict.date, verdict.target),
        others=tuple(others),
        data_date=facts.data_date,
        simulated=facts.simulated,
        write=partial(facts.figures.bare, verdict.indicator, grain=saying.grain(facts, verdict)),
        exact=partial(facts.figures.bare, verdict.indicator),
    )


def paces(facts: Facts, verdict: Verdict) -> Bars | None:
    """Return the pace that is needed beside the best one observed, where there are both."""
    sign = -1.0 if verdict.direction == "lower" else 1.0
    required, best = (pace and sign * pace for pace in (verdict.required_pace, verdict.best_pace))
    sentence = saying.pace(facts, verdict)
    if required is None or best is None or required <= 0 or best <= 0 or sentence is None:
        return None
    needed, seen = saying.per_year(facts, verdict, required), saying.per_year(facts, verdict, best)
    return Bars(
        title=sentence,
        bars=(
            Bar(tr("needed from now on: {pace} a year", pace=needed), required, "needed"),
            Bar(tr("best ever observed: {pace} a year", pace=seen), best, "best"),
        ),
        simulated=facts.simulated,
    )


def document(facts: Facts, verdict: Verdict) -> Name:
    """Return the name of the document that sets a target."""
    targets = facts.planbook["targets"]
    names = dict(targets.select("document", "document_en").drop_nulls().iter_rows())
    return Name(verdict.document, names.get(verdict.document))


def _open(facts: Facts) -> list[Verdict]:
    return sorted(facts.of("forecast"), key=lambda v: (v.probability or 0.0, v.indicator, v.region, v.date))


def _figures(facts: Facts, verdict: Verdict, points: list[TrajectoryPoint]) -> list[FigureRow]:
    """The reported figures, then the forecast at the ends of quarters; of many figures, too, those of the quarters."""
    write = partial(facts.figures.plain, verdict.indicator)
    reported = facts.observed((verdict.indicator, verdict.region))
    reported = [row for row in reported if len(reported) <= MANY_DOTS or row[0].month % 3 == 0 or row == reported[-1]]
    told = [point for point in points if point.date.month % 3 == 0 or point.date == verdict.date]
    return [FigureRow(when, write(value), "", "", "", "", "") for when, value in reported] + [
        FigureRow(p.date, "", write(p.p10), write(p.p50), write(p.p90), write(p.early), write(p.late)) for p in told
    ]
