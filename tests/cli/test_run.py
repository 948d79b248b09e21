"""``backcast run`` prints a screen, a document, or a page."""

import json
import shutil

import pytest

import backcast as bc
from backcast.report import dumps


def test_the_screen_tells_the_target_its_value_and_its_chance(backcast, county):
    result = backcast("run", county, "--draws", "500")
    assert result.exit_code == 0
    assert "Plan\nData date 2025-06-30, 500 draws, seed 0." in result.stdout
    row = next(line for line in result.stdout.splitlines() if "Charging piles 2026-12-31" in line)
    assert row.startswith(("●", "▲", "■"))
    assert "540" in row
    assert row.rstrip().endswith("%")
    assert result.stderr == ""


def test_the_screen_can_be_chinese(backcast, county, monkeypatch):
    monkeypatch.setenv("BACKCAST_LANGUAGE", "zh")
    told = backcast("run", county, "--draws", "100").stdout
    assert "规划" in told
    assert "充电桩" in told
    assert "Charging piles" not in told
    assert "Data date" not in told


def test_json_is_the_document_of_the_run_and_nothing_else(backcast, county):
    told = backcast("run", county, "--draws", "300", "--seed", "5", "--data-date", "2024-06-30", "--json")
    run = bc.run(bc.read_planbook(county), data_date="2024-06-30", draws=300, seed=5)
    assert told.stdout == dumps(run) + "\n"
    assert told.stderr == ""


def test_the_language_changes_no_byte_of_the_document(backcast, province, monkeypatch):
    english = backcast("run", province, "--draws", "50", "--json").stdout
    monkeypatch.setenv("BACKCAST_LANGUAGE", "zh")
    assert backcast("run", province, "--draws", "50", "--json", "--threads", "1").stdout == english


def test_a_run_stops_at_the_precision_that_is_asked_for(backcast, county):
    told = json.loads(backcast("run", county, "--draws", "20000", "--precision", "0.02", "--json").stdout)
    assert 0 < max(verdict["standard_error"] or 0.0 for verdict in told["verdicts"]) <= 0.02
    assert told["draws"] < 2000


def test_seed_and_draws_are_told_in_the_document(backcast, county):
    told = json.loads(backcast("run", county, "--draws", "123", "--seed", str(2**63 - 1), "--json").stdout)
    assert (told["draws"], told["seed"], told["data_date"]) == (123, 2**63 - 1, "2025-06-30")


def test_a_planbook_with_errors_is_not_run(backcast, county):
    (county / "observations.csv").write_text("indicator,region,date,value\npiles,EF,PNS,1\n", encoding="utf-8")
    result = backcast("run", county)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("observations, row 2, date: “PNS” is not a date.")


def test_a_loop_is_named_by_its_codes(backcast, province, tmp_path):
    copy = shutil.copytree(province, tmp_path / "copy")
    links = bc.read_planbook(province)["relationships"]
    first = links.row(0, named=True)
    back = first | {
        "predecessor_project": first["successor_project"],
        "predecessor": first["successor"],
        "successor_project": first["predecessor_project"],
        "successor": first["predecessor"],
    }
    header, *rows = (copy / "relationships.csv").read_text(encoding="utf-8-sig").splitlines()
    added = ",".join(str(back[name] if back[name] is not None else "") for name in header.split(","))
    (copy / "relationships.csv").write_text("\n".join([header, *rows, added, ""]), encoding="utf-8")
    result = backcast("run", copy)
    assert result.exit_code == 1
    assert "wait for each other" in result.stderr
    assert first["predecessor"] in result.stderr
    assert "Traceback" not in result.stderr


def test_a_long_list_of_problems_is_cut_and_says_where_the_rest_is(backcast, county):
    rows = "".join(f"piles,EF,PNS,{n}\n" for n in range(80))
    (county / "observations.csv").write_text("indicator,region,date,value\n" + rows, encoding="utf-8")
    lines = backcast("run", county).stderr.splitlines()
    assert len(lines) == 51
    assert lines[-1] == "… and 30 more; `backcast check` lists them."


def test_a_plan_without_data_date_asks_for_one(backcast, county):
    plan = (county / "plan.yaml").read_text(encoding="utf-8").replace("data_date: 2025-06-30\n", "")
    (county / "plan.yaml").write_text(plan, encoding="utf-8")
    result = backcast("run", county)
    assert result.exit_code == 1
    assert "The plan has no data date. Give one" in result.stderr
    assert backcast("run", county, "--data-date", "2025-06-30", "--draws", "10").exit_code == 0


@pytest.mark.parametrize("words", [[], ["--json"]], ids=["screen", "json"])
def test_a_report_is_written_beside_what_is_printed(backcast, county, tmp_path, words):
    result = backcast("run", county, "--draws", "200", "--report", "page.html", *words)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert result.exit_code == 0
    assert page.lstrip().lower().startswith("<!doctype html")
    assert "Charging piles" in page
    assert "充电桩" in page
    if words:
        json.loads(result.stdout)
