"""The real plan of Shanxi: nothing lost, nothing linked that should not be, nothing known too early."""

import csv
import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
import pytest

from backcast import interchange
from backcast.planbook.check import check
from backcast.planbook.evidence import comparable_observations, targets_in_force

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "shanxi"
RAW = ROOT.parent / "shared" / "data" / "shanxi"
PROVINCE, CLUSTER = "140000", "140000-ZB"
END = date(2025, 12, 31)
PLAN_TARGETS = {
    "5g_base_stations": 120_000,
    "dc_racks": 500_000,
    "dc_agglomeration_areas": 4,
    "dc_pue_large": 1.3,
    "interprovincial_egress_gbps": 35_000,
    "iiot_id_secondary_nodes": 6,
    "energy_internet_pilot_cities": 3,
    "smart_city_pilots": 20,
    "smart_demo_coal_mines": 10,
    "smart_mining_faces": 1_000,
    "national_laboratories": 1,
    "national_big_science_facilities": 1,
    "national_key_labs": 10,
    "provincial_key_labs": 200,
    "national_tech_innovation_centres": 1,
    "provincial_tech_innovation_centres": 100,
    "national_engineering_research_centres": 2,
    "provincial_engineering_research_centres": 230,
    "digital_core_va_share": 5.4,
}


@pytest.fixture(scope="module")
def reading():
    return interchange.read(EXAMPLE)


@pytest.fixture(scope="module")
def planbook(reading):
    return reading.planbook


def rows_of(name):
    with (EXAMPLE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def in_force(planbook, day):
    known = planbook.known_at(day)
    rows = targets_in_force(known, day).select("indicator", "region", "date", "value")
    return {row[:3]: row[3] for row in rows.iter_rows()}


def test_folder_reads_and_checks_without_errors(reading):
    assert reading.problems == ()
    found = list(check(reading.planbook))
    assert {problem.severity for problem in found} <= {"warning"}
    assert {(problem.table, problem.column) for problem in found} == {
        ("projects", "actual_finish"),
        ("outputs", "region"),
    }


# ---- Targets.


def test_every_indicator_of_the_plan_has_its_target_with_status_and_source(planbook):
    of_plan = planbook["targets"].filter(pl.col("issued") == date(2021, 5, 27))
    assert dict(of_plan.select("indicator", "value").iter_rows()) == PLAN_TARGETS
    assert set(of_plan["date"]) == {END}
    assert set(of_plan["region"]) == {PROVINCE}
    assert set(of_plan["status"]) <= {"page", "article"}
    assert of_plan["source"].null_count() == 0


def test_power_usage_is_to_stay_below_its_target(planbook):
    assert planbook["targets"].filter(pl.col("indicator") == "dc_pue_large")["comparison"].to_list() == ["less_than"]
    assert planbook["indicators"].filter(pl.col("code") == "dc_pue_large")["direction"].to_list() == ["lower"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2021, 5, 31), {(date(2022, 12, 31), PROVINCE): 30_000, (END, PROVINCE): 120_000}),
        (date(2023, 8, 31), {(date(2023, 12, 31), PROVINCE): 92_100, (END, PROVINCE): 120_000, (END, CLUSTER): 46_000}),
        (date(2025, 5, 31), {(date(2023, 12, 31), PROVINCE): 92_100, (END, PROVINCE): 120_000, (END, CLUSTER): 46_000}),
    ],
)
def test_all_targets_of_the_plan_and_those_issued_by_then_are_in_force(planbook, day, expected):
    found = in_force(planbook, day)
    assert {indicator: found.get((indicator, PROVINCE, END)) for indicator in PLAN_TARGETS} == PLAN_TARGETS
    stations = {(when, region): value for (code, region, when), value in found.items() if code == "5g_base_stations"}
    assert expected.items() <= stations.items()


def test_nothing_was_in_force_before_the_plan_was_released_but_what_was_issued(planbook):
    before = planbook["targets"].filter(pl.col("issued") <= date(2021, 5, 26)).height
    assert len(in_force(planbook, date(2021, 5, 26))) == before == 3


def test_of_two_documents_for_one_date_the_later_is_in_force(planbook):
    mines = ("smart_coal_mines", PROVINCE, date(2024, 12, 31))
    assert in_force(planbook, date(2024, 2, 1))[mines] == 268
    assert in_force(planbook, date(2024, 3, 31))[mines] == 200


def test_derived_targets_are_a_known_level_and_an_addition(planbook):
    derived = planbook["targets"].filter(pl.col("status") == "derived")
    levels = {(row["indicator"], row["date"].year): row["value"] for row in derived.iter_rows(named=True)}
    assert levels == {
        ("smart_coal_mines", 2023): 37 + 80,
        ("smart_coal_mines", 2024): 118 + 150,
        ("smart_coal_mines", 2025): 268 + 130,
        ("smart_coal_mines", 2026): 400 + 60,
        ("smart_mining_faces", 2022): 328 + 850,
    }
    assert derived["note"].str.contains("推算").all()


