"""Hazards by class: against a plain second implementation, and laws that hold for any history."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from backcast.engine.hazards import (
    CANCELLED,
    FINISHED,
    RUNNING,
    Clock,
    Spells,
    Tally,
    clock,
    incidence,
    of_quantiles,
    pooled,
    quantiles,
    tally,
)
from backcast.engine.quantiles import LEVELS, SCORES, score_of

ALONE = np.array([-1])
TREE = np.array([-1, 0, 0, 1, 1, 2])
"""A root, two classes below it, two below the first and one below the second."""


def _spells(seed, n=400, nodes=(0,), steps=20):
    """Spells whose ratios lie on a grid of twentieths, so that many end at once."""
    rng = np.random.default_rng(seed)
    entry = np.where(rng.random(n) < 0.4, rng.integers(0, 2 * steps, n), 0)
    exit_ = entry + rng.integers(1, 2 * steps, n)
    return Spells(
        entry / steps,
        exit_ / steps,
        rng.choice([RUNNING, FINISHED, CANCELLED], n, p=[0.3, 0.5, 0.2]).astype(np.int8),
        rng.integers(100, 1000, n).astype(float),
        rng.integers(0, 3000, n).astype(float),
        rng.choice(nodes, n),
    )


def _joined(*parts):
    return Spells(*(np.concatenate([getattr(part, name) for part in parts]) for name in Spells.__slots__))


def _tally(spells, cells, parent=ALONE, half_life=inf):
    return tally(spells, cells, parent, np.full(parent.size, half_life))


def _arrays(found):
    return [found.finished, found.cancelled, found.exposed]


def _aalen_johansen(spells):
    """Shares delivered and cancelled by each ratio at which something ended, one ending at a time."""
    lasting, delivered, cancelled, found = 1.0, 0.0, 0.0, []
    for ratio in np.unique(spells.exit[spells.ended != RUNNING]):
        at_risk = ((spells.entry < ratio) & (ratio <= spells.exit)).sum()
        ends = [((spells.exit == ratio) & (spells.ended == how)).sum() for how in (FINISHED, CANCELLED)]
        delivered += lasting * ends[0] / at_risk
        cancelled += lasting * ends[1] / at_risk
        lasting *= 1.0 - sum(ends) / at_risk
        found.append((ratio, delivered, cancelled))
    return np.array(found).T


def _of_atoms(ratios):
    return Clock(ratios, ratios)


def _curves(spells, cells, parent=ALONE):
    found = _tally(spells, cells, parent)
    rates = pooled(found, cells, parent)
    delivered, cancelled, _ = incidence(found, rates, parent)
    return 1.0 - np.exp(-np.cumsum(rates.hazard, axis=1)), delivered, cancelled


# ---- Against a second implementation.


@pytest.mark.parametrize("seed", range(5))
def test_on_the_finest_clock_all_endings_are_aalen_and_johansens(seed):
    spells = _spells(seed)
    ratios, delivered, cancelled = _aalen_johansen(spells)
    ended, _, _ = _curves(spells, _of_atoms(ratios))
    inside = delivered + cancelled < 0.999
    np.testing.assert_allclose(ended[0][inside], (delivered + cancelled)[inside], atol=1e-9)
    assert inside.sum() > 20


@pytest.mark.parametrize("seed", range(5))
def test_deliveries_and_cancellations_share_the_endings_as_aalen_and_johansen_say(seed):
    spells = _spells(seed, n=4000)
    ratios, delivered, cancelled = _aalen_johansen(spells)
    _, found, never = _curves(spells, _of_atoms(ratios))
    np.testing.assert_allclose(found[0], delivered, atol=0.004)
    assert never[0] == pytest.approx(cancelled[-1] / (delivered + cancelled)[-1], abs=0.005)


@pytest.mark.parametrize("seed", range(5))
def test_on_a_coarse_clock_the_quantiles_stay_near_those_of_aalen_and_johansen(seed):
    rng = np.random.default_rng(seed)
    ratio = np.exp(rng.standard_normal(3000) * 0.5)
    leaves = rng.uniform(0.3, 3.0, ratio.size)
    entry = np.where(rng.random(ratio.size) < 0.5, rng.uniform(0, 0.8, ratio.size), 0.0)
    seen = (entry < np.minimum(ratio, leaves)).nonzero()[0]
    ended = np.where(ratio <= leaves, FINISHED, RUNNING).astype(np.int8)
    plain = np.full(ratio.size, 100.0), np.zeros(ratio.size), np.zeros(ratio.size, np.int64)
    spells = Spells(entry, np.minimum(ratio, leaves), ended, *plain).take(seen)
    cells = clock(spells.exit[spells.ended == FINISHED])
    _, delivered, _ = _curves(spells, cells)
    ratios, exact, _ = _aalen_johansen(spells)
    told = exact.searchsorted(LEVELS[2:11])
    np.testing.assert_allclose(np.exp(quantiles(cells, delivered)[0][2:11]), ratios[told], rtol=0.06)


def test_exposure_and_events_are_what_a_loop_counts():
    spells, cells = _spells(1, n=60), clock(_spells(1, n=60).exit)
    found = _tally(spells, cells)
    for k, (low, high, atom) in enumerate(zip(cells.low, cells.high, cells.atom, strict=True)):
        exposed = 0.0
        for entry, exit_ in zip(spells.entry, spells.exit, strict=True):
            watched = entry < low <= exit_ if atom else max(min(high, exit_) - max(low, entry), 0.0) / (high - low)
            exposed += watched
        assert found.exposed[0, k] == pytest.approx(exposed)
    for ended, counts in ((FINISHED, found.finished), (CANCELLED, found.cancelled)):
        assert counts.sum() == (spells.ended == ended).sum()


def test_what_ends_on_a_boundary_ends_in_the_cell_that_it_closes():
    cells = Clock(np.array([0.0, 1.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(cells.cell_of(np.array([0.5, 1.0, 1.5, 2.0, 3.0, 9.0])), [0, 1, 2, 2, 3, 3])
    np.testing.assert_array_equal(cells.atom, [False, True, False, False])


# ---- The clock.


@given(st.lists(st.sampled_from([0.3, 0.9, 1.0, 1.0, 1.7, 12.0, 1000.0]), max_size=40))
def test_the_clock_has_no_holes_and_knows_what_happens_often(finished):
    cells = clock(np.array(finished))
    assert cells.low[0] == 0
    assert (cells.low[1:] == cells.high[:-1]).all()
    assert (cells.high >= cells.low).all()
    if finished.count(1.0) >= 3:
        assert 1.0 in cells.low[cells.atom]
    assert np.unique(cells.low[cells.atom]).size == cells.atom.sum()


# ---- Laws of the tally.


@pytest.mark.parametrize("half_life", [inf, 365.0])
def test_the_order_of_rows_means_nothing(half_life):
    spells = _spells(2, nodes=range(6))
    cells = clock(spells.exit)
    other = spells.take(np.random.default_rng(0).permutation(len(spells)))
    pairs = zip(_arrays(_tally(spells, cells, TREE, half_life)), _arrays(_tally(other, cells, TREE, half_life)),
                strict=True)  # fmt: skip
    for one, another in pairs:
        np.testing.assert_allclose(one, another, atol=1e-9)


def test_a_class_holds_what_the_classes_below_it_hold():
    spells = _spells(3, nodes=range(6))
    cells = clock(spells.exit)
    found = _arrays(_tally(spells, cells, TREE))
    alone = [_arrays(_tally(spells.take(spells.node == node), cells, TREE)) for node in range(6)]
    for of_kind in range(3):
        total = sum(counts[of_kind][0] for counts in alone)
        np.testing.assert_allclose(found[of_kind][0], total)
        np.testing.assert_allclose(found[of_kind][1], sum(alone[node][of_kind][node] for node in (1, 3, 4)))
        np.testing.assert_allclose(found[of_kind][2], sum(alone[node][of_kind][node] for node in (2, 5)))


@given(st.integers(0, 100), st.floats(0.01, 0.99))
def test_a_spell_cut_in_two_counts_as_one(seed, where):
    spells = _spells(seed, n=30)
    cut = spells.entry + where * (spells.exit - spells.entry)
    first = Spells(spells.entry, cut, np.zeros(30, np.int8), spells.planned, spells.ago, spells.node)
    second = Spells(cut, spells.exit, spells.ended, spells.planned, spells.ago, spells.node)
    cells = clock(spells.exit)
    for one, two in zip(_arrays(_tally(spells, cells)), _arrays(_tally(_joined(first, second), cells)), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-9)


def test_what_is_long_ago_counts_half_after_each_half_life():
    spells = _spells(4, n=1)
    spells = Spells(np.zeros(1), np.ones(1), np.array([FINISHED], np.int8), np.full(1, 1e-9), np.full(1, 730.0),
                    spells.node)  # fmt: skip
    cells = Clock(np.zeros(1), np.ones(1))
    for counts in (_tally(spells, cells, half_life=365.0).finished, _tally(spells, cells, half_life=365.0).exposed):
        assert counts[0, 0] == pytest.approx(0.25)


def test_a_finish_only_stated_counts_for_the_share_lived_through():
    spells = _spells(4, n=1)
    stated = Spells(np.zeros(1), np.full(1, 2.0), np.array([FINISHED], np.int8), np.full(1, 100.0), np.full(1, -150.0),
                    spells.node)  # fmt: skip
    cells = Clock(np.zeros(1), np.full(1, 2.0))
    for counts in (_tally(stated, cells).finished, _tally(stated, cells).exposed):
        assert counts[0, 0] == pytest.approx(0.25)
    np.testing.assert_array_equal(_spells(5).lived(), 1.0)


def test_a_past_that_never_fades_counts_as_without_weights():
    spells = _spells(5)
    cells = clock(spells.exit)
    recent = Spells(spells.entry, spells.exit, spells.ended, spells.planned, np.zeros(len(spells)), spells.node)
    weighted = zip(_arrays(_tally(spells, cells)), _arrays(_tally(recent, cells, half_life=1e12)), strict=True)
    for one, another in weighted:
        np.testing.assert_allclose(one, another, rtol=1e-6)


# ---- Leaning on the class above.


def _log_ratio(spells, parent, cells):
    found = _tally(spells, cells, parent)
    delivered, cancelled, _ = incidence(found, pooled(found, cells, parent), parent)
    return quantiles(cells, delivered / (1.0 - cancelled)[:, None]), cancelled


def test_a_class_of_which_nothing_is_known_is_the_class_above():
    spells = _spells(6, nodes=(1,))
    found, cancelled = _log_ratio(spells, np.array([-1, 0, 0]), clock(spells.exit))
    np.testing.assert_allclose(found[2], found[0], atol=1e-3)
    assert cancelled[2] == pytest.approx(cancelled[0], abs=1e-6)


def _lognormal(seed, n, median, node):
    ratio = median * np.exp(0.4 * np.random.default_rng(seed).standard_normal(n))
    return Spells(np.zeros(n), ratio, np.full(n, FINISHED, np.int8), np.full(n, 100.0), np.zeros(n), np.full(n, node))


def test_the_more_is_known_of_a_class_the_less_it_leans():
    above, far = _lognormal(0, 2000, 1.0, 0), []
    for n in (0, 2, 10, 50, 250):
        known = [_joined(above, _lognormal(seed, n, 2.0, 1)) for seed in range(1, 9)]
        found = [_log_ratio(spells, np.array([-1, 0]), clock(spells.exit))[0][1] for spells in known]
        far.append(np.mean([abs(of_class[6] - np.log(2.0)) for of_class in found]))
    assert far == sorted(far, reverse=True)
    assert far[0] > 0.6
    assert far[-1] < 0.05


# ---- A prior.

RISES = st.lists(st.one_of(st.just(0.0), st.floats(0.01, 0.8)), min_size=12, max_size=12).filter(any)


def _with_prior(prior, spells=None):
    known = spells if spells is not None else _spells(0, n=1).take(slice(0, 0))
    cells = clock(known.exit[known.ended == FINISHED], prior)
    found = _tally(known, cells)
    delivered, cancelled, _ = incidence(found, pooled(found, cells, ALONE, of_quantiles(cells, prior)), ALONE)
    return quantiles(cells, delivered / (1.0 - cancelled)[:, None])[0]


@given(RISES, st.floats(-1.5, 0.5))
def test_where_nothing_is_known_the_prior_comes_back_atoms_and_all(rises, first):
    told = np.exp(first + np.concatenate([[0.0], np.cumsum(rises)])).round(4)
    prior = np.log(told)
    found = _with_prior(prior)
    share, meant = (ndtr(score_of(of_class, prior + 1e-6)) for of_class in (found, prior))
    assert ((abs(found - prior) < 0.05) | (abs(share - meant) < 0.05)).all()


def test_a_prior_in_which_many_finish_on_the_day_comes_back_exactly():
    prior = np.array([-1.0, -0.8, -0.6, -0.3, 0.0, 0.0, 0.0, 0.0, 0.1, 0.3, 0.6, 0.9, 1.5])
    np.testing.assert_allclose(_with_prior(prior), prior, atol=1e-6)


def test_a_prior_without_spread_is_met_by_what_is_known():
    spells = _spells(9, n=200)
    found = _with_prior(np.zeros(13), spells)
    assert np.isfinite(found).all()
    assert found[2] < 0 < found[10]


def test_what_a_prior_holds_impossible_is_learned_when_it_happens():
    spells = _lognormal(1, 60, 200.0, 0)
    assert _with_prior(0.3 * SCORES, spells)[6] == pytest.approx(np.log(200.0), abs=0.35)


def test_where_all_are_given_up_what_a_prior_says_of_the_rest_is_not_lost():
    n = 60
    spells = _lognormal(1, n, 1.0, 0)
    spells = Spells(spells.entry, spells.exit, np.full(n, CANCELLED, np.int8), *(np.zeros(n),) * 2, spells.node)
    found, cancelled = _log_ratio(spells, ALONE, clock(spells.exit))
    assert 0.98 < cancelled[0] < 1
    assert found[0, 6] == pytest.approx(0.0, abs=0.15)


def test_long_watching_without_an_end_makes_a_prior_later():
    prior = 0.3 * SCORES
    n = 40
    spells = Spells(np.zeros(n), np.full(n, 2.0), np.zeros(n, np.int8), np.full(n, 100.0), np.zeros(n),
                    np.zeros(n, np.int64))  # fmt: skip
    assert (_with_prior(prior, spells)[4:] > prior[4:] + 0.1).all()


def test_without_a_prior_and_finishes_no_class_is_refused():
    cells = clock(np.zeros(0))
    nothing = Tally(*(np.zeros((1, cells.low.size)) for _ in range(3)))
    delivered, cancelled, _ = incidence(nothing, pooled(nothing, cells, ALONE), ALONE)
    assert delivered.max() == cancelled[0] == 0
