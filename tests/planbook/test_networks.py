"""Tables become the engine's network."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from builders import book, project

from backcast.engine.calendar import NONE
from backcast.planbook.assembly import assemble

WEEK = {"code": "office", "week": "1111100"}
EARLY = {"planned_start": "2024-06-03"}


def _activity(code, duration=10, **more):
    return {"project": "A", "code": code, "duration": duration} | more


def _link(before, after, kind="FS", **more):
    ends = zip(("predecessor", "successor"), (before, after), strict=True)
    keys = {key: value for end, at in ends for key, value in ((f"{end}_project", at[0]), (end, at[1]))}
    return keys | {"type": kind} | more


def _schedule(*activities, links=(), row=None, **tables):
    """Early start and finish by activity code, as dates."""
    row = row or project("A", stage="reserve") | {"actual_start": None}
    planbook = book(projects=row, activities=activities, relationships=links, **tables)
    found = assemble(planbook)
    dates = found.timeline
    return {
        code.split("/")[1]: (dates.start_date(int(start)), dates.finish_date(int(finish)))
        for code, start, finish in zip(
            found.library.network.codes, found.schedule.early_start, found.schedule.early_finish, strict=True
        )
    }


@pytest.mark.parametrize(
    ("kind", "lag", "start"),
    [("FS", 0, "2024-01-11"), ("FS", 5, "2024-01-16"), ("FS", -3, "2024-01-08"), ("SS", 2, "2024-01-03"),
     ("FF", 0, "2024-01-01"), ("FF", 4, "2024-01-05"), ("SF", 20, "2024-01-11"), (None, None, "2024-01-11")],
)  # fmt: skip
def test_each_relationship_type_and_lag_reaches_the_engine(kind, lag, start):
    found = _schedule(_activity("1"), _activity("2"), links=[_link("A1", "A2", kind, lag=lag)])
    assert found["1"] == (date(2024, 1, 1), date(2024, 1, 10))
    assert found["2"][0] == date.fromisoformat(start)


def test_an_activity_works_by_its_own_calendar_else_its_projects():
    days = _schedule(_activity("1", 5, calendar="office"), _activity("2", 5), calendars=WEEK)
    assert days["1"][1] == date(2024, 1, 5)
    assert days["2"][1] == date(2024, 1, 5)
    row = project("A", stage="reserve", calendar="office") | {"actual_start": None}
    assert _schedule(_activity("1", 6), calendars=WEEK, row=row)["1"][1] == date(2024, 1, 8)
    assert _schedule(_activity("1", 6), calendars=WEEK)["1"][1] == date(2024, 1, 6)


def test_a_lag_counts_the_predecessors_working_days_unless_told():
    office = _activity("1", 4, calendar="office")
    link = _link("A1", "A2", lag=2)
    assert _schedule(office, _activity("2"), links=[link], calendars=WEEK)["2"][0] == date(2024, 1, 9)
    every = {"code": "every", "week": "1111111"}
    told = link | {"lag_calendar": "every"}
    assert _schedule(office, _activity("2"), links=[told], calendars=[WEEK, every])["2"][0] == date(2024, 1, 7)


@pytest.mark.parametrize(
    ("constraint", "start", "finish"),
    [
        ("start_no_earlier_than", "2024-03-01", "2024-03-10"),
        ("finish_no_earlier_than", "2024-02-21", "2024-03-01"),
        ("must_start_on", "2024-03-01", "2024-03-10"),
        ("must_finish_on", "2024-02-21", "2024-03-01"),
        ("start_no_later_than", "2024-01-01", "2024-01-10"),
        ("finish_no_later_than", "2024-01-01", "2024-01-10"),
    ],
)
def test_each_constraint_reaches_the_engine(constraint, start, finish):
    found = _schedule(_activity("1", constraint=constraint, constraint_date="2024-03-01"))
    assert found["1"] == (date.fromisoformat(start), date.fromisoformat(finish))


def test_what_waits_for_nothing_begins_no_earlier_than_planned():
    found = _schedule(_activity("1", **EARLY), _activity("2", **EARLY), links=[_link("A1", "A2")])
    assert found["1"][0] == date(2024, 6, 3)
    assert found["2"][0] == date(2024, 6, 13)


def test_what_waits_begins_when_it_can():
    found = _schedule(_activity("1"), _activity("2", **EARLY), links=[_link("A1", "A2")])
    assert found["2"][0] == date(2024, 1, 11)


# ---- Progress.


def _left(*activities, **tables):
    planbook = book(projects=project("A"), activities=activities, **tables)
    return assemble(planbook).library.network.remaining.tolist()


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ({"remaining_duration": 17, "physical_percent_complete": 10.0}, 17),
        ({"physical_percent_complete": 70.0}, 30),
        ({"planned_finish": "2024-01-25"}, 25),
        ({"planned_finish": "2023-11-25"}, 1),
        ({}, 100 - 31),
    ],
)
def test_what_is_left_is_as_told_else_by_per_cent_by_plan_or_by_the_days_gone(told, left):
    assert _left(_activity("1", 100, actual_start="2023-12-01", **told)) == [left]


def test_the_only_activity_left_is_finished_when_its_project_expects():
    returns = {"project": "A", "period": "2023-12-31", "forecast_finish": "2024-02-29"}
    running = _activity("2", 100, actual_start="2023-12-01", planned_finish="2024-01-25")
    done = _activity("1", 10, actual_start="2023-01-01", actual_finish="2023-11-30")
    assert _left(done, running, returns=returns) == [10, 60]
    assert _left(_activity("1"), running, returns=returns) == [10, 25]


def test_what_is_finished_keeps_its_dates():
    done = _activity("1", 10, actual_start="2023-11-01", actual_finish="2023-11-30")
    assert _schedule(done, row=project("A"))["1"] == (date(2023, 11, 1), date(2023, 11, 30))


# ---- The library beside the network.


def test_projects_that_wait_for_each_other_are_one_component():
    planbook = book(
        projects=[project(code, stage="reserve") | {"actual_start": None} for code in "ABC"],
        activities=[{"project": code, "code": "1", "duration": 10} for code in "ABC"],
        relationships=_link("C1", "A1"),
    )
    network = assemble(planbook).library.network
    assert network.codes == ("C/1", "A/1", "B/1")
    assert network.first_of_component.tolist() == [0, 2, 3]


def test_rows_in_any_order_give_the_same_network():
    planbook = book(
        projects=[project(code) for code in "ABC"],
        activities=[{"project": p, "code": str(i), "duration": 10 + i} for p in "ABC" for i in range(4)],
        relationships=[_link(f"{p}{i}", f"{p}{i + 1}") for p in "ABC" for i in range(3)],
    )
    names = ("projects", "activities", "relationships")
    shuffled = planbook.replace(**{name: planbook[name].sample(fraction=1, shuffle=True, seed=3) for name in names})
    one, other = (assemble(p).library for p in (planbook, shuffled))
    assert one.network.codes == other.network.codes
    np.testing.assert_array_equal(one.network.predecessor, other.network.predecessor)
    np.testing.assert_array_equal(one.network.duration, other.network.duration)
    assert one.projects.equals(other.projects)


def test_gates_are_found_by_project_and_name():
    planbook = book(
        projects=project("A"),
        activities=[_activity("1", gate="start"), _activity("2", gate="completion"), _activity("3")],
        relationships=[_link("A1", "A2"), _link("A2", "A3")],
    )
    found = assemble(planbook)
    codes = found.library.network.codes
    assert {key: codes[j] for key, j in found.library.gates().items()} == {
        ("A", "start"): "A/1",
        ("A", "completion"): "A/2",
    }


def test_a_project_is_required_to_finish_as_planned():
    found = assemble(book(projects=[project("A", "2025-06-30", kind="rollout"), {"code": "B"}]))
    assert found.library.required_finish.tolist() == [found.timeline.day_after(date(2025, 6, 30)), NONE]


def test_the_planned_finish_binds_the_completion_where_gates_follow_it():
    found = assemble(book(projects=project("A", "2025-06-30")))
    network, finish = found.library.network, found.timeline.day_after(date(2025, 6, 30))
    bound = dict(zip(network.codes, network.finish_no_later.tolist(), strict=True))
    assert found.library.required_finish.tolist() == [NONE]
    assert bound == {"A/preparation": NONE, "A/construction": finish, "A/trial": NONE, "A/ramp": NONE}


@pytest.mark.parametrize(("expected", "days_late"), [("2025-06-30", 0), ("2025-07-10", 10)])
def test_works_on_time_have_no_negative_float(expected, days_late):
    returns = {"project": "A", "period": "2023-12-31", "forecast_finish": expected}
    found = assemble(book(projects=project("A", "2025-06-30"), returns=returns))
    floats = dict(zip(found.library.network.codes, found.schedule.total_float.tolist(), strict=True))
    assert floats == {"A/preparation": 0, "A/construction": -days_late, "A/trial": 0, "A/ramp": 0}


@pytest.mark.parametrize(("own", "bound"), [("2025-03-31", "2025-03-31"), ("2025-12-31", "2025-06-30")])
def test_of_a_constraint_and_the_planned_finish_the_earlier_binds(own, bound):
    activities = [
        _activity("1", gate="completion", constraint="finish_no_later_than", constraint_date=own),
        _activity("2", gate="production"),
    ]
    found = assemble(book(projects=project("A"), activities=activities, relationships=_link("A1", "A2")))
    day = found.timeline.day_after(date.fromisoformat(bound))
    assert found.library.network.finish_no_later.tolist() == [day, NONE]
