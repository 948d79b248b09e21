"""``backcast run`` keeps its runs, and ``backcast track`` scores them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

import backcast as bc

DOCS = Path(__file__).parents[2] / "docs" / "reference"
SCHEMA, RUN_SCHEMA = (
    json.loads((DOCS / f"{name}.schema.json").read_text(encoding="utf-8")) for name in ("track", "run")
)
SHANXI = Path(__file__).parents[2] / "examples" / "shanxi"


@pytest.fixture
def kept(backcast, county):
    """The county with a run kept at the end of 2023, and what came since: 555 piles where 540 were asked for."""
    found = bc.run(bc.read_planbook(county), data_date="2023-12-31", draws=200)
    bc.keep(found, county, datetime(2024, 1, 15, tzinfo=UTC))
    told = (county / "observations.csv").read_text(encoding="utf-8")
    (county / "observations.csv").write_text(told + "piles,EF,2026-12-31,555\n", encoding="utf-8")
    return county


def _files(county):
    return sorted(file.name for file in (county / "runs").iterdir()) if (county / "runs").exists() else []


def test_a_run_is_kept_beside_its_planbook_once(backcast, county):
    first = backcast("run", county, "--draws", "200")
    (name,) = _files(county)
    assert name.startswith("2025-06-30-")
    assert name.endswith("-s0-d200.json")
    before = (county / "runs" / name).read_bytes()
    again = backcast("run", county, "--draws", "200")
    assert (again.stdout, again.stderr) == (first.stdout, "")
    assert (county / "runs" / name).read_bytes() == before
    backcast("run", county, "--draws", "200", "--seed", "1")
    assert len(_files(county)) == 2


def test_nothing_is_kept_where_nothing_is_to_be_kept(backcast, county):
    assert backcast("run", county, "--draws", "50", "--no-keep").exit_code == 0
    assert _files(county) == []


def test_a_run_that_cannot_be_kept_is_printed_all_the_same(backcast, county):
    (county / "runs").write_text("in the way", encoding="utf-8")
    result = backcast("run", county, "--draws", "50", "--json")
    assert result.exit_code == 0
    json.loads(result.stdout)
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("This run was not kept for the track record: ")
    assert backcast("run", county, "--draws", "50", "--json", "--no-keep").stderr == ""


def test_what_was_kept_follows_the_schema_of_a_run(backcast, county):
    backcast("run", county, "--draws", "50")
    told = json.loads((county / "runs" / _files(county)[0]).read_text(encoding="utf-8"))
    schema = {"$defs": RUN_SCHEMA["$defs"], "items": {"$ref": "#/$defs/verdict"}}
    jsonschema.Draft202012Validator(schema).validate(told["verdicts"])


def test_the_screen_tells_what_was_said_and_what_came(backcast, kept):
    result = backcast("track", kept, "--data-date", "2027-01-31", "--draws", "50")
    assert result.exit_code == 0
    assert "What came, as known on 2027-01-31. Runs before it: 1 kept, 4 recomputed." in result.stdout
    lines = result.stdout.splitlines()
    heading = lines.index(next(line for line in lines if line.startswith("2023-12-31, kept")))
    assert lines[heading + 1].split()[:4] == ["Charging", "piles", "2026-12-31", "540"]
    assert lines[heading + 1].rstrip().endswith("● met")
    assert "hindsight" not in result.stdout


def test_a_run_made_today_for_a_date_long_past_counts_as_recomputed(backcast, county):
    assert backcast("run", county, "--data-date", "2023-12-31", "--draws", "50").exit_code == 0
    with (county / "observations.csv").open("a", encoding="utf-8") as file:
        file.write("piles,EF,2026-12-31,555\n")
    words = ("track", county, "--data-date", "2027-01-31", "--no-recompute")
    result = backcast(*words)
    assert "Runs before it: 0 kept, 1 recomputed." in result.stdout
    assert "2023-12-31, recomputed" in result.stdout
    assert "1 of the recomputed verdicts were stored, but with hindsight" in result.stdout
    told = json.loads(backcast(*words, "--json").stdout)
    assert (told["kept"]["n"], told["recomputed"]["n"], told["late"]) == (0, 1, 1)
    assert told["runs"][0]["kept_at"]


def test_only_kept_runs_are_told_where_nothing_is_to_be_recomputed(backcast, kept):
    told = backcast("track", kept, "--data-date", "2027-01-31", "--no-recompute", "--json")
    assert [row["source"] for row in json.loads(told.stdout)["runs"]] == ["kept"]


def test_what_waits_is_told_with_its_reason(backcast, kept):
    result = backcast("track", kept, "--no-recompute")
    assert "No verdict is settled yet" in result.stdout
    assert "Not settled (1): Its date is not reached." in result.stdout
    assert "Charging piles 2026-12-31 (said " in result.stdout


def test_without_any_run_it_says_what_to_do(backcast, county):
    result = backcast("track", county, "--data-date", "2022-06-30")
    assert result.exit_code == 0
    assert (
        "No run of an earlier data date is kept, and nothing later is known. Run the planbook monthly"
        in result.stdout.replace("\n", " ")
    )
    told = json.loads(backcast("track", county, "--data-date", "2022-06-30", "--json").stdout)
    assert (told["runs"], told["settled"], told["score"]["brier"]) == ([], [], None)
    jsonschema.Draft202012Validator(SCHEMA).validate(told)


def test_json_follows_the_published_schema(backcast, kept):
    checked = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    checked.check_schema(SCHEMA)
    for words in (["track", kept, "--data-date", "2027-01-31", "--draws", "50"], ["track", SHANXI, "--draws", "50"]):
        told = json.loads(backcast(*words, "--json").stdout)
        assert [error.message for error in checked.iter_errors(told)] == []
        assert told["settled"]
    assert told["waiting"]
    assert not checked.is_valid(told | {"surprise": 1})


def test_every_key_of_the_schema_is_explained():
    parts = [SCHEMA, *(part for part in SCHEMA["$defs"].values() if "properties" in part)]
    assert [name for part in parts for name, value in part["properties"].items() if not value.get("description")] == []


def test_the_same_digits_come_again(backcast, kept):
    words = "track", kept, "--data-date", "2027-01-31", "--draws", "50", "--json"
    assert backcast(*words).stdout == backcast(*words).stdout
    assert backcast(*words).stdout != backcast(*words, "--seed", "1").stdout


def test_a_damaged_run_is_one_sentence_and_the_rest_is_scored(backcast, kept):
    (kept / "runs" / "zz.json").write_text("{", encoding="utf-8")
    result = backcast("track", kept, "--data-date", "2027-01-31", "--no-recompute", "--json")
    assert result.exit_code == 0
    assert result.stderr.count("\n") == 1
    assert "“zz.json” in “runs” is not a run that was kept: it is not JSON." in result.stderr
    assert len(json.loads(result.stdout)["settled"]) == 1


def test_the_screen_can_be_chinese(backcast, kept, monkeypatch):
    monkeypatch.setenv("BACKCAST_LANGUAGE", "zh")
    told = backcast("track", kept, "--data-date", "2027-01-31", "--draws", "50").stdout
    assert "充电桩" in told
    assert "Charging piles" not in told


def test_the_report_shows_kept_runs_and_is_the_same_again(backcast, kept, tmp_path):
    words = "run", kept, "--data-date", "2026-12-31", "--draws", "100", "--no-keep", "--report"
    for name in ("one.html", "two.html"):
        assert backcast(*words, name).exit_code == 0
    page = (tmp_path / "one.html").read_text(encoding="utf-8")
    assert page == (tmp_path / "two.html").read_text(encoding="utf-8")
    assert "kept when it was said" in page
    assert "computed again from what was known then" in page
    (kept / "runs" / _files(kept)[0]).unlink()
    assert backcast(*words, "three.html").exit_code == 0
    assert "kept when it was said" not in (tmp_path / "three.html").read_text(encoding="utf-8")


def test_the_real_plan_is_told_critically(backcast):
    result = backcast("track", SHANXI, "--draws", "100")
    assert result.exit_code == 0
    assert "which can only be by being met" in result.stdout.replace("\n", " ")
    assert "5G base stations 2023-12-31" in result.stdout
    assert not (SHANXI / "runs").exists()
