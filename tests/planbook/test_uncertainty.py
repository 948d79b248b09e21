"""What is uncertain about a library, and what zero uncertainty leaves of it: the schedule."""

from __future__ import annotations

import numpy as np
import pytest
from builders import book, project

from backcast.engine.calendar import NEVER, NONE
from backcast.engine.quantiles import log_ratio_at
from backcast.engine.random import stable_id
from backcast.planbook.assembly import assemble
from backcast.planbook.uncertainty import CORRELATION, FACTOR_VARIANCE, factor_names, uncertainty

SPREAD = {"p10": 0.8, "p50": 1.1, "p90": 1.9}
RESERVE = {"stage": "reserve", "actual_start": None}


def _uncertainty(planbook):
    found = assemble(planbook)
    return found, uncertainty(found.known, found.library, found.schedule, found.now)


def _interval(planbook, kind="construction", code="A"):
    """One interval of one project, by the names of its arrays, with its class."""
    _, found = _uncertainty(planbook)
    (i,) = np.flatnonzero(found.intervals.identity == stable_id(code, kind))
    of_class = found.class_log_ratio[found.intervals.reference_class[i]]
    return {name: getattr(found.intervals, name)[i] for name in found.intervals.__slots__} | {"class": of_class}


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
    assert np.exp(found["class"][[2, 6, 10]]) == pytest.approx([0.8, 1.1, 1.9])
    assert (found["shift"], found["scale"]) == (0, 1)
    assert (found["age"], found["stretch"], found["spent"]) == (-np.inf, 1, 0)
    assert found["cancelled"] == 0.07


def test_a_running_interval_knows_its_age():
    # Planned for 500 days from 2022-09-08 on; 480 of them are over at the end of 2023.
    row = project("A", "2024-01-20", start="2022-09-08")
    found = _interval(book(projects=row, classes=SPREAD))
    assert np.exp(log_ratio_at(found["class"], found["age"])) == pytest.approx(480 / 500)
    assert found["stretch"] / found["spent"] == pytest.approx(500 / 480)
    assert found["stretch"] == pytest.approx(500 / 20)


def test_each_class_stands_once_however_many_projects_use_it():
    classes = [SPREAD | {"n": 400}, SPREAD | {"class": "rail", "p95": 4.0, "n": 25}]
    rows = [project("1"), project("2", **{"class": "rail/metro"}), project("3"), project("4", **{"class": "rail"})]
    _, found = _uncertainty(book(projects=[row | RESERVE for row in rows], classes=classes))
    of_project = found.intervals.reference_class.reshape(4, -1)
    assert (of_project == [[0], [1], [0], [1]]).all()
    assert np.exp(found.class_log_ratio[:, 11]) == pytest.approx([1.9 * (1.9 / 1.1) ** 0.28346, 4.0], rel=1e-3)
    np.testing.assert_allclose(found.class_error, [1 / 20, 1 / 5])


def test_a_running_interval_never_takes_less_than_it_has_taken():
    row = project("A", "2022-06-30", start="2021-01-01")
    found, drawn = _finishes(book(projects=row, classes=SPREAD))
    completion = found.library.gates()["A", "completion"]
    assert (drawn[completion] > found.now).all()
    # Long overdue, it is not expected to be over in a few days.
    assert np.quantile(drawn[completion] - found.now, 0.5) > 60


# ---- Length and cost.


def _shift(row=(), **of_class):
    """Shift of an interval planned for 1,000 days that costs 8,000 and has not begun."""
    plain = project("A", "2026-09-26", start="2024-01-01", total_investment=8000.0) | RESERVE
    found = _interval(book(projects=plain | dict(row), classes=SPREAD | of_class))
    assert found["scale"] == 1
    return found["shift"]


LENGTH = {"length_effect": 0.3, "typical_length": 250.0}
COST = {"cost_effect": -0.2, "typical_cost": 1000.0, "cost_unit": "万元"}


def test_each_doubling_of_length_and_cost_moves_an_interval():
    assert _shift(**LENGTH) == pytest.approx(2 * 0.3)
    assert _shift(**COST) == pytest.approx(-3 * 0.2)
    assert _shift(**LENGTH, **COST) == pytest.approx(2 * 0.3 - 3 * 0.2)
    assert _shift(**LENGTH | {"typical_length": 2000.0}) == pytest.approx(-0.3)


