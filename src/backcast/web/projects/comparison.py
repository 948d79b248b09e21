"""Baselines of a project side by side, beside its plan of today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from backcast.web.projects.models import Baseline, Project


@dataclass(frozen=True, slots=True)
class Cell:
    """A planned finish, and by how many days it is later than in the column before it."""

    finish: date | None
    moved: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The project as a whole, or one activity, in every baseline and today."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Baselines as columns, activities as rows; the last column is today's plan."""

    baselines: tuple[Baseline, ...]
    lines: tuple[Line, ...]


def comparison(project: Project) -> Comparison:
    """Compare every baseline of a project; an activity that was not there yet, or is gone, has no date."""
    baselines = tuple(project.baselines.order_by("number").prefetch_related("activities"))
    frozen = [{one.code: one.planned_finish for one in baseline.activities.all()} for baseline in baselines]
    activities = {activity.code: activity for activity in project.activities.all()}
    codes = list(dict.fromkeys([*(code for dates in frozen for code in dates), *activities]))
    whole = [*(baseline.planned_finish for baseline in baselines), project.planned_finish]
    lines = [Line(_("The whole project"), _cells(whole))]
    for code in codes:
        today = activities[code].planned_finish if code in activities else None
        name = str(activities[code]) if code in activities else code
        lines.append(Line(name, _cells([*(dates.get(code) for dates in frozen), today])))
    return Comparison(baselines, tuple(lines))


def _cells(dates: list[date | None]) -> tuple[Cell, ...]:
    before: list[date | None] = [None, *dates[:-1]]
    return tuple(
        Cell(now, (now - then).days if now and then else None) for then, now in zip(before, dates, strict=True)
    )
