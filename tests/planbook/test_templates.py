"""A plain list of projects gets networks."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from builders import book, observed, project

from backcast.planbook.templates import TEMPLATES, with_templates

DATA_DATE = date(2023, 12, 31)


def _steps(forecasts=None, **row):
    """Activities of one bare project, by code."""
    planbook = with_templates(book(projects={"code": "A"} | row), DATA_DATE, forecasts or {})
    return {activity["code"]: activity for activity in planbook["activities"].iter_rows(named=True)}


@pytest.mark.parametrize("kind", TEMPLATES)
def test_each_kind_has_its_lifecycle_end_to_end(kind):
    planbook = with_templates(book(projects={"code": "A", "kind": kind}), DATA_DATE, {})
    codes = planbook["activities"]["code"].to_list()
    assert codes == [step.code for step in TEMPLATES[kind]]
    assert planbook["activities"]["gate"].to_list() == [step.gate for step in TEMPLATES[kind]]
    links = planbook["relationships"]
    assert list(zip(links["predecessor"], links["successor"], strict=True)) == list(pairwise(codes))


def test_a_project_with_a_network_keeps_it():
    planbook = book(projects=[project("A"), project("B")], activities={"project": "A", "code": "1", "duration": 5})
    found = with_templates(planbook, DATA_DATE, {})["activities"]
    assert found.filter(project="A")["code"].to_list() == ["1"]
    assert found.filter(project="B").height == 4
    links = with_templates(planbook, DATA_DATE, {})["relationships"]
    assert (links["predecessor_project"] == links["successor_project"]).all()


def test_two_bare_projects_are_not_linked():
    links = with_templates(book(projects=[project("A"), project("B")]), DATA_DATE, {})["relationships"]
    assert links.height == 6
    assert (links["predecessor_project"] == links["successor_project"]).all()


# ---- Durations.


def test_planned_dates_are_durations():
    steps = _steps(stage="reserve", planned_start="2024-03-01", planned_finish="2025-02-28")
    assert steps["construction"]["duration"] == 365
    assert steps["construction"]["planned_start"] == date(2024, 3, 1)
    assert steps["construction"]["planned_finish"] == date(2025, 2, 28)


def test_a_late_start_does_not_shorten_the_works():
    """Elapsed ÷ planned compares with the plan, not with what a late start left of it."""
    steps = _steps(planned_start="2022-01-01", planned_finish="2023-12-31", actual_start="2023-07-01")
    assert steps["construction"]["duration"] == 730


def test_preparation_that_nobody_says_has_begun_leads_to_the_planned_start():
    steps = _steps(stage="reserve", planned_start="2024-03-01", planned_finish="2025-02-28")
    preparation = steps["preparation"]
    assert preparation["actual_start"] is None
    assert DATA_DATE + timedelta(days=preparation["duration"]) == date(2024, 2, 29)


def test_preparation_under_way_runs_from_its_stage_to_the_planned_start():
    steps = _steps(
        stage="preparation", stage_date="2023-06-30", planned_start="2024-03-01", planned_finish="2025-02-28"
    )
    preparation = steps["preparation"]
    assert preparation["actual_start"] == date(2023, 6, 30)
    assert preparation["duration"] == (date(2024, 2, 29) - date(2023, 6, 30)).days + 1
    assert preparation["remaining_duration"] == 60


@pytest.mark.parametrize("stage", ["reserve", "concept"])
def test_without_any_date_the_typical_length_counts(stage):
    steps = _steps(stage=stage)
    assert [step["duration"] for step in steps.values()] == [step.typical_days for step in TEMPLATES["construction"]]


def test_without_planned_dates_the_typical_length_counts_from_the_stages_date():
    steps = _steps(stage="construction", stage_date="2023-09-30")
    assert steps["construction"]["actual_start"] == date(2023, 9, 30)
    assert steps["construction"]["remaining_duration"] == 730 - 92


def test_a_recognition_with_a_planned_finish_alone_leads_to_it():
    steps = _steps(kind="recognition", stage="applied", planned_finish="2024-04-30")
    assert DATA_DATE + timedelta(days=steps["recognition"]["duration"]) == date(2024, 4, 30)


# ---- Progress.


@pytest.mark.parametrize(
    ("stage", "behind"),
    [("concept", 0), ("preparation", 0), ("started", 1), ("construction", 1), ("completed", 2), ("production", 3),
     ("full_effect", 4)],
)  # fmt: skip
def test_the_stage_says_what_lies_behind(stage, behind):
    steps = _steps(stage=stage, stage_date="2023-06-30")
    finished = [step["actual_finish"] is not None for step in steps.values()]
    assert finished == [True] * behind + [False] * (4 - behind)


def test_what_lies_behind_has_the_projects_own_dates():
    steps = _steps(stage="completed", actual_start="2022-04-01", actual_finish="2023-10-31")
    assert steps["preparation"]["actual_finish"] == date(2022, 3, 31)
    assert steps["construction"]["actual_start"] == date(2022, 4, 1)
    assert steps["construction"]["actual_finish"] == date(2023, 10, 31)


def test_what_lies_behind_without_dates_has_that_of_its_stage_else_the_planned_one():
    plan = {"planned_start": "2020-03-01", "planned_finish": "2021-05-31"}
    assert _steps(stage="completed", stage_date="2021-08-31", **plan)["construction"]["actual_finish"] == date(
        2021, 8, 31
    )
    assert _steps(stage="completed", **plan)["construction"]["actual_finish"] == date(2021, 5, 31)


@pytest.mark.parametrize(
    "dates", [{}, {"planned_start": "2023-03-01", "planned_finish": "2025-05-31"}], ids=["undated", "planned for later"]
)
def test_what_was_finished_nobody_knows_when_was_so_before_every_figure(dates):
    """Else its whole output would be added to figures that hold it already."""
    assert _steps(stage="completed", **dates)["construction"]["actual_finish"] == date(2020, 12, 31)
    seen = book(projects={"code": "A", "stage": "completed"} | dates, observations=observed(d2019_12_31=40.0))
    activities = with_templates(seen, DATA_DATE, {})["activities"]
    assert activities.filter(code="construction")["actual_finish"].to_list() == [date(2019, 12, 30)]


def test_nothing_lies_behind_the_data_date():
    steps = _steps(stage="completed", stage_date="2024-05-31")
    assert steps["construction"]["actual_finish"] == DATA_DATE


@pytest.mark.parametrize(
    ("dates", "behind"),
    [({"actual_start": "2022-04-01"}, ["preparation"]),
     ({"actual_start": "2022-04-01", "actual_finish": "2023-10-31"}, ["preparation", "construction"]),
     ({"actual_finish": "2023-10-31"}, ["preparation", "construction"])],
)  # fmt: skip
def test_actual_dates_count_before_an_old_stage(dates, behind):
    steps = _steps(stage="preparation", stage_date="2021-06-30", **dates)
    assert [code for code, step in steps.items() if step["actual_finish"]] == behind


def test_what_follows_the_works_begins_after_their_actual_finish_however_old_the_stage():
    steps = _steps(stage="construction", stage_date="2022-04-01", actual_finish="2023-10-31")
    assert steps["trial"]["actual_start"] == date(2023, 11, 1)
    assert steps["trial"]["remaining_duration"] == 180 - 60


def test_a_recognition_with_an_actual_finish_lies_behind():
    steps = _steps(kind="recognition", stage="applied", actual_finish="2023-10-31")
    assert steps["recognition"]["actual_finish"] == date(2023, 10, 31)


def test_the_per_cent_tells_what_is_left():
    steps = _steps(
        planned_start="2023-01-01", planned_finish="2024-05-14", actual_start="2023-01-01",
        physical_percent_complete=60.0,
    )  # fmt: skip
    assert steps["construction"]["duration"] == 500
    assert steps["construction"]["remaining_duration"] == 200
    assert steps["construction"]["physical_percent_complete"] == 60


def test_without_a_per_cent_the_expected_finish_tells_what_is_left():
    dates = {"planned_start": "2023-01-01", "planned_finish": "2024-05-14", "actual_start": "2023-01-01"}
    assert _steps(**dates)["construction"]["remaining_duration"] == 135
    assert _steps({"A": date(2024, 3, 1)}, **dates)["construction"]["remaining_duration"] == 61


def test_what_is_overdue_needs_a_day_at_least():
    dates = {"planned_start": "2022-01-01", "planned_finish": "2023-05-14", "actual_start": "2022-01-01"}
    assert _steps(**dates)["construction"]["remaining_duration"] == 1
