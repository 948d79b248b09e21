"""What decides a target: its projects, those they wait for, and shared risk."""

from __future__ import annotations

import pytest
from builders import book, observed, project

from backcast.planbook.run import run

UNCERTAIN = {"p10": 0.8, "p50": 1.2, "p90": 2.0}


def _activity(code, start=None, finish=None, **more):
    dates = {"planned_start": start, "planned_finish": finish}
    return {"project": code, "code": "works", "duration": 100, "gate": "completion"} | dates | more


def _link(before, after, kind="FS"):
    ends = {"predecessor_project": before, "predecessor": "works", "successor_project": after, "successor": "works"}
    return ends | {"type": kind}


def _output(code, amount, **more):
    return {"project": code, "amount": amount, "gate": "completion"} | more


def _drivers(draws=50, kind="project", **tables):
    planbook = book(**({"observations": observed(d2023_12_31=60)} | tables))
    return {d.project: d for d in run(planbook, draws=draws).drivers() if d.kind == kind}


# ---- Worked by hand: every class is certain.


def test_a_late_project_costs_what_it_would_have_brought():
    """Planned for 2025, it will come in 2026: 60 + 30 instead of 90 + 30 towards 150."""
    found = _drivers(
        targets={"value": 150.0},
        projects=[project("LATE"), project("GOOD")],
        activities=[
            _activity("LATE", "2024-01-01", "2025-06-30", duration=900),
            _activity("GOOD", "2024-01-01", "2024-06-30"),
        ],
        outputs=[_output("LATE", 20.0), _output("GOOD", 30.0)],
    )
    late, good = found["LATE"], found["GOOD"]
    assert (late.cost, late.worth, late.probability_change) == (20, 0, 0)
    assert (good.cost, good.worth, good.probability_change) == (0, 30, 0)
    assert late.standard_error == late.through_links == good.through_links == 0


def test_keeping_the_plan_can_save_the_target():
    found = _drivers(
        targets={"value": 75.0},
        projects=project("LATE"),
        activities=_activity("LATE", "2024-01-01", "2025-06-30", duration=900),
        outputs=_output("LATE", 20.0),
    )
    assert found["LATE"].cost == 15
    assert found["LATE"].probability_change == 1


def test_a_plan_that_has_gone_by_can_be_kept_today_at_the_earliest():
    overdue = {"start": "2022-01-01", "finish": "2023-03-31", "actual_start": "2022-01-01", "remaining_duration": 900}
    tables = {"projects": project("LATE"), "activities": _activity("LATE", **overdue), "outputs": _output("LATE", 20.0)}
    assert _drivers(**tables)["LATE"].cost == 20


def test_what_was_delivered_before_the_last_observation_costs_nothing():
    """It is in that observation: keeping its plan would not bring it a second time."""
    done = {"start": "2022-01-01", "finish": "2023-03-31", "actual_start": "2022-01-01", "actual_finish": "2023-05-31"}
    found = _drivers(
        projects=[project("DONE"), project("GOOD")],
        activities=[_activity("DONE", **done), _activity("GOOD", "2024-01-01", "2024-06-30")],
        outputs=[_output("DONE", 500.0), _output("GOOD", 30.0)],
    )
    assert set(found) == {"GOOD"}


def test_drivers_of_a_limit_push_the_other_way():
    found = _drivers(
        indicators={"direction": "lower", "basis": "projects"},
        targets={"value": 50.0},
        projects=project("CLOSES"),
        activities=_activity("CLOSES", "2024-01-01", "2024-06-30"),
        outputs=_output("CLOSES", -20.0),
    )
    assert (found["CLOSES"].cost, found["CLOSES"].worth) == (0, 10)


def test_a_target_that_rests_on_its_trend_has_no_drivers():
    tables = {
        "observations": observed(d2021_12_31=40, d2023_12_31=60),
        "projects": project("A"),
        "outputs": _output("A", 20.0),
    }
    assert not _drivers(**tables)


# ---- Links.


LINKED = {
    "targets": {"value": 150.0},
    "projects": [project("LINE"), project("PLANT"), project("ALONE")],
    "activities": [
        _activity("LINE", "2024-01-01", "2024-04-09"),
        _activity("PLANT", "2024-04-10", "2024-07-18"),
        _activity("ALONE", "2024-01-01", "2024-04-09"),
    ],
    "relationships": _link("LINE", "PLANT"),
}


def test_a_project_without_outputs_is_worth_those_that_wait_for_it():
    """The power line delivers no racks, and without it none are delivered."""
    found = _drivers(**LINKED, outputs=[_output("PLANT", 30.0), _output("ALONE", 5.0)])
    assert set(found) == {"LINE", "PLANT", "ALONE"}
    assert (found["LINE"].worth, found["LINE"].through_links) == (30, 30)
    assert (found["PLANT"].worth, found["PLANT"].through_links) == (30, 0)
    assert (found["ALONE"].worth, found["ALONE"].through_links) == (5, 0)


def test_links_are_told_apart_from_own_outputs():
    found = _drivers(**LINKED, outputs=[_output("LINE", 7.0), _output("PLANT", 30.0)])
    assert (found["LINE"].worth, found["LINE"].through_links) == (37, 30)


def test_a_late_predecessor_costs_what_its_successors_would_have_brought():
    activities = [
        _activity("LINE", "2024-01-01", "2024-04-09", duration=700),
        _activity("PLANT", "2024-04-10", "2024-07-18"),
        LINKED["activities"][2],
    ]
    found = _drivers(**LINKED | {"activities": activities}, outputs=_output("PLANT", 30.0))
    assert found["LINE"].cost == 30
    assert found["PLANT"].cost == 30  # its own plan kept: whoever keeps it does not ask how


