"""What is uncertain about a library, and what zero uncertainty leaves of it: the schedule."""

from __future__ import annotations

import numpy as np
import pytest
from builders import book, project

from backcast.engine.calendar import NEVER, NONE
from backcast.engine.random import stable_id
from backcast.planbook.assembly import assemble
from backcast.planbook.uncertainty import FACTOR_VARIANCE, factor_names, uncertainty

SPREAD = {"p10": 0.8, "p50": 1.1, "p90": 1.9}
RESERVE = {"stage": "reserve", "actual_start": None}


def _uncertainty(planbook):
    found = assemble(planbook)
    return found, uncertainty(found.planbook, found.library, found.schedule, found.now)


def _interval(planbook, kind="construction", code="A"):
    """One interval of one project, by the names of its arrays."""
    _, found = _uncertainty(planbook)
    (i,) = np.flatnonzero(found.intervals.identity == stable_id(code, kind))
    return {name: getattr(found.intervals, name)[i] for name in found.intervals.__slots__}


def _finishes(planbook, draws=300):
    found = assemble(planbook)
    simulation = found.simulation(draws=draws, seed=3)
    return found, simulation.finishes(np.arange(len(found.library.network)))


# ---- Zero uncertainty.


def _busy_planbook(**tables):
    """Projects of all kinds and stages, calendars, links of all types, progress, half of them bare."""
    stages = ("concept", "preparation", "construction", "completed", "production")
    bare = [
        project(f"B{i}", f"202{4 + i % 2}-0{1 + i}-15", stage=stage, stage_date="2023-05-31", calendar="site")
        | ({} if i > 1 else {"actual_start": None})
        for i, stage in enumerate(stages)
    ]
    kinds = [
        project("ROLLOUT", kind="rollout", physical_percent_complete=35.0),
        project("LAB", "2024-09-30", kind="recognition", stage="applied"),
    ]
    activities = [
        {"project": "N1", "code": "1", "duration": 40, "calendar": "office", "actual_start": "2023-11-06",
         "remaining_duration": 22, "interval": "preparation"},
        {"project": "N1", "code": "2", "duration": 0, "gate": "start", "interval": "preparation"},
        {"project": "N1", "code": "3", "duration": 130, "calendar": "site", "interval": "construction"},
        {"project": "N1", "code": "4", "duration": 60, "gate": "completion", "interval": "construction"},
        {"project": "N2", "code": "1", "duration": 75, "calendar": "office"},
        {"project": "N2", "code": "2", "duration": 30, "calendar": "site", "constraint": "start_no_earlier_than",
         "constraint_date": "2024-08-01"},
        {"project": "N2", "code": "3", "duration": 10, "actual_start": "2023-02-01", "actual_finish": "2023-03-31"},
    ]  # fmt: skip
    links = [
        ("N1", "1", "N1", "2", "FS", 0), ("N1", "2", "N1", "3", "SS", 5), ("N1", "3", "N1", "4", "FF", -10),
        ("N1", "1", "N2", "1", "SF", 30), ("N2", "1", "N2", "2", "FS", -4), ("N1", "4", "N2", "2", "FS", 12),
    ]  # fmt: skip
    names = ("predecessor_project", "predecessor", "successor_project", "successor", "type", "lag")
    return book(
        calendars=[{"code": "office", "week": "1111100"}, {"code": "site", "week": "1111110"}],
        calendar_days={"calendar": "site", "first": "2021-11-15", "last": "2022-03-15", "every_year": True},
        projects=[*bare, *kinds, project("N1"), project("N2")],
        activities=activities,
        relationships=[dict(zip(names, link, strict=True)) for link in links],
        **tables,
    )


def test_with_certain_classes_every_draw_is_the_schedule():
    found, drawn = _finishes(_busy_planbook(), draws=4)
    assert len(found.library.network) == 30
    np.testing.assert_array_equal(drawn, np.repeat(found.schedule.early_finish[:, None], 4, axis=1))


def test_with_uncertain_classes_almost_nothing_is():
    found, drawn = _finishes(_busy_planbook(classes=SPREAD), draws=50)
    open_work = (found.library.network.actual_finish == NONE) & (found.library.network.remaining > 2)
    assert ((drawn != found.schedule.early_finish[:, None]).mean(axis=1)[open_work] > 0.5).all()


# ---- Intervals.


def test_an_interval_that_has_not_begun_is_its_class():
    found = _interval(book(projects=project("A") | RESERVE, classes=SPREAD | {"cancelled": 0.07}))
    assert np.exp(found["location"]) == pytest.approx(1.1)
    assert (found["age"], found["stretch"], found["spent"]) == (-np.inf, 1, 0)
    assert found["cancelled"] == 0.07


