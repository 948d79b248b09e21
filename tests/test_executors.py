"""Pools of processes and clusters give the bytes that one process gives, also when a worker is lost."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

import backcast as bc
from backcast.engine import portions
from backcast.planbook.book import Planbook
from backcast.report import dumps

EXAMPLES = Path(__file__).parent.parent / "examples"
DRAWS, SEED = 200, 11


@pytest.fixture(scope="module")
def practice() -> Planbook:
    return bc.practice(bc.read_planbook(EXAMPLES / "shanxi"), projects=60, seed=1)


@pytest.fixture(scope="module")
def document(practice) -> str:
    return dumps(bc.run(practice, draws=DRAWS, seed=SEED))


@pytest.fixture(scope="module")
def cluster():
    """A client of a cluster with two worker processes, as many as a small machine has cores."""
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, worker_dashboard_address=None) as local,
        Client(local) as client,
    ):
        yield client


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch):
    """A small library is to be cut into several portions, too."""
    monkeypatch.setattr(portions.finishes, "__kwdefaults__", {**portions.finishes.__kwdefaults__, "least": 400})


@pytest.mark.parametrize("workers", [1, 2])
def test_a_pool_of_processes_changes_no_byte(practice, document, workers):
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        assert dumps(bc.run(practice, draws=DRAWS, seed=SEED, executor=pool)) == document


def test_shuffled_projects_on_a_cluster_change_no_byte(practice, document, cluster):
    shuffled = Planbook.of(
        {name: frame.sample(fraction=1, shuffle=True, seed=3) for name, frame in practice.tables.items()}
    )
    assert dumps(bc.run(shuffled, draws=DRAWS, seed=SEED, executor=cluster.get_executor())) == document


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_a_cluster_changes_no_byte(practice, document, cluster, workers):
    cluster.cluster.scale(workers)
    cluster.wait_for_workers(workers)
    assert dumps(bc.run(practice, draws=DRAWS, seed=SEED, executor=cluster.get_executor())) == document


def test_a_worker_killed_in_the_middle_changes_no_byte(practice, document, cluster):
    killed = []

    def kill(what, done, of):
        if str(what) == "Simulating delivery" and not killed:
            assert 0 < done < of
            worker = next(iter(cluster.run(os.getpid).values()))
            os.kill(worker, signal.SIGKILL)
            killed.append(worker)

    assert dumps(bc.run(practice, draws=DRAWS, seed=SEED, executor=cluster.get_executor(), progress=kill)) == document
    assert killed
