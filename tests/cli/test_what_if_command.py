"""``backcast what-if``: a delay, a project given up, another planbook."""

import json
from pathlib import Path

import jsonschema
import pytest

import backcast as bc

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "reference" / "what-if.schema.json").read_text(encoding="utf-8")
)


@pytest.fixture
def works(county):
    """The county with a project that brings what is missing, and another that brings none of it."""
    told = {
        "projects.csv": "code,name,kind,stage,lead_region,planned_start,planned_finish,actual_start\n"
        "P1,桩群,construction,construction,EF,2025-01-01,2026-06-30,2025-01-01\n"
        "P2,桥,construction,construction,EF,2025-01-01,2028-06-30,2025-01-01\n",
        "outputs.csv": "project,indicator,amount\nP1,piles,350\n",
        "classes.csv": "class,p10,p50,p90\n*,1,1,1\n",
    }
    for name, text in told.items():
        (county / name).write_text(text, encoding="utf-8")
    (county / "indicators.csv").write_text(
        "code,name,name_en,unit,kind,direction,basis\npiles,充电桩,Charging piles,个,stock,higher,projects\n",
        encoding="utf-8",
    )
    (county / "observations.csv").write_text("indicator,region,date,value\npiles,EF,2023-12-31,190\n", encoding="utf-8")
    return county


def test_a_delay_is_told_before_and_after(backcast, works):
    result = backcast("what-if", works, "--project", "P1", "--delay", 365, "--draws", 100)
    assert result.exit_code == 0, result.output
    assert "Projects drawn again: 1." in result.stdout
    assert ">99% → <1%" in result.stdout
    assert "● → ■" in result.stdout


def test_a_project_that_is_given_up_is_told_as_json(backcast, works):
    result = backcast("what-if", works, "--drop", "P1", "--draws", 100, "--json")
    told = json.loads(result.stdout)
    jsonschema.validate(told, SCHEMA, format_checker=jsonschema.FormatChecker())
    (change,) = told["changes"]
    assert (change["state_before"], change["state"]) == ("forecast", "no_evidence")
    assert told["projects"] == ["P1"]
    assert told["because"] is None
    assert told["fingerprint"] == bc.read_planbook(works).fingerprint != told["changed_fingerprint"]


def test_another_planbook_may_differ_in_anything(backcast, works, tmp_path):
    changed = tmp_path / "changed"
    bc.write_planbook(bc.read_planbook(works), changed)
    same = backcast("what-if", works, changed, "--draws", 100)
    assert "No target changes." in same.stdout
    text = (changed / "targets.csv").read_text(encoding="utf-8-sig")
    (changed / "targets.csv").write_text(text.replace("540", "541"), encoding="utf-8")
    told = json.loads(backcast("what-if", works, changed, "--draws", 100, "--json").stdout)
    jsonschema.validate(told, SCHEMA)
    assert told["because"] == "The whole planbook was run: targets changed."
    assert told["because_zh"] == "已整体重算：targets有改动。"
    (change,) = told["changes"]
    assert (change["target"], change["light_before"], change["light"]) == (541, "green", "red")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "Name either a changed planbook, or what changes"),
        (("--project", "P1"), "--project and --delay belong together"),
        (("--delay", "3"), "--project and --delay belong together"),
        ((".", "--drop", "P1"), "Name either a changed planbook, or what changes"),
    ],
)
def test_what_changes_must_be_clear(backcast, works, options, told):
    result = backcast("what-if", works, *options)
    assert result.exit_code == 2
    assert told in result.stderr


def test_a_project_that_nobody_knows_is_refused_in_a_sentence(backcast, works):
    result = backcast("what-if", works, "--drop", "P9")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "projects, code: No project with the code “P9” was known on 2025-06-30.\n"
