"""Scores: known values, and that a better forecast scores better, whether or not all facts have arrived."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from backcast.engine.scores import coverage, crps, crps_until, holds, middles, pinball, pinball_until

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


# ---- Up to an administrative end.


@given(st.floats(0.2, 5.0), st.floats(0.05, 3.0), st.one_of(st.floats(0.01, 3.0), st.just(np.inf)))
def test_the_score_up_to_an_end_is_the_integral_up_to_it(rate, until, after):
    grid = (np.arange(200_000) + 0.5) / 200_000 * until
    exact = ((1 - np.exp(-rate * grid) - (after <= grid)) ** 2).mean() * until
    ends, parts = np.array([until]), 2048
    forecast = 1 - np.exp(-rate * middles(ends, parts))
    assert crps_until(forecast, np.array([after]), ends)[0] == pytest.approx(exact, abs=until / parts)


@given(SAMPLES.map(np.abs), st.floats(0.0, 100.0), st.floats(1.0, 100.0))
def test_both_ways_to_score_up_to_an_end_agree(draws, observed, until):
    ends = np.array([until])
    below = (draws[:, None] <= middles(ends, 4096)).mean(axis=0)[None]
    found = crps_until(below, np.array([observed]), ends)[0]
    assert found == pytest.approx(crps(draws, observed, until), abs=(draws.size + 2) * until / 4096)


def test_the_pinball_loss_up_to_an_end_is_that_of_what_can_be_seen():
    draws, until, observed = np.arange(1.0, 100.0), np.array([60.0]), np.array([30.0])
    below = (draws[:, None] <= middles(until, 6000)).mean(axis=0)[None]
    found = pinball_until(below, observed, until)[0]
    assert found == pytest.approx(pinball(np.minimum(draws, 60.0), 30.0), abs=0.3)


def _censored(n=5000, rate=1.0, seed=1):
    """Exponential times to the finish, and the day of each on which one stopped looking."""
    rng = np.random.default_rng(seed)
    after, until = rng.exponential(1 / rate, n), rng.uniform(0.1, 1.5, n)
    return np.where(after <= until, after, np.inf), until


def _best_rate(score):
    rates = np.arange(0.6, 1.81, 0.05)
    return rates[np.argmin([score(rate) for rate in rates])]


def test_the_score_recovers_the_true_rate_where_the_naive_one_prefers_a_rosy_one():
    after, until = _censored()

    def up_to(ends):
        return lambda rate: crps_until(1 - np.exp(-rate * middles(ends, 64)), after, ends).mean()

    def stopping_only_where_nothing_finished(rate):
        far = np.where(np.isfinite(after), 8.0, until)
        return crps_until(1 - np.exp(-rate * middles(far, 256)), after, far).mean()

    assert _best_rate(up_to(until)) == pytest.approx(1.0, abs=0.06)
    assert _best_rate(stopping_only_where_nothing_finished) > 1.3


# ---- Coverage.


def _naive_coverage(pit, finished, low=0.1, high=0.9):
    def lasting(level):
        left = 1.0
        for value in np.unique(pit[finished]):
            if value <= level:
                left *= 1 - ((pit == value) & finished).sum() / (pit >= value).sum()
        return left

    return lasting(low) - lasting(high)


@given(st.lists(st.tuples(st.integers(0, 23), st.booleans()), min_size=1, max_size=40))
def test_coverage_is_kaplan_and_meiers_share(cases):
    cases = [*cases, (23, False)]
    pit, finished = np.array([value for value, _ in cases]) / 23, np.array([done for _, done in cases])
    assert coverage(pit, finished) == pytest.approx(_naive_coverage(pit, finished))


@pytest.mark.parametrize("never", [0.0, 0.05, 0.15, 0.4])
@pytest.mark.parametrize("probability", [0.5, 0.8])
def test_a_right_forecast_covers_what_it_says_though_some_never_finish(never, probability):
    """Its probability never rises above 1 − never, and many are not followed so far."""
    rng = np.random.default_rng(3)
    fate, followed = rng.random(5000), rng.uniform(0.2, 1.3, 5000).clip(max=1.0) * (1 - never)
    finished = fate <= followed
    found = coverage(np.where(finished, fate, followed), finished, probability)
    assert found == pytest.approx(probability, abs=0.02)


def test_a_forecast_that_is_too_sure_covers_less():
    rng = np.random.default_rng(4)
    fate = stats.norm.cdf(2 * rng.standard_normal(5000))
    assert coverage(fate, np.ones(5000, bool)) == pytest.approx(2 * stats.norm.cdf(1.2816 / 2) - 1, abs=0.02)