@pytest.mark.parametrize(
    ("row", "of_class"),
    [
        ({"planned_start": None}, LENGTH),
        ({"total_investment": None}, COST),
        ({"total_investment": 0.0}, COST),
        ({}, LENGTH | {"typical_length": None}),
        ({}, COST | {"typical_cost": 0.0}),
        ({}, COST | {"cost_unit": "US dollars"}),
        ({}, COST | {"cost_unit": None}),
    ],
)
def test_what_is_not_known_moves_nothing(row, of_class):
    assert _shift(row, **of_class) == 0


@pytest.mark.parametrize("effect", [5.0, -5.0])
def test_length_and_cost_move_an_interval_only_so_far(effect):
    assert _shift(**LENGTH | {"length_effect": effect}) == 1.5 * np.sign(effect)


def test_a_long_project_is_later_where_long_ones_are():
    planbooks = [
        book(projects=project("A") | RESERVE, classes=SPREAD | LENGTH | {"length_effect": e}) for e in (0, 0.5)
    ]
    (found, plain), (_, late) = (_finishes(planbook) for planbook in planbooks)
    completion = found.library.gates()["A", "completion"]
    assert (late[completion] > plain[completion]).all()


# ---- Own pace.


def _pace(row=(), **of_class):
    """A project planned for 731 days of which 365 are over."""
    return _interval(book(projects=project("A", "2024-12-31") | dict(row), classes=SPREAD | of_class))


def test_its_own_pace_moves_an_interval_and_makes_it_surer():
    plain, slow, fast = (_pace({"physical_percent_complete": percent}) for percent in (None, 25.0, 75.0))
    assert fast["shift"] < plain["shift"] < slow["shift"]
    assert fast["scale"] < slow["scale"] < plain["scale"]


@pytest.mark.parametrize("effect", [0.0, 0.4])
def test_prior_and_pace_meet_by_precision_in_a_lognormal_class(effect):
    lognormal = {"p10": 0.8, "p50": 1.1, "p90": 1.1 * 1.1 / 0.8}
    found = _pace({"physical_percent_complete": 40.0}, **lognormal, length_effect=effect, typical_length=365.5)
    z = 1.2815515655446004
    slope = np.log(1.1 / 0.8) / z
    observed = np.log(365 / (0.4 * 731) / 1.1) / slope
    weight = slope**2 / (slope**2 + 0.5**2 * 0.6 / 0.4)
    assert found["shift"] == pytest.approx(effect + weight * (observed - effect))
    assert found["scale"] == pytest.approx(np.sqrt(1 - weight))


def test_a_class_tells_how_much_its_pace_is_worth():
    told = [
        _pace({"physical_percent_complete": 90.0}, **of_class)["scale"]
        for of_class in ({"pace_spread": 9.0}, {"pace_floor": 0.5}, {}, {"pace_spread": 0.1, "pace_floor": 0.05})
    ]
    assert told == sorted(told, reverse=True)
    assert told[0] == 1
    assert told[2] == pytest.approx(
        _pace({"physical_percent_complete": 90.0}, pace_spread=0.5, pace_floor=0.15)["scale"]
    )
    exact = _pace({"physical_percent_complete": 90.0}, pace_spread=0.0, pace_floor=0.0)
    assert exact["scale"] < 0.05
    assert np.exp(log_ratio_at(exact["class"], exact["shift"])) == pytest.approx(365 / (0.9 * 731), rel=2e-3)


FLAT = {"p10": 1.0, "p50": 1.0, "p90": 1.0}


@pytest.mark.parametrize("of_class", [FLAT | {"p99": 2.0}, FLAT | {"p90": 1.3}, FLAT | {"p01": 0.5}, FLAT])
@pytest.mark.parametrize("percent", [1.0, 50.0, 99.0])
def test_a_class_that_is_mostly_an_atom_meets_any_pace(of_class, percent):
    found = _pace({"physical_percent_complete": percent}, **of_class)
    assert np.isfinite([found["shift"], found["scale"]]).all()
    assert abs(found["shift"]) <= 6
    assert 0 < found["scale"] < 2  # where an atom and the pace contradict each other, it may be either


