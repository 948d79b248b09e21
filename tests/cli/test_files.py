"""``template`` and ``practice`` write planbooks, ``schedule`` its dates."""

import json

import polars as pl
import pytest

import backcast as bc

DATES = {
    "early_start",
    "early_finish",
    "late_start",
    "late_finish",
    "total_float",
    "free_float",
    "driven_by",
    "conflict",
}


def test_a_template_reads_as_an_empty_planbook(backcast, tmp_path):
    result = backcast("template", "plan.xlsx")
    assert result.exit_code == 0
    assert result.stdout == "Written: plan.xlsx\n"
    assert backcast("check", "plan.xlsx").exit_code in (0, 1)  # it has no plan yet
    assert all(frame.is_empty() for frame in bc.Planbook.of({}).tables.values())


def test_a_filled_in_workbook_is_replaced_by_force_only(backcast, tmp_path):
    (tmp_path / "plan.xlsx").write_bytes(b"mine")
    refused = backcast("template", "plan.xlsx")
    assert refused.exit_code == 1
    assert "“plan.xlsx” is there already." in refused.stderr
    assert (tmp_path / "plan.xlsx").read_bytes() == b"mine"
    assert backcast("template", "plan.xlsx", "--force").exit_code == 0
    assert (tmp_path / "plan.xlsx").read_bytes() != b"mine"


def test_a_real_planbook_is_replaced_by_force_only(backcast, county):
    before = {file.name: file.read_bytes() for file in county.iterdir()}
    refused = backcast("practice", county, "--projects", "40")
    assert refused.exit_code == 1
    assert "holds a planbook that is not simulated" in refused.stderr
    assert {file.name: file.read_bytes() for file in county.iterdir()} == before
    assert backcast("practice", county, "--projects", "40", "--force").exit_code == 0
    assert bc.read_planbook(county)["plan"]["simulated"].to_list() == [True]
    assert backcast("practice", county, "--projects", "41").exit_code == 0


def test_tables_without_a_plan_are_somebody_s_work_as_well(backcast, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "projects.csv").write_text("code\nA\n", encoding="utf-8")
    assert backcast("practice", "mine", "--projects", "40").exit_code == 1
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["projects.csv"]


def test_the_demonstration_replaces_no_real_planbook(backcast, county, tmp_path):
    (tmp_path / "demo").mkdir()
    county.rename(tmp_path / "demo" / "practice")
    assert backcast("demo").exit_code == 1
    assert not (tmp_path / "demo" / "shanxi.html").exists()


def test_a_practice_province_passes_its_check_and_says_that_it_is_made_up(backcast, province):
    result = backcast("check", province)
    assert result.exit_code == 0
    plan = bc.read_planbook(province)["plan"].row(0, named=True)
    assert plan["simulated"]
    assert plan["name_en"].startswith("(simulated)")


def test_the_same_seed_gives_the_same_province(backcast, province, tmp_path):
    for seed in (0, 1):
        assert backcast("practice", f"again-{seed}", "--projects", "40", "--seed", seed).exit_code == 0
    assert bc.read_planbook(tmp_path / "again-0") == bc.read_planbook(province)
    assert bc.read_planbook(tmp_path / "again-1") != bc.read_planbook(province)


def test_a_schedule_is_shown_with_whole_codes_and_the_most_urgent_first(backcast, province):
    result = backcast("schedule", province)
    lines = result.stdout.splitlines()
    floats = [int(line.split()[4]) for line in lines[2:-1]]
    assert result.exit_code == 0
    assert floats == sorted(floats)
    assert "…" not in "".join(lines[:-1])


def test_a_schedule_is_written_as_csv_and_as_json_alike(backcast, province, tmp_path):
    written = backcast("schedule", province, "--csv", "dates.csv")
    assert written.stdout == "Written: dates.csv\n"
    told = json.loads(backcast("schedule", province, "--json").stdout)
    table = pl.read_csv(tmp_path / "dates.csv", infer_schema=False)
    assert set(table.columns) >= DATES
    assert [row["code"] for row in told] == table["code"].to_list()
    assert [row["early_finish"] for row in told] == table["early_finish"].to_list()


def test_both_at_once_keep_json_alone_on_the_standard_output(backcast, province, tmp_path):
    result = backcast("schedule", province, "--json", "--csv", "dates.csv")
    json.loads(result.stdout)
    assert (tmp_path / "dates.csv").exists()


def test_the_data_date_moves_the_schedule(backcast, province):
    def finishes(*options):
        return [row["early_finish"] for row in json.loads(backcast("schedule", province, "--json", *options).stdout)]

    assert finishes() == finishes("--data-date", "2023-08-31") != finishes("--data-date", "2023-06-30")


@pytest.mark.parametrize("words", [["schedule", "--csv"], ["template"]], ids=lambda words: words[0])
def test_a_file_that_cannot_be_written_is_said_in_a_sentence(backcast, province, tmp_path, words):
    (tmp_path / "file").write_text("", encoding="utf-8")
    name = "file/dates.xlsx"
    result = backcast(*words[:1], *([province] if words[1:] else []), *words[1:], name)
    assert result.exit_code == (1 if words[1:] else 2)
    assert "file" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
