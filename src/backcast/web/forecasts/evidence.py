"""Where the figures of a verdict come from, as the frozen planbook says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from backcast.language import Message, Name, tr
from backcast.planbook.results import Verdict
from backcast.planbook.schema import EVIDENCE
from backcast.report.figures import day
from backcast.report.views.facts import Facts
from backcast.report.views.sources import web_address


@dataclass(frozen=True, slots=True)
class Source:
    """One figure with its source; ``link`` is None where the source is no page of the web."""

    what: Message
    value: str
    status: Name
    source: str
    link: str | None


def evidence(facts: Facts, verdict: Verdict) -> list[Source]:
    """Return the sources of a target and of its last figure."""
    return [*_of_target(facts, verdict), *_of_last(facts, verdict)]


def _of_target(facts: Facts, verdict: Verdict) -> Iterator[Source]:
    here = _here(facts, "targets", verdict).filter(date=verdict.date, document=verdict.document)
    for row in here.head(1).to_dicts():
        yield _source(facts, tr("Target for {date}", date=day(verdict.date)), row)


def _of_last(facts: Facts, verdict: Verdict) -> Iterator[Source]:
    if verdict.last_date is None:
        return
    here = _here(facts, "observations", verdict).filter(pl.col("date") == verdict.last_date)
    for row in here.filter(pl.col("value") == verdict.last_value).head(1).to_dicts():
        yield _source(facts, tr("Figure of {date}", date=day(verdict.last_date)), row)


def _here(facts: Facts, table: str, verdict: Verdict) -> pl.DataFrame:
    return facts.planbook[table].filter(indicator=verdict.indicator, region=verdict.region)


def _source(facts: Facts, what: Message, row: dict[str, Any]) -> Source:
    return Source(
        what=what,
        value=facts.figures.plain(row["indicator"], row["value"]),
        status=facts.choose(EVIDENCE, row["status"]),
        source=row["source"] or "",
        link=web_address(row["url"]),
    )