def test_a_successor_of_the_start_waits_for_the_planned_start_only():
    """On its plan the line begins in 2024, so the plant beside it can begin: its finish does not matter."""
    activities = [
        _activity("LINE", "2024-01-01", "2027-12-31", duration=5000, constraint="start_no_earlier_than",
                  constraint_date="2026-06-01"),
        _activity("PLANT", "2024-04-10", "2024-07-18"),
        LINKED["activities"][2],
    ]  # fmt: skip
    tables = LINKED | {"activities": activities, "relationships": _link("LINE", "PLANT", "SS")}
    found = _drivers(**tables, outputs=_output("PLANT", 30.0))
    assert found["LINE"].cost == 30


def test_a_chain_reaches_to_its_end_and_not_beside_it():
    codes = ["A", "B", "C", "D"]
    found = _drivers(
        targets={"value": 1000.0},
        projects=[project(code) for code in codes],
        activities=[_activity(code) for code in codes],
        relationships=[_link("A", "B"), _link("B", "C"), _link("A", "D")],
        outputs=[_output("C", 10.0), _output("D", 1.0)],
    )
    assert {code: driver.worth for code, driver in found.items()} == {"A": 11, "B": 10, "C": 10, "D": 1}


def test_successors_never_finish_when_what_they_wait_for_is_given_up():
    planbook = book(
        **LINKED,
        observations=observed(d2023_12_31=60),
        outputs=[_output("PLANT", 30.0), _output("LINE", 1.0)],
        classes=UNCERTAIN | {"cancelled": 0.5},
    )
    points = run(planbook, draws=400).trajectory("I", "R")
    # One in two lines is given up, and of what waits for the others one in two.
    assert points[-1].p50 in (60, 61)
    assert points[-1].p90 == 91


# ---- Regions and factors.


def test_drivers_of_a_scaled_region_count_in_its_own_measure():
    """The province reports 60 where its cities report 20: one rack of theirs is three of its."""
    cities = [{}, *({"code": code, "level": "prefecture", "parent": "R"} for code in "ST")]
    rows = [{"region": code} | row for code in "ST" for row in observed(d2023_12_31=10)]
    planbook = book(
        regions=cities,
        targets={"region": "S", "value": 100.0},
        observations=[*rows, *observed(d2023_12_31=60)],
        projects=[project("A", lead_region="S"), project("B", lead_region="T")],
        activities=[_activity(code, "2024-01-01", "2024-06-30") for code in "AB"],
        outputs=[_output("A", 5.0), _output("B", 5.0)],
    )
    (driver,) = run(planbook, draws=20).drivers("I", "S")
    # 60 + 10 over 20 + 10: scale 70 / 30.
    assert driver.project == "A"
    assert driver.worth == pytest.approx(5 * 70 / 30)


def test_a_shared_factor_costs_when_it_is_unkind():
    found = _drivers(
        draws=2000,
        kind="factor",
        projects=[project(f"P{i}", "2025-10-31", sector="5g", owner="X") for i in range(6)],
        outputs=[_output(f"P{i}", 10.0) for i in range(6)],
        classes=UNCERTAIN | {"n": 10_000},
    )
    assert set(found) == {"province:all", "region:R", "sector:5g", "owner:X"}
    assert all(driver.cost > 0 < driver.worth for driver in found.values())
    assert found["province:all"].cost > found["owner:X"].cost  # weights of 0.4 and 0.15
    assert found["province:all"].probability_change > 0


def test_drivers_come_with_the_heaviest_first():
    codes = [f"P{i}" for i in range(5)]
    planbook = book(
        observations=observed(d2023_12_31=0),
        projects=[project(code) for code in codes],
        activities=[_activity(code, "2024-01-01", "2024-06-30") for code in codes],
        outputs=[_output(code, float(amount)) for code, amount in zip(codes, (3, 9, 1, 7, 5), strict=True)],
    )
    worth = [driver.worth for driver in run(planbook, draws=5).drivers()]
    assert worth == [9, 7, 5, 3, 1]


# ---- Regions that are added up.


def test_a_sum_counts_outputs_as_its_parts_do():
    """OLD is in the figure of A already, and B goes by its trend: neither decides the sum; NEW does."""
    regions = [{"code": "R", "level": "province"}] + [
        {"code": code, "level": "prefecture", "parent": "R"} for code in "AB"
    ]
    figures = [
        {"region": "A", "date": "2022-12-31", "value": 20},
        *({"region": "B", "date": f"{year}-12-31", "value": 10 * (year - 2020)} for year in (2021, 2022, 2023)),
    ]
    found = _drivers(
        regions=regions,
        observations=figures,
        projects=[
            project("OLD", "2022-06-30", start="2021-01-01", actual_finish="2022-06-30", lead_region="A"),
            project("NEW", "2024-06-30", lead_region="A"),
            project("BY_TREND", "2024-06-30", lead_region="B"),
        ],
        activities=[
            _activity("OLD", "2021-01-01", "2022-06-30", actual_start="2021-01-01", actual_finish="2022-06-30"),
            _activity("NEW", "2024-01-01", "2024-06-30"),
            _activity("BY_TREND", "2024-01-01", "2024-06-30"),
        ],
        outputs=[_output("OLD", 5.0), _output("NEW", 7.0), _output("BY_TREND", 9.0)],
    )
    assert set(found) == {"NEW"}
    assert found["NEW"].worth > 0
