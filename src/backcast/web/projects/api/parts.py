"""The parts of projects by the API: found by keys that people know, as in the addresses of pages."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema, Status
from pydantic import Field

from backcast.web.core.api import READ, WRITE, Pages, one, page, takes, unknown_code, values
from backcast.web.core.refusals import Invalid
from backcast.web.core.requests import ActingRequest
from backcast.web.core.shapes import LINE, Code, Given, Shape, Version
from backcast.web.directory.models import Region
from backcast.web.plans.models import Indicator
from backcast.web.projects import access, actions
from backcast.web.projects.models import Activity, Baseline, Output, Project, Share
from backcast.web.projects.views.parts import PARTS, Part, found_part

Key = Annotated[str, Field(pattern=r"^[^\x00-\x20\x7f/\\?#%.][^\x00-\x20\x7f/\\?#%]*$", max_length=200)]
KEY = ("key", Annotated[str, Field(description="What tells it apart in its address.")])
ONCE = {
    "approvals": ("way", "item"),
    "listings": ("year", "tier"),
    "funding": ("source", "year"),
    "outputs": ("indicator", "region", "gate"),
}
"""What is said of a part only at the start, for it tells the parts apart."""
SHARE = Shape("Share", Share, ("region", "share"))
BASELINE = Shape(
    "Baseline", Baseline, ("number", "reason", "frozen_at", "frozen_by", "planned_start", "planned_finish")
)
ACTIVITY = (
    "code", "name", "name_en", "duration", "gate", "planned_start", "planned_finish", "actual_start", "actual_finish",
    "physical_percent_complete", "remaining_duration",
)  # fmt: skip

router = Router()


class ShareGiven(Given):
    """The share of one region."""

    region: Code
    share: Annotated[float, Field(gt=0, le=1)]


class Shares(Given):
    """The shares of a project, which add up to 1; its version is that of the project."""

    shares: Annotated[list[ShareGiven], Field(min_length=1, max_length=200)]
    version: Version


class Route(Given):
    """The route by which a project is admitted."""

    way: Literal["approval", "authorisation", "filing"]


class Reason(Given):
    """Why dates are frozen now."""

    reason: Annotated[str, Field(pattern=LINE, min_length=1, max_length=300)]


class Counting(Given):
    """Which level counts."""

    level: Literal["parent", "children"]
    version: Version


class ProjectVersion(Schema):
    """The version of the project after a change of its parts."""

    code: str
    version: int


def _shape(name: str, part: Part) -> Shape:
    fields: Any = part.form._meta.fields
    told = ACTIVITY if part.model is Activity else tuple(fields)
    return Shape(part.model.__name__, part.model, told, tuple(fields), ONCE.get(name, ()), extra=(KEY,))


def _serve(name: str, part: Part, shape: Shape) -> None:
    """Let one kind of part be listed, shown and changed, and added where it is not a project's network."""
    every, each, single = (
        f"/projects/{{code}}/{name}",
        f"/projects/{{code}}/{name}/{{key}}",
        part.model.__name__.lower(),
    )

    @router.get(every, response={200: shape.page, **READ}, operation_id=f"project_{name}", summary=f"List {name}")
    def listed(request: ActingRequest, code: Code, paging: Pages) -> Any:
        project = access.visible_project(code, request.actor)
        keys = {f"key_{n}": lookup for n, lookup in enumerate(part.keys)}
        rows = page(shape, part.model.objects.filter(project=project), paging, by="pk", **keys)
        return rows | {"items": [_keyed(row, keys) for row in rows["items"]]}

    @router.get(
        each, response={200: shape.one, **READ}, operation_id=f"show_project_{single}", summary=f"Show of {name}"
    )
    def shown(request: ActingRequest, code: Code, key: Key) -> Any:
        return _told(shape, part, found_part(part, access.visible_project(code, request.actor), key))

    @router.patch(
        each, response={200: shape.one, **WRITE}, operation_id=f"change_project_{single}", summary=f"Change of {name}"
    )
    @takes(body=shape.change)
    def changed(request: ActingRequest, code: Code, key: Key, body: Any) -> Any:
        row = found_part(part, access.visible_project(code, request.actor), key)
        part.save(row, values(shape, body, {}), request, body.version)
        return _told(shape, part, row)


