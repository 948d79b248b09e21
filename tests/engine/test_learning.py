"""Classes learned from spells: what was known when, what fades, and which effects count."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from backcast.engine.classes import Sample, forecast
from backcast.engine.hazards import CANCELLED, FINISHED, RUNNING
from backcast.engine.learning import Learner

DAY = 5000.0


def _sample(n=2500, seed=0, *, median=1.2, spread=0.3, effect=0.0, cancelled=0.1, slower_since=None, families=1):
    """Intervals watched from their start up to DAY; those begun since some day take twice as long."""
    rng = np.random.default_rng(seed)
    start, planned = rng.uniform(0, DAY - 1, n).round(), rng.uniform(100, 800, n).round()
    score = rng.standard_normal(n) + effect * np.log2(planned / 400)
    lasts = np.maximum(planned * median * np.exp(spread * score), 1).round()
    if slower_since is not None:
        lasts = np.where(start > slower_since, 2 * lasts, lasts)
    family = rng.integers(0, families, n)
    over = np.where(rng.random(n) < cancelled, CANCELLED, FINISHED)
    return Sample(
        project=np.arange(n),
        start=start,
        planned=planned,
        entered=start,
        left=np.minimum(start + lasts, DAY),
        ended=np.where(start + lasts <= DAY, over, RUNNING).astype(np.int8),
        node=family + 1,
        family=family,
        cost=np.full(n, np.nan),
    )


def _learner(sample, families=1, prior=None, prior_cases=0):
    parent = np.array([-1] + [0] * families)
    family = np.arange(families + 1) - 1
    return Learner(sample, parent, family, np.zeros(families + 1, np.int64), prior, prior_cases)


def _plain(sample, families=1, **given):
    learner = _learner(sample, families, **given)
    return learner.fit(sample, DAY, np.full(families + 1, inf), ())


# ---- What was known when.


def test_what_ended_after_a_day_was_running_on_it():
    sample = _sample()
    known = sample.up_to(3000.0)
    later = sample.take(np.isin(sample.project, known.project))
    assert (known.entered < 3000).all()
    assert (known.left == np.minimum(later.left, 3000)).all()
    assert (known.ended == np.where(later.left > 3000, RUNNING, later.ended)).all()
    assert (known.ended == RUNNING).any()


def test_of_plans_that_were_restated_the_last_one_is_running():
    sample = _sample(1)
    plans = [replace(sample, start=np.zeros(1), entered=np.array([at]), left=np.array([900.0]), planned=np.array([p]))
             for at, p in ((0.0, 300.0), (200.0, 500.0), (400.0, 700.0))]  # fmt: skip
    restated = Sample(*(np.concatenate([getattr(plan, name) for plan in plans]) for name in Sample.__slots__))
    assert [restated.running(day).planned.tolist() for day in (100.0, 200.0, 500.0, 900.0)] == [[300], [500], [700], []]


def test_on_the_clock_an_interval_counts_from_when_it_was_watched():
    sample = replace(
        _sample(2),
        start=np.array([0.0, 0.0]),
        planned=np.array([100.0, 200.0]),
        entered=np.array([0.0, 50.0]),
        left=np.array([0.0, 300.0]),
    )
    spells = sample.spells(1000.0)
    np.testing.assert_allclose(spells.entry, [0, 0.25])
    np.testing.assert_allclose(spells.exit, [0.5 / 100, 1.5])  # what began and ended on one day took half of it
    np.testing.assert_allclose(spells.ago, [1000, 700])


# ---- Laws.


def test_what_was_drawn_is_learned():
    found = _plain(_sample(n=5000))
    score = np.array([-1.2816, -0.8416, -0.5244, -0.2533, 0.0, 0.2533, 0.5244, 0.8416, 1.2816])
    np.testing.assert_allclose(found.log_ratio[1, 2:11], np.log(1.2) + 0.3 * score, atol=0.03)
    assert found.cancelled[1] == pytest.approx(0.1, abs=0.015)


def test_whoever_drops_what_still_runs_learns_too_short_a_time():
    sample = _sample(n=5000, median=2.0)
    recent = sample.take(sample.start > DAY - 1000)
    dropped = _plain(recent.take(recent.ended != RUNNING))
    assert dropped.log_ratio[1, 6] < np.log(2.0) - 0.08
    assert _plain(recent).log_ratio[1, 6] == pytest.approx(np.log(2.0), abs=0.03)


def test_the_unit_of_time_means_nothing():
    sample = _sample()
    days = {name: getattr(sample, name) * 7 for name in ("start", "planned", "entered", "left")}
    weeks = replace(sample, **days)
    one = _plain(sample)
    another = _learner(weeks).fit(weeks, 7 * DAY, np.full(2, inf), ())
    np.testing.assert_allclose(one.log_ratio, another.log_ratio, atol=1e-9)
    np.testing.assert_allclose(one.cancelled, another.cancelled)


def test_the_order_of_rows_means_nothing():
    sample = _sample(600, families=3)
    other = sample.take(np.random.default_rng(1).permutation(600))
    one, another = (_learner(given, 3).learn(DAY) for given in (sample, other))
    np.testing.assert_allclose(one.log_ratio, another.log_ratio, atol=1e-9)
    np.testing.assert_array_equal(one.cases, another.cases)
    np.testing.assert_array_equal(one.half_life, another.half_life)


def test_cases_add_up_and_evidence_includes_what_the_class_above_lends():
    sample = _sample(900, families=3)
    found = _plain(sample, 3, prior=0.4 * np.arange(13.0) - 2, prior_cases=77)
    assert found.cases[0] == found.cases[1:].sum() == (sample.ended == FINISHED).sum()
    assert found.evidence[0] == found.cases[0] + 77
    assert (found.evidence[1:] > found.cases[1:]).all()


def test_an_interval_whose_plan_was_restated_counts_once():
    sample = _sample(300)
    twice = Sample(*(np.concatenate([getattr(sample, name)] * 2) for name in Sample.__slots__))
    np.testing.assert_array_equal(_plain(twice).cases, _plain(sample).cases)


# ---- What is chosen by held-out scores.


def test_the_past_fades_where_times_have_changed():
    changed = _learner(_sample(4000, slower_since=3000.0)).learn(DAY)
    steady = _learner(_sample(4000)).learn(DAY)
    assert changed.half_life[1] < 1000
    assert (steady.half_life == inf).all()
    assert changed.log_ratio[1, 6] == pytest.approx(np.log(2.4), abs=0.25)


@pytest.mark.parametrize("seed", range(2))
def test_an_effect_of_length_counts_in_the_family_that_has_one(seed):
    with_effect, without = _sample(12_000, seed, effect=0.6), _sample(3000, seed + 10)
    both = Sample(*(np.concatenate([getattr(with_effect, name), getattr(without, name)]) for name in Sample.__slots__))
    second = np.arange(len(both)) >= 12_000
    both = replace(both, project=np.arange(len(both)), node=np.where(second, 2, 1), family=np.where(second, 1, 0))
    learner, never = _learner(both, 2), np.full(3, inf)
    assert learner.helped_families(list(learner.trials(DAY)), never) == (0,)
    effects = learner.fit(both, DAY, never, (0,)).effects
    assert effects[1] == pytest.approx([0.6, 0.0], abs=0.1)
    assert effects[2].tolist() == [0, 0]


def test_with_few_cases_nothing_is_chosen():
    found = _learner(_sample(25, slower_since=2500.0, effect=0.6)).learn(DAY)
    assert (found.half_life == inf).all()
    assert (found.effects == 0).all()


# ---- Forecasts.


def test_a_forecast_counts_on_length_where_it_matters():
    sample = _sample(2500, effect=0.6)
    found = _learner(sample).fit(sample, DAY, np.full(2, inf), (0,))
    two = sample.take(np.arange(2))
    two = replace(two, start=np.full(2, DAY), planned=np.array([200.0, 800.0]), node=np.ones(2, np.int64))
    short, long = forecast(found, two, DAY, np.array([[240.0], [960.0]]))[:, 0]
    assert long < 0.4
    assert short > 0.5
