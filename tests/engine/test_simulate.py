"""Laws of simulated delivery."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from networks import random_case
from uncertain import (
    NORMAL_P90,
    certain_simulation,
    chain,
    every_day,
    intervals,
    lognormal,
    random_simulation,
    running,
    simulate,
    uncertain,
)

from backcast.engine import simulate as simulating
from backcast.engine.calendar import NEVER, NONE
from backcast.engine.network import FS, SF, SS, Network
from backcast.engine.portable import normal_cdf, normal_quantile
from backcast.engine.quantiles import LEVELS, filled, score_of
from backcast.engine.random import stable_id
from backcast.engine.simulate import Risks, Starts

DRAWS = 10_000
P10, P90 = 0.65, 2.07
MEDIAN = np.log(P10 * P90) / 2
SPREAD = np.log(P90 / P10) / 2 / NORMAL_P90
CLASS = lognormal(MEDIAN, SPREAD)


def _band(lengths, planned):
    return np.quantile(lengths / planned, [0.1, 0.9])


def _ratio_scores(finishes, planned):
    return (np.log(finishes / planned) - MEDIAN) / SPREAD


# ---- Spread.


def test_without_uncertainty_every_draw_is_the_schedule():
    for seed in range(300):
        simulation = certain_simulation(random_case(seed), draws=3)
        drawn = simulation.finishes(np.arange(len(simulation.network)))
        expected = np.repeat(simulation.schedule.early_finish[:, None], 3, axis=1)
        np.testing.assert_array_equal(drawn, expected, f"random_case({seed})")


@pytest.mark.parametrize("noise", [0.0, 0.3, 0.9])
def test_an_interval_of_20_activities_is_as_uncertain_as_its_class(noise):
    network = chain(*[60] * 20)
    simulation = simulate(
        network, uncertain(network, [0] * 20, intervals(["I"]), classes=CLASS, noise=noise), draws=DRAWS
    )
    assert _band(simulation.finishes([19])[0], 1200) == pytest.approx([P10, P90], rel=0.03)


def test_independent_ratios_would_average_out():
    """This is why a ratio belongs to the interval."""
    network = chain(*[60] * 20)
    own = intervals([f"I{i}" for i in range(20)])
    simulation = simulate(network, uncertain(network, range(20), own, classes=CLASS), draws=DRAWS)
    assert _band(simulation.finishes([19])[0], 1200) == pytest.approx([1.12, 1.46], abs=0.02)


def test_noise_moves_activities_but_not_the_end_of_their_interval():
    network = chain(*[200] * 5)
    plain, noisy = (
        simulate(network, uncertain(network, [0] * 5, intervals(["I"]), classes=CLASS, noise=noise), draws=500)
        for noise in (0.0, 0.5)
    )
    plain, noisy = plain.finishes(range(5)), noisy.finishes(range(5))
    assert np.abs(noisy[4] - plain[4]).max() <= 5  # each of five durations is rounded once
    assert np.abs(noisy[1] - plain[1]).mean() > 20


def _ratios(of_class, draws=DRAWS, **of):
    """Ratios drawn for one long activity of a class."""
    network = chain(2000)
    described = uncertain(network, [0], intervals(["I"], **of), classes=of_class)
    return simulate(network, described, draws=draws).finishes([0])[0] / 2000


@pytest.mark.parametrize(("low", "high"), [(0.2, 0.6), (0.5, 0.1), (0.3, 0.3)])
def test_p10_p50_and_p90_alone_give_a_lognormal_on_either_side_of_the_median(low, high):
    given = np.full(13, np.nan)
    given[[2, 6, 10]] = lognormal(np.log(1.2), low, high)[[2, 6, 10]]
    p = np.array([0.003, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 0.997])
    z = normal_quantile(p)
    expected = 1.2 * np.exp(np.where(z < 0, low, high) * z)
    drawn = np.quantile(_ratios(filled(given), draws=40_000), p)
    assert drawn[2:-2] == pytest.approx(expected[2:-2], rel=0.02)
    assert drawn == pytest.approx(expected, rel=0.06)


def test_thirteen_quantiles_come_out_as_they_went_in():
    ratios = np.array([0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.3, 1.6, 2.4, 3.1, 6.0])
    assert np.quantile(_ratios(np.log(ratios), draws=40_000), LEVELS) == pytest.approx(ratios, rel=0.05)


def test_an_atom_comes_out_with_its_mass():
    """Of these, P20 to P70 have a ratio of 1: half of them end on the day planned."""
    ratios = [0.5, 0.6, 0.8, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.2, 1.9, 2.5, 4.0]
    drawn = _ratios(np.log(ratios), draws=40_000)
    assert (drawn == 1.0).mean() == pytest.approx(0.5, abs=0.01)
    assert (drawn < 1.0).mean() == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("shift", [-1.0, 0.5])
def test_a_shift_moves_every_quantile_by_as_many_scores(shift):
    drawn = _ratios(CLASS, draws=40_000, shift=shift)
    assert np.median(np.log(drawn)) == pytest.approx(MEDIAN + shift * SPREAD, abs=0.02)
    assert ((drawn > _ratios(CLASS, draws=40_000)) == (shift > 0)).all()


def test_a_smaller_scale_is_surer():
    assert np.log(_ratios(CLASS, draws=40_000, scale=0.4)).std() == pytest.approx(0.4 * SPREAD, rel=0.02)


def test_a_class_without_spread_gives_the_schedule_whatever_shift_and_noise():
    network = chain(300, 500)
    of = intervals(["I"], shift=1.0)
    described = uncertain(network, [0, 0], of, class_error=0.5, noise=0.5)
    assert (simulate(network, described, draws=50).finishes([0, 1]) == [[300], [800]]).all()


def test_a_class_whose_quantiles_fall_is_refused():
    network = chain(100)
    described = uncertain(network, [0], intervals(["I"]), classes=CLASS[::-1])
    with pytest.raises(ValueError, match="must not fall"):
        simulate(network, described, draws=1)


def test_the_error_of_a_class_is_shared_by_its_intervals():
    network = chain(10_000, 10_000, project=[0, 1], links=[])
    of = intervals(["I", "J"], scale=0.0)
    described = uncertain(network, [0, 1], of, classes=CLASS, class_error=0.5)
    drawn = simulate(network, described, draws=DRAWS).finishes([0, 1])
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert np.log(drawn[0] / 10_000).std() == pytest.approx(0.5 * SPREAD, rel=0.03)


# ---- Age and cancellation.


@pytest.mark.parametrize("elapsed", [200, 1000, 2500])
@pytest.mark.parametrize("class_error", [0.0, 0.3])
def test_a_running_interval_never_turns_out_shorter_than_it_is_old(elapsed, class_error):
    planned, left = 1000, 300
    network = replace(chain(left), actual_start=np.array([10], np.int32))
    of = intervals(["I"], **running(planned, elapsed, left, CLASS))
    described = uncertain(network, [0], of, classes=CLASS, class_error=class_error)
    drawn = simulate(network, described, data_date=10 + elapsed, draws=DRAWS).finishes([0])[0]
    assert drawn.min() > 10 + elapsed
    # Age is known whatever the class turns out to be: draws do not pile up on the morning after.
    assert (drawn == 10 + elapsed + 1).mean() < 0.03


@pytest.mark.parametrize("cancelled", [0.0, 0.12])
@pytest.mark.parametrize("elapsed", [1, 900, 1600])
def test_delivery_given_age_follows_the_formula(elapsed, cancelled):
    """P(delivered by r | e) = (F_d(r) − F_d(e)) ÷ (1 − F_d(e) − F_c(e)), both incidences of one timing."""
    planned, left = 1000, 400
    network = chain(left)
    of = intervals(["I"], cancelled=cancelled, **running(planned, elapsed, left, CLASS))
    drawn = simulate(network, uncertain(network, [0], of, classes=CLASS), draws=40_000).finishes([0])[0] + elapsed
    for ratio in (1.0, 1.7, 2.5):
        passed, age = (float(normal_cdf((np.log(r) - MEDIAN) / SPREAD)) for r in (ratio, elapsed / planned))
        expected = max((1 - cancelled) * (passed - age) / (1 - age), 0.0)
        assert (drawn <= ratio * planned).mean() == pytest.approx(expected, abs=0.012)


@pytest.mark.parametrize(("shift", "scale"), [(0.0, 1.0), (-0.8, 1.0), (0.6, 0.5)])
@pytest.mark.parametrize("elapsed", [400, 999, 1001, 1900])
def test_a_class_with_an_atom_given_its_age_is_what_lies_above_it(elapsed, shift, scale):
    """P(r ≤ x | r > e), against draws of the same class that have no age."""
    planned, left = 1000, 2000
    of_class = np.log([0.5, 0.6, 0.8, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.2, 1.9, 2.5, 4.0])
    plain = _ratios(of_class, draws=40_000, shift=shift, scale=scale)
    network = chain(left)
    of = intervals(["I"], shift=shift, scale=scale, **running(planned, elapsed, left, of_class))
    described = uncertain(network, [0], of, classes=of_class)
    drawn = (simulate(network, described, draws=40_000, seed=8).finishes([0])[0] + elapsed) / planned
    older = plain[plain > elapsed / planned]
    assert older.size > 500
    for ratio in (0.9, 1.001, 1.3, 2.0, 3.0):
        assert (drawn <= ratio).mean() == pytest.approx((older <= ratio).mean(), abs=0.045)


@pytest.mark.parametrize("cancelled", [0.0, 0.05, 0.4, 1.0])
def test_the_share_of_cancelled_intervals_comes_out(cancelled):
    network = chain(100, 100)
    of = intervals(["I"], cancelled=cancelled)
    drawn = simulate(network, uncertain(network, [0, 0], of, classes=CLASS), draws=DRAWS).finishes([0, 1])
    assert (drawn[1] == NEVER).mean() == pytest.approx(cancelled, abs=0.015)
    np.testing.assert_array_equal(drawn[0] == NEVER, drawn[1] == NEVER)


def test_whatever_waits_for_the_finish_of_a_cancelled_activity_never_finishes():
    network = chain(100, 100, 100, 0, project=[0, 1, 1, 1], links=[(0, 1), (1, 2), (1, 3)])
    of = intervals(["I"], cancelled=0.5)
    drawn = simulate(network, uncertain(network, [0, -1, -1, -1], of), draws=100).finishes(range(4))
    assert 20 < (drawn[0] == NEVER).sum() < 80
    for successor in drawn[1:]:
        np.testing.assert_array_equal(successor == NEVER, drawn[0] == NEVER)


@pytest.mark.parametrize(("kind", "held"), [(FS, True), (SS, False), (SF, False)])
def test_only_the_finish_of_a_cancelled_activity_is_never_reached(kind, held):
    network = replace(chain(100, 50), type=np.array([kind], np.int8))
    drawn = simulate(network, uncertain(network, [0, -1], intervals(["I"], cancelled=1.0)), draws=5).finishes([0, 1])
    assert (drawn[0] == NEVER).all()
    assert (drawn[1] == NEVER).all() == held


def test_work_that_would_run_past_the_calendars_never_finishes():
    network = chain(100)
    described = uncertain(network, [0], intervals(["I"]), classes=np.full(13, np.log(1e6)))
    assert (simulate(network, described, draws=3).finishes([0]) == NEVER).all()


# ---- Shared risk.


@pytest.mark.parametrize(("weights", "correlation"), [((0.8, 0.6), 0.25), ((1.0, 0.0), 0.9), ((0.8, 0.6), 0.0)])
def test_normal_scores_of_two_projects_correlate_as_told(weights, correlation):
    planned = 2000
    network = chain(planned, planned, planned, project=[0, 1, 2], links=[])
    factor = np.array([[0, 1, -1, -1], [0, 1, -1, -1], [0, 2, -1, -1]], np.int32)
    weight = np.array([[*weights, 0, 0]] * 3)
    of = intervals(["I", "J", "K"], factor=factor, weight=weight)
    described = uncertain(network, [0, 1, 2], of, classes=CLASS, factors="abc", correlation=correlation)
    scores = _ratio_scores(simulate(network, described, draws=40_000).finishes(range(3)), planned)
    found = np.corrcoef(scores)
    assert found[0, 1] == pytest.approx(correlation, abs=0.02)
    assert found[0, 2] == pytest.approx(correlation * weights[0] ** 2, abs=0.02)
    assert scores[0].std() == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("begun", [{}, running(1000, 900, 300, CLASS)], ids=["not begun", "running"])
def test_a_harsher_factor_is_always_later_and_harshest_where_an_interval_is_given_up(begun):
    """The ratio is a strictly monotone function of its score, also given its age: no draw is rejected."""
    network = chain(1000)
    of = intervals(["I"], **begun, cancelled=0.2, factor=[[0, -1, -1, -1]], weight=[[1, 0, 0, 0]])
    described = uncertain(network, [0], of, classes=CLASS, factors="a", correlation=1.0)
    simulation = simulate(network, described, draws=500)
    (drawn,) = simulation.finishes([0])
    by_factor = drawn[np.argsort(simulation.factor_draws[0])]
    assert (np.diff(by_factor) >= 0).all()
    assert 60 < (by_factor == NEVER).sum() < 140
    assert np.unique(by_factor).size > 200


def test_a_named_risk_adds_its_days_as_often_as_told_and_to_all_it_touches():
    network = chain(100, 100, project=[0, 1], links=[])
    event = Risks(
        identity=np.array([stable_id("flood")], np.uint64),
        probability=np.array([0.3]),
        low=np.array([10.0]),
        high=np.array([40.0]),
        activity=np.array([0, 1]),
        risk=np.array([0, 0]),
    )
    described = uncertain(network, [0, 1], intervals(["I", "J"]), risks=event)
    late = simulate(network, described, draws=DRAWS).finishes([0, 1]) - 100
    np.testing.assert_array_equal(late[0], late[1])
    assert (late[0] > 0).mean() == pytest.approx(0.3, abs=0.02)
    happened = late[0][late[0] > 0]
    assert (happened.min(), happened.max()) == (10, 40)
    assert happened.mean() == pytest.approx(25, abs=0.5)


# ---- Digits.


def test_adding_a_project_changes_no_other_projects_draws():
    both, alone = chain(500, 700, project=[0, 1], links=[]), chain(700)
    alone = replace(alone, codes=("A1",))
    shared = {"factor": [[0, -1, -1, -1]], "weight": [[1.0, 0, 0, 0]]}
    described = {"classes": CLASS, "factors": "a", "correlation": 0.5, "noise": 0.3}
    of_both = uncertain(both, [0, 1], intervals(["I", "J"], **shared), **described)
    of_one = uncertain(alone, [0], intervals(["J"], **shared), **described)
    drawn = simulate(both, of_both, draws=300).finishes([1])
    np.testing.assert_array_equal(drawn, simulate(alone, of_one, draws=300).finishes([0]))


def test_a_factor_that_gains_a_second_project_keeps_the_draws_of_the_first():
    """An owner's second project makes the factor a shared one."""
    both, alone = chain(500, 700, project=[0, 1], links=[]), replace(chain(700), codes=("A1",))
    weight = [[0, 0, 0, 1.0]]
    shared = intervals(["I", "J"], weight=weight, factor=[[-1, -1, -1, 0]])
    own = intervals(["J"], weight=weight, alone=stable_id("factor", "owner"))
    of_both = uncertain(both, [0, 1], shared, classes=CLASS, factors=["owner"], correlation=0.9)
    of_one = uncertain(alone, [0], own, classes=CLASS, correlation=0.9)
    drawn = simulate(both, of_both, draws=300).finishes([0, 1])
    np.testing.assert_array_equal(drawn[[1]], simulate(alone, of_one, draws=300).finishes([0]))
    assert np.corrcoef(np.log(drawn))[0, 1] > 0.8


