"""Own pace meets its class by Bayes's rule, and what it is worth is learned from reports."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from backcast.engine.fitting import fit_pace
from backcast.engine.pace import FLOOR, SILENT, SPREAD, STRAIGHT, Curve, Progress, combined
from backcast.engine.quantiles import SCORES, log_ratio_at

SKEWED = np.log([0.5, 0.8, 1.0, 1.0, 1.0, 1.0, 1.05, 1.2, 1.5, 1.9, 2.6, 3.4, 5.0])  # many finish on the planned day


def _progress(done, elapsed=300.0, falls=0.0):
    shape = np.broadcast_shapes(np.shape(done), np.shape(elapsed), np.shape(falls))
    return Progress(*(np.array(np.broadcast_to(value, shape), float).reshape(-1) for value in (done, elapsed, falls)))


def _combined(log_ratio, progress, *, planned=500.0, curve=(SPREAD, FLOOR, STRAIGHT), shift=0.0, variance=1.0):
    n = progress.done.size
    whole = [np.full(n, value, float) for value in (planned, *curve, shift, variance)]
    return combined(np.tile(log_ratio, (n, 1)), whole[0], progress, Curve(*whole[1:4]), *whole[4:])


# ---- Meeting the class.


@pytest.mark.parametrize("sigma", [0.05, 0.4, 1.5])
@pytest.mark.parametrize(("shift", "variance"), [(0.0, 1.0), (0.8, 1.1), (-1.2, 1.5)])
def test_in_a_lognormal_class_they_meet_by_precision(sigma, shift, variance):
    progress = _progress([0.02, 0.1, 0.5, 0.9, 0.99])
    score, scale = _combined(0.2 + sigma * SCORES, progress, shift=shift, variance=variance)
    pace = (np.log(300 / progress.done / 500) - 0.2) / sigma
    noise = np.maximum(0.25 * (1 - progress.done) / progress.done, 0.15**2) / sigma**2
    weight = variance / (variance + noise)
    np.testing.assert_allclose(score, shift + weight * (pace - shift), atol=1e-3)
    np.testing.assert_allclose(scale, np.sqrt(variance * (1 - weight)), rtol=1e-3)


@pytest.mark.parametrize("done", [0.05, 0.3, 0.58, 0.62, 0.95])
def test_in_any_class_they_meet_by_bayes_rule(done):
    score, scale = _combined(SKEWED, _progress(done), shift=0.3, variance=1.2)
    y = np.linspace(-7, 7, 20_001)
    noise = np.sqrt(max(0.25 * (1 - done) / done, 0.15**2))
    weight = norm.pdf(y, 0.3, np.sqrt(1.2)) * norm.pdf(np.log(300 / done / 500), log_ratio_at(SKEWED, y), noise)
    mean = (weight * y).sum() / weight.sum()
    # The ends of an atom are corners, which a sum over few nodes rounds off.
    assert score[0] == pytest.approx(mean, abs=0.01)
    assert scale[0] == pytest.approx(np.sqrt((weight * (y - mean) ** 2).sum() / weight.sum()), rel=0.03)


def test_a_pace_far_from_all_that_the_class_knows_stays_finite():
    score, scale = _combined(0.05 * SCORES, _progress([1e-6, 0.9999, 0.5], elapsed=[1e5, 1.0, 1e4]))
    assert np.isfinite([score, scale]).all()
    assert (np.abs(score) < 20).all()
    assert (scale > 0).all()


def test_what_tells_no_pace_stays_as_it_is():
    progress = _progress([0.0, 1.0, np.nan, 0.5], elapsed=[300.0, 300.0, 300.0, 0.0])
    for told, log_ratio, curve in (
        (progress, SKEWED, (SPREAD, FLOOR, STRAIGHT)),
        (_progress([0.3, 0.9]), np.zeros(13), (SPREAD, FLOOR, STRAIGHT)),
        (_progress([0.3, 0.9]), SKEWED, (SILENT, FLOOR, STRAIGHT)),
    ):
        score, scale = _combined(log_ratio, told, curve=curve, shift=0.4, variance=1.21)
        assert set(score) == {0.4}
        assert set(scale) == {1.1}


def test_each_interval_is_alone():
    progress = _progress(np.linspace(0.01, 0.99, 2_500), falls=np.tile([0.0, 0.2], 1_250))
    score, scale = _combined(SKEWED, progress)
    one, its_scale = _combined(SKEWED, progress.take(np.array([1_707])))
    assert (score[1_707], scale[1_707]) == (one[0], its_scale[0])


def test_reports_that_fell_tell_less():
    score, scale = _combined(SKEWED, _progress([0.2, 0.2, 0.2], falls=[0.0, 0.25, 0.5]))
    assert (np.diff(scale) > 0).all()
    assert (np.diff(np.abs(score)) < 0).all()


def test_an_s_curve_keeps_half_and_bends_the_ends():
    progress = _progress([0.1, 0.5, 0.9])
    straight, curved = (Curve(SPREAD, FLOOR, slope).expected(progress) for slope in (1.0, 0.5))
    np.testing.assert_allclose(straight, [3000, 600, 300 / 0.9], rtol=1e-12)
    np.testing.assert_allclose(curved, [1200, 600, 400], rtol=1e-12)  # a quarter, half, three quarters of the time


# ---- Learning what it is worth.


def _history(spread, floor, slope, *, projects=3_000, reports=4, seed=1):
    """Reports whose errors are as the model has them."""
    rng = np.random.default_rng(seed)
    progress = _progress(rng.uniform(0.05, 0.97, projects * reports), rng.uniform(50, 900, projects * reports))
    curve = Curve(spread, floor, slope)
    error = np.sqrt(curve.variance(progress)) * rng.standard_normal(progress.done.size)
    return progress, curve.expected(progress) * np.exp(error), np.repeat(np.arange(projects), reports)


@pytest.mark.parametrize("truth", [(0.3, 0.1, 1.0), (0.15, 0.05, 0.6), (0.2, 0.08, 1.5)])
def test_what_reports_taught_is_near_the_truth(truth):
    assert fit_pace(*_history(*truth)) == pytest.approx(truth, rel=0.15)


def test_little_seen_leaves_the_assumptions():
    progress, total, project = _history(0.1, 0.02, 0.5, projects=2)
    spread, floor, slope = fit_pace(progress, total, project)
    assert 0.3 < spread < SPREAD
    assert 0.1 < floor < 1.01 * FLOOR
    assert 0.6 < slope < STRAIGHT


def test_all_reports_of_one_project_count_as_one_case():
    progress, total, _ = _history(0.1, 0.02, 1.0, projects=500, reports=1)
    one, many = (fit_pace(progress, total, project) for project in (np.zeros(500, int), np.arange(500)))
    assert one[0] > 0.35
    assert many[0] < 0.15


def test_reports_without_meaning_have_a_wide_spread():
    rng = np.random.default_rng(3)
    progress = _progress(rng.uniform(0.01, 0.99, 4_000), rng.uniform(10, 990, 4_000))
    curve = Curve(*fit_pace(progress, np.full(4_000, 1_000.0), np.arange(4_000)))
    assert (np.sqrt(curve.variance(progress)) > 0.7).all()
    assert curve.slope == pytest.approx(0.2, abs=0.01)
