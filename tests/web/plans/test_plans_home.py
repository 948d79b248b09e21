"""The first page shows the plans, or what to do where there is none."""

from __future__ import annotations

import pytest
from plan_builders import plan as a_plan

pytestmark = pytest.mark.django_db


def test_the_first_page_leads_to_every_plan(as_leader):
    plan = a_plan()
    page = as_leader.get("/").content.decode()
    assert f"/plans/{plan.code}/" in page


def test_without_a_plan_a_planner_is_told_how_to_begin_and_others_to_wait(as_plan_officer, as_leader):
    assert "Begin a plan" in as_plan_officer.get("/").content.decode()
    told = as_leader.get("/").content.decode()
    assert "No plan yet" in told
    assert "Begin a plan" not in told