def test_the_first_draws_do_not_depend_on_how_many_follow():
    for seed in range(10):
        few, many = random_simulation(seed, 7), random_simulation(seed, 31)
        watched = np.arange(len(few.network))
        np.testing.assert_array_equal(few.finishes(watched), many.finishes(watched)[:, :7])


@pytest.mark.parametrize(("block", "threads"), [(1, 1), (3, 2), (10, 2), (64, 1), (512, 2)])
def test_blocks_and_threads_change_no_digit(block, threads):
    for seed in range(10):
        simulation = random_simulation(seed, 101)
        watched = np.arange(len(simulation.network))
        whole = simulation.finishes(watched, block=101)
        np.testing.assert_array_equal(simulation.finishes(watched, block=block, threads=threads), whole)


def test_watched_activities_may_stand_in_any_order():
    simulation = random_simulation(3, 20)
    n = len(simulation.network)
    np.testing.assert_array_equal(simulation.finishes(range(n))[::-1], simulation.finishes(range(n)[::-1]))


def test_another_seed_gives_other_draws():
    network = chain(1000)
    described = uncertain(network, [0], intervals(["I"]), classes=CLASS)
    one, other = (simulate(network, described, draws=50, seed=seed).finishes([0]) for seed in (0, 2**64 - 1))
    assert (one != other).mean() > 0.9


