"""What outputs deliver: each way of spreading, exact sums, and nothing counted twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.engine.calendar import NEVER
from backcast.engine.delivery import UNIT, Outputs, Spread

ALWAYS = -(1 << 20)


def _outputs(*amounts, spread=Spread.AT_ONCE, ramp_days=0, start_day=0, **given):
    """One output per amount, each waiting for its own row of the drawn finishes."""
    n = len(amounts)
    columns = {
        "amount": np.array(amounts, float),
        "spread": np.full(n, spread, np.int8),
        "ramp_days": np.full(n, ramp_days, np.int32),
        "gate_row": np.arange(n),
        "start_row": np.full(n, -1),
        "start_day": np.full(n, start_day, np.int32),
        "known_gate": np.full(n, 100, np.int32),
        "known_start": np.full(n, start_day, np.int32),
        "planned_gate": np.zeros(n, np.int32),
        "planned_start": np.zeros(n, np.int32),
    }
    return Outputs(**(columns | {name: np.asarray(value) for name, value in given.items()}))


def _delivered(outputs, gates, days, since=ALWAYS):
    gates = np.array(gates, np.int32)
    return outputs.delivered(np.arange(len(outputs)), gates, days, since) / UNIT


def _twin(outputs, gates, days, since):
    """The same sums in plain Python."""

    def share(k, start, gate, day):
        if gate >= NEVER:
            return 0.0
        if outputs.spread[k] == Spread.LINEAR and gate > start:
            return min(max((day - start) / (gate - start), 0.0), 1.0)
        if outputs.spread[k] == Spread.RAMP and outputs.ramp_days[k] > 0:
            return min(max((day - gate) / int(outputs.ramp_days[k]), 0.0), 1.0)
        return float(day >= gate)

    total = np.zeros((len(days), gates.shape[1]))
    for k in range(len(outputs)):
        for b in range(gates.shape[1]):
            gate, row = int(gates[outputs.gate_row[k], b]), outputs.start_row[k]
            start = int(gates[row, b]) if row >= 0 else int(outputs.start_day[k])
            for t, day in enumerate(days):
                new = share(k, start, gate, day) - share(k, start, gate, since)
                if outputs.spread[k] == Spread.LINEAR and start < since < gate < NEVER:
                    before = share(k, int(outputs.known_start[k]), int(outputs.known_gate[k]), since)
                    new = (1.0 - before) * share(k, since, gate, day)
                total[t, b] += np.floor(np.rint(outputs.amount[k] * UNIT) * new + 0.5)
    return total


# ---- Ways of spreading.


def test_an_output_at_once_counts_from_the_instant_its_gate_is_passed():
    delivered = _delivered(_outputs(5.0), [[100, 101, NEVER]], [99, 100, 101])
    assert delivered.tolist() == [[0, 0, 0], [5, 0, 0], [5, 5, 0]]


def test_a_linear_output_arrives_evenly_from_start_to_gate():
    outputs = _outputs(10.0, spread=Spread.LINEAR, start_day=100)
    assert _delivered(outputs, [[200]], [100, 130, 200, 300])[:, 0].tolist() == [0, 3, 10, 10]


def test_a_linear_output_starts_at_its_drawn_start():
    outputs = _outputs(10.0, spread=Spread.LINEAR, gate_row=[1], start_row=[0])
    assert _delivered(outputs, [[100, 150], [200, 200]], [175]).tolist() == [[7.5, 5.0]]


def test_a_ramp_reaches_full_effect_after_its_days():
    outputs = _outputs(8.0, spread=Spread.RAMP, ramp_days=40)
    assert _delivered(outputs, [[100]], [100, 110, 140, 141])[:, 0].tolist() == [0, 2, 8, 8]


@pytest.mark.parametrize(
    "outputs", [_outputs(8.0, spread=Spread.RAMP), _outputs(8.0, spread=Spread.LINEAR, start_day=100)]
)
def test_a_spread_without_length_is_at_once(outputs):
    assert _delivered(outputs, [[100]], [99, 100])[:, 0].tolist() == [0, 8]


def test_an_output_whose_gate_is_never_passed_delivers_nothing():
    for spread in Spread:
        assert _delivered(_outputs(8.0, spread=spread, ramp_days=10), [[NEVER]], [10, 30_000]).max() == 0


# ---- Since the last observation.


def test_what_was_delivered_before_the_observation_is_not_counted_again():
    outputs = _outputs(5.0, 7.0, 11.0)
    assert _delivered(outputs, [[90], [100], [101]], [100, 150], since=100)[:, 0].tolist() == [0, 11]


@pytest.mark.parametrize(
    "outputs", [_outputs(10.0, spread=Spread.LINEAR), _outputs(10.0, spread=Spread.RAMP, ramp_days=100, start_day=0)]
)
def test_only_the_remainder_counts_of_what_is_arriving(outputs):
    gate = 100 if outputs.spread[0] == Spread.LINEAR else 0
    assert _delivered(outputs, [[gate]], [40, 70, 100], since=40)[:, 0].tolist() == [0, 3, 6]


def test_a_linear_output_that_is_late_delivers_later_but_no_more():
    """Half of it was delivered by day 50 whatever comes; the other half is what every draw has left."""
    outputs = _outputs(1000.0, spread=Spread.LINEAR)
    delivered = _delivered(outputs, [[60, 100, 200, 400]], [75, 1000], since=50)
    assert delivered[1].tolist() == [500] * 4
    assert (np.diff(delivered[0]) < 0).all()


def test_nothing_has_been_added_at_the_date_of_observation():
    """So the value is continuous there."""
    rng = np.random.default_rng(1)
    outputs = _outputs(*rng.uniform(1, 9, 60), spread=np.repeat(list(Spread), 20), ramp_days=rng.integers(1, 90, 60))
    gates = rng.integers(0, 400, (60, 8))
    assert (_delivered(outputs, gates, [200, 201], since=200)[0] == 0).all()


def test_negative_amounts_take_away():
    assert _delivered(_outputs(5.0, -2.0), [[10], [20]], [10, 20])[:, 0].tolist() == [5, 3]


# ---- Exact sums.


@given(seed=st.integers(0, 10_000), since=st.sampled_from([ALWAYS, 100, 250]))
def test_sums_are_those_of_the_plain_twin(seed, since):
    rng = np.random.default_rng(seed)
    n, draws = 12, 5
    gates = np.where(rng.random((n, draws)) < 0.1, NEVER, rng.integers(50, 400, (n, draws))).astype(np.int32)
    outputs = _outputs(
        *rng.uniform(-5, 50, n),
        spread=rng.choice(list(Spread), n),
        ramp_days=rng.integers(0, 100, n).astype(np.int32),
        start_row=rng.integers(-1, n, n),
        start_day=rng.integers(0, 300, n).astype(np.int32),
    )
    days = np.unique(rng.integers(max(since, 0), 450, 6))
    found = outputs.delivered(np.arange(n), gates, days, since)
    np.testing.assert_array_equal(found, _twin(outputs, gates, days, since))


def test_sums_are_exact_and_do_not_depend_on_the_order():
    rng = np.random.default_rng(2)
    outputs = _outputs(*(rng.integers(1, 10**12, 500) / 1000))
    gates = rng.integers(0, 400, (500, 3)).astype(np.int32)
    order = rng.permutation(500)
    whole = outputs.delivered(np.arange(500), gates, [100, 200, 300], ALWAYS)
    np.testing.assert_array_equal(outputs.delivered(order, gates, [100, 200, 300], ALWAYS), whole)
    halves = [outputs.delivered(part, gates, [100, 200, 300], ALWAYS) for part in (order[:200], order[200:])]
    np.testing.assert_array_equal(halves[0] + halves[1], whole)


@pytest.mark.parametrize("amount", [0.7, 0.1, 0.3, 1.1, 0.000001])
def test_decimal_amounts_add_up_to_what_a_planner_expects(amount):
    """Eight times 0.7 is 5.6, and meets a target of 5.6."""
    delivered = _delivered(_outputs(*[amount] * 8), np.zeros((8, 1)), [1])[0, 0]
    assert delivered == round(8 * amount, 6)


def test_outputs_alone_deliver_as_among_others():
    rng = np.random.default_rng(3)
    outputs = _outputs(
        *rng.uniform(1, 9, 6), spread=[0, 1, 2, 0, 1, 2], ramp_days=[30] * 6, start_row=[-1, 0, -1, -1, 3, -1]
    )
    gates = rng.integers(100, 300, (6, 4)).astype(np.int32)
    which, rows = np.array([1, 3, 4]), np.array([0, 1, 3, 4])
    alone = outputs.waiting_for(rows).delivered(which, gates[rows], [150, 280], 120)
    np.testing.assert_array_equal(alone, outputs.delivered(which, gates, [150, 280], 120))


# ---- As planned.


@pytest.mark.parametrize("since", [ALWAYS, 120])
@pytest.mark.parametrize("day", [130, 199, 200, 260, 400])
def test_as_planned_is_what_drawn_finishes_on_the_plan_deliver(day, since):
    spread = [Spread.AT_ONCE, Spread.LINEAR, Spread.RAMP, Spread.LINEAR]
    outputs = _outputs(
        3.0, 10.0, 8.0, 4.0, spread=np.array(spread, np.int8), ramp_days=np.full(4, 50, np.int32),
        start_day=np.full(4, 100, np.int32), planned_gate=[200] * 4, planned_start=[100] * 4,
        known_gate=[200] * 4, known_start=[100] * 4,
    )  # fmt: skip
    drawn = _delivered(outputs, np.full((4, 1), 200), [day], since)[0, 0]
    planned, gates = outputs.as_planned()
    assert planned.delivered(np.arange(4), gates, [day], since)[0, 0] / UNIT == pytest.approx(drawn, abs=1e-5)


def test_threads_and_blocks_of_draws_change_no_sum():
    rng = np.random.default_rng(8)
    n, draws = 12, 1500
    outputs = _outputs(*rng.uniform(1, 9, n), spread=rng.integers(0, 3, n).astype(np.int8),
                       ramp_days=np.full(n, 40, np.int32), start_day=np.full(n, 80, np.int32))  # fmt: skip
    gates = rng.integers(90, 500, (n, draws)).astype(np.int32)
    days = np.array([60, 100, 200, 300, 450, 600])
    one, two = (outputs.delivered(np.arange(n), gates, days, 95, threads=threads) for threads in (1, 2))
    np.testing.assert_array_equal(one, two)
    part = outputs.delivered(np.arange(n), np.ascontiguousarray(gates[:, 700:703]), days, 95)
    np.testing.assert_array_equal(one[:, 700:703], part)
