"""Plans, their parts and their figures by the API."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Router, Status
from pydantic import Field

from backcast.web.core.api import READ, WRITE, Pages, named, one, page, takes, values
from backcast.web.core.requests import ActingRequest
from backcast.web.core.shapes import Code, Day, Given, Shape
from backcast.web.directory.models import Organisation, Region
from backcast.web.plans import actions
from backcast.web.plans.models import Definition, Indicator, Measure, Observation, Plan, Target, Task
from backcast.web.plans.views.finding import mark_of, marked

SOURCED = ("status", "source", "url", "note", "known_from")
TITLE = (
    "code", "name", "name_en", "issuer", "issuer_en", "document", "released", "starts", "ends", "vision_year",
    "data_date", "simulated", "notice", "notice_en", *SOURCED,
)  # fmt: skip
PLAN = Shape("Plan", Plan, TITLE, TITLE)
part: tuple[str, ...]
figure: tuple[str, ...]
PARTS = {
    "task": Shape("Task", Task, part := ("code", "parent", "name", "name_en", *SOURCED), part),
    "measure": Shape("Measure", Measure, part := (
        "code", "name", "name_en", "task", "state", "deadline", "year", "lead", "partners", "deliverable",
        "completion_mark", *SOURCED,
    ), part),
    "indicator": Shape("Indicator", Indicator, part := (
        "code", "task", "name", "name_en", "unit", "unit_en", "kind", "direction", "nature", "responsible",
        "decimals", "counts_from", "basis", "numerator", "denominator", "scale", "can_fall", "floor", "ceiling",
        *SOURCED,
    ), part),
}  # fmt: skip
MARK = (("mark", Annotated[str, Field(description="What tells it apart in its address.")]),)
FIGURES = {
    "definition": Shape("Definition", Definition, figure := (
        "version_code", "valid_from", "series_break", "text", "text_en", *SOURCED,
    ), figure, ("version_code",)),
    "target": Shape("Target", Target, figure := (
        "region", "date", "value", "comparison", "document", "document_en", "issued", "valid_to", *SOURCED,
    ), figure, (), extra=MARK),
    "observation": Shape("Observation", Observation, figure := (
        "region", "date", "value", "definition", "use", *SOURCED,
    ), figure, (), extra=MARK),
}  # fmt: skip
REVISED = ("value", "comparison", "document", "document_en", "issued", *SOURCED)
REVISION = Shape("Revision", Target, (), REVISED, (), ("document", "issued"))
MARKED = {"target": ("document",), "observation": ("value", "source")}
"""What tells figures apart beside their region and date."""
Mark = Annotated[str, Field(pattern="^[0-9a-f]{10}$")]

router = Router(tags=["plans"])


@router.get("/plans", response={200: PLAN.page, **READ})
def plans(request: ActingRequest, paging: Pages) -> Any:
    """List plans."""
    return page(PLAN, Plan.objects.visible_to(request.actor), paging)


@router.get("/plans/{plan}", response={200: PLAN.one, **READ})
def plan(request: ActingRequest, plan: Code) -> Any:
    """Show a plan."""
    return one(PLAN, Plan.objects.all(), _plan(request, plan))


@router.post("/plans", response={201: PLAN.one, **WRITE})
@takes(body=PLAN.new)
def add_plan(request: ActingRequest, body: Given) -> Any:
    """Begin a plan."""
    added = actions.add_plan(Plan(**values(PLAN, body, {})), by=request.actor)
    return Status(201, one(PLAN, Plan.objects.all(), added))


@router.patch("/plans/{plan}", response={200: PLAN.one, **WRITE})
@takes(body=PLAN.change)
def change_plan(request: ActingRequest, plan: Code, body: Any) -> Any:
    """Change what is said of the plan itself."""
    row = _plan(request, plan)
    actions.change_plan(row, values(PLAN, body, {}), expected=body.version, by=request.actor)
    return one(PLAN, Plan.objects.all(), row)


def _serve_part(kind: str, shape: Shape) -> None:
    """Let one kind of part be listed, shown, added and changed."""
    model: Any = shape.model
    every, each = f"/plans/{{plan}}/{kind}s", f"/plans/{{plan}}/{kind}s/{{code}}"

    @router.get(every, response={200: shape.page, **READ}, operation_id=f"{kind}s", summary=f"List {kind}s of a plan")
    def listed(request: ActingRequest, plan: Code, paging: Pages) -> Any:
        return page(shape, model.objects.filter(plan=_plan(request, plan)), paging)

    @router.get(each, response={200: shape.one, **READ}, operation_id=kind, summary=f"Show one of the {kind}s")
    def shown(request: ActingRequest, plan: Code, code: Code) -> Any:
        found = model.objects.filter(plan=_plan(request, plan))
        return one(shape, found, named(found, code))

    @router.post(every, response={201: shape.one, **WRITE}, operation_id=f"add_{kind}", summary=f"Add to the {kind}s")
    @takes(body=shape.new)
    def added(request: ActingRequest, plan: Code, body: Given) -> Any:
        within = _plan(request, plan)
        row = actions.add_part(model(plan=within, **values(shape, body, _parts_of(within))), by=request.actor)
        return Status(201, one(shape, model.objects.all(), row))

    @router.patch(each, response={200: shape.one, **WRITE}, operation_id=f"change_{kind}", summary=f"Change a {kind}")
    @takes(body=shape.change)
    def changed(request: ActingRequest, plan: Code, code: Code, body: Any) -> Any:
        within = _plan(request, plan)
        row = named(model.objects.filter(plan=within), code)
        sent = values(shape, body, _parts_of(within))
        actions.change_part(row, sent, expected=body.version, by=request.actor)
        return one(shape, model.objects.all(), row)


def _serve_figure(kind: str, shape: Shape) -> None:
    """Let one kind of figure be listed, added and changed."""
    model: Any = shape.model
    every = f"/plans/{{plan}}/indicators/{{indicator}}/{kind}s"

    @router.get(every, response={200: shape.page, **READ}, operation_id=f"{kind}s", summary=f"List {kind}s")
    def listed(request: ActingRequest, plan: Code, indicator: Code, paging: Pages) -> Any:
        found = page(shape, model.objects.filter(indicator=_indicator(request, plan, indicator)), paging)
        return found | {"items": [_with_mark(kind, row) for row in found["items"]]}

    @router.post(every, response={201: shape.one, **WRITE}, operation_id=f"add_{kind}", summary=f"Add to the {kind}s")
    @takes(body=shape.new)
    def added(request: ActingRequest, plan: Code, indicator: Code, body: Given) -> Any:
        of = _indicator(request, plan, indicator)
        row = actions.add_figure(model(indicator=of, **values(shape, body, _regions(request))), by=request.actor)
        return Status(201, _told(kind, shape, row))


def _placed(request: ActingRequest, kind: str, indicator: Indicator, region: str, day: date, mark: str) -> Any:
    """Return a figure that stands at a region and a date, or 404."""
    rows = FIGURES[kind].model._default_manager.filter(indicator=indicator, region__code=region, date=day)
    return marked(rows.select_related("region"), mark, *MARKED[kind])


def _serve_placed(kind: str, shape: Shape) -> None:
    """Let a figure that stands at a region and a date be shown and changed."""
    each = f"/plans/{{plan}}/indicators/{{indicator}}/{kind}s/{{region}}/{{day}}/{{mark}}"

    @router.get(each, response={200: shape.one, **READ}, operation_id=kind, summary=f"Show one of the {kind}s")
    def shown(request: ActingRequest, plan: Code, indicator: Code, region: Code, day: Day, mark: Mark) -> Any:
        return _told(kind, shape, _placed(request, kind, _indicator(request, plan, indicator), region, day, mark))

    @router.patch(each, response={200: shape.one, **WRITE}, operation_id=f"change_{kind}", summary=f"Correct a {kind}")
    @takes(body=shape.change)
    def changed(
        request: ActingRequest, plan: Code, indicator: Code, region: Code, day: Day, mark: Mark, body: Any
    ) -> Any:
        row = _placed(request, kind, _indicator(request, plan, indicator), region, day, mark)
        sent = values(shape, body, _regions(request))
        return _told(kind, shape, actions.change_figure(row, sent, expected=body.version, by=request.actor))


for _kind, _shape in PARTS.items():
    _serve_part(_kind, _shape)
for _kind, _shape in FIGURES.items():
    _serve_figure(_kind, _shape)
    if _kind in MARKED:
        _serve_placed(_kind, _shape)

DEFINITION = FIGURES["definition"]
DEFINED = "/plans/{plan}/indicators/{indicator}/definitions/{code}"


@router.get(DEFINED, response={200: DEFINITION.one, **READ})
def definition(request: ActingRequest, plan: Code, indicator: Code, code: Code) -> Any:
    """Show one version of an indicator's definition."""
    return one(DEFINITION, Definition.objects.all(), _definition(request, plan, indicator, code))