def test_nothing_is_taken_from_memory(planbook):
    for name, table in planbook.tables.items():
        if "status" in table.columns:
            assert "memory" not in table["status"].to_list(), name


# ---- Observations.


def test_no_row_of_the_raw_observations_is_lost(planbook):
    unmapped = rows_of("unmapped/progress.csv")
    added = (pl.col("indicator") == "population") & ~pl.col("date").is_in([date(2022, 12, 31)])
    zero = pl.col("indicator").is_in(["national_laboratories", "national_big_science_facilities"])
    from_raw = planbook["observations"].filter(~added & ~zero)
    assert from_raw.height + len(unmapped) == 364
    assert len({row["row"] for row in unmapped}) == len(unmapped)
    assert all(row["why"] and row["became"] in {"target", "unmapped"} for row in unmapped)


def test_the_series_of_5g_stations_is_what_was_counted(planbook):
    series = planbook["observations"].filter(
        (pl.col("indicator") == "5g_base_stations") & (pl.col("region") == PROVINCE) & (pl.col("use") == "series")
    )
    assert dict(series.sort("date").select("date", "value").iter_rows()) == {
        date(2020, 6, 30): 11_512,
        date(2020, 7, 31): 12_000,
        date(2020, 12, 31): 16_000,
        date(2022, 1, 4): 34_000,
        date(2022, 12, 8): 67_000,
        date(2023, 8, 10): 84_000,
        date(2023, 11, 30): 93_307,
        date(2024, 12, 31): 108_000,
    }


def test_no_figure_is_known_before_its_date(planbook):
    early = planbook["observations"].filter(pl.col("known_from").is_null() | (pl.col("known_from") < pl.col("date")))
    assert early.is_empty()


@pytest.mark.parametrize(
    ("value", "known_from"),
    [
        (16_000, date(2021, 5, 27)),
        (93_307, date(2023, 12, 8)),
        (108_000, date(2025, 1, 27)),
        (38_276, date(2021, 12, 31)),
    ],
)
def test_figures_are_known_from_the_day_they_were_published(planbook, value, known_from):
    found = planbook["observations"].filter((pl.col("value") == value) & (pl.col("region") == PROVINCE))
    assert found["known_from"].to_list() == [known_from]


def test_series_never_fall_where_the_quantity_cannot(planbook):
    rising = planbook["indicators"].filter(~pl.col("can_fall"))["code"].to_list()
    series = comparable_observations(planbook, date(2026, 12, 31)).filter(pl.col("indicator").is_in(rising))
    falls = series.sort("indicator", "region", "date").with_columns(
        fall=pl.col("value").diff().over("indicator", "region") < 0
    )
    assert falls.filter("fall").is_empty()


def test_racks_by_another_definition_are_only_mentioned(planbook):
    racks = planbook["observations"].filter(pl.col("indicator") == "dc_racks")
    other = racks.filter(pl.col("definition") != "in_use_or_building")
    assert set(other["definition"]) == {"in_use", "built", "design_total", "cabinets"}
    assert set(other["use"]) == {"mention"}
    assert racks.filter(pl.col("use") == "series").sort("date")["value"].to_list() == [233_600, 827_800, 1_012_000]


def test_mines_counted_by_announcement_do_not_feed_those_graded(planbook):
    def mines(day):
        known = comparable_observations(planbook.known_at(day), day)
        return known.filter((pl.col("indicator") == "smart_coal_mines") & (pl.col("region") == PROVINCE))["value"]

    assert mines(date(2022, 12, 31)).to_list() == [16, 22]
    assert mines(date(2023, 8, 31)).to_list() == [37, 39, 46]


def test_counts_dated_to_the_end_of_a_year_say_so(planbook):
    moved = planbook["observations"].filter(
        (pl.col("status") == "inferred") & pl.col("value").is_in([37.0, 118.0, 993.0, 1491.0])
    )
    assert moved.height == 4
    assert (moved["known_from"] > moved["date"]).all()
    assert moved["note"].str.contains("count of the end of").all()


def test_every_mention_says_why(planbook):
    mentions = planbook["observations"].filter(pl.col("use") == "mention")
    assert mentions.height == 42
    assert mentions["note"].null_count() == 0


def test_every_definition_used_is_declared(planbook):
    declared = set(planbook["definitions"].select("indicator", "version").iter_rows())
    used = planbook["observations"].filter(pl.col("definition").is_not_null()).select("indicator", "definition")
    assert set(used.iter_rows()) <= declared


# ---- Sources.


def test_links_lead_only_to_the_publishers_own_pages(planbook):
    publishers = [row["host"] for row in rows_of("mapping/hosts.csv") if row["publisher"] == "yes"]
    links = {url for table in planbook.tables.values() if "url" in table.columns for url in table["url"].drop_nulls()}
    hosts = {urlsplit(url).hostname for url in links}
    foreign = {host for host in hosts if not any(host == own or host.endswith(f".{own}") for own in publishers)}
    assert len(hosts) > 20
    assert foreign == set()