def test_a_per_cent_that_fell_counts_less():
    def scale(*percents):
        returns = [
            {"project": "A", "period": f"2023-{month:02}-28", "physical_percent_complete": percent}
            for month, percent in enumerate(percents, 1)
        ]
        row = project("A", "2024-12-31", physical_percent_complete=50.0)
        return _interval(book(projects=row, returns=returns, classes=SPREAD))["scale"]

    steady, once, twice = scale(20.0, 40.0, 50.0), scale(20.0, 60.0, 50.0), scale(50.0, 40.0, 60.0, 50.0)
    assert steady == scale() < once < twice < 1


def test_a_class_tells_its_own_curve():
    """With an S-curve, half is half, but of what is 80% done less of the time has passed."""
    half, straight_half = (_pace({"physical_percent_complete": 50.0}, **c)["shift"] for c in ({"curve_slope": 0.5}, {}))
    late, straight = (_pace({"physical_percent_complete": 80.0}, **c)["shift"] for c in ({"curve_slope": 0.5}, {}))
    assert half == pytest.approx(straight_half)
    assert late > straight


def test_progress_that_follows_from_a_forecast_is_no_pace():
    """It says when the project hopes to end, which is what is uncertain."""
    forecast = {"project": "A", "period": "2023-12-31", "forecast_finish": "2026-06-30"}
    for returns in ([], forecast):
        planbook = book(projects=project("A", "2024-12-31"), returns=returns, classes=SPREAD)
        found = _interval(planbook)
        assert (found["shift"], found["scale"]) == (0, 1)
    reported = book(projects=project("A", "2024-12-31"), returns=forecast | {"physical_percent_complete": 50.0})
    assert _interval(reported.replace(classes=planbook["classes"]))["scale"] < 1


HALVES = [
    {"project": "A", "code": "1", "duration": 100, "actual_start": "2023-01-01"},
    {"project": "A", "code": "2", "duration": 100},
]


def _of_activities(*progress):
    """An interval of two activities, planned for two years; the progress of each."""
    given = {"planned_start": "2023-01-01", "planned_finish": "2024-12-31"}
    rows = [row | given | of_row for row, of_row in zip(HALVES, progress, strict=True)]
    found = _interval(book(projects=project("A"), activities=rows, classes=SPREAD))
    return found["shift"], found["scale"]


def test_finished_activities_count_fully_towards_the_pace():
    finished = {"actual_finish": "2023-06-30"}
    half_of_it = {"actual_start": "2023-07-01", "physical_percent_complete": 50.0}
    whole = {
        "project": "A",
        "code": "1",
        "duration": 200,
        "actual_start": "2023-01-01",
        "physical_percent_complete": 75.0,
    }
    whole |= {"planned_start": "2023-01-01", "planned_finish": "2024-12-31"}
    same = _interval(book(projects=project("A"), activities=whole, classes=SPREAD))
    assert _of_activities(finished, half_of_it) == pytest.approx((same["shift"], same["scale"]))
    assert _of_activities(finished, {}) == _of_activities({"physical_percent_complete": 100.0}, {})


def test_a_remaining_duration_tells_the_pace_as_a_per_cent_does():
    told, same, quicker = (
        _of_activities(progress, {})
        for progress in ({"remaining_duration": 75}, {"physical_percent_complete": 25.0}, {"remaining_duration": 40})
    )
    assert told == pytest.approx(same)
    assert told[0] > quicker[0]


def test_an_activity_that_has_begun_and_tells_no_progress_leaves_the_pace_unknown():
    assert _of_activities({}, {}) == (0, 1)
    assert _of_activities({"actual_finish": "2023-06-30"}, {"actual_start": "2023-07-01"}) == (0, 1)
    assert _of_activities({"physical_percent_complete": 0.0}, {}) == (0, 1)


def test_without_open_intervals_nothing_is_uncertain():
    finished = project("A", stage="full_effect", actual_finish="2023-06-30")
    for rows in ([], [finished]):
        found, described = _uncertainty(book(projects=rows, classes=SPREAD))
        assert len(described.intervals) == 0
        assert described.class_log_ratio.shape == (0, 13)
        found.simulation(draws=2, seed=1).finishes(np.arange(len(found.library.network)))


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


def test_the_root_class_tells_how_much_risk_is_shared():
    for told, found in ((0.4, 0.4), (0.0, 0.0), (None, CORRELATION)):
        rows = [SPREAD | {"correlation": told}, SPREAD | {"class": "rail", "correlation": 0.9}]
        assert _uncertainty(book(projects=project("A"), classes=rows))[1].correlation == found


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
