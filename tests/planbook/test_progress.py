"""Returns laid over the library, and nothing of what had not happened yet."""

from __future__ import annotations

from datetime import date

import pytest
from builders import book, project

from backcast.planbook.progress import with_returns

DATA_DATE = date(2023, 12, 31)
STILL = {"actual_start": None, "stage": "preparation"}


def _overlaid(planbook, data_date=DATA_DATE):
    return with_returns(planbook.known_at(data_date), data_date)[0]


def _project(planbook, data_date=DATA_DATE):
    return _overlaid(planbook, data_date)["projects"].row(0, named=True)


def _activity(planbook, data_date=DATA_DATE):
    return _overlaid(planbook, data_date)["activities"].row(0, named=True)


def test_the_last_value_reported_counts_for_each_column_by_itself():
    returns = [
        {"project": "A", "period": "2023-10-31", "physical_percent_complete": 30.0, "actual_start": "2023-02-01"},
        {"project": "A", "period": "2023-12-31", "physical_percent_complete": 45.0},
        {"project": "A", "period": "2023-11-30", "physical_percent_complete": 40.0},
    ]
    found = _project(book(projects=project("A") | STILL, returns=returns))
    assert found["physical_percent_complete"] == 45
    assert found["actual_start"] == date(2023, 2, 1)


def test_a_project_without_returns_stays_as_the_library_has_it():
    before = book(projects=project("A", physical_percent_complete=20.0))
    assert _overlaid(before)["projects"].equals(before["projects"])


def test_returns_after_the_data_date_are_not_seen():
    returns = {"project": "A", "period": "2024-01-31", "physical_percent_complete": 90.0}
    assert _project(book(projects=project("A"), returns=returns))["physical_percent_complete"] is None


def test_the_finish_last_forecast_is_told_by_project():
    returns = [
        {"project": "A", "period": "2023-11-30", "forecast_finish": "2025-01-31"},
        {"project": "A", "period": "2023-12-31", "forecast_finish": "2025-03-31"},
    ]
    planbook = book(projects=[project("A"), project("B")], returns=returns)
    assert with_returns(planbook, DATA_DATE)[1] == {"A": date(2025, 3, 31)}
    assert with_returns(planbook, date(2023, 11, 30))[1] == {"A": date(2025, 1, 31)}


# ---- Stages.


def test_a_stage_reported_has_been_reached_when_it_was_first_reported():
    """Not when the library says that the stage before it was reached."""
    periods = {"2023-03-31": "started", "2023-05-31": "completed", "2023-06-30": None, "2023-08-31": "completed"}
    returns = [{"project": "A", "period": period, "stage": stage} for period, stage in periods.items()]
    found = _project(book(projects=project("A", stage="started", stage_date="2022-02-01"), returns=returns))
    assert (found["stage"], found["stage_date"]) == ("completed", date(2023, 5, 31))


def test_a_stage_that_returns_confirm_keeps_the_date_that_the_library_knows():
    returns = {"project": "A", "period": "2023-05-31", "stage": "construction"}
    assert _project(book(projects=project("A", stage_date="2023-01-10"), returns=returns))["stage_date"] == date(
        2023, 1, 10
    )


def test_a_stage_taken_up_again_counts_from_then():
    periods = {"2023-03-31": "construction", "2023-05-31": "stopped", "2023-09-30": "construction"}
    returns = [{"project": "A", "period": period, "stage": stage} for period, stage in periods.items()]
    assert _project(book(projects=project("A"), returns=returns))["stage_date"] == date(2023, 9, 30)


@pytest.mark.parametrize(
    ("kind", "start", "stage"),
    [("construction", "2022-05-01", "construction"), ("construction", None, "preparation"),
     ("recognition", "2022-05-01", "applied"), ("rollout", "2023-05-01", "preparation")],
)  # fmt: skip
def test_a_stage_of_a_later_day_had_not_been_reached(kind, start, stage):
    """A project withdrawn in 2023 was a project like others in 2022."""
    row = project("A", kind=kind, stage="withdrawn", stage_date="2023-04-30") | {"actual_start": start}
    found = _project(book(projects=row), date(2022, 12, 31))
    assert (found["stage"], found["stage_date"]) == (stage, None)


