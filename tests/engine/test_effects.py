"""Effects of length and cost: found where they are, and not where they are not."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.engine.effects import LARGEST_SHIFT, doublings, shifts
from backcast.engine.fitting import fit_effects


def _simulated(effect, n=3000, seed=0):
    """Normal scores of intervals some of which were first seen while running, or run still."""
    rng = np.random.default_rng(seed)
    features = np.stack([rng.uniform(-2, 2, n), rng.uniform(-2, 2, n)], axis=1)
    score = (features * effect).sum(axis=1) + rng.standard_normal(n)
    entry = np.where(rng.random(n) < 0.4, rng.uniform(-2.0, 0.5, n), -inf)
    stop = rng.uniform(-0.5, 3.0, n)
    exit_, seen = np.minimum(score, stop), (entry < score) & (entry < stop)
    return features[seen], entry[seen], exit_[seen], (score <= stop)[seen]


def _fit(features, entry, exit_, finished, weight=1.0):
    return fit_effects(features, entry, exit_ - 1e-4, exit_, finished, np.full(finished.size, weight))


@pytest.mark.parametrize("effect", [(0.0, 0.0), (0.3, 0.0), (-0.2, 0.15), (0.1, -0.4)])
def test_effects_are_found_in_spite_of_late_entry_and_what_still_runs(effect):
    np.testing.assert_allclose(_fit(*_simulated(np.array(effect))), effect, atol=0.05)


def test_whoever_looks_only_at_what_finished_is_misled():
    features, entry, exit_, finished = _simulated(np.array([0.3, 0.0]), n=20_000)
    only = _fit(features[finished], entry[finished], exit_[finished], finished[finished])
    assert only[0] < 0.27
    assert _fit(features, entry, exit_, finished)[0] == pytest.approx(0.3, abs=0.02)


def test_a_few_cases_hardly_move_an_effect():
    few = (found[:8] for found in _simulated(np.array([0.4, 0.4])))
    many = _simulated(np.array([0.4, 0.4]))
    assert (abs(_fit(*few)) < 0.35).all()
    assert (_fit(*many) > 0.35).all()
    assert (abs(_fit(*many, weight=1e-3)) < abs(_fit(*many)) / 2).all()


def test_where_many_finish_at_one_ratio_effects_are_found_too():
    rng = np.random.default_rng(1)
    features = rng.uniform(-2, 2, (4000, 1))
    score = 0.3 * features[:, 0] + rng.standard_normal(4000)
    # All between -0.5 and 0.5 are seen at the upper end of an atom.
    atom = (score > -0.5) & (score <= 0.5)
    exit_, before = np.where(atom, 0.5, score), np.where(atom, -0.5, score - 1e-4)
    found = fit_effects(features, np.full(4000, -inf), before, exit_, np.ones(4000, bool), np.ones(4000))
    assert found[0] == pytest.approx(0.3, abs=0.04)


def test_doublings_count_from_the_typical_and_only_so_far():
    values = np.array([400.0, 100.0, 50.0, 1e9, 1e-9, 0.0, -5.0])
    np.testing.assert_allclose(doublings(values, 100.0), [2, 0, -1, 3, -3, 0, 0])
    assert (doublings(values, np.nan) == 0).all()


def test_values_that_lie_unbelievably_far_apart_are_doublings_too():
    values = np.array([1e300, 1e-300])
    np.testing.assert_array_equal(doublings(values, values[::-1]), [3, -3])


def test_a_class_without_spread_tells_no_effect():
    features = np.array([[1.0, 0.0], [-1.0, 2.0], [2.0, 1.0]])
    entry, before, exit_ = np.array([inf, -inf, -inf]), np.array([inf, -inf, -inf]), np.array([inf, inf, -inf])
    found = fit_effects(features, entry, before, exit_, np.array([False, True, False]), np.ones(3))
    assert (abs(found) < 0.01).all()


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=2), st.lists(st.floats(-5, 5), min_size=2, max_size=2))
def test_a_shift_stays_within_bounds(features, effects):
    found = shifts(np.array(features), np.array(effects))
    assert abs(found) <= LARGEST_SHIFT
    if abs(np.dot(features, effects)) < LARGEST_SHIFT:
        assert found == pytest.approx(np.dot(features, effects))
