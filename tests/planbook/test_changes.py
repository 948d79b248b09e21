"""Everyday changes: dates ahead move, facts stay, and what cannot be changed is refused."""

from datetime import date

import polars as pl
import pytest
from builders import book, observed, project

from backcast.planbook.changes import delayed, given_up
from backcast.planbook.problem import PlanbookError
from backcast.planbook.run import run

DAY = date(2023, 12, 31)
WORKS = [
    {"project": "A", "code": "1", "duration": 100, "planned_start": "2023-01-01", "planned_finish": "2023-06-30"},
    {"project": "A", "code": "2", "duration": 200, "planned_start": "2023-07-01", "planned_finish": "2024-03-31"},
    {"project": "A", "code": "3", "duration": 300, "planned_start": "2024-04-01", "planned_finish": "2025-06-30"},
]
WORKS[0] |= {"actual_start": "2023-01-01", "actual_finish": "2023-07-15"}
WORKS[1] |= {"actual_start": "2023-07-16"}
WORKS[2] |= {"constraint": "start_no_earlier_than", "constraint_date": "2024-04-01"}
BASE = {"observations": observed(d2022_12_31=20), "outputs": {"project": "A", "amount": 90.0}}


def _dates(frame, name):
    return [day and day.isoformat() for day in frame[name]]


def test_what_lies_ahead_moves_and_facts_stay():
    returns = [{"project": "A", "period": "2023-12-31", "forecast_finish": "2025-08-31"}]
    later = delayed(book(projects=project("A"), activities=WORKS, returns=returns), "A", 31, DAY)
    works = later["activities"]
    assert _dates(works, "planned_start") == ["2023-01-01", "2023-07-01", "2024-05-02"]
    assert _dates(works, "planned_finish") == ["2023-06-30", "2024-05-01", "2025-07-31"]
    assert _dates(works, "constraint_date") == [None, None, "2024-05-02"]
    assert _dates(works, "actual_start") == ["2023-01-01", "2023-07-16", None]
    assert _dates(later["projects"], "planned_start") == ["2023-01-01"]
    assert _dates(later["projects"], "planned_finish") == ["2025-07-31"]
    assert _dates(later["returns"], "forecast_finish") == ["2025-10-01"]


def test_what_happened_after_the_data_date_lies_ahead_of_it():
    works = [WORKS[0] | {"actual_finish": "2024-02-01"}]
    later = delayed(book(projects=project("A"), activities=works), "A", 10, DAY)
    assert _dates(later["activities"], "planned_finish") == ["2023-07-10"]


def test_other_projects_stay_where_they_are():
    both = book(projects=[project("A"), project("B")])
    later = delayed(both, "A", -10, DAY)
    assert later["projects"].filter(pl.col("code") == "B").equals(both["projects"].filter(pl.col("code") == "B"))
    assert _dates(later["projects"], "planned_finish") == ["2025-06-20", "2025-06-30"]


def test_a_delay_beyond_the_target_costs_it_and_a_project_given_up_does_too():
    planbook = book(projects=project("A", "2025-06-30"), **BASE)
    found = run(planbook, draws=50)
    assert found.verdicts[0].probability > 0.9
    for changed in (delayed(planbook, "A", 365, DAY), given_up(planbook, "A", DAY)):
        (change,) = found.what_if(changed).changes
        assert change.probability is None or change.probability < 0.1


def test_a_project_given_up_stays_so_whatever_its_returns_say():
    returns = [{"project": "A", "period": "2023-12-31", "stage": "construction"}]
    planbook = book(projects=project("A"), returns=returns, **BASE)
    dropped = run(given_up(planbook, "A", DAY), draws=50)
    assert dropped.assembly.planbook["projects"]["stage"].to_list() == ["terminated"]
    assert dropped.assembly.contributions.table.is_empty()


@pytest.mark.parametrize(
    "change",
    [lambda planbook, code: delayed(planbook, code, 30, DAY), lambda planbook, code: given_up(planbook, code, DAY)],
)
def test_a_project_that_is_not_known_or_finished_is_refused(change):
    returns = [{"project": "C", "period": "2023-12-31", "actual_finish": "2023-11-30"}]
    projects = [
        project("A", known_from="2024-02-01"),
        project("B", actual_finish="2023-10-31"),
        project("C"),
        project("D", actual_finish="2024-01-31"),
    ]
    planbook = book(projects=projects, returns=returns)
    with pytest.raises(PlanbookError, match="No project with the code “X” was known on 2023-12-31"):
        change(planbook, "X")
    with pytest.raises(PlanbookError, match="“A” was known"):
        change(planbook, "A")
    with pytest.raises(PlanbookError, match="“B” was finished on 2023-10-31: a fact stays"):
        change(planbook, "B")
    with pytest.raises(PlanbookError, match="“C” was finished on 2023-11-30"):
        change(planbook, "C")
    assert change(planbook, "D") != planbook


def test_a_project_without_dates_cannot_be_moved():
    bare = project("A") | {"planned_start": None, "planned_finish": None}
    with pytest.raises(PlanbookError, match="“A” has no planned date that could be moved"):
        delayed(book(projects=bare), "A", 30, DAY)
