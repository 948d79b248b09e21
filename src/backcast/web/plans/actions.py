"""What plan officers do to plans and their figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from backcast.web.audit import changing
from backcast.web.core.actor import Actor
from backcast.web.core.refusals import Fault, Invalid
from backcast.web.core.roles import PLANNERS
from backcast.web.directory.models import Region
from backcast.web.plans.models import Definition, Observation, PartOfPlan, Plan, Target, Task

Part = TypeVar("Part", bound=PartOfPlan)
Figure = TypeVar("Figure", Definition, Target, Observation)

AREA = "area"
"""Level of regions that cut across the tree."""
LINKS = ("task", "parent", "numerator", "denominator")
"""Fields of parts of a plan that name other parts of it."""


def place_of(plan: Plan) -> str | None:
    """Return the path of the region whose plan it is: what the regions of its targets have in common.

    Alliances and clusters stand beside the tree, and do not count while any proper region has a target.
    None while the plan has no target, so that any planner may go on with it.
    """
    aimed = Region.objects.filter(targets__indicator__plan=plan).values_list("level", "path").distinct()
    paths = [path for level, path in aimed if level != AREA] or [path for _level, path in aimed]
    if not paths:
        return None
    first, *others = [path.strip("/").split("/") for path in paths]
    common = [step for n, step in enumerate(first) if all(other[n : n + 1] == [step] for other in others)]
    return "/".join(["", *common, ""]) if common else "/"


@transaction.atomic
def add_plan(plan: Plan, *, by: Actor) -> Plan:
    """Begin a plan."""
    by.require(PLANNERS)
    _check_horizon(plan.starts, plan.ends, plan.vision_year)
    return changing.add(by, "plan.added", plan)


@transaction.atomic
def change_plan(plan: Plan, values: Mapping[str, Any], *, expected: int, by: Actor) -> Plan:
    """Change what is said of the plan itself."""
    by.require(PLANNERS, place_of(plan))
    now = {name: values.get(name, getattr(plan, name)) for name in ("starts", "ends", "vision_year")}
    _check_horizon(**now)
    return changing.change(by, "plan.changed", plan, values, expected=expected)


@transaction.atomic
def add_part(part: Part, *, by: Actor) -> Part:
    """Add a task, a measure or an indicator to its plan."""
    by.require(PLANNERS, place_of(part.plan))
    _check_links(part, {name: getattr(part, name, None) for name in LINKS})
    return changing.add(by, f"{part._meta.model_name}.added", part)


@transaction.atomic
def change_part(part: Part, values: Mapping[str, Any], *, expected: int, by: Actor) -> Part:
    """Change a task, a measure or an indicator."""
    by.require(PLANNERS, place_of(part.plan))
    _check_links(part, values)
    return changing.change(by, f"{part._meta.model_name}.changed", part, values, expected=expected)


@transaction.atomic
def add_figure(figure: Figure, *, by: Actor) -> Figure:
    """Add a definition, a target or an observation to its indicator."""
    by.require(PLANNERS, _reach(figure))
    return changing.add(by, f"{figure._meta.model_name}.added", figure)


@transaction.atomic
def change_figure(figure: Figure, values: Mapping[str, Any], *, expected: int, by: Actor) -> Figure:
    """Correct a definition, a target or an observation; the audit keeps what stood there."""
    by.require(PLANNERS, _reach(figure))
    if region := values.get("region"):
        by.require(PLANNERS, region.path)
    return changing.change(by, f"{figure._meta.model_name}.changed", figure, values, expected=expected)


@transaction.atomic
def revise_target(target: Target, revision: Target, *, by: Actor) -> Target:
    """Close a target on the day before a later document was issued, and add what that document says instead.

    Parameters
    ----------
    revision
        Value, document, day of issue and source; indicator, region and date become those of the target.

    Raises
    ------
    Invalid
        If the target ended already, or the document is the same or not later.
    """
    by.require(PLANNERS, target.region.path)
    day_before = _check_revision(target, revision)
    revision.indicator, revision.region, revision.date = target.indicator, target.region, target.date
    revision.comparison = revision.comparison or target.comparison
    revision.known_from = revision.known_from or revision.issued
    changing.change(by, "target.closed", target, {"valid_to": day_before}, expected=target.version)
    return changing.add(by, "target.revised", revision)


def _reach(figure: Definition | Target | Observation) -> str | None:
    """Return where a figure belongs: its region; a definition belongs to the plan."""
    return place_of(figure.indicator.plan) if isinstance(figure, Definition) else str(figure.region.path)


def _check_horizon(starts: date | None, ends: date | None, vision_year: int | None) -> None:
    """Refuse a plan that ends before it starts, or whose vision is not beyond its end."""
    if starts and ends and ends <= starts:
        raise Invalid([Fault("ends", _("The plan ends before it starts. Put a later day."))])
    if ends and vision_year and vision_year <= ends.year:
        raise Invalid([Fault("vision_year", _("A vision lies beyond the end of the plan. Put a later year, or none."))])


def _check_links(part: PartOfPlan, values: Mapping[str, Any]) -> None:
    """Refuse a link to another plan's part, and a task that would lie within itself."""
    foreign = [name for name in LINKS if values.get(name) and values[name].plan_id != part.plan_id]
    if foreign:
        told = _("“{name}” belongs to another plan. Choose one of this plan.")
        raise Invalid([Fault(name, told.format(name=values[name])) for name in foreign])
    above = values.get("parent")
    while isinstance(above, Task):
        if part.pk is not None and above.pk == part.pk:
            raise Invalid([Fault("parent", _("The task would lie within itself. Choose another task above it."))])
        above = above.parent


def _check_revision(target: Target, revision: Target) -> date:
    """Return the day before the revision, or tell everything that is wrong with it."""
    faults = []
    if target.valid_to:
        told = _("This target ended on {date} already. Add a new target instead.")
        faults.append(Fault("", told.format(date=target.valid_to.isoformat())))
    if not revision.issued:
        faults.append(
            Fault("issued", _("Put the day on which the document was issued: the old target ends before it."))
        )
    elif target.issued and revision.issued <= target.issued:
        told = _("The target to be revised was issued on {date}. Put a later day.")
        faults.append(Fault("issued", told.format(date=target.issued.isoformat())))
    if revision.document == target.document:
        faults.append(Fault("document", _("A revision comes from another document. Name it.")))
    if faults or not revision.issued:
        raise Invalid(faults)
    return revision.issued - timedelta(days=1)