@pytest.mark.parametrize(
    ("stage_date", "stage"),
    [
        ("2023-09-30", "completed"),
        ("2023-05-31", "construction"),
        (None, "construction"),
        ("2024-03-31", "construction"),
    ],
)
def test_a_stage_of_the_library_that_is_later_than_the_last_return_counts(stage_date, stage):
    returns = {"project": "A", "period": "2023-05-31", "stage": "construction"}
    row = project("A", stage="completed", stage_date=stage_date)
    assert _project(book(projects=row, returns=returns))["stage"] == stage


def test_an_undated_stage_of_a_plan_drawn_up_later_is_not_known_to_have_been_reached():
    planbook = book(projects=project("A", stage="production"))
    assert _project(planbook)["stage"] == "production"
    assert _project(planbook, date(2023, 6, 30))["stage"] == "construction"
    assert _project(planbook, date(2022, 6, 30))["stage"] == "preparation"


@pytest.mark.parametrize(("finish", "stage"), [("2024-05-31", "construction"), ("2023-05-31", "production")])
def test_an_undated_stage_beside_a_later_actual_date_is_not_known_to_have_been_reached(finish, stage):
    row = project("A", stage="production", actual_finish=finish)
    assert _project(book(plan={"data_date": None}, projects=row))["stage"] == stage


# ---- What had not happened.


def test_actual_dates_after_the_data_date_have_not_happened():
    row = project("A", actual_finish="2024-05-31", start="2024-02-01")
    activity = {
        "project": "A",
        "code": "1",
        "duration": 90,
        "actual_start": "2024-02-01",
        "actual_finish": "2024-05-31",
    }
    planbook = book(projects=row, activities=activity)
    assert _project(planbook)["actual_start"] is None
    assert _project(planbook)["actual_finish"] is None
    assert _activity(planbook)["actual_start"] is None
    assert _activity(planbook)["actual_finish"] is None
    assert _activity(planbook, date(2024, 5, 31))["actual_finish"] == date(2024, 5, 31)


def test_progress_as_it_stands_at_the_plans_data_date_was_not_known_before():
    activity = {
        "project": "A",
        "code": "1",
        "duration": 90,
        "actual_start": "2023-02-01",
        "remaining_duration": 5,
        "physical_percent_complete": 95.0,
    }
    planbook = book(projects=project("A", physical_percent_complete=95.0), activities=activity)
    standing = ("remaining_duration", "physical_percent_complete")
    assert [_activity(planbook)[name] for name in standing] == [5, 95]
    assert [_activity(planbook, date(2023, 6, 30))[name] for name in standing] == [None, None]
    assert _project(planbook, date(2023, 6, 30))["physical_percent_complete"] is None


def test_without_a_data_date_of_the_plan_progress_counts_whenever_one_asks():
    activity = {"project": "A", "code": "1", "duration": 90, "remaining_duration": 5}
    planbook = book(plan={"data_date": None}, projects=project("A"), activities=activity)
    assert _activity(planbook, date(2023, 6, 30))["remaining_duration"] == 5


# ---- Activities.


def test_a_project_that_has_started_has_finished_its_preparation():
    activity = {"project": "A", "code": "1", "duration": 90, "interval": "preparation", "planned_start": "2022-06-01"}
    found = _activity(book(projects=project("A", start="2023-01-01"), activities=activity))
    assert (found["actual_start"], found["actual_finish"]) == (date(2022, 6, 1), date(2022, 12, 31))


def test_a_project_that_has_finished_has_finished_all_its_activities():
    activities = [
        {"project": "A", "code": "1", "duration": 90, "interval": "construction", "actual_start": "2023-02-01"},
        {"project": "A", "code": "2", "duration": 90, "interval": "ramp", "planned_start": "2024-05-01"},
    ]
    found = _overlaid(book(projects=project("A", actual_finish="2023-11-30"), activities=activities))["activities"]
    assert found["actual_finish"].to_list() == [date(2023, 11, 30)] * 2
    assert found["actual_start"].to_list() == [date(2023, 2, 1), date(2023, 11, 30)]


def test_an_activitys_own_dates_count_before_its_projects():
    activity = {"project": "A", "code": "1", "duration": 9, "interval": "preparation", "actual_finish": "2022-10-31"}
    found = _activity(book(projects=project("A"), activities=activity))
    assert found["actual_finish"] == date(2022, 10, 31)
