"""When the activities of one project can happen: its network on its own, computed as a planbook.

Relationships with other projects are left out here; a forecast of the whole plan heeds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db import models

from backcast.planbook.book import Planbook
from backcast.planbook.scheduling import timetable
from backcast.planbook.schema import ACTIVITIES
from backcast.planbook.templates import TEMPLATES
from backcast.web.core.models import choices_of, in_either
from backcast.web.exchange.reading import KEY, VERSION, frame_of
from backcast.web.exchange.registry import home
from backcast.web.plans.models import Calendar, CalendarDay, Plan
from backcast.web.projects.models import Project, Relationship


@dataclass(frozen=True, slots=True)
class Bar:
    """One activity in time.

    Attributes
    ----------
    start, finish
        When it happened, or can happen at the earliest; both days included.
    total_float
        Working days by which it may slip without moving the end.
    after
        Codes of the activities that drive its start.
    driving
        Whether it is on the chain that decides when the project ends.
    """

    code: str
    name: str
    gate: str
    start: date
    finish: date
    planned_start: date | None
    planned_finish: date | None
    actual_start: date | None
    actual_finish: date | None
    total_float: int
    after: tuple[str, ...] = ()
    driving: bool = False

    @property
    def done(self) -> bool:
        """Whether it is finished."""
        return self.actual_finish is not None


@dataclass(frozen=True, slots=True)
class Timing:
    """The activities of a project in order of time, and the day from which on they are computed.

    Attributes
    ----------
    own
        Whether the project has a network of its own; otherwise it is that of its kind.
    """

    bars: tuple[Bar, ...]
    data_date: date
    own: bool


def timing(project: Project) -> Timing:
    """Compute the timing of a project.

    Raises
    ------
    ValueError
        If activities wait for each other; the message names the loop.
    """
    when = project.plan.stands_on
    planbook = _planbook(project)
    found = timetable(planbook, when).to_frame().drop_nulls(["early_start", "early_finish"])
    rows = found.sort("early_start", "early_finish", "code").to_dicts()
    after = {row["code"]: tuple(code.partition("/")[2] for code in _split(row["driven_by"])) for row in rows}
    chain = _chain(rows, after)
    bars = tuple(_bar(row, after[row["code"]], row["code"] in chain) for row in rows)
    return Timing(bars, when, own=planbook["activities"].height > 0)


def _planbook(project: Project) -> Planbook:
    """Return a planbook of one project; what became known after the plan's data date is known here."""
    own: dict[str, models.QuerySet[models.Model]] = {
        "plan": Plan.objects.filter(pk=project.plan_id),
        "projects": Project.objects.filter(pk=project.pk),
        "activities": project.activities.all(),
        "relationships": Relationship.objects.filter(predecessor__project=project, successor__project=project),
        "calendars": Calendar.objects.filter(plan=project.plan_id),
        "calendar_days": CalendarDay.objects.filter(calendar__plan=project.plan_id),
    }
    frames = {name: frame_of(home(name), rows).drop(KEY, VERSION) for name, rows in own.items()}
    known = {name: frame.with_columns(known_from=pl.lit(None, pl.Date)) for name, frame in frames.items()}
    return Planbook.of(known | {"projects": known["projects"].with_columns(parent=pl.lit(None, pl.String))})


def _split(driven_by: str | None) -> list[str]:
    return driven_by.split("; ") if driven_by else []


def _chain(rows: list[dict[str, Any]], after: dict[str, tuple[str, ...]]) -> set[str]:
    """Follow what drives the activity that ends last, back to the beginning."""
    if not rows:
        return set()
    last = max(rows, key=lambda row: (str(row["early_finish"]), str(row["code"])))
    chain, waiting = set(), [str(last["code"])]
    while waiting:
        code = waiting.pop()
        if code not in chain:
            chain.add(code)
            waiting += after.get(code, ())
    return chain


def _bar(row: dict[str, Any], after: tuple[str, ...], driving: bool) -> Bar:
    return Bar(
        **{name: row[name] for name in _COPIED},
        name=_name(row),
        gate=row["gate"] or "",
        start=row["actual_start"] or row["early_start"],
        finish=row["actual_finish"] or row["early_finish"],
        after=after,
        driving=driving,
    )


def _name(row: dict[str, Any]) -> str:
    """Return what an activity is called; a step of a template by the interval that it is."""
    name = row["name"] or ""
    return in_either(row["name_en"] or name, name) or str(_INTERVALS.get(_STEPS.get(row["code"], ""), row["code"]))


_STEPS = {step.code: step.interval for steps in TEMPLATES.values() for step in steps}
_INTERVALS = dict(choices_of(ACTIVITIES["interval"]))
_COPIED = ("code", "planned_start", "planned_finish", "actual_start", "actual_finish", "total_float")
