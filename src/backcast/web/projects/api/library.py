"""The library by the API: projects are found, taken in, changed and moved on."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from ninja import Query, Router, Status
from pydantic import Field

from backcast.planbook import schema
from backcast.web.core.api import READ, WRITE, Paging, named, one, page, takes, values
from backcast.web.core.refusals import Fault, Invalid
from backcast.web.core.requests import ActingRequest
from backcast.web.core.shapes import LINE, MONEY, Code, Day, Shape
from backcast.web.directory.models import Organisation, Region
from backcast.web.plans.models import Calendar, Plan, Task
from backcast.web.projects import access, actions, lifecycle, listing
from backcast.web.projects.filters import FilterForm
from backcast.web.projects.forms import AT_ENTRY, PROFILE
from backcast.web.projects.models import Project

Stage: Any = Literal[tuple(schema.PROJECTS["stage"].allowed)]
Kind: Any = Literal[tuple(schema.PROJECTS["kind"].allowed)]
PROJECT = Shape(
    "Project",
    Project,
    ("code", "plan", *PROFILE, "stage", "stage_date", "stage_reason"),
    ("plan", *AT_ENTRY),
    fixed=("code", "plan"),
    asked=(("no_state_secret", bool), ("anyway", bool)),
)
CHANGED = Shape("Project", Project, PROJECT.told, PROFILE, fixed=())
_ASKED = dict.fromkeys(name for step in lifecycle.TRANSITIONS for name in step.fields)
ADVANCE = Shape("Advance", Project, (), ("stage", *_ASKED), fixed=(), required=("stage",))

router = Router()


class Search(Paging):
    """What projects are asked for; whatever is left out does not matter."""

    q: Annotated[str, Field(pattern=LINE, max_length=100, description="Words of name, owner and code.")] = ""
    region: Annotated[str, Field(pattern=LINE, max_length=32, description="A region, with those below it.")] = ""
    plan: Annotated[str, Field(pattern=LINE, max_length=64)] = ""
    task: Annotated[str, Field(pattern=LINE, max_length=64, description="A task, with those below it.")] = ""
    indicator: Annotated[str, Field(pattern=LINE, max_length=64)] = ""
    sector: Annotated[str, Field(pattern=LINE, max_length=64)] = ""
    owner: Annotated[str, Field(pattern=LINE, max_length=100)] = ""
    late: bool = False
    due: bool = False
    year: Annotated[int | None, Field(ge=1900, le=2200)] = None
    investment_from: Annotated[str | None, Field(pattern=MONEY)] = None
    investment_to: Annotated[str | None, Field(pattern=MONEY)] = None
    start_from: Day | None = None
    start_to: Day | None = None
    finish_from: Day | None = None
    finish_to: Day | None = None


@router.get("/projects", response={200: PROJECT.page, **READ})
def projects(
    request: ActingRequest,
    search: Query[Search],
    stage: Annotated[list[Stage], Query(default_factory=list)],
    kind: Annotated[list[Kind], Query(default_factory=list)],
) -> Any:
    """List the projects that somebody sees and that answer every question."""
    asked = {name: value for name, value in search.model_dump(exclude={"after", "limit"}).items() if value}
    form = FilterForm({**asked, "stage": stage, "kind": kind}, actor=request.actor)
    if not form.is_valid():
        raise Invalid([Fault(name, " ".join(map(str, told))) for name, told in form.errors.items()])
    wanted = listing.asked_for(request.actor, form.asked, form.known)
    return page(PROJECT, listing.chosen(wanted), search)


@router.get("/projects/{code}", response={200: PROJECT.one, **READ})
def project(request: ActingRequest, code: Code) -> Any:
    """Show a project."""
    return _told(access.visible_project(code, request.actor))


@router.post("/projects", response={201: PROJECT.one, **WRITE})
@takes(body=PROJECT.new)
def add_project(request: ActingRequest, body: Any) -> Any:
    """Take a project into the library, declared to be no state secret.

    Where it looks like another one, it takes ``anyway`` to say that it is not.
    """
    plan = named(Plan.objects.visible_to(request.actor), body.plan)
    sent = values(PROJECT, body, {"plan": Plan.objects.filter(pk=plan.pk), **_nameable(request, plan)})
    declared = {name: getattr(body, name) for name, _kind in PROJECT.asked}
    del sent["plan"]
    if sent.get("counts") is None:
        sent.pop("counts", None)
    return Status(201, _told(actions.add(plan, sent, by=request.actor, **declared)))


@router.patch("/projects/{code}", response={200: PROJECT.one, **WRITE})
@takes(body=CHANGED.change)
def change_project(request: ActingRequest, code: Code, body: Any) -> Any:
    """Change the profile of a project; its stage is changed by advancing it."""
    found = access.visible_project(code, request.actor)
    sent = values(CHANGED, body, _nameable(request, found.plan))
    return _told(actions.change(found, sent, by=request.actor, expected=body.version))


@router.post("/projects/{code}/advance", response={200: PROJECT.one, **WRITE})
@takes(body=ADVANCE.change)
def advance_project(request: ActingRequest, code: Code, body: Any) -> Any:
    """Move a project to another stage, with what must be known by then."""
    found = access.visible_project(code, request.actor)
    sent = values(ADVANCE, body, _nameable(request, found.plan))
    to = sent.pop("stage")
    return _told(actions.advance(found, to, by=request.actor, expected=body.version, **sent))


def _nameable(request: ActingRequest, plan: Plan) -> dict[str, QuerySet[Any]]:
    """Return what a project of a plan may name."""
    return {
        "task": Task.objects.filter(plan=plan),
        "calendar": Calendar.objects.filter(plan=plan),
        "owner_organisation": Organisation.objects.current(),
        "lead_region": Region.objects.visible_to(request.actor),
        "parent": Project.objects.visible_to(request.actor).filter(plan=plan),
    }


def _told(project: Project) -> dict[str, Any]:
    return one(PROJECT, Project.objects.all(), project)
