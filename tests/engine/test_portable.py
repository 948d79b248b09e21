"""Functions with portable digits: as accurate as a library's, and monotone where it matters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from backcast.engine.portable import exp, log, normal_cdf, normal_quantile

PROBABILITIES = st.floats(2.0**-33, 1.0, exclude_max=True)


def test_exp_agrees_with_the_library_to_two_units_in_the_last_place():
    x = np.linspace(-700.0, 700.0, 200_001)
    np.testing.assert_allclose(exp(x), np.exp(x), rtol=5e-16)


def test_exp_stays_finite_and_positive_however_far_out():
    assert np.isfinite(exp(np.array([1e9, np.inf]))).all()
    assert (exp(np.array([-1e9, -np.inf])) > 0).all()


def test_log_agrees_with_the_library_to_two_units_in_the_last_place():
    x = np.concatenate([np.geomspace(1e-300, 1e300, 200_001), np.linspace(0.5, 2.0, 200_001)])
    np.testing.assert_allclose(log(x), np.log(x), rtol=5e-16, atol=1e-16)


@given(st.floats(-600.0, 600.0))
def test_log_undoes_exp(x):
    assert log(exp(x)) == pytest.approx(x, rel=1e-14, abs=1e-14)


def test_normal_cdf_agrees_with_the_library_also_in_the_lower_tail():
    z = np.linspace(-37.0, 8.0, 100_001)
    np.testing.assert_allclose(normal_cdf(z), special.ndtr(z), rtol=0, atol=1e-15)
    np.testing.assert_allclose(normal_cdf(z), special.ndtr(z), rtol=1e-8)


def test_normal_quantile_agrees_with_the_library_also_in_the_tails():
    p = np.concatenate([np.geomspace(2.0**-33, 0.5, 100_001), np.linspace(0.001, 0.999, 100_001)])
    np.testing.assert_allclose(normal_quantile(p), special.ndtri(p), rtol=5e-15, atol=1e-15)


@pytest.mark.parametrize(
    ("p", "z"),
    # Abramowitz and Stegun (1964), table 26.5.
    [(0.5, 0.0), (0.8, 0.8416212336), (0.9, 1.2815515655), (0.975, 1.9599639845), (0.999, 3.0902323062)],
)
def test_normal_quantile_gives_the_tabulated_values(p, z):
    assert normal_quantile(p) == pytest.approx(z, abs=1e-10)
    assert normal_quantile(1.0 - p) == pytest.approx(-z, abs=1e-10)


@given(PROBABILITIES, PROBABILITIES)
def test_normal_quantile_never_falls(p, q):
    low, high = sorted((p, q))
    assert normal_quantile(low) <= normal_quantile(high)


def test_normal_quantile_never_falls_where_one_formula_hands_over_to_the_next():
    for seam in (0.075, 0.925, np.exp(-25.0)):
        p = seam * (1.0 + np.arange(-2000, 2001) * 1e-14)
        assert (np.diff(normal_quantile(p)) >= -1e-14).all()


@given(st.floats(-5.0, 5.0))
def test_normal_cdf_undoes_the_quantile(z):
    assert normal_quantile(normal_cdf(z)) == pytest.approx(z, abs=1e-9)
