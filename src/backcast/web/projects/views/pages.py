"""The page of a project, in five parts, each with its own address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import Role
from backcast.web.projects import access, approval_items, codes, entry_rules, gantt, lifecycle
from backcast.web.projects.comparison import comparison
from backcast.web.projects.forms import AttachForm, ReasonForm, RouteForm
from backcast.web.projects.gates import gates_of
from backcast.web.projects.history import history
from backcast.web.projects.models import Funding, Project
from backcast.web.projects.money import funding_table
from backcast.web.projects.scheduling import timing
from backcast.web.ui import panels


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of the page."""

    name: str
    label: str | Promise
    href: str
    current: bool


PARTS = (
    ("project", _("At a glance")),
    ("schedule", _("Schedule")),
    ("money", _("Investment")),
    ("paperwork", _("Approvals and files")),
    ("history", _("History")),
)


def shown(request: ActingRequest, project: Project, part: str) -> dict[str, Any]:
    """Return what every part of the page needs."""
    tabs = [Tab(name, label, reverse(f"projects:{name}", args=[project.code]), name == part) for name, label in PARTS]
    actor = request.actor
    return {
        "project": project,
        "tabs": tabs,
        "simulated": project.plan.simulated,
        "may_edit": access.may(actor, lifecycle.OFFICERS, project),
        "may_report": access.may(actor, lifecycle.REPORTERS, project),
    }


def project(request: ActingRequest, code: str) -> HttpResponse:
    """Show what a project is, where it stands, and where it counts."""
    found = access.visible_project(code, request.actor)
    listings = list(found.listings.all())
    columns = panels.panels_of("project.gates", request.actor.roles)
    gates = [(gate, [column.render(request, gate) for column in columns]) for gate in gates_of(found)]
    context = shown(request, found, "project") | {
        "way": _way(found),
        "moves": _moves(request, found),
        "warnings": codes.warnings(found.code, found.lead_region),
        "gates": gates,
        "columns": columns,
        "outputs": found.outputs.select_related("indicator", "region"),
        "shares": found.shares.select_related("region").order_by("-share"),
        "children": found.children.all() & Project.objects.visible_to(request.actor),
        "listings": listings,
        "findings": entry_rules.findings(found, listings[0]) if listings else (),
        "panels": panels.rendered("project", request, request.actor.roles, found),
    }
    return render(request, "projects/project.html", context)


def _moves(request: ActingRequest, found: Project) -> list[lifecycle.Transition]:
    """Return the transitions that the reader may make."""
    steps = lifecycle.ways_on(found.kind, found.stage)
    return [step for step in steps if access.may(request.actor, step.roles, found)]


def _way(found: Project) -> list[tuple[str, str]]:
    """Return the stages of a project's kind with how each stands to its own: passed, now, or ahead."""
    stages, labels = lifecycle.STAGES_OF[found.kind], dict(Project._meta.get_field("stage").flatchoices)
    if found.stage not in stages:
        return [*((str(labels[stage]), "") for stage in stages), (found.get_stage_display(), "rests")]
    here = stages.index(found.stage)
    return [
        (str(labels[stage]), "now" if place == here else "passed" if place < here else "")
        for place, stage in enumerate(stages)
    ]


def schedule(request: ActingRequest, code: str) -> HttpResponse:
    """Show a project's network in time, with what decides its end, and its baselines side by side."""
    found = access.visible_project(code, request.actor)
    try:
        timed, loop = timing(found), ""
    except ValueError as error:  # activities of an import wait for each other; the message names the loop
        timed, loop = None, str(error)
    context = shown(request, found, "schedule") | {
        "timing": timed,
        "loop": loop,
        "chart": gantt.draw(timed) if timed and timed.bars else "",
        "comparison": comparison(found),
        "form": ReasonForm(),
        "has_approvals": found.approvals.exists(),
    }
    return render(request, "projects/schedule.html", context)


def money(request: ActingRequest, code: str) -> HttpResponse:
    """Show a project's investment by source and year, and its entry in the statistics library."""
    found = access.visible_project(code, request.actor)
    roles = lifecycle.OFFICERS | {Role.FINANCE_OFFICER}
    context = shown(request, found, "money") | {
        "table": funding_table(list(Funding.objects.filter(project=found))),
        "statistics": getattr(found, "statistics", None),
        "may_fund": access.may(request.actor, roles, found),
        "listings": found.listings.all(),
    }
    return render(request, "projects/money.html", context)


def paperwork(request: ActingRequest, code: str) -> HttpResponse:
    """Show a project's approvals in the order in which they wait for each other, and its files."""
    found = access.visible_project(code, request.actor)
    order = {item.code: place for place, item in enumerate(approval_items.ITEMS)}
    approvals = sorted(found.approvals.all(), key=lambda one: (order.get(one.item, len(order)), one.item))
    rows = [(one, approval_items.label_of(one.item), _awaited(one.item, one.way)) for one in approvals]
    context = shown(request, found, "paperwork") | {
        "approvals": rows,
        "attachments": found.attachments.select_related("file"),
        "route_form": RouteForm(),
        "attach_form": AttachForm(),
    }
    return render(request, "projects/paperwork.html", context)


def _awaited(item: str, way: str) -> str:
    return "; ".join(approval_items.label_of(code) for code in approval_items.waits_for(item, way))


def history_page(request: ActingRequest, code: str) -> HttpResponse:
    """Show who changed what of a project."""
    found = access.visible_project(code, request.actor)
    before = request.GET.get("after", "")
    events, following = history(found, int(before) if before.isascii() and before.isdigit() else None)
    context = shown(request, found, "history") | {"events": events, "following": following or ""}
    return render(request, "projects/history.html", context)
