"""Scores: known values, and that a better forecast scores better."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from backcast.engine.scores import crps, holds, pinball

NUMBERS = st.floats(-100.0, 100.0)
SAMPLES = st.lists(NUMBERS, min_size=1, max_size=12)


@given(SAMPLES, NUMBERS, NUMBERS)
def test_crps_is_the_integral_of_its_definition(draws, observed, up_to):
    points = np.unique([*draws, observed, up_to])
    middle, width = (points[1:] + points[:-1]) / 2, np.diff(points)
    below = (np.array(draws)[:, None] <= middle).mean(axis=0)
    gap = (below - (observed <= middle)) ** 2 * width
    assert crps(draws, observed) == pytest.approx(gap.sum(), abs=1e-9)
    assert crps(draws, observed, up_to) == pytest.approx(gap[middle < up_to].sum(), abs=1e-9)


def test_crps_of_a_normal_forecast_is_near_its_closed_form():
    draws = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    # Gneiting and Raftery (2007), equation 21, at the centre of a standard normal.
    assert crps(draws, 0.0) == pytest.approx((np.sqrt(2) - 1) / np.sqrt(np.pi), abs=1e-4)


@given(NUMBERS, NUMBERS)
def test_a_forecast_without_spread_scores_its_absolute_error(forecast, observed):
    error = abs(forecast - observed)
    assert crps([forecast] * 3, observed) == pytest.approx(error, abs=1e-9)
    assert pinball([forecast] * 3, observed) == pytest.approx(error, abs=1e-9)


def test_pinball_loss_over_all_levels_is_the_crps():
    draws = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    levels = (np.arange(1_000) + 0.5) / 1_000
    exact, _ = integrate.quad(lambda t: (stats.norm.cdf(t) - (t >= 1.0)) ** 2, -8, 8, points=[1.0])
    assert pinball(draws, 1.0, levels) == pytest.approx(exact, abs=1e-3)


def test_facts_outside_p10_to_p90_are_not_held():
    draws = np.arange(101.0)
    assert [holds(draws, fact) for fact in (9.0, 10.0, 50.0, 90.0, 91.0)] == [False, True, True, True, False]
    assert holds(draws, 9.0, probability=0.9)
