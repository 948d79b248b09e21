"""New York's register of capital projects: what it says stays what it says, what follows is called derived."""

import csv
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from backcast import interchange
from backcast.planbook.check import check
from backcast.planbook.evidence import targets_in_force

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "nyc-capital"
RAW = ROOT.parent / "shared" / "data" / "nyc-capital"
PROMISED_FOR = date(2019, 12, 31)


@pytest.fixture(scope="module")
def reading():
    return interchange.read(EXAMPLE)


@pytest.fixture(scope="module")
def planbook(reading):
    return reading.planbook


def test_folder_reads_and_checks_without_problems(reading):
    assert reading.problems == ()
    assert list(check(reading.planbook)) == []


def test_every_project_and_change_record_is_there(planbook):
    assert planbook["projects"].height == 378
    assert planbook["returns"].height == 2_259
    assert planbook["returns"]["period"].n_unique() == 15


def test_a_record_is_known_from_its_report_and_no_sooner(planbook):
    assert planbook["returns"].filter(pl.col("known_from") != pl.col("period")).is_empty()
    first = planbook["returns"].group_by("project").agg(first=pl.col("period").min())
    late = planbook["projects"].join(first, left_on="code", right_on="project")
    assert late.filter(pl.col("known_from") != pl.col("first")).is_empty()


def test_the_planned_finish_is_what_the_first_record_forecast(planbook):
    firsts = planbook["returns"].sort("project", "period").unique("project", keep="first")
    joined = planbook["projects"].join(firsts, left_on="code", right_on="project")
    assert joined.filter(~pl.col("planned_finish").eq_missing(pl.col("forecast_finish"))).is_empty()


def test_the_register_gives_no_finishes(planbook):
    assert planbook["returns"]["actual_finish"].null_count() == 2_259
    assert planbook["projects"]["actual_finish"].null_count() == 378


def test_the_year_2108_is_kept_out_and_listed(planbook):
    assert planbook["returns"]["forecast_finish"].max() < date(2040, 1, 1)
    of_project = planbook["returns"].filter(pl.col("project") == "649").sort("period")
    assert of_project.filter(pl.col("forecast_finish").is_null())["period"].to_list() == [date(2018, 3, 1)]
    assert of_project.filter(pl.col("period") > date(2018, 3, 1))["forecast_finish"][0] == date(2019, 6, 30)
    with (EXAMPLE / "problems" / "problems.csv").open(encoding="utf-8", newline="") as file:
        assert [(row["project"], row["value"]) for row in csv.DictReader(file)] == [("649", "10/21/2108")]


def test_what_is_derived_is_called_derived(planbook):
    for name in ("targets", "observations", "outputs", "indicators"):
        assert set(planbook[name]["status"]) == {"derived"}, name
    assert planbook["targets"]["document_en"].str.starts_with("Derived").all()


def test_the_target_in_force_counts_the_promises_made_by_then(planbook):
    promised = (
        planbook["returns"]
        .filter(pl.col("forecast_finish").is_not_null())
        .sort("project", "period")
        .unique("project", keep="first")
        .filter(pl.col("forecast_finish") <= PROMISED_FOR)
    )
    for report in planbook["returns"]["period"].unique().sort():
        in_force = targets_in_force(planbook.known_at(report), report)
        assert in_force["value"].to_list() == [promised.filter(pl.col("period") <= report).height], report


def test_observations_count_projects_past_their_latest_forecast(planbook):
    returns = planbook["returns"].filter(pl.col("forecast_finish").is_not_null()).sort("project", "period")
    for report, value, use in planbook["observations"].select("date", "value", "use").iter_rows():
        latest = returns.filter(pl.col("period") <= report).unique("project", keep="last")
        assert latest.filter(pl.col("forecast_finish") < report).height == value, report
        assert use == ("mention" if value else "series"), report


def test_each_project_adds_one_at_its_completion(planbook):
    outputs = planbook["outputs"]
    assert set(outputs["project"]) == set(planbook["projects"]["code"])
    assert set(outputs["amount"]) == {1.0}
    assert set(outputs["gate"]) == {"completion"}


def test_the_city_is_named_as_source(planbook):
    assert "NYC Open Data" in planbook["plan"]["notice_en"][0]
    assert planbook["projects"]["source"].str.starts_with("NYC Open Data").all()
    assert "City of New York" in (EXAMPLE / "README.md").read_text(encoding="utf-8")


def test_converting_the_register_again_gives_the_same(planbook, tmp_path):
    if not RAW.is_dir():
        pytest.skip("the register is not beside this repository, so the conversion was not run")
    command = [sys.executable, EXAMPLE / "convert.py", RAW, tmp_path]
    subprocess.run(command, check=True, capture_output=True)
    assert interchange.read(tmp_path).planbook == planbook
    listed = Path("problems", "problems.csv")
    assert (tmp_path / listed).read_bytes() == (EXAMPLE / listed).read_bytes()