@router.patch(DEFINED, response={200: DEFINITION.one, **WRITE})
@takes(body=DEFINITION.change)
def change_definition(request: ActingRequest, plan: Code, indicator: Code, code: Code, body: Any) -> Any:
    """Correct one version of an indicator's definition."""
    row = _definition(request, plan, indicator, code)
    actions.change_figure(row, values(DEFINITION, body, {}), expected=body.version, by=request.actor)
    return one(DEFINITION, Definition.objects.all(), row)


@router.post(
    "/plans/{plan}/indicators/{indicator}/targets/{region}/{day}/{mark}/revise",
    response={201: FIGURES["target"].one, **WRITE},
)
@takes(body=REVISION.new)
def revise_target(
    request: ActingRequest, plan: Code, indicator: Code, region: Code, day: Day, mark: Mark, body: Given
) -> Any:
    """Close a target, and add what a later document says instead."""
    target = _placed(request, "target", _indicator(request, plan, indicator), region, day, mark)
    revision = actions.revise_target(target, Target(**values(REVISION, body, {})), by=request.actor)
    return Status(201, _told("target", FIGURES["target"], revision))


def _plan(request: ActingRequest, code: str) -> Plan:
    found: Plan = named(Plan.objects.visible_to(request.actor), code)
    return found


