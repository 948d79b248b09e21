"""When what runs will finish: Kaplan–Meier against two others, and a forecast against its formula."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtr

from backcast.engine.quantiles import SCORES
from backcast.engine.remaining import finish_probability, kaplan_meier, step_probability

SPELLS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(1, 12), st.booleans()), min_size=1, max_size=40
)  # entry, time under watch, finished


def _arrays(spells):
    entry, watched, finished = (np.array(column) for column in zip(*spells, strict=True))
    return entry.astype(float), (entry + watched).astype(float), finished


@given(SPELLS)
def test_kaplan_and_meier_count_who_is_at_risk(spells):
    entry, exit_, finished = _arrays(spells)
    ratios, lasting = kaplan_meier(entry, exit_, finished)
    assert ratios.tolist() == sorted(set(exit_[finished]))
    left = 1.0
    for ratio, found in zip(ratios, lasting, strict=True):
        at_risk = [(begin, end) for begin, end in zip(entry, exit_, strict=True) if begin < ratio <= end]
        ended = sum(end == ratio and done for end, done in zip(exit_, finished, strict=True))
        left *= 1 - ended / len(at_risk)
        assert found == pytest.approx(left, abs=1e-12)


@given(SPELLS.filter(lambda spells: any(done for _, _, done in spells)))
def test_without_late_entry_kaplan_and_meier_are_scipys(spells):
    _, exit_, finished = _arrays([(0, watched, done) for _, watched, done in spells])
    ratios, lasting = kaplan_meier(np.zeros(exit_.size), exit_, finished)
    theirs = stats.ecdf(stats.CensoredData(exit_[finished], right=exit_[~finished])).sf
    np.testing.assert_allclose(lasting, theirs.evaluate(ratios), atol=1e-12)


def test_a_curve_tells_of_those_that_have_lasted_so_far():
    curve = kaplan_meier(np.zeros(4), np.array([1.0, 2.0, 2.0, 4.0]), np.array([True, True, True, True]))
    told = step_probability(curve, np.array([100.0, 100.0]), np.array([0.0, 150.0]), np.array([[200.0], [50.0]]))
    np.testing.assert_allclose(told, [[0.75], [2 / 3]])


def test_where_nothing_ever_lasted_so_long_a_curve_is_silent():
    curve = kaplan_meier(np.zeros(2), np.array([1.0, 2.0]), np.array([True, True]))
    assert step_probability(curve, np.array([100.0]), np.array([300.0]), np.array([[100.0]])) == 0


# ---- Forecasts.

SPREAD = 0.4
CLASS = np.log(1.2) + SPREAD * SCORES


def _told(elapsed, after, planned=500.0, shift=0.0, scale=1.0, cancelled=0.0):
    after = np.atleast_2d(np.asarray(after, float))
    one = (np.array([value]) for value in (planned, elapsed, shift, scale, cancelled))
    planned, elapsed, shift, scale, cancelled = one
    return finish_probability(CLASS[None], planned, elapsed, after, shift, scale, cancelled)[0]


def _lasting(days, planned=500.0, shift=0.0, scale=1.0):
    return ndtr(-(np.log(np.asarray(days) / planned / 1.2) / SPREAD - shift) / scale)


@given(st.floats(1, 2000), st.floats(0, 3000), st.floats(-1, 1), st.floats(0.3, 2), st.floats(0, 0.9))
def test_a_forecast_knows_how_long_it_has_taken(elapsed, after, shift, scale, cancelled):
    expected = (1 - cancelled) * (
        1 - _lasting(elapsed + after, shift=shift, scale=scale) / _lasting(elapsed, shift=shift, scale=scale)
    )
    found = _told(elapsed, after, shift=shift, scale=scale, cancelled=cancelled)[0]
    if _lasting(elapsed, shift=shift, scale=scale) > 1e-8:
        assert found == pytest.approx(expected, abs=1e-6)


@given(st.floats(0, 1e5), st.floats(1, 1e4))
def test_a_forecast_is_a_probability_that_only_rises(elapsed, planned):
    found = _told(elapsed, np.linspace(0, 5 * planned, 50), planned=planned, cancelled=0.2)
    assert found[0] == 0
    assert (np.diff(found) >= 0).all()
    assert found[-1] <= 0.8


@given(st.floats(0.01, 100.0))
def test_the_unit_of_time_means_nothing(unit):
    after = np.array([10.0, 100.0, 1000.0])
    np.testing.assert_allclose(_told(200 * unit, after * unit, 500 * unit), _told(200.0, after), atol=1e-9)


def test_many_cases_are_told_as_one_by_one():
    rng = np.random.default_rng(0)
    n = 2500
    planned, elapsed, after = rng.uniform(50, 900, n), rng.uniform(1, 900, n), rng.uniform(0, 900, (n, 3))
    shift, scale, cancelled = rng.normal(size=n), rng.uniform(0.5, 1.5, n), rng.uniform(0, 0.5, n)
    found = finish_probability(np.tile(CLASS, (n, 1)), planned, elapsed, after, shift, scale, cancelled)
    for i in (0, 999, 1000, 2499):
        alone = _told(elapsed[i], after[i], planned[i], shift[i], scale[i], cancelled[i])
        np.testing.assert_allclose(found[i], alone)
