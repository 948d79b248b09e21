"""Editing tasks, measures and indicators: in their row of the plan's page, or as a page of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.web.core.editing import in_place, submit
from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import PLANNERS
from backcast.web.plans import actions
from backcast.web.plans.forms import IndicatorForm, MeasureForm, PartForm, TaskForm
from backcast.web.plans.models import Indicator, Measure, PartOfPlan, Plan, Task
from backcast.web.plans.overview import indicator_rows, measure_row
from backcast.web.plans.views.finding import day_of, part_of, plan_of


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of part: its model, form and row of the plan's page."""

    name: str
    model: type[PartOfPlan]
    form: type[PartForm]
    title: str | Promise


KINDS = {
    kind.name: kind
    for kind in (
        Kind("task", Task, TaskForm, gettext_lazy("Add a task")),
        Kind("measure", Measure, MeasureForm, gettext_lazy("Add a measure")),
        Kind("indicator", Indicator, IndicatorForm, gettext_lazy("Add an indicator")),
    )
}


def edit_part(request: ActingRequest, code: str, kind: str, part: str) -> HttpResponse:
    """Change a part: htmx gets its row, as a form or as it is; everybody else a page."""
    plan, chosen = plan_of(request, code), KINDS[kind]
    found: Any = part_of(plan, chosen.model, part)
    if "row" in request.GET:
        return _row(request, plan, chosen, found)
    request.actor.require(PLANNERS, actions.place_of(plan))
    form = chosen.form(request.POST or None, instance=found)
    edit = submit(form, lambda: actions.change_part(found, form.changes, expected=form.seen, by=request.actor))
    here = bool(request.htmx)
    if edit.done and here:
        return _row(request, plan, chosen, part_of(plan, chosen.model, part))
    if edit.done:
        messages.success(request, _("Saved."))
        return redirect("plans:plan", code)
    title = _("Edit “{name}”").format(name=found)
    shown = {"edit": edit, "title": title, "kind": kind, "steps": [(plan, reverse("plans:plan", args=[code]))]}
    answer = render(request, "plans/edit_row.html" if here else "plans/edit.html", shown, status=edit.status)
    return in_place(answer) if here and edit.status == 409 else answer


def add_part(request: ActingRequest, code: str, kind: str) -> HttpResponse:
    """Add a part to a plan, under the task that the address names."""
    plan, chosen = plan_of(request, code), KINDS[kind]
    request.actor.require(PLANNERS, actions.place_of(plan))
    task = Task.objects.filter(plan=plan, code=request.GET.get("task", "")).first()
    initial = {"parent" if kind == "task" else "task": task}
    form = chosen.form(request.POST or None, instance=chosen.model(plan=plan), initial=initial)
    edit = submit(form, lambda: actions.add_part(chosen.model(plan=plan, **form.changes), by=request.actor))
    if edit.done:
        messages.success(request, _("Added."))
        page = ["plans:indicator", code, form.cleaned_data["code"]] if kind == "indicator" else ["plans:plan", code]
        return redirect(*page)
    shown = {"edit": edit, "title": chosen.title, "steps": [(plan, reverse("plans:plan", args=[code]))]}
    return render(request, "plans/edit.html", shown, status=edit.status)


def _row(request: ActingRequest, plan: Plan, kind: Kind, part: Any) -> HttpResponse:
    """Return the row of one part as the plan's page shows it."""
    shown: dict[str, Any] = {"plan": plan, "on": day_of(request, plan), "task": part}
    shown["may_change"] = request.actor.has(PLANNERS, actions.place_of(plan))
    if kind.model is Indicator:
        [shown["row"]] = indicator_rows(plan, [part], shown["on"])
    elif kind.model is Measure:
        shown["row"] = measure_row(part, shown["on"])
    return render(request, f"plans/row_{kind.name}.html", shown)
