"""The compiled loops over draws, against their NumPy twins: the same bytes, the same days."""

from __future__ import annotations

import numpy as np
import pytest
import twins
from hypothesis import given
from hypothesis import strategies as st
from uncertain import random_simulation

from backcast.engine import _row_kernels as kernels
from backcast.engine import portable, random
from backcast.engine.calendar import NEVER, NONE

IDENTITIES = st.integers(0, 2**64 - 1)
DRAWS = 10
CASES = (*range(60), 117, 133, 271, 588, 1543, 1810)
"""Seeds of random simulations; the last ones once told the kernels and their twins apart."""

NUMBERS = {
    "exp": np.concatenate([np.linspace(-710, 710, 4001), np.geomspace(1e-300, 1, 301), [0.0, -0.0, np.inf, -np.inf]]),
    "log": np.concatenate([np.geomspace(3e-308, 1e308, 4001), np.linspace(0.4, 2.1, 4001), [1.0]]),
    "normal_cdf": np.concatenate([np.linspace(-40, 40, 8001), [0.0, np.inf, -np.inf, 7.07106781186547]]),
    "normal_quantile": np.concatenate(
        [np.geomspace(1e-300, 0.5, 4001), np.linspace(0.001, 0.999, 4001), [0.0, 1.0, 0.075, 0.925, 1 - 2.0**-33]]
    ),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_elementary_functions_give_the_bytes_of_their_twins(name):
    compiled = [getattr(kernels, name)(float(x)) for x in NUMBERS[name]]
    assert np.array(compiled).tobytes() == getattr(portable, name)(NUMBERS[name]).tobytes()


@given(seed=IDENTITIES, identity=IDENTITIES, first=st.integers(0, 70), draws=st.integers(1, 70))
def test_random_numbers_from_any_draw_on_give_the_bytes_of_their_twins(seed, identity, first, draws):
    for fill, twin in ((kernels.fill_uniforms, random.uniforms), (kernels.fill_normals, random.normals)):
        row = np.empty(draws)
        fill(row, np.uint64(seed), np.uint64(identity), random.Purpose.ACTIVITY, first)
        assert row.tobytes() == twin(seed, identity, first + draws, random.Purpose.ACTIVITY)[first:].tobytes()


def test_finishes_are_those_of_the_twin():
    for seed in CASES:
        simulation = random_simulation(seed, DRAWS)
        drawn = simulation.finishes(np.arange(len(simulation.network)))
        np.testing.assert_array_equal(drawn, twins.finishes(simulation), f"random_simulation({seed})")


def test_latest_finishes_are_those_of_the_twin():
    for seed in CASES:
        simulation = random_simulation(seed, DRAWS // 2)
        network, rng = simulation.network, np.random.default_rng(seed)
        component = int(rng.integers(network.first_of_component.size - 1))
        first, last = network.first_of_component[component : component + 2]
        open_gates = first + np.flatnonzero(network.actual_finish[first:last] == NONE)
        if open_gates.size == 0:
            continue
        gate, required = int(rng.choice(open_gates)), simulation.data_date + int(rng.integers(-30, 200))
        asked = open_gates[open_gates <= gate]
        found, drawn = simulation.latest(
            component, np.array([gate]), np.array([required], np.int32), asked, np.array([0, asked.size])
        )
        told = twins.latest(simulation, gate, required)[asked]
        np.testing.assert_array_equal(found, told, f"random_simulation({seed}), gate {gate}, required {required}")
        np.testing.assert_array_equal(drawn, simulation.finishes(asked))


def test_imposed_dates_are_those_of_the_twin():
    for seed in CASES:
        simulation = random_simulation(seed, 4)
        rng, n = np.random.default_rng(seed), len(simulation.network)
        start = simulation.data_date + rng.integers(0, 100, n)
        imposed = np.stack([start, start + rng.integers(0, 50, n)])
        imposed[:, rng.random(n) < 0.2] = NEVER
        forced = np.where(rng.random(n) < 0.3, imposed, NONE).astype(np.int32)
        drawn = simulation.finishes(np.arange(n), forced=forced)
        np.testing.assert_array_equal(drawn, twins.finishes(simulation, forced), f"random_simulation({seed})")


def test_random_simulations_hold_whatever_can_happen():
    """Agreement means something only if there is much to agree on."""
    never = moved = missed = unmoved = 0
    for seed in range(40):
        simulation = random_simulation(seed, DRAWS)
        drawn = simulation.finishes(np.arange(len(simulation.network)))
        never += (drawn == NEVER).sum()
        moved += ((drawn != simulation.schedule.early_finish[:, None]) & (drawn != NEVER)).sum()
        unmoved += (drawn == simulation.schedule.early_finish[:, None]).sum()
        gate = np.array([len(simulation.network) - 1])
        if simulation.network.actual_finish[gate] == NONE:
            component = simulation.network.first_of_component.size - 2
            latest, _ = simulation.latest(component, gate, np.array([600], np.int32), gate, np.array([0, 1]))
            missed += (latest == -NEVER).sum()
    assert min(never, moved, unmoved, missed) > 30


def test_only_what_is_asked_about_is_drawn_and_its_days_are_those_of_all():
    for seed in CASES[:40]:
        simulation = random_simulation(seed, DRAWS)
        everything = simulation.finishes(np.arange(len(simulation.network)))
        few = np.random.default_rng(seed).permutation(len(simulation.network))[:3]
        np.testing.assert_array_equal(simulation.finishes(few), everything[few], f"random_simulation({seed})")