# ---- Starts.


def _late(network, *on, planned=0, no_earlier=NONE, **of):
    """A start delay on some activities: class 1, of days, beside a certain class of lengths."""
    lengths_and_start = replace(intervals(["I", "S"], **of), reference_class=np.array([0, 1], np.int32))
    where = np.isin(np.arange(len(network)), on)
    held = np.full(len(network), no_earlier, np.int32)
    starts = Starts(np.where(where, 1, -1).astype(np.int32), np.full(len(network), planned, np.int32), held)
    return lengths_and_start, starts


def _finishes_when_late(days, data_date=0, draws=2_000, **how):
    network = chain(30, 10)
    of, starts = _late(network, 0, **how)
    described = uncertain(network, [0, 0], of, classes=np.stack([np.zeros(13), days]), starts=starts)
    return simulate(network, described, data_date, draws=draws).finishes([1])[0]


def test_a_start_is_as_late_as_its_class_and_what_waits_for_it_follows():
    days = np.linspace(-40.0, 80.0, 13)
    late = _finishes_when_late(days, planned=200) - 240
    np.testing.assert_allclose(np.quantile(late, LEVELS[1:-1]), days[1:-1], atol=6)


@pytest.mark.parametrize(
    ("days", "how", "begins"),
    [
        (20.0, {}, 100),
        (-20.0, {}, 60),
        (-200.0, {}, 50),
        (20.0, {"no_earlier": 90}, 100),
        (-20.0, {"no_earlier": 90}, 90),
        (0.5, {}, 81),
        (0.4, {}, 80),
    ],
)
def test_a_start_is_drawn_from_its_plan_on_but_not_before_the_data_date(days, how, begins):
    finishes = _finishes_when_late(np.full(13, days), 50, draws=5, planned=80, **how)
    assert set(finishes) == {begins + 40}


