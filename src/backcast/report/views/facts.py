"""What every part of a report looks up in its run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable
from copy import copy
from datetime import date
from functools import cached_property
from typing import Protocol, TypeVar

from backcast.language import Message, Name, tr
from backcast.planbook.evidence import comparable_observations
from backcast.planbook.regions import Regions
from backcast.planbook.results import Driver, LatestDate, SettledVerdict, TrajectoryPoint, Verdict
from backcast.planbook.told import Said
from backcast.report.figures import Figures

CONFIDENCE = 0.8
"""How safe the latest responsible dates of a report are."""

Place = tuple[str, str]


class _Placed(Protocol):
    @property
    def indicator(self) -> str: ...
    @property
    def region(self) -> str: ...


Record = TypeVar("Record", bound=_Placed)


class Facts:
    """A run, with its records in the order in which a report asks for them."""

    def __init__(self, run: Said) -> None:
        self.run, self.planbook, self.data_date = run, run.planbook, run.data_date
        self.names, self.figures, self.regions = run.names, Figures(run.planbook), Regions(run.planbook)
        self._plan = next(run.planbook["plan"].iter_rows(named=True), {})
        self.simulated = bool(self._plan.get("simulated"))
        self.anchors = {id(verdict): f"t{n}" for n, verdict in enumerate(run.verdicts)}
        self._drivers, self._latest = _by_place(run.drivers()), _by_place(run.latest_dates(CONFIDENCE))
        self._points = _by_place(run.trajectories)
        self._named: Container[str] | None = None

    @property
    def title(self) -> Name | Message:
        """Return the name of the plan."""
        name, english = self._plan.get("name"), self._plan.get("name_en")
        return Name(str(name or english), english) if name or english else tr("A plan without a name")

    @property
    def notice(self) -> Name | None:
        """Return what the plan wants to be read on every page."""
        chinese, english = self._plan.get("notice"), self._plan.get("notice_en")
        return Name(str(chinese or english), english) if chinese or english else None

    def of(self, *states: str) -> list[Verdict]:
        """Return the verdicts in some states."""
        return [verdict for verdict in self.run.verdicts if verdict.state in states]

    def naming(self, projects: Container[str]) -> Facts:
        """Return the same for a reader who may know some projects only: no other is named."""
        found = copy(self)
        found._named = projects
        return found

    def drivers(self, verdict: Verdict) -> list[Driver]:
        """Return the drivers of one target."""
        found = [d for d in self._drivers[verdict.indicator, verdict.region] if d.date == verdict.date]
        return [d for d in found if d.kind != "project" or self._names(d.project)]

    def latest(self, verdict: Verdict) -> list[LatestDate]:
        """Return the latest responsible dates behind one target."""
        found = [d for d in self._latest[verdict.indicator, verdict.region] if d.date == verdict.date]
        return [d for d in found if self._names(d.project)]

    def _names(self, project: str) -> bool:
        return self._named is None or project in self._named

    def points(self, verdict: Verdict) -> list[TrajectoryPoint]:
        """Return the forecast of a target's indicator and region up to its date."""
        return [p for p in self._points[verdict.indicator, verdict.region] if p.date <= verdict.date]

    def observed(self, place: Place) -> list[tuple[date, float]]:
        """Return the comparable figures of an indicator in a region, in order of time."""
        return self._observed[place]

    def is_top(self, region: str) -> bool:
        """Tell whether no target stands for a region above this one."""
        return region in self._top

    def indicator(self, code: str) -> Name:
        """Return the name of an indicator."""
        return self.names("indicators", code)

    def subject(self, verdict: Verdict | SettledVerdict) -> Name | Message:
        """Name a target's indicator, and its region where that is not the plan's own."""
        indicator = self.indicator(verdict.indicator)
        if verdict.region == self.home:
            return indicator
        return tr("{indicator}, {region}", indicator=indicator, region=self.names("regions", verdict.region))

    def responsible(self, indicator: str) -> Name | Message:
        """Return who answers for an indicator."""
        code = self._responsible.get(indicator)
        return self.names("organisations", code) if code else tr("no department named")

    def choose(self, choices: Iterable[tuple[str, str]], value: str | None) -> Name:
        """Return the label of one of the schema's choices."""
        return Name(dict(choices).get(value or "", value or ""), (value or "").replace("_", " "))

    @cached_property
    def aimed(self) -> list[str]:
        """The indicators with a target, in order of their codes."""
        return sorted({verdict.indicator for verdict in self.run.verdicts})

    @cached_property
    def home(self) -> str:
        """The region that most of the top targets stand for."""
        regions = [verdict.region for verdict in self.run.verdicts if verdict.region in self._top]
        return max(sorted(set(regions)), key=regions.count, default="")

    @cached_property
    def projects(self) -> dict[str, dict[str, object]]:
        """Region, stage and owner of every project."""
        rows = self.planbook["projects"].select("code", "lead_region", "stage", "owner").iter_rows(named=True)
        return {row["code"]: row for row in rows}

    @cached_property
    def _top(self) -> set[str]:
        depth = {verdict.region: len(self.regions.path(verdict.region)) for verdict in self.run.verdicts}
        return {region for region, steps in depth.items() if steps == min(depth.values())}

    @cached_property
    def _responsible(self) -> dict[str, str | None]:
        return dict(self.planbook["indicators"].select("code", "responsible").iter_rows())

    def observed_elsewhere(self, indicator: str) -> int:
        """Count the comparable figures of an indicator outside the plan's own region."""
        return sum(
            len(rows) for (code, region), rows in self._observed.items() if code == indicator and region != self.home
        )

    @cached_property
    def _observed(self) -> dict[Place, list[tuple[date, float]]]:
        found: dict[Place, list[tuple[date, float]]] = defaultdict(list)
        rows = comparable_observations(self.planbook, self.data_date).select("indicator", "region", "date", "value")
        for indicator, region, when, value in rows.iter_rows():
            found[indicator, region].append((when, value))
        return found


def _by_place(records: Iterable[Record]) -> dict[Place, list[Record]]:
    found: dict[Place, list[Record]] = defaultdict(list)
    for record in records:
        found[record.indicator, record.region].append(record)
    return found
