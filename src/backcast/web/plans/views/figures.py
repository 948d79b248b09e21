"""Adding and correcting what is said of an indicator: definitions, targets and observations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from backcast.web.core.editing import EditForm, submit
from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import PLANNERS
from backcast.web.directory.models import Region
from backcast.web.plans import actions
from backcast.web.plans.forms import DefinitionForm, ObservationForm, RevisionForm, TargetForm
from backcast.web.plans.models import Definition, Indicator, Observation, Plan, Target
from backcast.web.plans.views.finding import indicator_of, marked, plan_of


def add_definition(request: ActingRequest, code: str, indicator: str) -> HttpResponse:
    """Add a version of the definition."""
    plan, found = _found(request, code, indicator)
    form = DefinitionForm(request.POST or None, instance=Definition(indicator=found))
    return _answer(request, plan, found, form, _("Add a version of the definition"), _adding(request, form, found))


def edit_definition(request: ActingRequest, code: str, indicator: str, version: str) -> HttpResponse:
    """Change a version of the definition."""
    plan, found = _found(request, code, indicator)
    row = get_object_or_404(found.definitions, version_code=version)
    row.indicator = found
    form = DefinitionForm(request.POST or None, instance=row)
    return _answer(request, plan, found, form, _("Edit the definition"), _changing(request, form, row))


def add_target(request: ActingRequest, code: str, indicator: str) -> HttpResponse:
    """Add a target as another document says it; what is in force is decided by the day of issue."""
    plan, found = _found(request, code, indicator)
    initial = {"region": Region.objects.filter(code=request.GET.get("region", "")).first(), "date": plan.ends}
    form = TargetForm(request.POST or None, instance=Target(indicator=found), initial=initial)
    return _answer(request, plan, found, form, _("Add a target"), _adding(request, form, found))


def edit_target(request: ActingRequest, code: str, indicator: str, region: str, day: date, mark: str) -> HttpResponse:
    """Correct a target where it was entered wrongly; a later decision is a revision."""
    plan, found = _found(request, code, indicator)
    row = _target(found, region, day, mark)
    request.actor.require(PLANNERS, row.region.path)
    form = TargetForm(request.POST or None, instance=row)
    return _answer(request, plan, found, form, _("Correct the target"), _changing(request, form, row))


def revise_target(request: ActingRequest, code: str, indicator: str, region: str, day: date, mark: str) -> HttpResponse:
    """Close a target and add what a later document says instead."""
    plan, found = _found(request, code, indicator)
    row = _target(found, region, day, mark)
    request.actor.require(PLANNERS, row.region.path)
    revision = Target(indicator=found, region=row.region, date=row.date)
    form = RevisionForm(request.POST or None, instance=revision, initial={"comparison": row.comparison})

    def revise() -> None:
        actions.revise_target(row, Target(**form.changes), by=request.actor)

    return _answer(request, plan, found, form, _("Revise the target"), revise, revised=row)


def add_observation(request: ActingRequest, code: str, indicator: str) -> HttpResponse:
    """Add a figure that was reported."""
    plan, found = _found(request, code, indicator)
    initial = {"region": Region.objects.filter(code=request.GET.get("region", "")).first()}
    row = Observation(indicator=found)
    form = ObservationForm(request.POST or None, instance=row, initial=initial)
    return _answer(request, plan, found, form, _("Add a figure"), _adding(request, form, found))


def edit_observation(
    request: ActingRequest, code: str, indicator: str, region: str, day: date, mark: str
) -> HttpResponse:
    """Correct a figure."""
    plan, found = _found(request, code, indicator)
    rows = found.observations.filter(region__code=region, date=day).select_related("region")
    row = marked(rows, mark, "value", "source")
    row.indicator = found
    request.actor.require(PLANNERS, row.region.path)
    form = ObservationForm(request.POST or None, instance=row)
    return _answer(request, plan, found, form, _("Correct the figure"), _changing(request, form, row))


def _found(request: ActingRequest, code: str, indicator: str) -> tuple[Plan, Indicator]:
    """Return plan and indicator; who may change nothing anywhere is refused."""
    plan = plan_of(request, code)
    found = indicator_of(plan, indicator)
    request.actor.require(PLANNERS)
    return plan, found


def _target(indicator: Indicator, region: str, day: date, mark: str) -> Target:
    rows = Target.objects.filter(indicator=indicator, region__code=region, date=day).select_related("region")
    row: Target = marked(rows, mark, "document")
    row.indicator = indicator
    return row


def _adding(request: ActingRequest, form: EditForm, indicator: Indicator) -> Callable[[], object]:
    model: Any = type(form.instance)
    return lambda: actions.add_figure(model(indicator=indicator, **form.changes), by=request.actor)


def _changing(request: ActingRequest, form: EditForm, row: Any) -> Callable[[], object]:
    return lambda: actions.change_figure(row, form.changes, expected=form.seen, by=request.actor)


def _answer(
    request: ActingRequest,
    plan: Plan,
    indicator: Indicator,
    form: EditForm,
    title: str,
    save: Callable[[], object],
    **shown: Any,
) -> HttpResponse:
    """Save and go back to the indicator, or show the form."""
    edit = submit(form, save)
    page = reverse("plans:indicator", args=[plan.code, indicator.code])
    if edit.done:
        messages.success(request, _("Saved."))
        region = form.cleaned_data.get("region") or getattr(form.instance, "region", None)
        return redirect(f"{page}?region={region.code}" if region else page)
    steps = [(plan, reverse("plans:plan", args=[plan.code])), (indicator, page)]
    shown = {"edit": edit, "title": title, "steps": steps, **shown}
    return render(request, "plans/edit.html", shown, status=edit.status)
