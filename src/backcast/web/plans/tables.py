"""Where the tables of a plan live."""

from __future__ import annotations

from typing import Any

from django.db import models

from backcast.planbook import schema
from backcast.web.core.actor import Actor
from backcast.web.core.roles import PLANNERS
from backcast.web.exchange.registry import Home, Scope, register
from backcast.web.plans.models import (
    Calendar,
    CalendarDay,
    Definition,
    Indicator,
    Measure,
    Observation,
    Plan,
    PlanQuerySet,
    Target,
    Task,
)


def plans(actor: Actor, plan: models.Model | None) -> PlanQuerySet:
    """Return the plan itself, or all where none is named."""
    seen = Plan.objects.visible_to(actor)
    return seen.filter(pk=plan.pk) if plan else seen


def within(model: Any, path: str = "plan") -> Scope:
    """Return a scope: what somebody sees of a model within a plan, which it holds at ``path``."""

    def scope(actor: Actor, plan: models.Model | None) -> models.QuerySet[Any, Any]:
        seen: models.QuerySet[Any, Any] = model.objects.visible_to(actor)
        return seen.filter(**{path: plan})

    return scope


register(
    Home(schema.PLAN, Plan, plans, PLANNERS),
    Home(schema.TASKS, Task, within(Task), PLANNERS, plan_field="plan"),
    Home(schema.MEASURES, Measure, within(Measure), PLANNERS, plan_field="plan"),
    Home(schema.INDICATORS, Indicator, within(Indicator), PLANNERS, plan_field="plan"),
    Home(schema.CALENDARS, Calendar, within(Calendar), PLANNERS, plan_field="plan"),
    Home(schema.CALENDAR_DAYS, CalendarDay, within(CalendarDay, "calendar__plan"), PLANNERS),
    Home(
        schema.DEFINITIONS,
        Definition,
        within(Definition, "indicator__plan"),
        PLANNERS,
        names={"version": "version_code"},
    ),
    Home(schema.TARGETS, Target, within(Target, "indicator__plan"), PLANNERS, place=("region",)),
    Home(schema.OBSERVATIONS, Observation, within(Observation, "indicator__plan"), PLANNERS, place=("region",)),
)
