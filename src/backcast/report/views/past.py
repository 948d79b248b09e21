"""What earlier data dates said, against what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from backcast.language import Message, Name, tr
from backcast.planbook.results import PastForecast
from backcast.report.charts.strip import Strip
from backcast.report.views.facts import Facts

MOST_ROWS = 60
"""Rows shown; the share that held counts all of them."""


@dataclass(frozen=True, slots=True)
class PastRow:
    """One earlier forecast and the figure that came."""

    said_on: date
    for_date: date
    p10: str
    p50: str
    p90: str
    observed: str
    held: bool
    strip: Strip


@dataclass(frozen=True, slots=True)
class PastGroup:
    """The earlier forecasts of one indicator in one region."""

    subject: Name | Message
    unit: Name
    rows: list[PastRow]


@dataclass(frozen=True, slots=True)
class Past:
    """Earlier forecasts, and how many of them held."""

    answer: Message
    groups: list[PastGroup]
    untold: int


def past_view(facts: Facts, past: Sequence[PastForecast]) -> Past | None:
    """Tell earlier forecasts by indicator and region; None where there are none."""
    if not past:
        return None
    held = sum(row.held for row in past)
    groups: dict[tuple[str, str], list[PastForecast]] = {}
    for row in sorted(past, key=partial(_order, facts))[:MOST_ROWS]:
        groups.setdefault((row.indicator, row.region), []).append(row)
    return Past(
        answer=tr(
            "{held} of {n} figures came within the band from P10 to P90 that was forecast for them: {share}, "
            "where 80% is meant.",
            held=held,
            n=len(past),
            share=f"{held / len(past):.0%}",
        ),
        groups=[_group(facts, *place, rows) for place, rows in groups.items()],
        untold=max(len(past) - MOST_ROWS, 0),
    )


def _order(facts: Facts, row: PastForecast) -> tuple[object, ...]:
    """Indicators with a target first, the plan's own region first."""
    return (
        row.indicator not in facts.aimed,
        row.region != facts.home,
        row.indicator,
        row.region,
        row.date,
        row.data_date,
    )


def _group(facts: Facts, indicator: str, region: str, rows: list[PastForecast]) -> PastGroup:
    name = facts.indicator(indicator)
    subject = (
        name
        if region == facts.home
        else tr("{indicator}, {region}", indicator=name, region=facts.names("regions", region))
    )
    return PastGroup(subject, facts.figures.unit(indicator), [_row(facts, row) for row in rows])


def _row(facts: Facts, row: PastForecast) -> PastRow:
    p10, p50, p90, observed = (
        facts.figures.plain(row.indicator, value) for value in (row.p10, row.p50, row.p90, row.observed)
    )
    title = tr("forecast {p10} to {p90}, came {observed}", p10=p10, p90=p90, observed=observed)
    strip = Strip(title, row.p10, row.p50, row.p90, row.observed)
    return PastRow(row.data_date, row.date, p10, p50, p90, observed, row.held, strip)