def _serve_adding(name: str, part: Part, shape: Shape) -> None:
    """Let one kind of part be added."""
    every, single = f"/projects/{{code}}/{name}", part.model.__name__.lower()

    @router.post(
        every, response={201: shape.one, **WRITE}, operation_id=f"add_project_{single}", summary=f"Add to {name}"
    )
    @takes(body=shape.new)
    def added(request: ActingRequest, code: Code, body: Given) -> Any:
        project = access.visible_project(code, request.actor)
        within = {
            "indicator": Indicator.objects.filter(plan=project.plan_id),
            "region": Region.objects.visible_to(request.actor),
        }
        row: Any = part.save(part.model(project=project), values(shape, body, within), request, None)
        return Status(201, _told(shape, part, row))


for _name, _part in PARTS.items():
    _made = _shape(_name, _part)
    _serve(_name, _part, _made)
    if _part.model is not Activity:
        _serve_adding(_name, _part, _made)


@router.delete("/projects/{code}/outputs/{key}", response={204: None, **WRITE})
def remove_output(request: ActingRequest, code: Code, key: Key, version: Query[Version]) -> Any:
    """Let a project add no more to an indicator."""
    row: Output = found_part(PARTS["outputs"], access.visible_project(code, request.actor), key)
    actions.remove_output(row, by=request.actor, expected=version)
    return Status(204, None)


@router.get("/projects/{code}/shares", response={200: SHARE.page, **READ})
def project_shares(request: ActingRequest, code: Code, paging: Pages) -> Any:
    """List the regions over which a project is shared."""
    return page(SHARE, Share.objects.filter(project=access.visible_project(code, request.actor)), paging)


@router.put("/projects/{code}/shares", response={200: ProjectVersion, **WRITE})
def set_project_shares(request: ActingRequest, code: Code, body: Shares) -> Any:
    """Share a project over regions."""
    project = access.visible_project(code, request.actor)
    wanted = {one.region: one.share for one in body.shares}
    regions = {region.code: region for region in Region.objects.filter(code__in=wanted)}
    if unknown := [region for region in wanted if region not in regions]:
        raise Invalid([unknown_code("shares", region) for region in unknown])
    given = {regions[region]: share for region, share in wanted.items()}
    changed = actions.set_shares(project, given, by=request.actor, expected=body.version)
    return {"code": changed.code, "version": changed.version}


@router.post("/projects/{code}/counting", response={200: ProjectVersion, **WRITE})
def count_project(request: ActingRequest, code: Code, body: Counting) -> Any:
    """Let a project count, or those below it."""
    project = access.visible_project(code, request.actor)
    children = body.level == "children"
    changed = actions.count_at(project, children=children, by=request.actor, expected=body.version)
    return {"code": changed.code, "version": Project.objects.get(pk=changed.pk).version}


@router.post("/projects/{code}/route", response={200: list[str], **WRITE})
def choose_project_route(request: ActingRequest, code: Code, body: Route) -> Any:
    """List the items that a project needs by a route; return those that are new."""
    project = access.visible_project(code, request.actor)
    return [approval.item for approval in actions.choose_route(project, body.way, by=request.actor)]


@router.get("/projects/{code}/baselines", response={200: BASELINE.page, **READ})
def project_baselines(request: ActingRequest, code: Code, paging: Pages) -> Any:
    """List the baselines of a project."""
    return page(BASELINE, Baseline.objects.filter(project=access.visible_project(code, request.actor)), paging)


@router.post("/projects/{code}/baselines", response={201: BASELINE.one, **WRITE})
def freeze_project_baseline(request: ActingRequest, code: Code, body: Reason) -> Any:
    """Freeze the planned dates of a project as its next baseline."""
    project = access.visible_project(code, request.actor)
    frozen = actions.freeze_baseline(project, body.reason, by=request.actor)
    return Status(201, one(BASELINE, Baseline.objects.all(), frozen))


def _keyed(row: dict[str, Any], keys: dict[str, str]) -> dict[str, Any]:
    """Return a row with its key, whose pieces came as columns."""
    pieces = [row.pop(name) for name in keys]
    return row | {"key": "~".join("" if piece is None else str(piece) for piece in pieces)}


def _told(shape: Shape, part: Part, row: Any) -> dict[str, Any]:
    keys = {f"key_{n}": lookup for n, lookup in enumerate(part.keys)}
    return _keyed(one(shape, part.model.objects.all(), row, **keys), keys)
