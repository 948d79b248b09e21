"""Pages of plans and projects show what was forecast of them."""

from __future__ import annotations

import pytest
from django.urls import reverse
from forecast_scene import OPERATOR, finished_run

from backcast.web.forecasts import keeping
from backcast.web.forecasts.actions import start_missing_runs
from backcast.web.forecasts.models import Run

pytestmark = pytest.mark.django_db


def test_a_plan_says_how_to_start_its_first_forecast_then_how_it_stands(plan, as_dispatcher, as_leader):
    page = reverse("plans:plan", args=[plan.code])
    starting = f"{reverse('forecasts:plan', args=[plan.code])}#start"
    assert starting in as_dispatcher.get(page).content.decode()
    assert starting not in as_leader.get(page).content.decode()
    run = finished_run(plan)
    assert run.get_absolute_url() in as_leader.get(page).content.decode()
    assert run.get_absolute_url() in as_leader.get(reverse("home")).content.decode()


def test_a_project_shows_when_its_gates_are_expected_and_must_be_passed(plan, as_leader):
    run = finished_run(plan)
    latest = next(row for row in keeping.facts_of(run).run.latest_dates() if row.latest)
    gates = keeping.gates_of(run, latest.project)
    page = as_leader.get(reverse("projects:project", args=[latest.project])).content.decode()
    assert "Forecast of the gates" in page
    assert {str(gate[name]) in page for gate in gates for name in ("p10", "p50", "p90") if gate[name]} == {True}
    strictest = min(
        row["latest"]
        for row in keeping.latest_of(run, latest.project)
        if row["latest"] and row["activity"] == latest.activity
    )
    assert str(strictest) in page


def test_a_project_without_a_forecast_has_no_such_panel(plan, as_leader):
    project = plan.projects.first()
    page = as_leader.get(reverse("projects:project", args=[project.code])).content.decode()
    assert "Forecast of the gates" not in page


def test_every_plan_that_never_had_a_forecast_gets_one_once(plan):
    start_missing_runs(by=OPERATOR)
    start_missing_runs(by=OPERATOR)
    assert [run.plan for run in Run.objects.all()] == [plan]