def _indicator(request: ActingRequest, plan: str, code: str) -> Indicator:
    found: Indicator = named(Indicator.objects.filter(plan=_plan(request, plan)).select_related("plan"), code)
    return found


def _definition(request: ActingRequest, plan: str, indicator: str, code: str) -> Definition:
    of = _indicator(request, plan, indicator)
    found: Definition = get_object_or_404(Definition, indicator=of, version_code=code)
    found.indicator = of
    return found


def _parts_of(plan: Plan) -> dict[str, QuerySet[Any]]:
    """Return what a part of a plan may name."""
    tasks, indicators = Task.objects.filter(plan=plan), Indicator.objects.filter(plan=plan)
    offices = Organisation.objects.current()
    return {
        "task": tasks, "parent": tasks, "numerator": indicators, "denominator": indicators,
        "lead": offices, "responsible": offices,
    }  # fmt: skip


def _regions(request: ActingRequest) -> dict[str, QuerySet[Any]]:
    return {"region": Region.objects.visible_to(request.actor)}


def _told(kind: str, shape: Shape, row: Any) -> dict[str, Any]:
    return _with_mark(kind, one(shape, type(row).objects.all(), row))


def _with_mark(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    return row | {"mark": mark_of(*(row[name] for name in MARKED[kind]))} if kind in MARKED else row
