"""Where the tables of projects live, and all that is said of each."""

from __future__ import annotations

from typing import Any

from django.db import models

from backcast.planbook import schema
from backcast.planbook.columns import Table
from backcast.web.core.actor import Actor
from backcast.web.core.roles import Role
from backcast.web.exchange.registry import Home, Reference, Scope, register
from backcast.web.projects import importing, search
from backcast.web.projects.access import REPORTED
from backcast.web.projects.lifecycle import OFFICERS, REPORTERS
from backcast.web.projects.likeness import doubles
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


def _of(table: Table, model: Any, roles: frozenset[Role] = OFFICERS, **more: Any) -> Home:
    """Return the home of what is said of a project."""
    more.setdefault("rules", (importing.no_secrets(table.name),))
    return Home(table, model, of_projects(model), roles, place=PROJECT, **more)


PROJECT = ("project",)
register(
    Home(
        schema.PROJECTS,
        Project,
        projects,
        OFFICERS,
        reporters=frozenset({Role.REPORTER}),
        reported=REPORTED | {"stage", "stage_date"},
        rules=(importing.projects,),
        place=("lead_region",),
        reach=("lead_region__path", "owner_organisation__code"),
        plan_field="plan",
        names={"class": "reference_class"},
        check=doubles,
        follow=search.refresh,
    ),
    _of(schema.SHARES, Share, rules=(importing.shares,)),
    _of(schema.LISTINGS, Listing, names={"class": "listing_class"}),
    _of(
        schema.ACTIVITIES,
        Activity,
        reporters=frozenset({Role.REPORTER}),
        reported=frozenset({"actual_start", "actual_finish", "physical_percent_complete", "remaining_duration"}),
    ),
    Home(
        schema.RELATIONSHIPS,
        Relationship,
        of_projects(Relationship, "predecessor__project"),
        OFFICERS,
        place=("predecessor_project", "successor_project"),
        composite=_ends(),
    ),
    _of(schema.OUTPUTS, Output, REPORTERS),
)