def test_rows_of_rehosted_pages_have_outlet_and_no_link(planbook):
    for name in ("observations", "projects", "targets"):
        table = planbook[name]
        rehosted = table.filter(pl.col("source").str.contains("转引|转载"))
        assert rehosted.height > 0, name
        assert rehosted["url"].null_count() == rehosted.height, name
        assert table["source"].null_count() == 0, name


def test_notes_hold_no_addresses(planbook):
    for name, table in planbook.tables.items():
        if "note" in table.columns:
            assert table.filter(pl.col("note").str.contains(r"https?://|\.csv")).is_empty(), name


# ---- Projects, places, calendars.


def test_all_listed_projects_are_there(planbook):
    codes = set(planbook["projects"]["code"])
    assert {f"P{number:03}" for number in range(1, 181)} <= codes
    merged = rows_of("unmapped/projects_more.csv")
    assert len(codes) - 180 + len(merged) == 37
    assert all(row["became"] in codes for row in merged if row["became"])


def test_names_are_given_in_both_languages(planbook):
    for name in ("plan", "tasks", "measures", "indicators", "regions", "organisations", "projects", "calendars"):
        assert planbook[name]["name"].null_count() == 0, name
        assert planbook[name]["name_en"].null_count() == 0, name
    assert planbook["indicators"]["unit_en"].null_count() == 0
    assert planbook["definitions"]["text_en"].null_count() == 0


def test_outputs_are_stated_in_the_indicators_own_unit(planbook):
    joined = planbook["outputs"].join(planbook["projects"], left_on="project", right_on="code", suffix="_project")
    racks = joined.filter(pl.col("indicator") == "dc_racks")
    assert racks["note_project"].str.contains("标准机架|标准架").all()
    assert not racks["lead_region"].str.starts_with("14").any()
    cabinets = planbook["projects"].filter(pl.col("note").str.contains("机柜"))["code"].to_list()
    assert "P006" in cabinets
    assert not set(cabinets) & set(planbook["outputs"]["project"])


def test_investment_is_exact(planbook):
    money = dict(planbook["projects"].select("code", "total_investment").iter_rows())
    assert money["P058"] == Decimal(892_341)
    assert money["P001"] == Decimal(3_500_000)
    assert money["P038"] is None


def test_nothing_of_a_project_is_known_before_its_stage(planbook):
    projects = planbook["projects"]
    assert projects["known_from"].null_count() == 0
    assert projects.filter(pl.col("known_from") < pl.col("stage_date")).height == 0


def test_what_overlaps_the_province_is_not_added_to_it(planbook):
    parent = dict(planbook["regions"].select("code", "parent").iter_rows())
    assert all(parent[code] is None for code in (PROVINCE, "100000", CLUSTER, "140100-ZG", "640000"))
    assert sum(above == PROVINCE for above in parent.values()) == 11
    assert sum(code.isdigit() and code.startswith("14") and code[4:] != "00" for code in parent) == 117


def test_roles_from_memory_say_so(planbook):
    roles = planbook["regions"].filter(pl.col("role").is_not_null())
    assert roles.height == 10
    assert roles["note"].str.contains("未核实").all()


def test_offices_rest_on_holidays_and_sites_in_the_north_in_winter(planbook):
    days = planbook["calendar_days"]
    national = days.filter((pl.col("first") <= date(2021, 10, 5)) & (pl.col("last") >= date(2021, 10, 5)))
    assert national.filter(pl.col("calendar") == "office")["working"].to_list() == [False]
    assert days.filter(pl.col("first") == date(2021, 10, 9))["working"].to_list() == [True]
    winter = days.filter("every_year").row(0, named=True)
    assert (winter["calendar"], winter["working"]) == ("north", False)
    assert (winter["first"].month, winter["first"].day, winter["last"].month, winter["last"].day) == (11, 15, 3, 15)


def test_boundaries_are_those_of_the_cities_and_say_that_they_are_not_official(planbook):
    shapes = json.loads((EXAMPLE / "geo" / "shanxi_cities.geojson").read_text(encoding="utf-8"))
    cities = planbook["regions"].filter((pl.col("level") == "prefecture") & (pl.col("parent") == PROVINCE))["code"]
    assert {feature["properties"]["code"] for feature in shapes["features"]} == set(cities)
    assert "审图号" in (EXAMPLE / "geo" / "README.md").read_text(encoding="utf-8")


# ---- The conversion.


def test_converting_the_raw_folder_again_gives_the_same(planbook, tmp_path):
    if not RAW.is_dir():
        pytest.skip("the raw Shanxi folder is not beside this repository, so the conversion was not run")
    command = [sys.executable, EXAMPLE / "convert.py", RAW, tmp_path]
    subprocess.run(command, check=True, capture_output=True)
    assert interchange.read(tmp_path).planbook == planbook
    for name in ("unmapped/progress.csv", "unmapped/projects_more.csv", "geo/shanxi_cities.geojson"):
        assert (tmp_path / name).read_bytes() == (EXAMPLE / name).read_bytes(), name