def test_a_running_interval_knows_its_age():
    # Planned for 500 days from 2022-09-08 on; 480 of them are over at the end of 2023.
    row = project("A", "2024-01-20", start="2022-09-08")
    found = _interval(book(projects=row, classes=SPREAD))
    assert np.exp(found["age"]) == pytest.approx(480 / 500)
    assert found["stretch"] / found["spent"] == pytest.approx(500 / 480)
    assert found["stretch"] == pytest.approx(500 / 20)


def test_a_running_interval_never_takes_less_than_it_has_taken():
    row = project("A", "2022-06-30", start="2021-01-01")
    found, drawn = _finishes(book(projects=row, classes=SPREAD))
    completion = found.library.gates()["A", "completion"]
    assert (drawn[completion] > found.now).all()
    # Long overdue, it is not expected to be over in a few days.
    assert np.quantile(drawn[completion] - found.now, 0.5) > 60


def test_its_own_pace_moves_an_interval_and_makes_it_surer():
    row = project("A", "2024-12-31", start="2023-01-01")
    plain = _interval(book(projects=row | {"stage": "reserve", "actual_start": None}, classes=SPREAD))
    slow = _interval(book(projects=row | {"physical_percent_complete": 25.0}, classes=SPREAD))
    fast = _interval(book(projects=row | {"physical_percent_complete": 75.0}, classes=SPREAD))
    assert fast["location"] < plain["location"] < slow["location"]
    assert fast["high"] < slow["high"] < plain["high"]


def test_prior_and_pace_meet_by_precision():
    row = project("A", "2024-12-31", start="2023-01-01", physical_percent_complete=40.0)
    found = _interval(book(projects=row, classes=SPREAD))
    prior, spread = np.log(1.1), np.log(1.9 / 0.8) / 2 / 1.2815515655446004
    pace, variance = np.log(365 / (0.4 * 731)), 0.5**2 * 0.6 / 0.4
    weight = spread**2 / (spread**2 + variance)
    assert found["location"] == pytest.approx(prior + weight * (pace - prior))
    assert found["high"] == pytest.approx(np.log(1.9 / 1.1) / 1.2815515655446004 * np.sqrt(1 - weight))


def test_finished_activities_count_fully_towards_the_pace():
    activities = [
        {"project": "A", "code": "1", "duration": 100, "actual_start": "2023-01-01", "actual_finish": "2023-06-30"},
        {"project": "A", "code": "2", "duration": 100, "actual_start": "2023-07-01", "physical_percent_complete": 50.0},
    ]
    given = {"planned_start": "2023-01-01", "planned_finish": "2024-12-31"}
    planbook = book(projects=project("A"), activities=[row | given for row in activities], classes=SPREAD)
    whole = {"project": "A", "code": "1", "duration": 200, "actual_start": "2023-01-01"} | given
    same = book(projects=project("A"), activities=whole | {"physical_percent_complete": 75.0}, classes=SPREAD)
    assert _interval(planbook)["location"] == pytest.approx(_interval(same)["location"])


def test_a_remaining_duration_tells_the_pace_as_a_per_cent_does():
    given = {"project": "A", "code": "1", "duration": 200, "actual_start": "2023-01-01"}
    given |= {"planned_start": "2023-01-01", "planned_finish": "2024-12-31"}
    told = [
        _interval(book(projects=project("A"), activities=given | progress, classes=SPREAD))["location"]
        for progress in ({"remaining_duration": 150}, {"physical_percent_complete": 25.0}, {"remaining_duration": 80})
    ]
    assert told[0] == pytest.approx(told[1])
    assert told[0] > told[2]


def test_activities_of_one_interval_share_its_ratio_and_finished_ones_are_left_out():
    found, described = _uncertainty(_busy_planbook())
    codes = np.array(found.library.network.codes)
    of = dict(zip(codes, described.interval, strict=True))
    assert of["N1/3"] == of["N1/4"] != of["N1/1"] == of["N1/2"]
    assert of["N2/3"] == -1
    assert of["N2/1"] == of["N2/2"] >= 0


def test_a_cancelled_share_comes_out():
    row = project("A", "2025-06-30") | RESERVE
    found, drawn = _finishes(book(projects=row, classes=SPREAD | {"cancelled": 0.3}), draws=2000)
    start, completion = (found.library.gates()["A", gate] for gate in ("start", "completion"))
    assert (drawn[start] == NEVER).mean() == pytest.approx(0.3, abs=0.03)
    assert (drawn[completion] == NEVER).mean() == pytest.approx(1 - 0.7**2, abs=0.05)  # later together, a little


# ---- Shared risk.


CITY = {"code": "A", "level": "prefecture", "parent": "R"}
COUNTY = {"code": "A1", "level": "county", "parent": "A"}


