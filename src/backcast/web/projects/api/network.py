"""The network of a project by the API: activities, and which waits for which, replaced as a whole."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db.models import F
from ninja import Router, Schema
from pydantic import Field

from backcast.web.core.api import READ, WRITE
from backcast.web.core.requests import ActingRequest
from backcast.web.core.shapes import Code, Given, Shape, Version, whole
from backcast.web.projects import access, actions
from backcast.web.projects.models import Activity, Project, Relationship

FIELDS = ("code", "name", "name_en", "duration", "interval", "gate", "planned_start", "planned_finish")
ACTIVITY = Shape("NetworkActivity", Activity, FIELDS, FIELDS, ())
MOST = 500
"""Activities, as on the page of a network."""

Lag: Any = Annotated[whole(-36_500, 36_500) | None, Field(description="Working days.")]

router = Router()


class Link(Given):
    """Which activity waits for which."""

    predecessor: Code
    successor: Code
    type: Literal["FS", "SS", "FF", "SF"] = "FS"
    lag: Lag = None


class Network(Schema):
    """A network, and the version of its project."""

    version: int
    activities: list[ACTIVITY.one]  # type: ignore[name-defined]
    relationships: list[Link]


class NewNetwork(Given):
    """What a network becomes; its version is that of the project."""

    version: Version
    activities: Annotated[list[ACTIVITY.new], Field(max_length=MOST)]  # type: ignore[name-defined]
    relationships: Annotated[list[Link], Field(max_length=10 * MOST)]


@router.get("/projects/{code}/network", response={200: Network, **READ})
def project_network(request: ActingRequest, code: Code) -> Any:
    """Show the activities of a project, and which waits for which; what waits for other projects is left out."""
    return _told(access.visible_project(code, request.actor))


@router.put("/projects/{code}/network", response={200: Network, **WRITE})
def set_project_network(request: ActingRequest, code: Code, body: NewNetwork) -> Any:
    """Replace the activities of a project, and which waits for which; what is reported of an activity stays."""
    project = access.visible_project(code, request.actor)
    activities = [ACTIVITY.values(one, {})[0] for one in body.activities]
    links = [one.model_dump() for one in body.relationships]
    return _told(actions.set_network(project, activities, links, by=request.actor, expected=body.version))


def _told(project: Project) -> dict[str, Any]:
    within = Relationship.objects.filter(predecessor__project=project, successor__project=project)
    links = within.order_by("pk").values("type", "lag", before=F("predecessor__code"), after=F("successor__code"))
    return {
        "version": Project.objects.get(pk=project.pk).version,
        "activities": ACTIVITY.rows(Activity.objects.filter(project=project).order_by("code")),
        "relationships": [
            {"predecessor": one["before"], "successor": one["after"], "type": one["type"] or "FS", "lag": one["lag"]}
            for one in links
        ],
    }
