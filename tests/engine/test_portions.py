"""A simulation in portions, drawn by other processes: the same digits as in one piece."""

from __future__ import annotations

import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from backcast import interchange
from backcast.engine.parallel import completed
from backcast.engine.portions import finishes, portion
from backcast.planbook.assembly import assemble
from backcast.planbook.practice import practice

DRAWS = 600


@pytest.fixture(scope="module")
def assembly():
    plan = interchange.read(Path(__file__).parents[2] / "examples" / "shanxi").planbook
    return assemble(practice(plan, projects=60, seed=1))


@pytest.fixture(scope="module")
def simulation(assembly):
    return assembly.simulation(draws=DRAWS, seed=4)


@pytest.fixture(scope="module")
def executor():
    with ThreadPoolExecutor(2) as threads:
        yield threads


@pytest.mark.parametrize("least", [1, 100, 1500, 1_000_000])
def test_portions_of_any_size_draw_the_same_finishes(assembly, simulation, executor, least):
    watched = assembly.contributions.watched
    drawn = finishes(simulation, watched, executor, least=least)
    assert np.array_equal(drawn, simulation.finishes(watched))


def test_a_pool_of_processes_draws_the_same_finishes(assembly, simulation):
    watched = assembly.contributions.watched
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert np.array_equal(finishes(simulation, watched, pool, least=1500), simulation.finishes(watched))


def test_portions_without_anything_watched_are_not_sent(assembly, simulation, executor):
    watched, told = assembly.contributions.watched[:1], []
    finishes(simulation, watched, executor, least=100, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 1)]


def test_a_portion_is_small_to_send(assembly, simulation):
    n = simulation.network.first_of_component.size - 1
    whole = portion(simulation, 0, n, assembly.contributions.watched)
    calendars = len(pickle.dumps(simulation.network.calendars))
    assert (len(pickle.dumps(whole)) - calendars) / len(simulation.network) < 400


def test_whoever_stops_listening_takes_back_what_has_not_begun():
    begun, taken = [], []

    def items():
        for item in range(100):
            taken.append(item)
            yield item

    def work(item):
        begun.append(item)
        if item == 2:
            raise ValueError("no more")

    with ThreadPoolExecutor(1) as one, pytest.raises(ValueError, match="no more"):
        list(completed(one, work, items(), at_once=10))
    assert len(taken) < 15
    assert len(begun) <= len(taken) < 100
