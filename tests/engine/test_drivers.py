"""What one project, or one shared factor, costs a target: small cases worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from backcast.engine.calendar import NEVER
from backcast.engine.delivery import UNIT, Outputs
from backcast.engine.drivers import Question, effect, factor_effect, factor_effects, project_effects, thirds

VALUES = np.array([6.0, 8.0, 10.0, 12.0])


def test_a_late_project_costs_what_keeping_its_plan_would_save():
    # Short by 4, 2, 0, 0; as planned, all draws gain 3: short by 1, 0, 0, 0.
    found = effect(VALUES, VALUES + 3, VALUES - 5, 10.0, "at_least")
    assert found.cost == pytest.approx((3 + 2) / 4)
    assert found.probability_change == pytest.approx(3 / 4 - 2 / 4)
    # Without it: short by 9, 7, 5, 3.
    assert found.worth == pytest.approx((5 + 5 + 5 + 3) / 4)
    assert found.standard_error == pytest.approx(np.std([3, 2, 0, 0]) / 2)


def test_where_lower_is_better_signs_turn():
    found = effect(VALUES, VALUES - 3, VALUES + 5, 9.0, "at_most")
    assert found.cost == pytest.approx((0 + 0 + 1 + 3) / 4)
    assert found.worth == pytest.approx((2 + 4 + 5 + 5) / 4)
    assert found.probability_change == pytest.approx(4 / 4 - 2 / 4)


def test_a_project_that_is_ahead_of_its_plan_has_a_negative_cost():
    found = effect(VALUES, VALUES - 1, VALUES - 2, 10.0, "at_least")
    assert found.cost == pytest.approx(-(1 + 1 + 1 + 0) / 4)


def test_effects_are_told_where_the_probability_is_0_whatever_one_project_does():
    found = effect(VALUES, VALUES + 3, VALUES - 5, 1000.0, "at_least")
    assert found.probability_change == 0
    assert found.cost == pytest.approx(3)
    assert found.worth == pytest.approx(5)
    assert found.standard_error == 0  # every draw gains the same: the difference is certain


def test_effects_on_the_same_draws_are_far_surer_than_the_value_itself():
    values = np.random.default_rng(1).normal(0, 100, 1000)
    found = effect(values, values + 1, values, 1000.0, "at_least")
    assert found.cost == pytest.approx(1)
    assert found.standard_error < 1e-9 < values.std() / np.sqrt(1000)


# ---- Shared factors.


def test_a_shared_factor_compares_its_kindest_and_harshest_third_with_all():
    factor = np.array([0.5, -2.0, 2.0, 0.0, -1.0, 1.5])
    values = np.array([9.0, 12.0, 3.0, 8.0, 11.0, 5.0])
    # Short of 10 by 1, 0, 7, 2, 0, 5: on average 2.5; kindest (-2, -1) 0, harshest (2, 1.5) 6.
    found = factor_effect(values, factor, 10.0, "at_least")
    assert found.cost == pytest.approx(2.5)
    assert found.worth == pytest.approx(6 - 2.5)
    assert found.probability_change == pytest.approx(1 - 2 / 6)
    kind, others = np.array([0.0, 0.0]), np.array([1.0, 7.0, 2.0, 5.0])
    assert found.standard_error == pytest.approx(4 / 6 * np.hypot(kind.std() / np.sqrt(2), others.std() / 2))


def test_a_factor_without_influence_decides_nothing_beyond_its_standard_error():
    rng = np.random.default_rng(4)
    values, factor = rng.normal(0, 1, (2, 3000))
    found = factor_effect(values, factor, 0.0, "at_least")
    assert abs(found.cost) < 4 * found.standard_error
    assert 0 < found.standard_error < 0.05


def test_the_standard_error_of_a_factor_is_how_much_its_cost_scatters():
    rng = np.random.default_rng(5)
    found = []
    for _ in range(300):
        factor = rng.normal(size=300)
        found.append(factor_effect(rng.normal(size=300) - factor, factor, 0.0, "at_least"))
    scatter = np.std([effect.cost for effect in found])
    assert scatter == pytest.approx(np.mean([effect.standard_error for effect in found]), rel=0.25)


def test_a_single_draw_has_no_harshest_third():
    assert factor_effect(np.array([1.0]), np.array([0.3]), 10.0, "at_least").cost == 0


# ---- Many projects, and many factors, at once.


def test_effects_of_projects_are_those_of_their_deliveries():
    rng = np.random.default_rng(6)
    n, draws, day = 40, 1300, 250
    outputs = Outputs(
        amount=rng.uniform(1.0, 5.0, n),
        spread=rng.integers(0, 3, n).astype(np.int8),
        ramp_days=np.full(n, 60, np.int32),
        gate_row=np.arange(n),
        start_row=np.full(n, -1),
        start_day=np.full(n, 50, np.int32),
        known_gate=np.full(n, 200, np.int32),
        known_start=np.full(n, 50, np.int32),
        planned_gate=rng.integers(100, 300, n).astype(np.int32),
        planned_start=np.full(n, 50, np.int32),
    )
    gates = rng.integers(100, 400, (n, draws)).astype(np.int32)
    gates[rng.random((n, draws)) < 0.1] = NEVER
    which = np.split(np.arange(n), [3, 3, 17, 30])  # one project has no output at all
    since = [np.where(mine % 2 == 0, 90, 120) for mine in which]
    values, scale = rng.normal(60, 20, draws), rng.uniform(0.5, 2.0, draws)
    question = Question(values, scale, day, 70.0, "at_least")
    for threads in (1, 2):
        found = project_effects(question, outputs, gates, which, since, threads=threads)
        for mine, after, of_project in zip(which, since, found, strict=True):
            drawn, planned = np.zeros(draws), 0.0
            usual, usual_gates = outputs.as_planned()
            for k, day_known in zip(mine, after, strict=True):
                drawn += outputs.delivered([k], gates, [day], int(day_known))[0] / UNIT * scale
                planned += usual.delivered([k], usual_gates, [day], int(day_known))[0, 0] / UNIT
            told = effect(values, values + (planned * scale - drawn), values - drawn, 70.0, "at_least")
            assert of_project.cost == pytest.approx(told.cost, abs=1e-9)
            assert of_project.worth == pytest.approx(told.worth, abs=1e-9)
            assert of_project.probability_change == pytest.approx(told.probability_change)
            assert of_project.standard_error == pytest.approx(told.standard_error, abs=1e-9)
    assert len({of_project.cost for of_project in found}) == len(which)


def test_effects_of_factors_are_those_of_each_alone():
    rng = np.random.default_rng(7)
    factors, values = rng.normal(size=(5, 999)), rng.normal(size=999)
    question = Question(values + factors[2], np.ones(999), 0, 0.3, "at_most")
    found = factor_effects(question, factors, np.array([4, 2]), thirds(factors))
    assert found == [factor_effect(question.values, factors[f], 0.3, "at_most") for f in (4, 2)]
