"""Adding, changing and advancing projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor
from backcast.web.core.refusals import Fault, Invalid
from backcast.web.directory.models import Region
from backcast.web.plans.models import Plan
from backcast.web.projects import access, lifecycle, rules, search, secrecy
from backcast.web.projects.actions.writing import checked, current, laid, told, written
from backcast.web.projects.duplicates import Candidate, lookalikes
from backcast.web.projects.models import Project, Share


class LikelyDuplicate(Invalid):
    """The library may have the project already; whoever is sure says so.

    Attributes
    ----------
    found
        The projects that it looks like, the likeliest first.
    """

    def __init__(self, found: list[Candidate]) -> None:
        sentence = _("The library has a project that looks like this one. Look at it; if yours is another, say so.")
        super().__init__([Fault("anyway", sentence)])
        self.found = tuple(found)


@transaction.atomic
def add(
    plan: Plan, values: Mapping[str, Any], *, by: Actor, no_state_secret: bool = False, anyway: bool = False
) -> Project:
    """Take a project into the library.

    Parameters
    ----------
    no_state_secret
        Whether the actor declares that nothing of it is a state secret.
    anyway
        Whether the actor has seen the projects that it looks like, and says that it is another.

    Raises
    ------
    LikelyDuplicate
        If it looks like others, unless ``anyway``.
    """
    project = Project(plan=plan, **values)
    _require_where(by, project)
    _settle(project, values)
    checked(project)
    rules.require([*secrecy.undeclared(no_state_secret), *rules.faults_of(project)])
    if not anyway and (found := lookalikes(project, by)):
        raise LikelyDuplicate(found)
    project.save()
    search.index(project)
    Share.objects.create(project=project, region=project.lead_region, share=1)
    audit.record(by, "project.added", project, after={"plan": plan, **told(project, values), "anyway": anyway})
    return project


@transaction.atomic
def change(project: Project, values: Mapping[str, Any], *, by: Actor, expected: int) -> Project:
    """Change fields of a project; its stage changes by :func:`advance` alone.

    Raises
    ------
    Conflict
        If somebody has changed it since ``expected``.
    """
    project = current(project, expected)
    allowed = access.editable_fields(by, project, tuple(values))
    access.require(by, lifecycle.REPORTERS if set(allowed) == set(values) else lifecycle.OFFICERS, project)
    _require_no_stage(values)
    before = laid(project, values)
    if "lead_region" in before:
        _require_where(by, project)
    rules.require(rules.faults_of(project))
    written(project, before, expected=expected)
    _follow_lead(before, project)
    if before:
        audit.record(by, "project.changed", project, before=before, after=told(project, before))
    return project


@transaction.atomic
def advance(project: Project, to: str, *, by: Actor, expected: int, **fields: Any) -> Project:
    """Move a project on to another stage, with what must be known by then.

    Parameters
    ----------
    fields
        Of the transition, as :data:`~backcast.web.projects.lifecycle.TRANSITIONS` names them; the date of
        the stage is today where none is given.

    Raises
    ------
    Conflict
        If somebody has changed it since ``expected``: of several who move it at once, one does.
    """
    project = current(project, expected)
    access.require(by, lifecycle.REPORTERS, project)
    step = lifecycle.way_to(project.kind, project.stage, to)
    if step is None:
        raise Invalid([Fault("stage", _no_way(project, to), to)])
    access.require(by, step.roles, project)
    _require_known(step, fields)
    values = {"stage_reason": "", "stage_date": timezone.localdate(), **_filled(fields), "stage": to}
    before = laid(project, values)
    rules.require([*_missing(step, project), *rules.faults_of(project)])
    written(project, before, expected=expected)
    audit.record(by, "project.advanced", project, before=before, after=told(project, before))
    return project


@transaction.atomic
def count_at(parent: Project, *, children: bool, by: Actor, expected: int) -> Project:
    """Let a parent count, or its children: exactly one of the two levels, changed together."""
    parent = current(parent, expected)
    below = list(parent.children.select_for_update())
    for project in (parent, *below):
        access.require(by, lifecycle.OFFICERS, project)
    changed = [(parent, not children), *((child, children) for child in below)]
    for project, counts in sorted(changed, key=lambda pair: pair[1]):  # those that stop counting come first
        before = laid(project, {"counts": counts})
        rules.require(rules.faults_of(project))
        written(project, before, expected=project.version)
        if before:
            audit.record(by, "project.changed", project, before=before, after=told(project, before))
    return parent


def _require_where(by: Actor, project: Project) -> None:
    """Officers take in and move projects within their own reach."""
    access.require(by, lifecycle.OFFICERS, project)


def _settle(project: Project, values: Mapping[str, Any]) -> None:
    """Give a new project the first stage of its kind, and let it count unless its parent does."""
    if not project.stage and project.kind:
        project.stage = lifecycle.STAGES_OF[project.kind][0]
    if project.parent and "counts" not in values:
        project.counts = not rules.counting(project.parent)


def _require_no_stage(values: Mapping[str, Any]) -> None:
    if "stage" in values:
        rules.require(
            [Fault("stage", _("A stage changes by a transition, which asks for what must be known by then."))]
        )


def _no_way(project: Project, to: str) -> str:
    ways = [str(step.label) for step in lifecycle.ways_on(project.kind, project.stage)]
    sentence = _("From the stage “{stage}” there is no way to “{to}”. Possible: {ways}.")
    stages = dict(Project._meta.get_field("stage").flatchoices)
    told_to = stages.get(to, to)
    return sentence.format(stage=project.get_stage_display(), to=told_to, ways=_(", ").join(ways) or _("nothing"))


def _require_known(step: lifecycle.Transition, fields: Mapping[str, Any]) -> None:
    """Only what a transition asks for comes with it."""
    odd = [name for name in fields if name not in step.fields]
    rules.require(
        Fault(name, _("This does not belong to the transition “{step}”.").format(step=step.label)) for name in odd
    )


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what was left empty: it stays as it was."""
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _missing(step: lifecycle.Transition, project: Project) -> list[Fault]:
    """Return a fault for everything that must be known by then and is not."""
    empty = [name for name in step.required if getattr(project, name) in (None, "")]
    needed = _("“{step}” needs this. Fill it in.").format(step=step.label)
    faults = [Fault(name, needed) for name in empty]
    if step.needs_reason and not project.stage_reason.strip():
        faults.append(Fault("stage_reason", _("Say why: whoever looks at this project later will want to know.")))
    return faults


def _follow_lead(before: Mapping[str, Any], project: Project) -> None:
    """Let the one share of an undivided project move with its lead region."""
    old = before.get("lead_region")
    if isinstance(old, Region) and project.shares.count() == 1:
        project.shares.filter(region=old).update(region=project.lead_region)
