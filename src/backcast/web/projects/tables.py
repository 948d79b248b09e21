"""Where the tables of projects live, and all that is said of each."""

from __future__ import annotations

from typing import Any

from django.db import models

from backcast.planbook import schema
from backcast.web.core.actor import Actor
from backcast.web.core.roles import EDITORS
from backcast.web.exchange.registry import Home, Reference, Scope, register
from backcast.web.projects.importing import check
from backcast.web.projects.models import Activity, Listing, Output, Project, ProjectQuerySet, Relationship, Share


def projects(actor: Actor, plan: models.Model | None) -> ProjectQuerySet:
    """Return the projects of a plan that somebody sees."""
    return Project.objects.visible_to(actor).filter(plan=plan)


def of_projects(model: Any, path: str = "project") -> Scope:
    """Return a scope: rows of a model that belong to projects which somebody sees."""

    def scope(actor: Actor, plan: models.Model | None) -> models.QuerySet[Any, Any]:
        rows: models.QuerySet[Any, Any] = model._default_manager.filter(**{f"{path}__in": projects(actor, plan)})
        return rows

    return scope


def _ends() -> tuple[Reference, ...]:
    return tuple(
        Reference(end, (f"{end}_project", end), "activities", ("project", "code"))
        for end in ("predecessor", "successor")
    )


PROJECT = ("project",)
register(
    Home(
        schema.PROJECTS,
        Project,
        projects,
        EDITORS,
        place=("lead_region",),
        reach=("lead_region__path", "owner_organisation__code"),
        plan_field="plan",
        names={"class": "reference_class"},
        check=check,
    ),
    Home(schema.SHARES, Share, of_projects(Share), EDITORS, place=PROJECT),
    Home(schema.LISTINGS, Listing, of_projects(Listing), EDITORS, place=PROJECT, names={"class": "listing_class"}),
    Home(schema.ACTIVITIES, Activity, of_projects(Activity), EDITORS, place=PROJECT),
    Home(
        schema.RELATIONSHIPS,
        Relationship,
        of_projects(Relationship, "predecessor__project"),
        EDITORS,
        place=("predecessor_project", "successor_project"),
        composite=_ends(),
    ),
    Home(schema.OUTPUTS, Output, of_projects(Output), EDITORS, place=PROJECT),
)
