"""The one door to a project: 404 for a stranger, and who may change what of it."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from backcast.web.core.actor import Actor
from backcast.web.core.roles import Role
from backcast.web.projects.lifecycle import OFFICERS, REPORTERS
from backcast.web.projects.models import Attachment, Project

REPORTED = frozenset(
    {
        "planned_start",
        "planned_finish",
        "actual_start",
        "actual_finish",
        "physical_percent_complete",
        "longitude",
        "latitude",
    }
)
"""What a reporter may change of a project: dates, progress and place."""


def visible_project(code: str, actor: Actor) -> Project:
    """Return a project that the actor may see; for anybody else there is none."""
    found = Project.objects.visible_to(actor).select_related(
        "plan", "lead_region", "owner_organisation", "task", "parent", "calendar"
    )
    project: Project = get_object_or_404(found, code=code)
    return project


def visible_attachment(code: str, file_code: str, actor: Actor) -> Attachment:
    """Return a file of a project that the actor may see; for anybody else there is none."""
    found = Attachment.objects.select_related("file", "project__lead_region", "project__owner_organisation")
    return get_object_or_404(found, project=visible_project(code, actor), file__code=file_code)


def may(actor: Actor, roles: frozenset[Role], project: Project) -> bool:
    """Whether the actor holds one of the roles where the project is."""
    return actor.has(roles, project.lead_region.path, _organisation(project))


def require(actor: Actor, roles: frozenset[Role], project: Project) -> None:
    """Refuse, unless :func:`may`."""
    actor.require(roles, project.lead_region.path, _organisation(project))


def editable_fields(actor: Actor, project: Project, fields: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of some fields that the actor may change."""
    if may(actor, OFFICERS, project):
        return fields
    return tuple(name for name in fields if name in REPORTED) if may(actor, REPORTERS, project) else ()


def _organisation(project: Project) -> str:
    return project.owner_organisation.code if project.owner_organisation else ""
