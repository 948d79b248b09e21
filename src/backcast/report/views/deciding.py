"""What decides a target, and by when things must happen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backcast.language import Message, Name, tr
from backcast.planbook.results import Driver, LatestDate, Verdict
from backcast.planbook.schema import GATES, STAGES
from backcast.report.figures import day, effect, points
from backcast.report.views.facts import CONFIDENCE, Facts

NEGLIGIBLE = 1e-3
"""Share of the target below which an effect is not told."""
SLIGHT = 0.002
"""Change in probability below which it is not told."""

SECTORS = {
    "coal": tr("coal"),
    "communications": tr("communications"),
    "data": tr("data"),
    "data_centre": tr("data centres"),
    "government": tr("government services"),
    "industrial_internet": tr("industrial internet"),
    "park": tr("industrial parks"),
    "power": tr("power"),
    "research": tr("research"),
    "security": tr("security"),
    "transport": tr("transport"),
}


@dataclass(frozen=True, slots=True)
class DriverRow:
    """One project or shared factor.

    Attributes
    ----------
    code
        Of the project; empty for a factor.
    cost, worth
        Written in the indicator's unit, ``cost`` with its standard error.
    change
        Written in points.
    cost_share, worth_share
        Per cent of the largest effect shown.
    """

    code: str
    name: Name | Message
    detail: Message | None
    cost: str
    worth: str
    change: str
    cost_share: float
    worth_share: float


@dataclass(frozen=True, slots=True)
class Deciding:
    """What decides one target.

    Attributes
    ----------
    note
        Said instead where nothing can be told.
    untold
        Projects with an effect that are left out.
    """

    unit: Name
    projects: list[DriverRow]
    factors: list[DriverRow]
    untold: int
    note: Message | None


@dataclass(frozen=True, slots=True)
class LatestRow:
    """One gate with its latest responsible date."""

    code: str
    name: Name
    gate: Name
    latest: date | None
    planned: date | None
    forecast: date | None
    left: Message
    is_past: bool


@dataclass(frozen=True, slots=True)
class Latest:
    """The most urgent gates of one target.

    Attributes
    ----------
    hopeless
        Gates for which no date is early enough.
    untold
        Further gates that are still to come.
    """

    headline: Message | None
    rows: list[LatestRow]
    hopeless: int
    untold: int


def deciding(facts: Facts, verdict: Verdict, most: int = 8) -> Deciding:
    """Tell the projects and the shared factors that decide a target, at most so many."""
    told = [driver for driver in facts.drivers(verdict) if _matters(driver, verdict)]
    projects = [driver for driver in told if driver.kind == "project"]
    factors = [driver for driver in told if driver.kind != "project"][: most // 2]
    scale = max((max(d.cost, d.worth) for d in (*projects[:most], *factors)), default=0.0)
    return Deciding(
        unit=facts.figures.unit(verdict.indicator),
        projects=[_project(facts, driver, scale) for driver in projects[:most]],
        factors=[_row(_factor_name(facts, driver.project), None, driver, scale) for driver in factors],
        untold=max(len(projects) - most, 0),
        note=None if projects or factors else _nothing_decides(facts, verdict),
    )


def latest(facts: Facts, verdict: Verdict, most: int = 8) -> Latest:
    """Tell the most urgent gate of each project behind a target."""
    urgent: dict[str, LatestDate] = {}
    dated = [row for row in facts.latest(verdict) if row.days_left is not None]
    for row in sorted(dated, key=lambda row: (row.days_left, row.project, row.activity)):
        urgent.setdefault(row.project, row)
    hopeless = {row.project for row in facts.latest(verdict) if row.latest is None}
    rows = [row for code, row in urgent.items() if code not in hopeless]
    return Latest(
        headline=_by_when(facts, rows[0]) if rows else None,
        rows=[_latest_row(facts, row) for row in rows[:most]],
        hopeless=len(hopeless),
        untold=max(len(rows) - most, 0),
    )


def _matters(driver: Driver, verdict: Verdict) -> bool:
    large = max(driver.cost, driver.worth) >= NEGLIGIBLE * abs(verdict.target)
    return large or abs(driver.probability_change) >= SLIGHT


def _project(facts: Facts, driver: Driver, scale: float) -> DriverRow:
    project = facts.projects.get(driver.project, {})
    detail = tr(
        "{region}, {stage}",
        region=facts.names("regions", project.get("lead_region") or ""),
        stage=facts.choose(STAGES, str(project.get("stage") or "")),
    )
    return _row(facts.names("projects", driver.project), detail, driver, scale)


def _row(name: Name | Message, detail: Message | None, driver: Driver, scale: float) -> DriverRow:
    return DriverRow(
        code=driver.project if driver.kind == "project" else "",
        name=name,
        detail=detail,
        cost=effect(driver.cost, driver.standard_error),
        worth=effect(driver.worth),
        change=points(driver.probability_change),
        cost_share=round(100 * max(driver.cost, 0.0) / scale, 1) if scale else 0.0,
        worth_share=round(100 * max(driver.worth, 0.0) / scale, 1) if scale else 0.0,
    )


def _factor_name(facts: Facts, code: str) -> Message:
    """Say in words which risk is shared, such as ``sector:data_centre``."""
    kind, _, value = code.partition(":")
    match kind:
        case "region":
            return tr("Shared by the projects in {region}", region=facts.names("regions", value))
        case "sector":
            return tr("Shared by the sector: {sector}", sector=SECTORS.get(value, value.replace("_", " ")))
        case "owner":
            return tr("Shared by the projects of {owner}", owner=facts.names("organisations", value))
    return tr("Shared by all projects")


def _nothing_decides(facts: Facts, verdict: Verdict) -> Message:
    if verdict.basis == "trend":
        return tr("Trend only: no project in the library adds to it in a way that can be told apart.")
    if not facts.drivers(verdict):
        return tr("No project in the library is told apart here.")
    return tr("No single project or shared risk decides it: the target stands, or falls, without any one of them.")


def _by_when(facts: Facts, row: LatestDate) -> Message:
    assert row.latest is not None
    assert row.days_left is not None
    about = {
        "project": facts.names("projects", row.project),
        "gate": facts.choose(GATES, row.gate),
        "latest": day(row.latest),
        "confidence": f"{CONFIDENCE:.0%}",
        "days": abs(row.days_left),
    }
    if row.days_left < 0:
        return tr("{project}: {gate} had to come by {latest} to be {confidence} safe; days past: {days}.", **about)
    return tr("{project}: {gate} must come by {latest} to be {confidence} safe; days left: {days}.", **about)


def _latest_row(facts: Facts, row: LatestDate) -> LatestRow:
    days = row.days_left or 0
    return LatestRow(
        code=row.project,
        name=facts.names("projects", row.project),
        gate=facts.choose(GATES, row.gate),
        latest=row.latest,
        planned=row.planned,
        forecast=row.forecast,
        left=tr("{days} past", days=-days) if days < 0 else tr("{days} left", days=days),
        is_past=days < 0,
    )
