"""Lifecycle templates: the network of a project that has none of its own.

A plain list of projects can be run: the project's kind gives its activities, its planned dates
their durations, its stage and actual dates their progress. Where there is no date at all, the
typical length of the interval counts from the date of the stage. Lengths that come from dates are
calendar days, so templates work every day: the winter stop is in the dates already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from backcast.planbook.book import Planbook
from backcast.planbook.schema import ACTIVITIES, RELATIONSHIPS
from backcast.planbook.timeline import EVERY_DAY

INACTIVE = ("stopped", "deferred", "terminated", "withdrawn")
"""Stages in which a project delivers nothing until it is taken up again."""


@dataclass(frozen=True, slots=True)
class Step:
    """One activity of a template.

    Attributes
    ----------
    passed_by
        Stages that say the step is behind the project.
    typical_days
        Calendar days where the project gives no dates: an assumption, not a finding.
    """

    code: str
    interval: str
    gate: str
    passed_by: tuple[str, ...]
    typical_days: int


_IN_WORKS = ("started", "construction")
_AFTER_WORKS = ("completed", "production", "full_effect")
_AFTER_RECOGNITION = ("recognised", "accepted", "assessed")

_FORECAST = ("construction", "recognition")
"""Intervals whose end a project's own forecast of its finish speaks of."""

CONSTRUCTION = (
    Step("preparation", "preparation", "start", (*_IN_WORKS, *_AFTER_WORKS), 365),
    Step("construction", "construction", "completion", _AFTER_WORKS, 730),
    Step("trial", "trial_running", "production", ("production", "full_effect"), 180),
    Step("ramp", "ramp", "full_effect", ("full_effect",), 365),
)
TEMPLATES: dict[str, tuple[Step, ...]] = {
    "construction": CONSTRUCTION,
    "rollout": CONSTRUCTION[:2],
    "recognition": (Step("recognition", "recognition", "recognition", _AFTER_RECOGNITION, 365),),
}


def with_templates(planbook: Planbook, data_date: date, forecasts: Mapping[str, date]) -> Planbook:
    """Return the planbook with activities and relationships for every project that has none.

    Parameters
    ----------
    forecasts
        By project: the finish that it last forecast itself, which tells what is left of its works.
    """
    bare = planbook["projects"].join(
        planbook["activities"].select("project").unique(), left_on="code", right_on="project", how="anti"
    )
    long_ago = _before_every_figure(planbook, data_date)
    activities = [
        row
        for project in bare.iter_rows(named=True)
        for row in _activities(project, data_date, forecasts.get(project["code"]), long_ago)
    ]
    if not activities:
        return planbook
    new = pl.DataFrame(activities, schema={name: ACTIVITIES.polars_schema[name] for name in activities[0]})
    links = (
        new.select(predecessor_project="project", predecessor="code")
        .with_columns(
            successor_project=pl.col("predecessor_project").shift(-1), successor=pl.col("predecessor").shift(-1)
        )
        .filter(pl.col("predecessor_project") == pl.col("successor_project"))
    )
    return planbook.replace(
        activities=pl.concat([planbook["activities"], new], how="diagonal").select(ACTIVITIES.polars_schema.names()),
        relationships=pl.concat([planbook["relationships"], links], how="diagonal").select(
            RELATIONSHIPS.polars_schema.names()
        ),
    )


def _before_every_figure(planbook: Planbook, data_date: date) -> date:
    """Return the day before the plan, and before all that is observed.

    What was finished nobody knows when is in the figures already: if it ended after the last of
    them, its whole output would be added to them once more.
    """
    figures = [planbook["plan"]["starts"].min(), planbook["observations"]["date"].min(), data_date]
    return min(day for day in figures if isinstance(day, date)) - timedelta(days=1)