def _scores(planbook, *codes):
    """Normal scores of the construction of projects that have not begun."""
    found, drawn = _finishes(planbook, draws=4000)
    gates = found.library.gates()
    lengths = np.array([drawn[gates[c, "completion"]] - drawn[gates[c, "start"]] for c in codes])
    return np.log(lengths)


def test_what_projects_have_in_common_makes_them_late_together():
    rows = [
        project(code, "2026-06-30", start="2024-03-01", sector=sector, owner=owner, lead_region=region) | RESERVE
        for code, sector, owner, region in (
            ("SAME1", "5g", "telecom", "A"), ("SAME2", "5g", "telecom", "A1"), ("OTHER", "rail", "railway", "R"))
    ]  # fmt: skip
    planbook = book(regions=[{}, CITY, COUNTY], projects=rows, classes=SPREAD | {"n": 100_000})
    found = np.corrcoef(_scores(planbook, "SAME1", "SAME2", "OTHER"))
    assert found[0, 1] == pytest.approx(0.25, abs=0.05)
    assert found[0, 2] == pytest.approx(0.25 * FACTOR_VARIANCE["province"], abs=0.05)


def test_factors_are_named_and_weights_add_up():
    rows = [project("1", owner="X", sector="5g"), project("2", owner="X"), project("3", **{"class": "rail"})]
    found, described = _uncertainty(book(projects=rows, classes=SPREAD))
    names = factor_names(found.planbook, found.library)
    assert names == ["owner:X", "province:all", "region:R", "sector:5g", "sector:rail"]
    np.testing.assert_allclose((described.intervals.weight**2).sum(axis=1), 1.0)


def test_adding_a_project_changes_no_other_projects_draws():
    """Not even one of the same owner, city and sector, and not by where it stands in the table."""
    shared = {"owner": "X", "sector": "5g", "lead_region": "A"}
    regions = [{}, CITY]
    one = [project("M", "2025-06-30", **shared)]
    many = [project("A", "2026-06-30", **shared), *one, project("Z", "2024-06-30", sector="rail")]
    _, alone = _finishes(book(regions=regions, projects=one, classes=SPREAD))
    found, among = _finishes(book(regions=regions, projects=many, classes=SPREAD))
    rows = [j for j, code in enumerate(found.library.network.codes) if code.startswith("M/")]
    np.testing.assert_array_equal(alone, among[rows])


# ---- Named risks.


def _with_risk(**risk):
    rows = [
        project("A", "2025-06-30", sector="5g", lead_region="A1") | RESERVE,
        project("B", "2025-06-30", sector="rail") | RESERVE,
    ]
    event = {"code": "flood", "probability": 1.0, "days_low": 50, "days_high": 50}
    planbook = book(regions=[{}, CITY, COUNTY], projects=rows, risks=event | risk)
    found, drawn = _finishes(planbook, draws=2)
    late = drawn[:, 0] - found.schedule.early_finish
    gates = found.library.gates()
    return {f"{p} {gate}": int(late[gates[p, gate]]) for p in "AB" for gate in ("start", "completion")}


@pytest.mark.parametrize(
    ("scope", "late"),
    [
        ({}, {"A completion", "B completion"}),
        ({"project": "A"}, {"A completion"}),
        ({"region": "A"}, {"A completion"}),
        ({"region": "R"}, {"A completion", "B completion"}),
        ({"sector": "rail"}, {"B completion"}),
        ({"sector": "rail", "region": "A"}, set()),
        ({"interval": "preparation", "project": "A"}, {"A start", "A completion"}),
        ({"probability": 0.0}, set()),
    ],
)
def test_a_risk_delays_the_intervals_in_its_scope_once(scope, late):
    found = _with_risk(**scope)
    assert {name for name, days in found.items() if days == 50} == late
    assert {name for name, days in found.items() if days == 0} == set(found) - late


# ---- Projects that are given up or rest.


@pytest.mark.parametrize("spread", [{}, SPREAD], ids=["certain", "uncertain"])
@pytest.mark.parametrize("stage", ["stopped", "deferred", "terminated", "withdrawn"])
def test_what_waits_for_a_project_that_is_given_up_or_rests_never_finishes(stage, spread):
    ends = {"predecessor_project": "A", "predecessor": "construction"}
    link = ends | {"successor_project": "B", "successor": "construction"}
    rows = [project("A", stage=stage, stage_date="2023-06-30"), project("B") | RESERVE, project("C") | RESERVE]
    found, finishes = _finishes(book(projects=rows, relationships=link, classes=spread))
    never = dict(zip(found.library.network.codes, (finishes == NEVER).all(axis=1).tolist(), strict=True))
    assert never["A/construction"]
    assert never["B/construction"]
    assert not never["B/preparation"]
    assert not never["C/ramp"]
