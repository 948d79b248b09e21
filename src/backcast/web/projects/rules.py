"""What must hold of a project, whoever writes it and by whatever route."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.web.core.refusals import Fault, Invalid
from backcast.web.projects import lifecycle, secrecy
from backcast.web.projects.models import Project

DEEPEST = 20
"""Levels of parents that are followed: more are a mistake, or a loop."""
_TEXTS = ("name", "name_en", "owner", "stage_reason", "leader", "task_team", "source", "note")


def require(faults: Iterable[Fault]) -> None:
    """Raise :class:`Invalid` with every fault, if there is one."""
    if found := list(faults):
        raise Invalid(found)


def faults_of(project: Project) -> Iterator[Fault]:
    """Yield everything that is wrong with a project as it would be saved."""
    yield from secrecy.marked({name: getattr(project, name) for name in _TEXTS})
    yield from _order(project, "planned_start", "planned_finish")
    yield from _order(project, "actual_start", "actual_finish")
    yield from _not_yet(project)
    if project.stage not in lifecycle.stages_of(project.kind):
        sentence = _("A project of the kind “{kind}” does not pass the stage “{stage}”. Choose another stage.")
        told = sentence.format(kind=project.get_kind_display(), stage=project.get_stage_display())
        yield Fault("stage", told, project.stage)
    yield from _percent(project)
    yield from _family(project)


def _order(project: Project, first: str, last: str) -> Iterator[Fault]:
    """What begins does not end before."""
    begins, ends = getattr(project, first), getattr(project, last)
    if begins and ends and ends < begins:
        sentence = _("It would end before it begins, on {begins}. Correct one of the two dates.")
        yield Fault(last, sentence.format(begins=begins), str(ends))


def _not_yet(project: Project) -> Iterator[Fault]:
    """What has happened lies in the past."""
    today = timezone.localdate()
    for name in ("actual_start", "actual_finish", "stage_date"):
        value: date | None = getattr(project, name)
        if value and value > today:
            yield Fault(name, _("This day has not come yet. Write the day on which it happened."), str(value))


def _percent(project: Project) -> Iterator[Fault]:
    percent = project.physical_percent_complete
    if percent is not None and not 0 <= percent <= 100:
        yield Fault("physical_percent_complete", _("Write a number from 0 to 100."), str(percent))


def _family(project: Project) -> Iterator[Fault]:
    """Parents belong to the same plan, make no loop, and of a line of descent one project counts."""
    above = _ancestors(project)
    if any(other.pk == project.pk and project.pk for other in above) or len(above) == DEEPEST:
        yield Fault("parent", _("A project cannot stand below itself. Choose another parent."), above[0].code)
        return
    if above and above[0].plan_id != project.plan_id:
        yield Fault("parent", _("The parent belongs to another plan. Choose one of the same plan."), above[0].code)
    if counting(project):
        yield from _counted_twice(project, above)


def _counted_twice(project: Project, above: list[Project]) -> Iterator[Fault]:
    other = next((one for one in above if counting(one)), None) or next(_counting_below(project), None)
    if other is not None:
        sentence = _("“{other}” ({code}) counts already, and one level of a family counts. Let this one not count.")
        yield Fault("counts", sentence.format(other=other, code=other.code))


def counting(project: Project) -> bool:
    """Whether a project counts; where nothing is said, it does."""
    return project.counts is not False


def _ancestors(project: Project) -> list[Project]:
    """Return the parents of a project, the nearest first; no more than :data:`DEEPEST`."""
    above: list[Project] = []
    parent: Any = project.parent
    while parent is not None and len(above) < DEEPEST:
        above.append(parent)
        parent = parent.parent
    return above


def _counting_below(project: Project) -> Iterator[Project]:
    """Yield descendants that count, level by level."""
    level, depth = [project.pk] if project.pk else [], 0
    while level and depth < DEEPEST:
        below = list(Project.objects.filter(parent__in=level))
        yield from (one for one in below if counting(one))
        level, depth = [one.pk for one in below], depth + 1
