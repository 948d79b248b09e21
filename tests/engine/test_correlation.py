"""Shared risk against known truth: factors per period, with what still runs and what came late under watch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr

from backcast.engine.classes import Classes, Sample
from backcast.engine.correlation import (
    DEFAULT,
    LARGEST,
    LEAST_CASES,
    LEAST_PERIODS,
    SharedRisk,
    correlation,
    scores,
    shared_risk,
)
from backcast.engine.hazards import CANCELLED, FINISHED, RUNNING
from backcast.engine.learning import Learner
from backcast.engine.quantiles import SCORES

PERIODS, CASES = 50, 60


def _scores(rho: float, seed: int, periods: int = PERIODS, cases: int = CASES) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    period = np.repeat(np.arange(periods), cases)
    return np.sqrt(rho) * rng.normal(size=periods)[period] + np.sqrt(1 - rho) * rng.normal(size=period.size), period


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("rho", [0.0, 0.2, 0.5])
def test_the_estimate_is_the_truth_within_its_error(rho: float, seed: int):
    score, period = _scores(rho, seed)
    found = correlation(score, np.ones(score.size, bool), period)
    assert abs(found.estimate - rho) < 3 * found.error
    assert found.error < 0.1
    assert (found.periods, found.cases) == (PERIODS, PERIODS * CASES)


@pytest.mark.parametrize("rho", [0.0, 0.2, 0.5])
def test_half_of_the_cases_still_running_does_not_bend_it(rho: float):
    score, period = _scores(rho, 4)
    limit = np.random.default_rng(5).normal(0.0, 1.0, score.size)
    found = correlation(np.minimum(score, limit), score <= limit, period)
    assert abs(found.estimate - rho) < 3 * found.error
    assert found.error < 0.1


def test_cases_that_tell_nothing_leave_it_to_the_others():
    score, period = _scores(0.3, 6)
    alone = correlation(score, np.ones(score.size, bool), period)
    silent = np.full(score.size // 3, -6.0)
    both = correlation(
        np.concatenate([score, silent]), np.arange(score.size + silent.size) < score.size,
        np.concatenate([period, period[: silent.size]]),
    )  # fmt: skip
    assert both.estimate == pytest.approx(alone.estimate, abs=0.02)


def test_too_few_periods_or_cases_tell_nothing():
    for periods, cases, told in (
        (LEAST_PERIODS, LEAST_CASES, True),
        (LEAST_PERIODS - 1, 500, False),
        (500, LEAST_CASES - 1, False),
    ):
        score, period = _scores(0.5, 7, periods, cases)
        assert (correlation(score, np.ones(score.size, bool), period) is not None) is told


def test_few_periods_leave_it_near_the_default():
    few, many = (correlation(*_with_all_finished(0.0, n)) for n in (LEAST_PERIODS, 200))
    assert few.error > 2 * many.error
    assert many.value < few.value < DEFAULT
    assert many.value == pytest.approx(many.estimate, abs=0.01)


def _with_all_finished(rho: float, periods: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    score, period = _scores(rho, 8, periods, 12)
    return score, np.ones(score.size, bool), period


def test_it_stays_between_its_bounds():
    assert SharedRisk(0.79, 1e-9, 8, 80).value <= LARGEST
    assert SharedRisk(0.25, 0.1, 8, 80).value == pytest.approx(0.25)


# ---- From spells and their classes.


def _classes(spread: float) -> Classes:
    """One class whose ln(ratio) is normal."""
    some = _sample(SCORES, np.arange(SCORES.size), 91.3125, 1e6)
    root = np.array([-1])
    learned = Learner(some, root, root, root, None, 0).fit(some, 1e6, np.full(1, np.inf), ())
    return replace(learned, log_ratio=spread * SCORES[None, :])


def _sample(score: np.ndarray, period: np.ndarray, length: float, today: float, entered: float = 0.0) -> Sample:
    """Intervals planned for 100 days and due in the middle of a period, watched from an age on until today."""
    n, planned = score.size, 100.0
    start = (period + 0.5) * length - planned
    took = planned * np.exp(0.4 * score)
    seen = took > entered
    left = np.minimum(start + took, today)
    ended = np.where(start + took <= today, FINISHED, RUNNING).astype(np.int8)
    every = Sample(
        project=np.arange(n), start=start, planned=np.full(n, planned), entered=start + entered, left=left, ended=ended,
        node=np.zeros(n, np.int64), family=np.zeros(n, np.int64), cost=np.full(n, np.nan),
    )  # fmt: skip
    return every.take(seen & (start + entered < today))


@pytest.mark.parametrize("entered", [0.0, 60.0])
@pytest.mark.parametrize("rho", [0.0, 0.2, 0.5])
def test_spells_tell_what_was_shared(rho: float, entered: float):
    score, period = _scores(rho, 9)
    found = shared_risk(_classes(0.4), _sample(score, period, 91.3125, PERIODS * 91.3125, entered), PERIODS * 91.3125)
    assert abs(found.estimate - rho) < 3 * found.error
    assert found.periods == PERIODS


def test_years_count_where_quarters_have_too_few_cases():
    score, period = _scores(0.2, 10, 100, 5)
    found = shared_risk(_classes(0.4), _sample(score, period, 91.3125, 9_000.0), 9_000.0)
    assert found.periods == 25


def test_only_what_was_due_by_the_day_counts():
    score, period = _scores(0.2, 11, 30, 20)
    sample = _sample(score, period, 91.3125, 20 * 91.3125)
    assert shared_risk(_classes(0.4), sample, 20 * 91.3125).periods == 20


def test_restated_plans_of_one_interval_count_once():
    score, period = _scores(0.2, 12, 20, 20)
    sample = _sample(score, period, 91.3125, 2_000.0)
    twice = sample.take(np.tile(np.arange(len(sample)), 2))
    once, again = (shared_risk(_classes(0.4), found, 2_000.0) for found in (sample, twice))
    assert once == again


def test_a_score_is_that_of_the_ratio_in_its_class():
    sample = _sample(np.array([-1.0, 0.5, 1.5]), np.arange(3), 91.3125, 1e6, entered=100.0)
    entry, score = scores(_classes(0.4), sample)
    np.testing.assert_allclose(score, [0.5, 1.5], atol=1e-5)
    np.testing.assert_allclose(entry, 0.0, atol=1e-12)


def test_what_was_watched_from_its_start_has_no_entry():
    entry, _ = scores(_classes(0.4), _sample(np.zeros(1), np.array([0]), 91.3125, 1e6))
    assert entry == -np.inf


def test_what_finishes_on_the_day_has_the_middle_of_its_probability():
    atom = replace(_classes(0.4), log_ratio=np.maximum(0.4 * SCORES, 0.0)[None, :])  # P01 to P50 on time
    _, score = scores(atom, _sample(np.zeros(1), np.array([0]), 91.3125, 1e6))
    assert ndtr(score) == pytest.approx((0.5 + 0.01) / 2, abs=1e-6)


def test_what_was_given_up_is_as_what_still_runs():
    score, period = _scores(0.2, 13, 20, 20)
    sample = _sample(score, period, 91.3125, 2_000.0)
    ended = np.where(sample.ended == RUNNING, CANCELLED, sample.ended).astype(np.int8)
    given_up = Sample(**{name: getattr(sample, name) for name in Sample.__slots__} | {"ended": ended})
    assert shared_risk(_classes(0.4), given_up, 2_000.0) == shared_risk(_classes(0.4), sample, 2_000.0)


@pytest.mark.parametrize("spread", [0.25, 0.6])
def test_a_class_that_is_too_narrow_or_too_wide_does_not_bend_it(spread: float):
    score, period = _scores(0.3, 14)
    today = PERIODS * 91.3125
    right, wrong = (shared_risk(_classes(s), _sample(score, period, 91.3125, today), today) for s in (0.4, spread))
    assert wrong.estimate == pytest.approx(right.estimate, abs=0.02)
