"""What indicators mean, which of several targets is in force, and where everything comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from backcast.language import Message, Name, tr
from backcast.planbook.evidence import NOT_A_FACT, targets_in_force
from backcast.planbook.schema import EVIDENCE, KINDS
from backcast.report.figures import day
from backcast.report.views.facts import Facts

SOURCED = ("targets", "observations", "projects", "outputs", "definitions")
BETTER = {"higher": tr("higher is better"), "lower": tr("lower is better")}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a definition.

    Attributes
    ----------
    stands_apart
        Whether its figures do not compare with those of the versions before it.
    note
        In the planbook's own words.
    """

    text: Name
    valid_from: date | None
    stands_apart: bool
    note: str


@dataclass(frozen=True, slots=True)
class Definition:
    """An indicator with the versions of its definition."""

    indicator: Name
    unit: Name
    kind: Name
    better: Message
    versions: list[Version]


@dataclass(frozen=True, slots=True)
class Competing:
    """One of several documents' targets for an indicator and region."""

    indicator: Name
    region: Name
    due: date
    value: str
    document: Name
    issued: date | None
    in_force: bool
    why_not: Message | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows of the planbook come from."""

    status: Name
    source: str
    url: str | None
    rows: int


def definitions(facts: Facts) -> list[Definition]:
    """Return every indicator with a target and the versions of its definition, in order of time."""
    versions = facts.planbook["definitions"].sort("indicator", "valid_from", maintain_order=True)
    indicators = facts.planbook["indicators"].filter(pl.col("code").is_in(facts.aimed)).sort("code")
    return [
        Definition(
            indicator=facts.indicator(row["code"]),
            unit=facts.names.unit(row["code"]),
            kind=facts.choose(KINDS, row["kind"]),
            better=BETTER[row["direction"]],
            versions=[_version(version) for version in versions.filter(indicator=row["code"]).to_dicts()],
        )
        for row in indicators.to_dicts()
    ]


def competing(facts: Facts) -> list[Competing]:
    """Return the targets of every indicator and region for which several stand, in force or not."""
    targets = facts.planbook["targets"]
    force = targets_in_force(facts.planbook, facts.data_date)
    in_force = set(force.select("indicator", "region", "date", "document").rows())
    several = targets.filter(pl.len().over("indicator", "region") > 1)
    rows = several.sort("indicator", "region", "date", "issued", "document").to_dicts()
    return [_competing(facts, row, in_force) for row in rows]


def sources(facts: Facts) -> list[Source]:
    """Return the sources of targets, figures, projects and definitions, the best founded first."""
    columns = ["status", "source", "url"]
    rows = pl.concat([facts.planbook[name].select(columns) for name in SOURCED]).filter(pl.col("source").is_not_null())
    rank = {status: n for n, (status, _) in enumerate(EVIDENCE)}
    ordered = sorted(
        rows.group_by(columns).len("rows").to_dicts(),
        key=lambda row: (rank.get(row["status"], len(rank)), -row["rows"], row["source"], row["url"] or ""),
    )
    return [
        Source(facts.choose(EVIDENCE, row["status"]), row["source"], web_address(row["url"]), row["rows"])
        for row in ordered
    ]


def web_address(url: str | None) -> str | None:
    """Return an address that may become a link: that of a web page, and nothing else."""
    return url if url and url.startswith(("https://", "http://")) else None


def why_not(row: Mapping[str, Any], data_date: date) -> Message:
    """Say why a target does not count, of one that is not among those in force at a data date."""
    if row["status"] == NOT_A_FACT:
        return tr("not seen in any source")
    if row["issued"] and row["issued"] > data_date:
        return tr("not yet issued")
    if row["valid_to"] and row["valid_to"] < data_date:
        return tr("in force until {date}", date=day(row["valid_to"]))
    return tr("a later document counts")


def _version(row: dict[str, Any]) -> Version:
    text = Name(row["text"], row["text_en"])
    return Version(text, row["valid_from"], bool(row["series_break"]), row["note"] or "")


def _competing(facts: Facts, row: dict[str, Any], in_force: set[tuple[object, ...]]) -> Competing:
    holds = tuple(row[name] for name in ("indicator", "region", "date", "document")) in in_force
    return Competing(
        indicator=facts.indicator(row["indicator"]),
        region=facts.names("regions", row["region"]),
        due=row["date"],
        value=facts.figures.plain(row["indicator"], row["value"]),
        document=Name(row["document"], row["document_en"]),
        issued=row["issued"],
        in_force=holds,
        why_not=None if holds else why_not(row, facts.data_date),
    )
