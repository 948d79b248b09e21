"""The list of plans, and each plan as a whole."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from backcast.web.core.editing import submit
from backcast.web.core.models import in_either
from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import PLANNERS
from backcast.web.plans import actions
from backcast.web.plans.forms import PlanForm
from backcast.web.plans.models import Indicator, Measure, Plan, PlanQuerySet, Target, Task
from backcast.web.plans.overview import overview_of
from backcast.web.plans.views.finding import day_of, plan_of
from backcast.web.ui import panels


def plans(request: ActingRequest) -> HttpResponse:
    """Show every plan with what is in it."""
    found = list(Plan.objects.visible_to(request.actor))
    counts = [_counts(rows) for rows in (Task.objects, Measure.objects, Indicator.objects)]
    counts.append(_counts(Target.objects, "indicator__plan"))
    rows = [(plan, *(count.get(plan.pk, 0) for count in counts)) for plan in found]
    shown = {"rows": rows, "simulated": any(plan.simulated for plan in found), "may_add": request.actor.has(PLANNERS)}
    return render(request, "plans/list.html", shown)


def plan(request: ActingRequest, code: str) -> HttpResponse:
    """Show the whole plan at a glance; planners edit it in place."""
    found = plan_of(request, code)
    on = day_of(request, found)
    shown = {
        "plan": found,
        "overview": overview_of(found, on),
        "on": on,
        "notice": in_either(found.notice_en or found.notice, found.notice),
        "simulated": found.simulated,
        "panels": panels.rendered("plan", request, request.actor.roles, found),
        "may_change": request.actor.has(PLANNERS, actions.place_of(found)),
    }
    return render(request, "plans/plan.html", shown)


def edit_plan(request: ActingRequest, code: str) -> HttpResponse:
    """Change what is said of the plan itself."""
    found = plan_of(request, code)
    request.actor.require(PLANNERS, actions.place_of(found))
    form = PlanForm(request.POST or None, instance=found)
    edit = submit(form, lambda: actions.change_plan(found, form.changes, expected=form.seen, by=request.actor))
    if edit.done:
        messages.success(request, _("Saved."))
        return redirect("plans:plan", code)
    shown = {"edit": edit, "title": _("Edit the plan"), "steps": [(found, reverse("plans:plan", args=[code]))]}
    return render(request, "plans/edit.html", shown, status=edit.status)


def add_plan(request: ActingRequest) -> HttpResponse:
    """Begin a plan."""
    request.actor.require(PLANNERS)
    form = PlanForm(request.POST or None)
    edit = submit(form, lambda: actions.add_plan(Plan(**form.changes), by=request.actor))
    if edit.done:
        return redirect("plans:plan", form.cleaned_data["code"])
    shown = {"edit": edit, "title": _("Begin a plan"), "steps": [(_("Plans"), reverse("plans:list"))]}
    return render(request, "plans/edit.html", shown, status=edit.status)


def _counts(rows: PlanQuerySet | Any, plan: str = "plan") -> dict[int, int]:
    """Return how many rows belong to each plan."""
    return dict(rows.order_by().values_list(plan).annotate(n=Count("pk")))
