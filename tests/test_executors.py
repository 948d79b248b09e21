"""Pools of processes and clusters give what one process gives, to the byte, also when a worker is lost."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import polars as pl
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
def folder(practice, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("parquet") / "practice"
    bc.write_planbook(practice, place, parquet=True)
    return place


@pytest.fixture(scope="module")
def run(practice):
    return bc.run(practice, draws=DRAWS, seed=SEED)


@pytest.fixture(scope="module")
def document(run) -> str:
    return dumps(run)


@pytest.fixture(scope="module")
def cluster():
    """A client of a cluster with three worker processes."""
    with (
        LocalCluster(n_workers=3, threads_per_worker=1, dashboard_address=":0") as local,
        Client(local) as client,
    ):
        yield client
        client.wait_for_workers(3)  # one that is only just starting again cannot be closed


@pytest.fixture(scope="module")
def pool():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as two:
        yield two


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch):
    """A small library is to be cut into several portions, too."""
    monkeypatch.setattr(portions.finishes, "__kwdefaults__", {**portions.finishes.__kwdefaults__, "least": 400})


def _shuffled(planbook):
    return Planbook.of(
        {name: frame.sample(fraction=1, shuffle=True, seed=3) for name, frame in planbook.tables.items()}
    )


def _killing(cluster, killed):
    """Tell of progress, and kill a worker process at the first word of it."""

    def kill(what, done, of):
        if str(what) == "Simulating delivery" and not killed:
            assert 0 < done < of
            killed.append(next(iter(cluster.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    return kill


# ---- Whole runs.


def test_one_other_process_changes_no_byte(practice, document):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as one:
        assert dumps(bc.run(practice, draws=DRAWS, seed=SEED, executor=one)) == document


def test_two_other_processes_change_no_byte(practice, document, pool):
    assert dumps(bc.run(practice, draws=DRAWS, seed=SEED, executor=pool)) == document


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_a_cluster_changes_no_byte(practice, document, cluster, workers):
    some = sorted(cluster.scheduler_info()["workers"])[:workers]
    executor = cluster.get_executor(workers=some)
    assert dumps(bc.run(_shuffled(practice), draws=DRAWS, seed=SEED, executor=executor)) == document


# ---- Verdicts alone.


@pytest.mark.parametrize("least", [1_000, 25, 7])
def test_verdicts_alone_are_those_of_the_run_whatever_the_size_of_tasks(folder, run, least):
    found = bc.verdicts(bc.open_planbook(folder), draws=DRAWS, seed=SEED, least=least)
    assert list(found.verdicts) == list(run.verdicts)
    assert found.projects == 60
    assert str(found.verdicts) == str(run.verdicts)


def test_verdicts_alone_of_a_planbook_in_memory_are_those_of_the_run(practice, run, pool):
    found = bc.verdicts(_shuffled(practice), draws=DRAWS, seed=SEED, executor=pool, least=20)
    assert list(found.verdicts) == list(run.verdicts)


def test_verdicts_alone_on_other_processes_print_the_same_document(folder, pool):
    here = bc.verdicts(bc.open_planbook(folder), draws=DRAWS, seed=SEED)
    there = bc.verdicts(bc.open_planbook(folder), draws=DRAWS, seed=SEED, executor=pool, least=10)
    assert dumps(there) == dumps(here)


def test_an_earlier_data_date_is_judged_alike(folder, practice):
    asked = {"data_date": "2022-12-31", "draws": DRAWS, "seed": SEED}
    assert list(bc.verdicts(bc.open_planbook(folder), least=20, **asked).verdicts) == list(
        bc.run(practice, **asked).verdicts
    )


def test_an_error_at_a_worker_is_told_as_it_would_be_here(practice, tmp_path, cluster):
    activities = practice["activities"].with_columns(
        duration=pl.when(pl.int_range(pl.len()) == 100).then(-3).otherwise("duration")
    )
    bc.write_planbook(practice.replace(activities=activities), tmp_path / "wrong", parquet=True)
    with pytest.raises(bc.PlanbookError) as here:
        bc.read_planbook(tmp_path / "wrong")
    with pytest.raises(bc.PlanbookError) as there:
        bc.verdicts(bc.open_planbook(tmp_path / "wrong"), draws=2, executor=cluster.get_executor(), least=20)
    assert there.value.problems == here.value.problems
    assert there.value.problems[0].row == 102


# ---- A worker is lost. These come last, as its place is taken by another.


def test_a_worker_killed_in_the_middle_changes_no_byte(practice, document, cluster):
    killed = []
    executor, kill = cluster.get_executor(), _killing(cluster, killed)
    assert dumps(bc.run(practice, draws=DRAWS, seed=SEED, executor=executor, progress=kill)) == document
    assert killed


def test_a_worker_killed_in_the_middle_changes_no_verdict(folder, run, cluster):
    killed = []
    cluster.wait_for_workers(2)
    found = bc.verdicts(
        bc.open_planbook(folder), draws=DRAWS, seed=SEED, least=5,
        executor=cluster.get_executor(), progress=_killing(cluster, killed),
    )  # fmt: skip
    assert list(found.verdicts) == list(run.verdicts)
    assert killed