def test_a_start_beyond_the_calendars_never_comes():
    assert set(_finishes_when_late(np.full(13, 1e7), draws=5)) == {NEVER}


def test_a_start_that_has_not_come_yet_is_known_to_come_later():
    days = np.linspace(-40.0, 80.0, 13)
    begins = _finishes_when_late(days, 30, planned=0, age=[-np.inf, score_of(days, 29.5)]) - 40
    assert begins.min() == 30
    assert np.median(begins) == pytest.approx(50, abs=3)  # 30 is P60, and 50 is P80: the middle of the rest


def test_start_and_length_of_a_project_belong_to_one_component():
    network = chain(30, 10, project=[0, 1], links=[])
    of, starts = _late(network, 0, 1)
    with pytest.raises(ValueError, match="one project"):
        simulate(network, uncertain(network, [0, -1], of, classes=np.zeros((2, 13)), starts=starts), draws=1)


# ---- Imposed dates, refusals.


def test_imposed_dates_hold_and_successors_follow_them():
    network = Network.build(
        ["A", "B", "C"], [0, 1, 1], [100, 10, 10], [0, 0, 0], calendars=every_day(),
        predecessor=[0, 0], successor=[1, 2], type=[FS, SS], lag=[0, 0],
    )  # fmt: skip
    forced = np.full((2, 3), NONE, np.int32)
    forced[:, 0] = 30, 70
    drawn = simulate(network, uncertain(network, [-1] * 3, intervals([])), draws=1).finishes(range(3), forced=forced)
    assert drawn[:, 0].tolist() == [70, 80, 40]


