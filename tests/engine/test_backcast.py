"""Backwards from a target: latest responsible dates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_simulate import CLASS
from uncertain import chain, intervals, simulate, uncertain

from backcast.engine import _pass_kernels as kernels
from backcast.engine.backcast import Questions, latest_responsible
from backcast.engine.calendar import NEVER, NONE
from backcast.engine.network import SS


def _ask(simulation, confidence, gate, required, *activities, threads=1):
    questions = Questions(
        gate=np.array([gate]),
        required=np.array([required], np.int32),
        activity=np.array(activities),
        first_row=np.array([0, len(activities)]),
    )
    return latest_responsible(simulation, questions, confidence, threads=threads)


def _certain(network, draws=3):
    return simulate(network, uncertain(network, [-1] * len(network), intervals([])), draws=draws)


@pytest.mark.parametrize("confidence", [0.05, 0.8, 0.99])
def test_without_uncertainty_latest_dates_are_worked_back_by_hand(confidence):
    latest, median = _ask(_certain(chain(100, 50, 0, 30)), confidence, 3, 1000, 0, 1, 2, 3)
    assert latest.tolist() == [920, 970, 970, 1000]
    assert median.tolist() == [100, 150, 150, 180]


def test_the_tightest_of_several_paths_decides():
    network = chain(100, 50, 30, 10, links=[(0, 1), (0, 2), (1, 3), (2, 3)])
    latest, _ = _ask(_certain(network), 0.8, 3, 1000, 0, 1, 2)
    assert latest.tolist() == [940, 990, 990]


def test_a_gate_does_not_wait_for_what_does_not_lead_to_it():
    network = chain(100, 50, 30, links=[(0, 1), (0, 2)])
    latest, _ = _ask(_certain(network), 0.8, 1, 1000, 0, 1, 2)
    assert latest.tolist() == [950, 1000, NEVER]


def test_a_gate_does_not_wait_for_the_finish_of_what_only_had_to_start():
    started = replace(chain(100, 50), type=np.array([SS], np.int8), actual_start=np.array([-10, NONE], np.int32))
    latest, _ = _ask(_certain(started), 0.8, 1, 1000, 0)
    assert latest.tolist() == [NEVER]


def test_work_longer_than_the_calendars_reach_back_has_no_latest_date():
    """Day 0 is no date that one could keep."""
    latest, _ = _ask(_certain(chain(100, 50, 20)), 0.8, 2, 60, 0, 1, 2)
    assert latest.tolist() == [NONE, NONE, 60]


def test_the_latest_date_is_the_lower_quantile_over_the_draws():
    network = chain(100, 500)
    simulation = simulate(network, uncertain(network, [-1, 0], intervals(["I"]), classes=CLASS), draws=999)
    lengths = np.sort(simulation.finishes([1])[0] - 100)
    latest, _ = _ask(simulation, 0.8, 1, 5000, 0)
    # 199 draws may do worse: the 200th longest duration must still fit.
    assert latest[0] == 5000 - lengths[-200]


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.95])
def test_whoever_keeps_the_latest_date_delivers_with_that_confidence(confidence):
    network = chain(200, 300, 400)
    described = uncertain(network, [0, 1, 1], intervals(["I", "J"], cancelled=[0.02, 0.01]), classes=CLASS)
    simulation = simulate(network, described, draws=4000)
    (latest,), _ = _ask(simulation, confidence, 2, 3000, 0)
    delivered = {}
    for kept in (latest, latest + 1):
        forced = np.full((2, 3), NONE, np.int32)
        forced[:, 0] = kept
        last = simulation.finishes([2], forced=forced)[0]
        begun = simulation.finishes([0])[0] < NEVER  # a draw in which the project is given up keeps no date
        delivered[kept] = ((last <= 3000) & begun).mean()
    assert delivered[latest] >= confidence
    assert delivered[latest + 1] < confidence + 0.01


def test_more_confidence_asks_for_earlier_dates():
    network = chain(200, 300)
    simulation = simulate(network, uncertain(network, [0, 1], intervals(["I", "J"]), classes=CLASS), draws=500)
    dates = [int(_ask(simulation, confidence, 1, 3000, 0)[0][0]) for confidence in (0.2, 0.5, 0.8, 0.95)]
    assert dates == sorted(dates, reverse=True)
    assert len(set(dates)) == 4


@pytest.mark.parametrize("cancelled_at", [0, 1, 2])
def test_a_project_given_up_too_often_has_no_latest_date(cancelled_at):
    """Wherever it is given up: before the gate asked about, after it, or beside it."""
    network = chain(100, 100, 100, links=[(0, 2), (1, 2)])
    share = np.zeros(3)
    share[cancelled_at] = 0.3
    described = uncertain(network, [0, 1, 2], intervals(["I", "J", "K"], cancelled=share))
    simulation = simulate(network, described, draws=2000)
    assert _ask(simulation, 0.8, 2, 1000, 0, 1, 2)[0].tolist() == [NONE, NONE, NONE]
    assert _ask(simulation, 0.6, 2, 1000, 0, 1, 2)[0].tolist() == [900, 900, 1000]


def test_the_median_is_never_where_half_the_draws_are_given_up():
    network = chain(100)
    of = intervals(["I"], cancelled=0.6)
    _, median = _ask(simulate(network, uncertain(network, [0], of), draws=500), 0.8, 0, 1000, 0)
    assert median.tolist() == [NEVER]


def test_blocks_threads_and_other_questions_change_no_date():
    network = chain(200, 300, 250, 100, project=[0, 0, 1, 1], links=[(0, 1), (2, 3)])
    described = uncertain(network, [0, 1, 2, 3], intervals("IJKL", cancelled=0.02), classes=CLASS, noise=0.3)
    simulation = simulate(network, described, draws=700)
    both = Questions(
        gate=np.array([3, 1, 1]),
        required=np.array([2500, 2000, 1500], np.int32),
        activity=np.array([2, 3, 0, 1, 0]),
        first_row=np.array([0, 2, 4, 5]),
    )
    one, two = (latest_responsible(simulation, both, 0.8, threads=threads) for threads in (1, 2))
    np.testing.assert_array_equal(one, two)
    for p, (gate, required) in enumerate(zip(both.gate, both.required, strict=True)):
        rows = slice(both.first_row[p], both.first_row[p + 1])
        alone = _ask(simulation, 0.8, gate, required, *both.activity[rows])
        np.testing.assert_array_equal(np.array(one)[:, rows], alone)
    asked = (0, np.array([1]), np.array([2000], np.int32), np.array([0, 1]), np.array([0, 2]))
    np.testing.assert_array_equal(simulation.latest(*asked, block=33), simulation.latest(*asked, block=700))


def test_missed_stands_below_every_date():
    assert NONE < kernels.MISSED < -30_000
