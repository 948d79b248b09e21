"""The value of an indicator: its basis, its regions, and nothing counted twice."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from builders import book, observed, project

from backcast.planbook.assembly import assemble
from backcast.planbook.outlook import Outlook
from backcast.planbook.run import run

TWO = observed(d2021_12_31=40, d2023_12_31=60)
ONE = observed(d2023_12_31=60)
PAST = project("PAST", "2022-06-30", stage="completed", actual_finish="2022-06-30")
AHEAD = project("AHEAD", "2025-06-30")
CITIES = [{}, {"code": "A", "level": "prefecture", "parent": "R"}, {"code": "B", "level": "prefecture", "parent": "R"}]


def _output(code, amount=30.0, **more):
    return {"project": code, "amount": amount, "gate": "completion"} | more


def _points(planbook, indicator="I", region="R", **asked):
    points = run(planbook, draws=40, **asked).trajectory(indicator, region)
    return {point.date: point for point in points}


def _values(planbook, indicator="I", region="R", **asked):
    """Median by date."""
    return {day: point.p50 for day, point in _points(planbook, indicator, region, **asked).items()}


def _basis(planbook, **asked):
    (verdict,) = run(planbook, draws=20, **asked).verdicts
    return verdict.basis


# ---- Basis (docs/explanation/verdict.md).


def test_a_library_with_history_and_future_counts_beside_what_the_trend_adds():
    planbook = book(observations=TWO, projects=[PAST, AHEAD], outputs=[_output("PAST", 12.0), _output("AHEAD")])
    assert _basis(planbook) == "both"
    # Of 20 observed the library explains 12 in two years; the rest goes on. Then the output lands.
    values = _values(planbook)
    assert values[date(2024, 12, 31)] == pytest.approx(60 + 4, abs=1.5)
    assert values[date(2025, 12, 31)] == pytest.approx(60 + 8 + 30, abs=3)


@pytest.mark.parametrize(
    ("declared", "basis", "median"),
    [(None, "trend", 60 + 20), ("trend", "trend", 60 + 20), ("projects", "projects", 90)],
)
def test_without_history_of_the_library_one_of_the_two_counts_by_declaration(declared, basis, median):
    planbook = book(indicators={"basis": declared}, observations=TWO, projects=AHEAD, outputs=_output("AHEAD"))
    assert _basis(planbook) == basis
    assert _values(planbook)[date(2025, 12, 31)] == pytest.approx(median, rel=0.15)


def test_a_single_observation_is_carried_forward_by_projects():
    planbook = book(observations=ONE, projects=AHEAD, outputs=_output("AHEAD"))
    assert _basis(planbook) == "projects"
    values = _values(planbook)
    assert values[date(2025, 5, 31)] == 60
    assert values[date(2025, 6, 30)] == 90


def test_a_single_observation_without_projects_borrows_a_pace():
    other = {"indicator": "J", "region": "R"}
    planbook = book(
        indicators=[{}, {"code": "J"}],
        targets=[{}, {"indicator": "J", "value": 1000.0}],
        observations=[*ONE, *(row | other for row in observed(d2021_12_31=400, d2023_12_31=600))],
    )
    (own, _) = run(planbook, draws=400).verdicts
    assert own.basis == "trend"
    assert "borrowed" in str(own.reason)
    assert own.value.p50 == pytest.approx(60 + 2 * 10, rel=0.1)  # 100 a year on 1000 is 10 a year on 100


def test_a_single_observation_of_nothing_else_is_no_evidence():
    assert _basis(book(observations=ONE)) == "none"
    assert _basis(book()) == "none"


@pytest.mark.parametrize(
    ("kind", "basis"), [("flow", "projects"), ("milestone", "projects"), ("stock", "none"), ("ratio", "none")]
)
def test_only_what_starts_from_zero_can_do_without_observations(kind, basis):
    planbook = book(indicators={"kind": kind}, projects=AHEAD, outputs=_output("AHEAD"))
    assert _basis(planbook) == basis


def test_a_flow_counts_from_the_start_of_the_plan():
    before = project("BEFORE", "2020-12-31", start="2019-01-01", stage="completed", actual_finish="2020-12-31")
    first = project("FIRST", "2021-01-01", start="2019-01-01", stage="completed", actual_finish="2021-01-01")
    outputs = [_output(code) for code in ("BEFORE", "FIRST", "AHEAD")]
    planbook = book(indicators={"kind": "flow"}, projects=[before, first, AHEAD], outputs=outputs)
    values = _values(planbook)
    assert values[date(2024, 1, 31)] == 30
    assert values[date(2025, 12, 31)] == 60


def test_a_milestone_is_met_when_its_project_delivers():
    planbook = book(
        indicators={"kind": "milestone"}, targets={"value": 1.0}, projects=AHEAD, outputs=_output("AHEAD", 1.0)
    )
    (verdict,) = run(planbook, draws=20).verdicts
    assert verdict.probability > 0.9
    assert verdict.first_met.p50 == date(2025, 6, 30)


# ---- Nothing twice.


@pytest.mark.parametrize(("finish", "last"), [("2023-12-30", 60), ("2023-12-31", 60), ("2024-01-01", 90)])
def test_what_landed_by_the_last_observation_is_in_it_already(finish, last):
    done = project("DONE", finish, stage="completed", actual_finish=finish)
    planbook = book(observations=ONE, projects=[done, AHEAD], outputs=[_output("DONE"), _output("AHEAD", 0.001)])
    values = _values(planbook, data_date="2024-02-29")
    assert values[date(2024, 3, 31)] == pytest.approx(last, abs=0.01)


@pytest.mark.parametrize("spread", [{"spread": "ramp", "ramp_days": 100}, {"spread": "linear"}])
def test_only_the_remainder_counts_of_what_was_arriving_at_the_last_observation(spread):
    dates = {"ramp": ("2023-11-11", "2023-11-11"), "linear": ("2024-02-18", None)}[spread["spread"]]
    row = project("A", dates[0], start="2023-11-11", stage="completed" if dates[1] else "construction")
    planbook = book(observations=ONE, projects=row | {"actual_finish": dates[1]}, outputs=_output("A", 100.0, **spread))
    values = _values(planbook)
    assert values[date(2024, 1, 31)] == pytest.approx(60 + 31, abs=1.1)
    assert values[date(2024, 3, 31)] == pytest.approx(60 + 50, abs=1.1)


def test_the_value_goes_on_from_the_last_observation():
    planbook = book(observations=TWO, projects=[PAST, AHEAD], outputs=[_output("PAST", 12.0), _output("AHEAD")])
    targets = {"date": "2024-01-01", "value": 100.0}
    point = _points(planbook.replace(targets=book(targets=targets)["targets"]))[date(2024, 1, 1)]
    assert point.p10 == pytest.approx(60, abs=0.3)
    assert point.p90 == pytest.approx(60, abs=0.3)


def test_a_library_that_explains_more_than_was_observed_leaves_nothing_to_the_trend():
    planbook = book(observations=TWO, projects=[PAST, AHEAD], outputs=[_output("PAST", 500.0), _output("AHEAD")])
    values = _values(planbook)
    assert 60 <= values[date(2024, 12, 31)] <= 61
    assert 90 <= values[date(2025, 12, 31)] <= 91


def test_the_smallest_step_of_what_is_left_is_the_indicators():
    """An indicator with two decimals that stands still does not grow by half a unit a year."""
    planbook = book(
        indicators={"decimals": 2},
        targets={"value": 1.0},
        observations=observed(d2021_12_31=0.4, d2023_12_31=0.6),
        projects=[PAST, AHEAD],
        outputs=[_output("PAST", 0.2), _output("AHEAD", 0.1)],
    )
    assert _values(planbook)[date(2024, 12, 31)] == pytest.approx(0.6, abs=0.02)


def test_projects_that_were_given_up_or_do_not_count_deliver_nothing():
    stopped = [project(stage, stage=stage) for stage in ("stopped", "deferred", "terminated", "withdrawn")]
    child = project("CHILD", parent="AHEAD", counts=False)
    everyone = [*stopped, child, AHEAD]
    planbook = book(observations=ONE, projects=everyone, outputs=[_output(row["code"]) for row in everyone])
    assert _values(planbook)[date(2025, 12, 31)] == 90


def test_figures_before_a_series_break_do_not_feed_what_comes_after():
    definitions = [{"version": "old"}, {"version": "new", "valid_from": "2023-01-01", "series_break": True}]
    old = [row | {"definition": "old"} for row in observed(d2019_12_31=5, d2021_12_31=1000)]
    new = [row | {"definition": "new"} for row in ONE]
    planbook = book(definitions=definitions, observations=[*old, *new], projects=AHEAD, outputs=_output("AHEAD"))
    assert _basis(planbook) == "projects"
    assert _values(planbook)[date(2024, 1, 31)] == 60


def test_a_value_that_became_known_later_is_not_seen():
    late = {"date": "2023-06-30", "value": 5000.0, "known_from": "2024-02-01"}
    planbook = book(observations=[*ONE, late], projects=AHEAD, outputs=_output("AHEAD"))
    assert _values(planbook)[date(2024, 1, 31)] == 60


# ---- Regions.


def _cities(values, **more):
    rows = [{"region": region} | row for region, found in values.items() for row in found]
    return book(regions=CITIES, observations=rows, **more)


def test_a_region_that_is_not_observed_is_the_sum_of_those_below():
    planbook = _cities(
        {"A": observed(d2023_12_31=10), "B": observed(d2023_06_30=7)},
        projects=[AHEAD | {"lead_region": "A"}, project("B1", "2024-03-31", lead_region="B")],
        outputs=[_output("AHEAD", 5.0), _output("B1", 2.0)],
    )
    values = _values(planbook)
    assert values[date(2024, 2, 29)] == 17
    assert values[date(2025, 12, 31)] == 24
    assert _basis(planbook) == "projects"


def test_a_sum_with_a_part_missing_is_no_evidence():
    planbook = _cities({"A": observed(d2022_12_31=8, d2023_12_31=10)})
    (verdict,) = run(planbook, draws=5).verdicts
    assert verdict.state == "no_evidence"


OUTLOOK_DRAWS = 30


def _cells(planbook, code="I"):
    """Cells of an indicator with all their draws."""
    assembly = assemble(planbook)
    outlook = Outlook(assembly, assembly.simulation(draws=OUTLOOK_DRAWS, seed=1))
    found = {}

    def keep(cell):
        found[cell.region] = cell
        return []

    outlook._points = lambda cell, *_: keep(cell) if cell.indicator == code else []
    outlook.judge_all()
    return found


UNCERTAIN = {"p10": 0.6, "p50": 1.0, "p90": 2.0}


def test_regions_below_an_observed_one_add_up_to_it_in_every_draw():
    planbook = _cities(
        {"A": observed(d2021_12_31=10, d2023_12_31=20), "B": observed(d2021_12_31=5, d2023_12_31=6), "R": TWO},
        projects=[
            AHEAD | {"lead_region": "A"},
            project("P2", "2022-06-30", stage="completed", actual_finish="2022-06-30"),
        ],
        outputs=[_output("AHEAD", 20.0), _output("P2", 3.0, region="A")],
        classes=UNCERTAIN,
    )
    cells = _cells(planbook)
    assert cells["R"].values.std(axis=1)[-1] > 1
    np.testing.assert_allclose(cells["A"].values + cells["B"].values, cells["R"].values, rtol=1e-12)


def test_regions_two_levels_below_an_observed_one_add_up_too():
    counties = [{"code": f"A{i}", "level": "county", "parent": "A"} for i in (1, 2)]
    figures = {"A1": 10.0, "A2": 20.0, "B": 30.0}
    rows = [{"region": r} | row for r, v in figures.items() for row in observed(d2021_12_31=v / 2, d2023_12_31=v)]
    planbook = book(regions=[*CITIES, *counties], observations=[*rows, *observed(d2021_12_31=60, d2023_12_31=90)])
    cells = _cells(planbook)
    np.testing.assert_allclose(cells["A"].values + cells["B"].values, cells["R"].values, rtol=1e-12)
    np.testing.assert_allclose(cells["A1"].values + cells["A2"].values, cells["A"].values, rtol=1e-12)


def test_a_partner_beside_the_tree_adds_nothing():
    planbook = book(
        regions=[{}, {"code": "PARTNER"}],
        observations=[*ONE, *({"region": "PARTNER"} | row for row in observed(d2023_12_31=900))],
        projects=AHEAD, outputs=_output("AHEAD"),
    )  # fmt: skip
    assert _values(planbook)[date(2024, 1, 31)] == 60


# ---- Ratios.


def test_regions_below_an_observed_ratio_are_not_scaled_to_it():
    """Ten stations per head in each city make ten in the province, not twenty."""
    rows = {region: observed(d2021_12_31=9, d2023_12_31=10) for region in ("A", "B", "R")}
    planbook = _cities(rows, indicators={"kind": "ratio", "can_fall": True})
    for region in ("A", "B", "R"):
        assert _values(planbook, region=region)[date(2024, 3, 31)] == pytest.approx(10, rel=0.05)


def test_a_ratio_is_numerator_over_denominator_in_every_draw():
    indicators = [
        {"code": "I", "kind": "ratio", "numerator": "N", "denominator": "D", "scale": 100.0},
        {"code": "N"},
        {"code": "D"},
    ]
    rows = [
        {"indicator": code} | row
        for code, figures in {"N": {"A": 4.0, "B": 6.0}, "D": {"A": 100.0, "B": 300.0}}.items()
        for region, value in figures.items()
        for row in [{"region": region, "date": "2023-12-31", "value": value}]
    ]
    planbook = book(
        regions=CITIES,
        indicators=indicators,
        targets=[{}, {"indicator": "N"}, {"indicator": "D"}],
        observations=rows,
        projects=[AHEAD | {"lead_region": "A"}, project("D1", "2024-06-30", lead_region="B")],
        outputs=[
            _output(code, amount, indicator=indicator)
            for indicator, amount in {"N": 10.0, "D": 100.0}.items()
            for code in ("AHEAD", "D1")
        ],
        classes=UNCERTAIN,
    )
    ratio, above, below = (_cells(planbook, code)["R"].values for code in "IND")
    assert (above[0].min(), below[0].min()) == (10.0, 400.0)
    assert ratio.std(axis=1).max() > 0.1
    np.testing.assert_array_equal(ratio, 100.0 * above / below)
    assert _values(planbook)[date(2024, 1, 31)] == pytest.approx(2.5)


def test_a_ratio_of_which_only_itself_is_observed_does_not_add_up():
    rows = {region: observed(d2021_12_31=9, d2023_12_31=10) for region in ("A", "B")}
    planbook = _cities(rows, indicators={"kind": "ratio", "can_fall": True})
    (verdict,) = run(planbook, draws=5).verdicts
    assert verdict.state == "no_evidence"


# ---- The envelope.


def test_the_envelope_runs_from_early_to_late_and_holds_the_certain_value():
    row = project("A", "2025-06-30") | {"actual_start": None, "stage": "reserve", "planned_start": "2024-03-01"}
    loose = {"project": "A", "code": "1", "duration": 100, "gate": "completion", "planned_start": "2024-03-01"}
    planbook = book(observations=ONE, projects=row, activities=loose, outputs=_output("A"))
    points = _points(planbook)
    assert all(point.late <= point.early for point in points.values())
    assert points[date(2024, 12, 31)].late == 60
    assert points[date(2024, 12, 31)].early == points[date(2024, 12, 31)].p50 == 90
    assert points[date(2025, 6, 30)].late == 90


def test_a_late_date_that_has_gone_by_does_not_put_late_above_early():
    overdue = project("A", "2022-06-30", start="2021-01-01", physical_percent_complete=50.0)
    planbook = book(observations=ONE, projects=overdue, outputs=_output("A"), classes=UNCERTAIN)
    points = _points(planbook)
    assert any(point.early > 60 for point in points.values())
    assert all(point.late <= point.early for point in points.values())


def test_the_envelope_of_a_scaled_region_is_scaled_with_it():
    figures = {"A": observed(d2023_12_31=10), "B": observed(d2023_12_31=10), "R": observed(d2023_12_31=60)}
    planbook = _cities(
        figures,
        projects=[AHEAD | {"lead_region": "A"}, project("B1", "2025-06-30", lead_region="B")],
        outputs=[_output("AHEAD", 5.0), _output("B1", 5.0)],
    )
    for point in _points(planbook, region="A").values():
        assert point.early == pytest.approx(point.p50)
        assert point.late == pytest.approx(point.p50)


def test_no_forecast_passes_the_bounds_of_its_indicator():
    found = run(
        book(
            indicators={"ceiling": 100.0, "basis": "projects"},
            observations=observed(d2023_12_31=90),
            projects=project("P"),
            outputs={"project": "P", "amount": 30.0},
        ),
        draws=50,
    )
    assert {point.p90 for point in found.trajectory("I", "R")} <= {90, 100}


def test_a_quantity_that_falls_towards_nothing_does_not_become_negative():
    falling = observed(d2020_12_31=40, d2021_12_31=30, d2022_12_31=15, d2023_12_31=5)
    found = run(book(indicators={"direction": "lower"}, observations=falling, targets={"value": 2.0}), draws=200)
    assert min(point.p10 for point in found.trajectory("I", "R")) >= 0
