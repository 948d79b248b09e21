"""What counts at a data date: targets in force, and observations that compare."""

from __future__ import annotations

from datetime import date

import pytest
from builders import book, observed

from backcast.planbook.evidence import comparable_observations, facts, targets_in_force

DATA_DATE = date(2023, 12, 31)


def _target(document, value, **more):
    return {"document": document, "value": float(value)} | more


def _in_force(*targets, data_date=DATA_DATE, **tables):
    return targets_in_force(book(targets=targets, **tables), data_date)


def _values(observations, data_date=DATA_DATE, **tables):
    return comparable_observations(book(observations=observations, **tables), data_date)["value"].to_list()


# ---- Targets.


@pytest.mark.parametrize("reverse", [False, True])
def test_of_competing_targets_the_latest_issued_is_in_force(reverse):
    competing = [
        _target("plan", 100, issued="2021-05-01"),
        _target("notice", 120, issued="2022-03-01"),
        _target("speech", 90),
    ]
    found = _in_force(*(competing[::-1] if reverse else competing))
    assert found["document"].to_list() == ["notice"]
    assert _in_force(*competing, data_date=date(2022, 2, 28))["document"].to_list() == ["plan"]
    assert _in_force(*competing, data_date=date(2021, 4, 30))["document"].to_list() == ["speech"]


def test_a_target_that_has_expired_gives_way():
    competing = [_target("plan", 100, issued="2021-05-01"), _target("notice", 120, issued="2022-03-01")]
    competing[1]["valid_to"] = "2023-06-30"
    assert _in_force(*competing, data_date=date(2023, 6, 30))["value"].to_list() == [120]
    assert _in_force(*competing, data_date=date(2023, 7, 1))["value"].to_list() == [100]


def test_a_target_remembered_by_nobody_in_particular_is_not_in_force():
    competing = [
        _target("plan", 100, issued="2021-05-01"),
        _target("hearsay", 120, issued="2023-03-01", status="memory"),
    ]
    assert _in_force(*competing)["value"].to_list() == [100]
    assert _in_force(competing[1]).height == 0


def test_each_indicator_region_and_date_has_its_own_target():
    targets = [_target("plan", 1), _target("plan", 2, date="2024-12-31"), _target("plan", 3, region="S")]
    found = _in_force(*targets, regions=[{}, {"code": "S"}])
    assert found["value"].to_list() == [2, 1, 3]


@pytest.mark.parametrize(
    ("direction", "told", "comparison"),
    [("higher", None, "at_least"), ("lower", None, "at_most"), ("lower", "less_than", "less_than")],
)
def test_a_target_is_compared_as_told_else_by_direction(direction, told, comparison):
    found = _in_force(_target("plan", 1, comparison=told), indicators={"direction": direction})
    assert found["comparison"].to_list() == [comparison]


# ---- Observations.


def test_observations_up_to_the_data_date_count_in_order_of_time():
    assert _values(observed(d2024_01_31=9, d2023_12_31=8, d2021_06_30=3)) == [3, 8]


@pytest.mark.parametrize("more", [{"use": "mention"}, {"status": "memory"}])
def test_mentions_and_hearsay_are_not_computed_with(more):
    assert _values([*observed(d2022_12_31=5), {"date": "2023-06-30", "value": 7.0} | more]) == [5]


@pytest.mark.parametrize("reverse", [False, True])
def test_of_several_values_for_a_date_the_last_that_became_known_counts(reverse):
    rows = [
        {"date": "2022-12-31", "value": 50.0, "known_from": "2023-01-20"},
        {"date": "2022-12-31", "value": 48.0, "known_from": "2023-04-10"},
        {"date": "2022-12-31", "value": 51.0},
    ]
    planbook = book(observations=rows[::-1] if reverse else rows)
    assert comparable_observations(planbook, DATA_DATE)["value"].to_list() == [48]
    before = date(2023, 4, 9)
    assert comparable_observations(planbook.known_at(before), before)["value"].to_list() == [50]


BREAK = [
    {"version": "old", "valid_from": "2019-01-01"},
    {"version": "new", "valid_from": "2022-07-01", "series_break": True},
    {"version": "newer", "valid_from": "2023-07-01"},
]
FIGURES = [
    {"date": "2021-12-31", "value": 10.0, "definition": "old"},
    {"date": "2022-06-30", "value": 20.0, "definition": "new"},
    {"date": "2022-12-31", "value": 30.0, "definition": "new"},
    {"date": "2023-03-31", "value": 11.0, "definition": "old"},
    {"date": "2023-12-31", "value": 40.0, "definition": "newer"},
]


def test_figures_of_a_definition_before_the_last_break_do_not_compare():
    """Whatever their date; a new version without a break compares with the one before."""
    assert _values(FIGURES, definitions=BREAK) == [20, 30, 40]


def test_a_break_that_is_still_to_come_breaks_nothing():
    assert _values(FIGURES, date(2022, 6, 30), definitions=BREAK) == [10, 20]


def test_figures_without_a_version_count_by_their_date():
    unlabelled = observed(d2021_06_30=5, d2023_06_30=35)
    assert _values([*FIGURES, *unlabelled], definitions=BREAK) == [20, 30, 35, 40]


def test_facts_hold_figures_of_every_definition():
    assert facts(book(observations=FIGURES, definitions=BREAK), DATA_DATE).height == 5


# ---- Beside what was said earlier.

BROKEN = [
    {"version": "first", "valid_from": "2020-01-01"},
    {"version": "second", "valid_from": "2022-07-01", "series_break": True},
    {"version": "second, amended", "valid_from": "2023-01-01"},
]
YEARLY = {"d2021_12_31": 1, "d2022_12_31": 2, "d2023_06_30": 3}


@pytest.mark.parametrize("said_on", [date(2021, 12, 31), date(2022, 6, 30)])
def test_what_was_said_before_a_break_is_compared_with_figures_of_before_it(said_on):
    def compared(rows):
        return comparable_observations(book(observations=rows, definitions=BROKEN), DATA_DATE, said_on)[
            "value"
        ].to_list()

    assert compared(observed(**YEARLY)) == [1]  # those without a label count by their date
    labels = ("first", "first", "second, amended")
    labelled = [row | {"definition": label} for row, label in zip(observed(**YEARLY), labels, strict=True)]
    assert compared(labelled) == [1, 2]


def test_what_was_said_after_a_break_is_compared_as_today():
    rows = observed(**YEARLY)
    told = comparable_observations(book(observations=rows, definitions=BROKEN), DATA_DATE, date(2022, 12, 31))
    assert told["value"].to_list() == _values(rows, definitions=BROKEN) == [2, 3]
