"""Runs are kept beside their planbook, and read as they were kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import backcast as bc
from backcast import interchange
from backcast.interchange import kept_runs
from backcast.interchange.kept_runs import keep, place_of, read_kept
from backcast.report import document

SHANXI = Path(__file__).parents[2] / "examples" / "shanxi"
MOMENT = datetime(2023, 9, 5, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def found():
    return bc.run(bc.read_planbook(SHANXI), data_date="2023-08-31", draws=50, seed=7)


@pytest.fixture
def folder(tmp_path):
    """A folder that holds a planbook as small as can be."""
    (tmp_path / "plan.yaml").write_text("code: p\nname: p\n", encoding="utf-8")
    return tmp_path


def test_the_name_tells_data_date_planbook_seed_and_draws(found, folder):
    path = keep(found, folder)
    assert path == folder / "runs" / f"2023-08-31-{found.fingerprint[:8]}-s7-d50.json"
    assert [file.name for file in (folder / "runs").iterdir()] == [path.name]


def test_a_workbook_has_its_runs_beside_it(found, tmp_path):
    (tmp_path / "plan.xlsx").write_bytes(b"")
    assert keep(found, tmp_path / "plan.xlsx").parent == tmp_path / "plan.runs"
    assert len(read_kept(tmp_path / "plan.xlsx").runs) == 1


def test_a_kept_run_is_read_as_it_was(found, folder):
    keep(found, folder, MOMENT)
    (run,) = read_kept(folder).runs
    assert (run.data_date, run.fingerprint, run.seed, run.draws) == (date(2023, 8, 31), found.fingerprint, 7, 50)
    assert (run.version, run.kept_at, run.source) == (found.version, MOMENT, "kept")
    assert len(run.verdicts) == len(found.verdicts)
    assert {verdict.state for verdict in run.verdicts} == {"met", "missed", "forecast", "no_evidence"}
    for read, said in zip(run.verdicts, found.verdicts, strict=True):
        assert replace(read, reason=said.reason) == said
        assert all(read.reason.read(tongue) == said.reason.read(tongue) for tongue in ("en", "zh_Hans"))


def test_a_kept_run_holds_verdicts_and_nothing_heavy(found, folder):
    told = json.loads(keep(found, folder).read_text(encoding="utf-8"))
    assert set(told) == {"kept_at", "version", "fingerprint", "seed", "draws", "data_date", "verdicts"}
    assert told["verdicts"] == document(found)["verdicts"]


def test_the_same_run_is_left_as_it_was_first_kept(found, folder):
    path = keep(found, folder, MOMENT)
    before = path.read_bytes()
    assert keep(found, folder, datetime(2024, 1, 1, tzinfo=UTC)) == path
    assert path.read_bytes() == before
    path.write_text("{}", encoding="utf-8")
    keep(found, folder, MOMENT)
    assert path.read_bytes() == before


def test_kept_runs_change_neither_the_planbook_nor_its_check(found, tmp_path):
    folder = tmp_path / "book"
    bc.write_planbook(bc.read_planbook(SHANXI), folder)
    before = bc.read_planbook(folder).fingerprint
    problems = interchange.read(folder).check()
    keep(found, folder)
    assert bc.read_planbook(folder).fingerprint == before
    assert interchange.read(folder).check() == problems


def _spoil(change):
    def spoiled(told):
        change(told)
        return json.dumps(told)

    return spoiled


DAMAGE = {
    "cut off": (lambda told: json.dumps(told)[:-40], "it is not JSON"),
    "not an object": (lambda told: "[1]", "it is not a JSON object"),
    "nested without end": (lambda told: "[" * 200_000, "it is not JSON"),
    "no moment": (_spoil(lambda told: told.pop("kept_at")), "kept_at"),
    "a day of another calendar": (_spoil(lambda told: told.update(data_date="31.8.2023")), "data_date"),
    "verdicts that are none": (_spoil(lambda told: told.update(verdicts=[3])), "verdicts"),
    "a chance above 1": (_spoil(lambda told: _first_forecast(told).update(probability=1.5)), "probability"),
    "a value that is no number": (_spoil(lambda told: _first_forecast(told).update(target="many")), "target"),
    "a value without end": (_spoil(lambda told: _first_forecast(told).update(target=float("inf"))), "target"),
    "a value beyond all": (_spoil(lambda told: _first_forecast(told).update(target=10**400)), "target"),
    "half a character": (_spoil(lambda told: _first_forecast(told).update(region="\ud800")), "region"),
    "an unknown comparison": (_spoil(lambda told: _first_forecast(told).update(comparison="about")), "comparison"),
    "quantiles left out": (_spoil(lambda told: _first_forecast(told)["value"].pop("p50")), "p50"),
    "a seed that is a text": (_spoil(lambda told: told.update(seed="7")), "seed"),
}


def _first_forecast(told):
    return next(verdict for verdict in told["verdicts"] if verdict["state"] == "forecast")


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_file_is_one_sentence_and_is_left_out(found, folder, what):
    spoil, told = DAMAGE[what]
    path = keep(found, folder)
    (folder / "runs" / "damaged.json").write_text(spoil(json.loads(path.read_text(encoding="utf-8"))), encoding="utf-8")
    kept = read_kept(folder)
    assert len(kept.runs) == 1
    (problem,) = kept.problems
    assert problem.severity == "warning"
    assert "“damaged.json” in “runs” is not a run that was kept" in problem.read("en")
    assert told in problem.read("en")


def test_a_folder_in_the_place_of_a_file_is_left_out(found, folder):
    keep(found, folder)
    (folder / "runs" / "folder.json").mkdir()
    kept = read_kept(folder)
    assert (len(list(kept)), len(kept.problems)) == (1, 1)


def test_a_file_that_is_too_large_is_not_read(found, folder, monkeypatch):
    keep(found, folder)
    monkeypatch.setattr(kept_runs, "LARGEST", 100)
    kept = read_kept(folder)
    assert kept.runs == ()
    assert "it is too large" in kept.problems[0].read("en")


def test_nothing_kept_is_nothing_read(folder):
    assert read_kept(folder).runs == ()
    assert read_kept(folder).problems == ()
    assert not place_of(folder).exists()


def test_a_place_that_cannot_be_written_to_is_an_error_and_leaves_nothing(found, folder):
    (folder / "runs").write_text("in the way", encoding="utf-8")
    with pytest.raises(OSError, match="runs"):
        keep(found, folder)
    assert (folder / "runs").read_text(encoding="utf-8") == "in the way"