def _activities(
    project: dict[str, object], data_date: date, forecast: date | None, long_ago: date
) -> list[dict[str, object]]:
    """Lay the steps of a project's template end to end."""
    rows: list[dict[str, object]] = []
    running = True
    for step in TEMPLATES[str(project["kind"])]:
        row = _row(project, step)
        begin, end = _planned(project, step)
        row["planned_start"], row["planned_finish"] = begin, end
        row["duration"] = max((end - begin).days + 1, 1) if begin and end and end >= begin else step.typical_days
        if _is_passed(project, step):
            row |= _passed(project, step, data_date, long_ago)
        elif running:
            expected = forecast if forecast and step.interval in _FORECAST else end
            row |= _running(project, step, expected, int(str(row["duration"])), data_date) or _ahead(row, data_date)
            running = False
        rows.append(row)
    return rows


def _row(project: dict[str, object], step: Step) -> dict[str, object]:
    return {
        "project": project["code"],
        "code": step.code,
        "calendar": EVERY_DAY,
        "duration": step.typical_days,
        "remaining_duration": None,
        "interval": step.interval,
        "gate": step.gate,
        "planned_start": None,
        "planned_finish": None,
        "actual_start": None,
        "actual_finish": None,
        "physical_percent_complete": None,
    }


def _planned(project: dict[str, object], step: Step) -> tuple[date | None, date | None]:
    """Planned first and last day of a step, where the project's own dates tell them."""
    start, finish = _date(project["planned_start"]), _date(project["planned_finish"])
    began = start or _date(project["actual_start"])
    match step.interval:
        case "preparation":
            stage_date = _date(project["stage_date"])
            end = start - timedelta(days=1) if start else None
            return (stage_date if end and stage_date and stage_date < end else None), end
        case "construction" | "recognition":
            return began, finish
        case _:
            return None, None


def _is_passed(project: dict[str, object], step: Step) -> bool:
    """Whether the stage, or a fact that the stage does not tell yet, says that a step lies behind."""
    if step.gate == "start" and project["actual_start"]:
        return True
    finished = project["actual_finish"] is not None and step.gate in ("start", "completion", "recognition")
    return finished or project["stage"] in step.passed_by


def _passed(project: dict[str, object], step: Step, data_date: date, long_ago: date) -> dict[str, object]:
    """Dates of a step that lies behind: the project's own, else that of its stage, else the plan."""
    start, finish = _date(project["actual_start"]), _date(project["actual_finish"])
    if step.gate == "start":
        known = start - timedelta(days=1) if start else None
        planned = _planned(project, step)[1]
    else:
        known, planned = finish, _date(project["planned_finish"])
    kept = planned if planned and planned < data_date else long_ago
    end = min(known or _date(project["stage_date"]) or kept, finish or data_date, data_date)
    begin = min(start, end) if start and step.interval == "construction" else end
    return {"actual_start": begin, "actual_finish": end}


def _running(
    project: dict[str, object], step: Step, expected_end: date | None, duration: int, data_date: date
) -> dict[str, object]:
    """Progress of the first step that is not behind: begun at the project's start or at its stage's date."""
    stage_date, start = _date(project["stage_date"]), _date(project["actual_start"])
    finish = _date(project["actual_finish"])
    if finish:  # the works are done, so this step follows them, however old the stage is
        begun: date | None = max(finish + timedelta(days=1), stage_date or finish)
    else:
        begun = (start if step.interval in _FORECAST else None) or stage_date
    if begun is None or begun > data_date:
        return {}
    percent = project["physical_percent_complete"] if step.interval == "construction" else None
    if isinstance(percent, int | float):
        left = round(duration * (1 - float(percent) / 100))
    elif expected_end:
        left = (expected_end - data_date).days
    else:
        left = duration - (data_date - begun).days
    return {
        "actual_start": begun,
        "remaining_duration": max(left, 1),
        "physical_percent_complete": percent,
    }


def _ahead(row: dict[str, object], data_date: date) -> dict[str, object]:
    """Length of a step that nobody says has begun: where only its end is planned, from now until then."""
    end = _date(row["planned_finish"])
    if end is None or end <= data_date or row["planned_start"] is not None:
        return {}
    return {"duration": (end - data_date).days}


def _date(value: object) -> date | None:
    return value if isinstance(value, date) else None
