"""``backcast run --cluster`` prints what it prints without a cluster, or says what the cluster lacks."""

import json
from importlib.metadata import version

import pytest
from distributed import LocalCluster

from backcast.cli import clusters


@pytest.fixture(scope="module")
def address():
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        yield cluster.scheduler_address


def test_a_cluster_prints_the_same_document(backcast, province, address):
    asked = ("run", province, "--draws", "50", "--json")
    found = backcast(*asked, "--cluster", address)
    assert found.exit_code == 0, found.stderr
    assert found.stdout == backcast(*asked).stdout


def test_a_scheduler_that_does_not_answer_is_told(backcast, county, monkeypatch):
    monkeypatch.setattr(clusters, "PATIENCE", 0.1)
    found = backcast("run", county, "--cluster", "tcp://127.0.0.1:1")
    assert found.exit_code == 1
    assert "No scheduler answers at “tcp://127.0.0.1:1”." in found.stderr
    assert "Traceback" not in found.stderr


def test_workers_with_another_version_are_refused(backcast, county, address, monkeypatch):
    monkeypatch.setattr(clusters, "own_version", lambda: f"{version('backcast')}.dev1")
    found = backcast("run", county, "--cluster", address)
    assert found.exit_code == 1
    assert f"has Backcast {version('backcast')}, and here is {version('backcast')}.dev1." in found.stderr


def test_verdicts_alone_are_those_of_the_whole_run(backcast, province):
    asked = ("run", province, "--draws", "50", "--json")
    alone, whole = (
        json.loads(backcast(*asked, "--verdicts-only").stdout),
        json.loads(backcast(*asked, "--no-keep").stdout),
    )
    assert alone.pop("projects") == 40
    assert alone == {name: whole[name] for name in ("version", "seed", "draws", "data_date", "verdicts")}
    assert len(alone["verdicts"]) > 50


def test_the_screen_of_verdicts_alone_is_that_of_a_run_but_for_latest_dates(backcast, province):
    alone = backcast("run", province, "--draws", "50", "--verdicts-only").stdout
    assert alone
    assert backcast("run", province, "--draws", "50", "--no-keep").stdout.startswith(alone)


def test_verdicts_alone_refuse_what_needs_a_whole_run(backcast, province):
    found = backcast("run", province, "--verdicts-only", "--report", "page.html")
    assert found.exit_code == 2
    assert "Verdicts alone are neither reported as a page nor drawn to a precision." in found.stderr
