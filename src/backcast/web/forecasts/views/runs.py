"""Runs of plans: which there are, starting one, how far it is, and its verdicts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backcast.report.views.listing import groups
from backcast.web.audit import recording as audit
from backcast.web.core.refusals import Invalid
from backcast.web.core.requests import ActingRequest
from backcast.web.forecasts import actions, keeping
from backcast.web.forecasts.forms import StartForm
from backcast.web.forecasts.models import Run
from backcast.web.forecasts.standing import counted, latest_runs
from backcast.web.plans.actions import place_of
from backcast.web.plans.models import Plan

LISTED = 50


def plans(request: ActingRequest) -> HttpResponse:
    """Show how every plan stands by its latest forecast."""
    found = list(Plan.objects.visible_to(request.actor))
    latest = latest_runs(found)
    counts = counted(latest.values())
    rows = [(plan, latest.get(plan.pk), counts.get(latest[plan.pk].pk) if plan.pk in latest else ()) for plan in found]
    shown = {"rows": rows, "simulated": any(plan.simulated for plan in found)}
    return render(request, "forecasts/list.html", shown)


def plan(request: ActingRequest, plan: str) -> HttpResponse:
    """Show the runs of a plan, and start one."""
    found = _plan(request, plan)
    return _plan_page(request, found, StartForm(found), 200)


@require_POST
def start(request: ActingRequest, plan: str) -> HttpResponse:
    """Start a run, and show how far it is."""
    found = _plan(request, plan)
    form = StartForm(found, request.POST)
    if form.is_valid():
        try:
            run = actions.start_run(found, by=request.actor, **form.cleaned_data)
        except Invalid as error:
            for fault in error.faults:
                form.add_error(fault.field or None, fault.message)
        else:
            return redirect(run)
    return _plan_page(request, found, form, 422)


def run(request: ActingRequest, code: str) -> HttpResponse:
    """Show the verdicts of a run, or how far it is; htmx asks for the latter again and again."""
    found = run_of(request, code)
    shown = {"run": found, "plan": found.plan, "job": found.job, "simulated": found.plan.simulated}
    if found.finished_at is None:
        shown["may_start"] = request.actor.has(actions.FORECASTERS, place_of(found.plan))
        page = "forecasts/state.html" if request.htmx else "forecasts/under_way.html"
        return render(request, page, shown)
    if request.htmx:
        return HttpResponse(headers={"HX-Refresh": "true"})
    facts, everywhere = keeping.facts_of(found), request.GET.get("regions") == "all"
    shown |= {
        "groups": groups(facts, everywhere=everywhere),
        "counts": counted([found])[found.pk],
        "everywhere": everywhere,
        "here": not everywhere,
        "elsewhere": found.verdicts.filter(own=False).exists(),
    }
    return render(request, "forecasts/run.html", shown)


@require_POST
def cancel(request: ActingRequest, code: str) -> HttpResponse:
    """Give a run up."""
    found = run_of(request, code)
    actions.cancel_run(found, by=request.actor)
    messages.info(request, _("The forecast was given up; nothing of it was kept."))
    return redirect("forecasts:plan", found.plan.code)


def document(request: ActingRequest, code: str) -> FileResponse:
    """Hand over all of a run, in the bytes that ``backcast run --json`` prints."""
    found = run_of(request, code)
    if found.finished_at is None:
        raise Http404
    audit.note(request.actor, "forecast.taken", {"run": found.code}, obj=found)
    file = (found.folder / keeping.DOCUMENT).open("rb")
    name = f"{found.plan.code}-{found.data_date}-{found.code}.json"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/json")


def run_of(request: ActingRequest, code: str) -> Run:
    """Return a run that the reader sees, or 404."""
    found: Run = get_object_or_404(Run.objects.visible_to(request.actor).select_related("plan", "job"), code=code)
    return found


def _plan(request: ActingRequest, code: str) -> Plan:
    found: Plan = get_object_or_404(Plan.objects.visible_to(request.actor), code=code)
    return found


def _plan_page(request: ActingRequest, plan: Plan, form: StartForm, status: int) -> HttpResponse:
    found = list(Run.objects.filter(plan=plan).select_related("job")[:LISTED])
    counts = counted(found)
    shown: dict[str, Any] = {
        "plan": plan,
        "rows": [(run, counts.get(run.pk, ())) for run in found],
        "form": form,
        "may_start": request.actor.has(actions.FORECASTERS, place_of(plan)),
        "simulated": plan.simulated,
    }
    return render(request, "forecasts/plan.html", shown, status=status)
