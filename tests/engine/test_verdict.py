"""How likely a target is, from draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.engine.verdict import first_met, judge, light, meets, quantile, required_pace, shortfall

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60).map(np.array)


@pytest.mark.parametrize(
    ("comparison", "met"),
    [
        ("at_least", [False, True, True]),
        ("more_than", [False, False, True]),
        ("at_most", [True, True, False]),
        ("less_than", [True, False, False]),
    ],
)
def test_a_comparison_says_whether_equal_is_enough(comparison, met):
    assert meets(np.array([9.0, 10.0, 11.0]), 10.0, comparison).tolist() == met


@pytest.mark.parametrize(("comparison", "met"), [("at_least", True), ("more_than", False), ("at_most", True)])
def test_the_last_digit_of_a_sum_decides_nothing(comparison, met):
    assert 0.1 + 0.7 < 0.8
    assert 0.1 + 0.2 > 0.3
    assert meets(np.array([0.1 + 0.7]), 0.8, comparison).tolist() == [met]
    assert meets(np.array([0.1 + 0.2]), 0.3, comparison).tolist() == [met]
    assert not meets(np.array([499_999.0]), 500_000.0, "at_least")[0]


def test_what_is_missing_is_never_negative():
    assert shortfall(np.array([7.0, 12.0]), 10.0, "at_least").tolist() == [3.0, 0.0]
    assert shortfall(np.array([7.0, 12.0]), 10.0, "less_than").tolist() == [0.0, 2.0]


@pytest.mark.parametrize("draws", [1, 10, 10_000])
@pytest.mark.parametrize("value", [0.0, 20.0])
def test_a_probability_is_never_0_or_1(draws, value):
    found = judge(np.full(draws, value), 10.0, "at_least")
    expected = (draws * (value > 10) + 0.5) / (draws + 1)
    assert found.probability == pytest.approx(expected)
    assert 0 < found.probability < 1
    assert found.standard_error > 0


def test_more_draws_make_the_standard_error_smaller():
    values = np.arange(1000) % 10
    errors = [judge(values[:n].astype(float), 7.0, "at_least").standard_error for n in (10, 100, 1000)]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] == pytest.approx(np.sqrt(0.3 * 0.7 / 1000), rel=0.01)


def test_the_standard_error_is_how_much_probabilities_scatter():
    rng = np.random.default_rng(1)
    found = [judge(rng.normal(size=400), 0.5, "at_least") for _ in range(300)]
    scatter = np.std([judgement.probability for judgement in found])
    assert scatter == pytest.approx(np.mean([judgement.standard_error for judgement in found]), rel=0.15)


def test_a_judgement_tells_quantiles_and_what_is_missing_on_average():
    found = judge(np.arange(1.0, 11.0), 4.0, "at_least")
    assert (found.p10, found.p50, found.p90) == (1.0, 5.0, 9.0)
    assert found.expected_shortfall == pytest.approx((3 + 2 + 1) / 10)
    assert found.probability == pytest.approx(7.5 / 11)


@given(VALUES, st.floats(0.01, 0.99))
def test_a_quantile_is_the_smallest_draw_that_enough_draws_do_not_exceed(values, q):
    found = float(quantile(values, q))
    assert found in values
    assert (values <= found).mean() >= q - 1e-9
    assert (values < found).mean() < q


@given(VALUES, st.randoms(use_true_random=False))
def test_the_order_of_the_draws_does_not_matter(values, random):
    shuffled = values.tolist()
    random.shuffle(shuffled)
    assert float(quantile(np.array(shuffled), 0.8)) == float(quantile(values, 0.8))


# ---- When.


def test_a_target_is_first_met_when_enough_draws_have_met_it():
    values = np.array([[0, 0, 0, 0, 0], [9, 0, 0, 0, 0], [9, 9, 9, 0, 0], [9, 9, 9, 9, 0]])
    assert first_met(values, 5.0, "at_least", (0.2, 0.5, 0.6, 0.8, 0.9)) == [1, 2, 2, 3, None]


def test_a_target_that_is_met_once_and_lost_again_was_met():
    assert first_met(np.array([[0.0], [9.0], [0.0]]), 5.0, "at_least", (0.9,)) == [1]


def test_a_target_that_no_draw_meets_is_never_met():
    assert first_met(np.zeros((4, 10)), 5.0, "at_least", (0.5,)) == [None]


@pytest.mark.parametrize(("probability", "colour"), [(0.8, "green"), (0.799, "yellow"), (0.5, "yellow"), (0.49, "red")])
def test_the_computed_light_follows_the_probability(probability, colour):
    assert light(probability) == colour


def test_the_required_pace_is_what_is_missing_over_the_time_left():
    assert required_pace(100.0, 200.0, 731) == pytest.approx(100 / 731 * 365.25)
    assert required_pace(100.0, 200.0, 0) is None
    assert required_pace(100.0, 200.0, -5) is None
