"""Distributions by thirteen quantiles: values, scores, and the one as inverse of the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uncertain import CLASSES, lognormal

from backcast.engine import _duration_kernels as kernels
from backcast.engine.portable import normal_cdf
from backcast.engine.quantiles import LEVELS, SCORES, filled, lines, log_ratio_at, score_of

RISES = st.lists(st.floats(1e-3, 3.0), min_size=12, max_size=12)
RISES_OR_FLAT = st.lists(st.one_of(st.just(0.0), st.floats(1e-3, 3.0)), min_size=12, max_size=12)
NUMBERS = st.floats(-8.0, 8.0)
ATOM = np.array([-0.5, -0.4, -0.2, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.1, 0.4, 0.4, 0.4])
NOT_TOLD = np.nan


def _class(rises, first=-0.7):
    return first + np.concatenate([[0.0], np.cumsum(rises)])


def test_scores_are_those_of_the_levels():
    np.testing.assert_allclose(normal_cdf(SCORES), LEVELS, atol=1e-12)
    assert SCORES[6] == 0


@given(RISES, st.floats(-5, 5), NUMBERS)
def test_where_a_class_rises_its_score_is_the_inverse_of_its_value(rises, first, score):
    of_class = _class(rises, first)
    assert score_of(of_class, log_ratio_at(of_class, score)) == pytest.approx(score, abs=1e-9)


@given(RISES_OR_FLAT, NUMBERS)
def test_a_value_is_reached_at_its_score_and_exceeded_right_after_it(rises, value):
    of_class = _class(rises)
    score = float(score_of(of_class, value))
    if any(rises):
        assert log_ratio_at(of_class, score) == pytest.approx(value, abs=1e-9)
        assert log_ratio_at(of_class, score + 1e-3) > value
    else:
        assert score == (np.inf if value >= of_class[0] else -np.inf)


@given(RISES_OR_FLAT, st.lists(NUMBERS, min_size=2, max_size=2))
def test_a_higher_score_is_never_earlier(rises, scores):
    low, high = log_ratio_at(_class(rises), np.sort(scores))
    assert low <= high + 1e-12


def test_the_levels_themselves_are_exact():
    for of_class in CLASSES:
        np.testing.assert_array_equal(log_ratio_at(of_class, SCORES), of_class)


def test_between_two_levels_and_beyond_the_last_a_class_is_straight():
    of_class = _class(np.arange(12) / 10)
    middle = (SCORES[3] + SCORES[4]) / 2
    assert log_ratio_at(of_class, middle) == pytest.approx((of_class[3] + of_class[4]) / 2)
    slope = (of_class[-1] - of_class[-2]) / (SCORES[-1] - SCORES[-2])
    assert log_ratio_at(of_class, 4.0) == pytest.approx(of_class[-1] + slope * (4.0 - SCORES[-1]))


def test_the_score_at_an_atom_is_its_upper_end():
    assert score_of(ATOM, [0.0, -1e-12]) == pytest.approx([SCORES[7], SCORES[3]], abs=1e-9)


def test_beyond_a_flat_end_the_nearest_slope_goes_on():
    _, slope = lines(ATOM)
    assert slope[-1] == slope[10] == pytest.approx(0.3 / (SCORES[10] - SCORES[9]))
    assert slope[-2] == 0
    assert log_ratio_at(ATOM, 4.0) == pytest.approx(0.4 + slope[-1] * (4.0 - SCORES[-1]))
    _, mirrored = lines(-ATOM[::-1])
    np.testing.assert_allclose(mirrored, slope[::-1])


def test_classes_and_values_broadcast():
    values = np.linspace(-2, 2, 7)
    together = score_of(CLASSES[:, None], values)
    assert together.shape == (len(CLASSES), 7)
    np.testing.assert_array_equal(together, [score_of(of_class, values) for of_class in CLASSES])
    one_each = log_ratio_at(CLASSES, np.arange(len(CLASSES)))
    np.testing.assert_array_equal(one_each, [log_ratio_at(c, k) for k, c in enumerate(CLASSES)])
    assert log_ratio_at(CLASSES, 0.3).shape == (len(CLASSES),)


def test_kernels_give_the_bytes_of_their_twin():
    scores = np.concatenate([np.linspace(-9, 9, 4001), SCORES, np.nextafter(SCORES, -9), [1e8, -1e8]])
    for of_class in (*CLASSES, ATOM):
        row = scores.copy()
        kernels.to_values(row, *lines(of_class))
        assert row.tobytes() == log_ratio_at(of_class, scores).tobytes()


def test_quantiles_that_fall_are_refused():
    with pytest.raises(ValueError, match="must not fall"):
        lines(ATOM[::-1])
    with pytest.raises(ValueError, match="must not fall"):
        lines(np.full(13, NOT_TOLD))


# ---- Levels that are not told.


def _told(of_class, *levels):
    return np.where(np.isin(np.arange(13), levels), of_class, NOT_TOLD)


@pytest.mark.parametrize(("low", "high"), [(0.2, 0.7), (0.5, 0.0), (0.0, 0.0)])
def test_p10_p50_and_p90_are_a_lognormal_on_either_side(low, high):
    expected = lognormal(0.1, low, high)
    np.testing.assert_allclose(filled(_told(expected, 2, 6, 10)), expected, atol=1e-12)


def test_levels_that_are_told_stay_and_a_line_fills_between_them():
    of_class = _class(np.arange(12) / 10)
    found = filled(_told(of_class, 0, 2, 6, 10, 11))
    np.testing.assert_array_equal(found[[0, 2, 6, 10, 11]], of_class[[0, 2, 6, 10, 11]])
    between = (SCORES[4] - SCORES[2]) / (SCORES[6] - SCORES[2])
    assert found[4] == pytest.approx(of_class[2] + between * (of_class[6] - of_class[2]))
    assert found[12] > found[11]


@given(RISES_OR_FLAT, st.sets(st.integers(0, 12)))
def test_what_is_filled_never_falls(rises, told):
    found = filled(_told(_class(rises), 2, 6, 10, *told))
    assert (np.diff(found) >= 0).all()
    lines(found)