def test_no_draws_and_impossible_seeds_are_refused():
    network = chain(10)
    described = uncertain(network, [0], intervals(["I"]))
    with pytest.raises(ValueError, match="At least one draw is needed, not 0"):
        simulate(network, described, draws=0)
    for seed in (-1, 2**64):
        with pytest.raises(ValueError, match="A seed is a whole number from 0 to"):
            simulate(network, described, draws=1, seed=seed)


def test_an_interval_cannot_reach_over_two_components():
    network = chain(10, 10, project=[0, 1], links=[])
    with pytest.raises(ValueError, match="belongs to one project"):
        simulate(network, uncertain(network, [0, 0], intervals(["I"])), draws=1)


def test_a_component_too_large_for_memory_is_drawn_in_smaller_blocks(monkeypatch):
    simulation = random_simulation(11, 40)
    drawn = simulation.finishes(np.arange(len(simulation.network)))
    largest = int(np.diff(simulation.network.first_of_component).max())
    monkeypatch.setattr(simulating, "MOST_TOGETHER", 7 * largest)
    told = []
    again = simulation.finishes(np.arange(len(simulation.network)), progress=lambda done, of: told.append(of))
    np.testing.assert_array_equal(again, drawn)
    assert told[-1] == 6  # blocks of 7 draws
