"""What pages of rooms below show of forecasts: how a plan stands, and when a project's gates are expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from backcast.report.views.facts import CONFIDENCE
from backcast.web.core.requests import ActingRequest
from backcast.web.forecasts import keeping
from backcast.web.forecasts.actions import FORECASTERS
from backcast.web.forecasts.models import Run
from backcast.web.forecasts.standing import counted, latest_run, latest_runs
from backcast.web.plans.actions import place_of
from backcast.web.plans.models import Indicator, Plan
from backcast.web.projects.gates import LABELS
from backcast.web.projects.models import Project
from backcast.web.ui.navigation import BUSINESS
from backcast.web.ui.panels import Panel, register


@dataclass(frozen=True, slots=True)
class GateRow:
    """A gate that is still ahead.

    Attributes
    ----------
    latest
        The latest responsible date for the target that leaves least time; None where none was asked or found.
    behind
        That target: its row among the latest dates, and its indicator.
    hopeless
        Whether for some target no date is early enough.
    """

    label: str
    planned: date | None
    p10: date | None
    p50: date | None
    p90: date | None
    latest: date | None
    behind: dict[str, Any] | None
    indicator: Indicator | None
    hopeless: bool
    is_past: bool


def of_plan(request: ActingRequest, plan: Plan) -> str:
    """Draw how a plan stands by its latest forecast, and how to start another."""
    run = latest_run(plan)
    shown = {
        "plan": plan,
        "run": run,
        "counts": counted([run]).get(run.pk, ()) if run else (),
        "under_way": Run.objects.filter(plan=plan).unfinished().select_related("job").first(),
        "may_start": request.actor.has(FORECASTERS, place_of(plan)),
    }
    return render_to_string("forecasts/panel_plan.html", shown, request)


def of_all(request: ActingRequest, subject: None) -> str:
    """Draw how every plan stands; nothing where nothing was forecast."""
    runs = latest_runs(Plan.objects.visible_to(request.actor))
    counts = counted(runs.values())
    rows = [(run, counts.get(run.pk, ())) for run in runs.values()]
    return render_to_string("forecasts/panel_home.html", {"rows": rows}, request) if rows else ""


def of_project(request: ActingRequest, project: Project) -> str:
    """Draw when the gates of a project are expected, and by when they must be passed."""
    run = latest_run(project.plan)
    rows = gate_rows(run, project) if run else []
    if not rows:
        return ""
    shown = {"run": run, "rows": rows, "confidence": f"{CONFIDENCE:.0%}"}
    return render_to_string("forecasts/panel_project.html", shown, request)


def gate_rows(run: Run, project: Project) -> list[GateRow]:
    """Return the gates of a project that are ahead, each with its strictest latest date."""
    asked: dict[str, list[dict[str, Any]]] = {}
    for row in keeping.latest_of(run, project.code):
        asked.setdefault(row["activity"], []).append(row)
    names = {one.code: one for one in Indicator.objects.filter(plan=run.plan)} if asked else {}
    return [_gate_row(gate, asked.get(gate["activity"], []), names) for gate in keeping.gates_of(run, project.code)]


def _gate_row(gate: dict[str, Any], asked: list[dict[str, Any]], names: dict[str, Indicator]) -> GateRow:
    told = [row for row in asked if row["latest"]]
    behind = min(told, key=lambda row: row["latest"], default=None)
    return GateRow(
        label=str(LABELS.get(gate["gate"], gate["gate"])),
        planned=gate["planned"],
        p10=gate["p10"],
        p50=gate["p50"],
        p90=gate["p90"],
        latest=behind["latest"] if behind else None,
        behind=behind,
        indicator=names.get(behind["indicator"]) if behind else None,
        hopeless=len(told) < len(asked),
        is_past=bool(behind and behind["days_left"] < 0),
    )


register(Panel("plan", "forecast", _("Forecast"), of_plan, order=10, roles=BUSINESS))
register(Panel("home", "forecasts", _("How the plans stand"), of_all, order=5, roles=BUSINESS))
register(Panel("project", "forecast", _("Forecast"), of_project, order=10, roles=BUSINESS))
