"""The practice province: deterministic, consistent in itself, and stamped simulated everywhere."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import networkx as nx
import numpy as np
import polars as pl
import pytest

from backcast import interchange
from backcast.engine.network import Network
from backcast.engine.schedule import schedule
from backcast.planbook.book import Planbook
from backcast.planbook.check import check
from backcast.planbook.networks import library
from backcast.planbook.practice import practice
from backcast.planbook.practice.province import apportion, province_of
from backcast.planbook.practice.templates import TEMPLATES
from backcast.planbook.problem import PlanbookError
from backcast.planbook.timeline import extent_of, timeline

SHANXI = Path(__file__).parents[2] / "examples" / "shanxi"
DATA_DATE = date(2023, 8, 31)
CITY_DOCUMENT = "【模拟】分市任务"


@cache
def shanxi() -> Planbook:
    return interchange.read(SHANXI).planbook


@cache
def province(projects: int = 900, seed: int = 0) -> Planbook:
    return practice(shanxi(), projects=projects, seed=seed)


def dated(frame: pl.DataFrame, *columns: str) -> pl.Series:
    return pl.concat([frame[column] for column in columns]).drop_nulls()


# ---- The same, and not the same.


def test_the_same_seed_gives_the_same_planbook():
    assert province(300) == practice(shanxi(), projects=300, seed=0)


def test_another_seed_gives_other_projects_on_the_same_targets():
    one, other = province(300, 0), province(300, 1)
    assert one["activities"].height
    assert not one["activities"].equals(other["activities"])
    real = pl.col("document") != CITY_DOCUMENT
    assert one["targets"].filter(real).equals(other["targets"].filter(real))


@pytest.mark.parametrize("projects", [1, 20, 151, 900])
def test_the_library_has_as_many_projects_as_asked_for(projects):
    assert province(projects)["projects"].height == projects


@pytest.mark.parametrize("projects", [1, 20, 900])
def test_it_passes_check_without_an_error(projects):
    errors = [problem.read("en") for problem in check(province(projects)) if problem.severity == "error"]
    assert errors == []


# ---- Real and simulated.


def test_the_plan_says_that_it_is_simulated_in_both_languages():
    plan = province()["plan"].row(0, named=True)
    assert plan["simulated"]
    assert plan["status"] == "simulated"
    assert plan["name"].startswith("【模拟】")
    assert plan["name_en"].startswith("(simulated)")
    assert "模拟" in plan["notice"]
    assert "Simulated" in plan["notice_en"]
    assert plan["code"] == shanxi()["plan"]["code"][0] + "-practice"


def test_every_made_up_row_is_stamped():
    book = province()
    for table in ("projects", "outputs", "listings", "risks", "classes"):
        assert book[table].height
        assert book[table]["status"].unique().to_list() == ["simulated"]
        assert book[table]["source"].unique().to_list() == ["simulated by Backcast practice, seed 0"]
    assert book["projects"]["name"].str.starts_with("【模拟】").all()
    assert book["projects"]["name_en"].str.starts_with("(simulated)").all()
    assert book["risks"]["name"].str.starts_with("【模拟】").all()
    assert book["returns"]["note"].str.contains("模拟 simulated").all()
    for table, column in (("activities", "project"), ("shares", "project"), ("relationships", "successor_project")):
        assert book[table][column].str.starts_with("SIM-").all()


def test_targets_regions_and_departments_stay_as_they_are():
    book = province()
    for table in ("tasks", "measures", "regions", "organisations"):
        assert book[table].equals(shanxi()[table])
    assert book["targets"].filter(pl.col("document") != CITY_DOCUMENT).equals(shanxi()["targets"])


def test_of_the_real_observations_only_the_base_before_the_plan_stays():
    real = province()["observations"].filter(pl.col("status") != "simulated")
    assert {"5g_base_stations", "dc_racks", "smart_mining_faces"} <= set(real["indicator"])
    assert real["date"].max() < date(2021, 1, 1)
    assert real["indicator"].is_unique().all()
    assert real.join(shanxi()["observations"], on=real.columns, how="anti", nulls_equal=True).is_empty()


def test_some_targets_stay_without_evidence():
    book = province()
    silent = set(book["targets"]["indicator"]) - set(book["observations"]["indicator"])
    assert {"dc_pue_large", "digital_core_va_share"} <= silent
    assert len(silent & set(book["targets"].filter(pl.col("document") == CITY_DOCUMENT)["indicator"])) == 0


# ---- Networks.


def test_activities_wait_for_each_other_in_no_loop():
    links = province(900)["relationships"]
    graph = nx.DiGraph(
        ((a, b), (c, d))
        for a, b, c, d in links.select("predecessor_project", "predecessor", "successor_project", "successor").rows()
    )
    assert nx.is_directed_acyclic_graph(graph)


def test_every_relationship_joins_activities_that_exist():
    book = province()
    known = set(book["activities"].select("project", "code").rows())
    for end in ("predecessor", "successor"):
        assert set(book["relationships"].select(f"{end}_project", end).rows()) <= known


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_begins_with_one_activity_and_lists_predecessors_first(template):
    waiting = {j for _, j, _, _ in template.relationships}
    assert waiting == set(range(1, len(template.steps)))
    assert all(i < j for i, j, _, _ in template.relationships)


def test_every_output_counts_from_a_gate_of_its_project():
    book = province()
    gates = set(book["activities"].filter(pl.col("gate").is_not_null()).select("project", "gate").rows())
    assert book["outputs"].height > 400
    assert set(book["outputs"].select("project", "gate").rows()) <= gates


def test_a_few_projects_wait_for_others_in_small_groups():
    book = province(3000)
    across = book["relationships"].filter(pl.col("predecessor_project") != pl.col("successor_project"))
    groups = list(nx.connected_components(nx.Graph(across.select("predecessor_project", "successor_project").rows())))
    assert 0.05 <= sum(map(len, groups)) / book["projects"].height <= 0.08
    assert min(map(len, groups)) >= 2
    assert max(map(len, groups)) <= 30


def test_planned_dates_are_what_the_schedule_gives():
    book = province()
    planned = book.replace(
        projects=book["projects"].filter(pl.col("counts")),
        activities=book["activities"].with_columns(
            pl.lit(None).alias(name) for name in ("actual_start", "actual_finish", "remaining_duration")
        ),
    )
    time = timeline(planned, extent_of(planned.tables, DATA_DATE))
    built = library(planned, time, 0, {})
    first = np.diff(built.network.first_predecessor) == 0
    network = _released(built.network, np.where(first, built.planned_start, built.network.start_no_earlier))
    early = schedule(network, data_date=0)
    assert (early.early_start == built.planned_start).all()
    assert (early.early_finish == built.planned_finish).all()


def _released(network: Network, start_no_earlier: np.ndarray) -> Network:
    fields = {name: getattr(network, name) for name in network.__dataclass_fields__}
    return Network(**{**fields, "start_no_earlier": start_no_earlier.astype(np.int32)})


def test_no_project_begins_before_it_is_planned_to():
    activities = province()["activities"]
    bound = activities.filter(pl.col("constraint").is_not_null())
    assert bound["constraint"].unique().to_list() == ["start_no_earlier_than"]
    assert bound["project"].is_unique().all()
    assert set(bound["project"]) == set(activities["project"])
    assert (bound["constraint_date"] == bound["planned_start"]).all()
    assert (bound["actual_start"] >= bound["planned_start"]).drop_nulls().all()


def test_building_sites_stand_still_in_winter():
    book = province(3000)
    north = book["activities"].filter(pl.col("calendar") == "site-north", pl.col("duration") > 1)
    starts = dated(north, "planned_start", "actual_start")
    assert starts.len() > 100
    assert not starts.dt.month().is_in([11, 12, 1, 2, 3]).any()


# ---- Numbers that add up.


def test_shares_of_a_project_add_up_to_one_and_name_its_leading_region():
    book = province(3000)
    shared = book["shares"].group_by("project").agg(pl.col("share").sum(), pl.col("region"))
    shared = shared.join(book["projects"], left_on="project", right_on="code")
    assert shared.height > 50
    assert (shared["share"] - 1).abs().max() < 1e-12
    assert shared.select(pl.col("lead_region").is_in("region")).to_series().all()


def test_city_targets_add_up_to_the_provinces():
    book = province()
    cities = book["targets"].filter(pl.col("document") == CITY_DOCUMENT)
    assert set(cities["status"]) == {"simulated"}
    assert cities.group_by("indicator").len()["len"].unique().to_list() == [11]
    whole = book["targets"].filter(pl.col("region") == "140000", pl.col("date") == date(2025, 12, 31))
    sums = cities.group_by("indicator").agg(pl.col("value").sum()).join(whole, on="indicator", suffix="_whole")
    assert sums.height == 4
    assert sums["value"].equals(sums["value_whole"], check_names=False)


def test_observations_of_cities_add_up_to_the_provinces_and_never_fall():
    observed = province()["observations"]
    cities = observed.filter(pl.col("region") != "140000")
    sums = cities.group_by("indicator", "date").agg(pl.col("value").sum())
    whole = observed.filter(pl.col("region") == "140000").join(sums, on=["indicator", "date"], suffix="_cities")
    assert whole.height > 100
    assert whole["value"].equals(whole["value_cities"], check_names=False)
    steps = observed.sort("date").select(pl.col("value").diff().over("indicator", "region")).to_series()
    assert steps.drop_nulls().min() >= 0


def test_outputs_are_of_the_size_that_the_targets_ask_for():
    book = province(3000)
    amounts = dict(book["outputs"].group_by("indicator").agg(pl.col("amount").sum()).rows())
    assert amounts["5g_base_stations"] == pytest.approx(1.09 * (120_000 - 16_000), abs=1)
    assert amounts["dc_racks"] == pytest.approx(1.35 * (500_000 - 233_600), abs=1)
    assert (book["outputs"]["amount"] == book["outputs"]["amount"].round()).all()
    assert book["outputs"]["amount"].min() >= 1


def test_by_the_end_some_targets_are_met_and_some_are_missed():
    book = province(3000)
    ends = book["observations"].filter(pl.col("date") == date(2025, 12, 31))
    result = book["targets"].join(ends, on=["indicator", "region", "date"], suffix="_reached")
    met = (result["value_reached"] >= result["value"]).sum()
    assert 10 <= met <= result.height - 10


@pytest.mark.parametrize("total", [0, 1, 10, 1234])
def test_apportioned_units_add_up(total):
    units = apportion(total, [0.1, 5, 2, 0.4])
    assert units.sum() == total
    assert units.min() >= 0


def test_nobody_gets_less_than_the_least():
    assert apportion(7, [1, 1000, 1], least=2).tolist() == [2, 3, 2]


# ---- What is known, and when.


def test_nothing_has_happened_after_the_data_date():
    book = province()
    for table in ("projects", "activities"):
        happened = dated(book[table], "actual_start", "actual_finish")
        assert happened.len() > 100
        assert happened.max() <= DATA_DATE
    assert book["projects"]["stage_date"].drop_nulls().max() <= DATA_DATE


def test_another_data_date_shows_more_of_the_same_world():
    early = practice(shanxi(), projects=300, data_date=date(2022, 6, 30))
    late = province(300)
    assert early["plan"]["data_date"].to_list() == [date(2022, 6, 30)]
    assert early["returns"].equals(late["returns"])
    before, after = (book["activities"]["actual_finish"].count() for book in (early, late))
    assert 0 < before < after
    both = early["activities"].join(late["activities"], on=["project", "code"]).drop_nulls("actual_finish")
    assert both["actual_finish"].equals(both["actual_finish_right"], check_names=False)


def test_returns_and_observations_say_from_when_they_are_known():
    book = province()
    assert book["returns"]["known_from"].null_count() == 0
    assert (book["returns"]["known_from"] > book["returns"]["period"]).all()
    simulated = book["observations"].filter(pl.col("status") == "simulated")
    assert simulated["known_from"].null_count() == 0
    assert (simulated["known_from"] >= simulated["date"]).all()


def test_returns_tell_of_starts_and_finishes_after_the_data_date():
    later = province()["returns"].filter(pl.col("known_from") > DATA_DATE)
    assert dated(later, "actual_start").max() > DATA_DATE
    assert dated(later, "actual_finish").max() > DATA_DATE
    assert later["period"].max() == date(2025, 12, 31)


def test_progress_goes_with_the_dates():
    activities = province()["activities"]
    finished, running = pl.col("actual_finish").is_not_null(), pl.col("remaining_duration").is_not_null()
    assert activities.filter(finished & pl.col("actual_start").is_null()).is_empty()
    assert (activities.filter(finished)["physical_percent_complete"] == 100).all()
    assert activities.filter(running)["physical_percent_complete"].is_between(0, 99).all()
    assert activities.filter(running & (finished | pl.col("actual_start").is_null())).is_empty()
    assert (activities["actual_finish"] >= activities["actual_start"]).drop_nulls().all()


def test_stages_go_with_the_gates():
    book = province()
    gates = book["activities"].filter(pl.col("gate") == "completion").select("project", "actual_finish")
    built = book["projects"].join(gates, left_on="code", right_on="project", suffix="_completion")
    done = built["stage"].is_in(["completed", "production", "full_effect"])
    assert done.sum() > 100
    assert (done == built["actual_finish_completion"].is_not_null()).all()


# ---- Errors, of the kind and number that real registers have.


def test_about_one_return_in_twenty_is_missing():
    book = province(3000)
    returns = book["returns"].sort("project", "period")
    months = returns.group_by("project").agg(
        pl.len(), whole=1 + (pl.col("period").max().dt.year() - pl.col("period").min().dt.year()) * 12
        + pl.col("period").max().dt.month() - pl.col("period").min().dt.month()
    )  # fmt: skip
    missing = 1 - months["len"].sum() / months["whole"].sum()
    assert 0.03 < missing < 0.07


def test_per_cent_goes_back_now_and_then():
    returns = province(3000)["returns"].sort("project", "period")
    back = returns.select(pl.col("physical_percent_complete").diff().over("project") < 0).to_series().sum()
    assert 50 < back < 0.02 * returns.height


def test_a_few_investments_are_in_the_wrong_unit():
    projects = province(3000)["projects"]
    racks = projects.filter(pl.col("class") == "digital/data_centre")["total_investment"].cast(pl.Float64)
    outliers = sum(
        (group["total_investment"].cast(pl.Float64) < group["total_investment"].cast(pl.Float64).median() / 500).sum()
        for _, group in projects.group_by("class")
    )
    assert racks.median() > 1000
    assert 1 <= outliers <= 30


def test_forecasts_stick_to_the_plan_until_late():
    book = province(3000)
    returns = book["returns"].join(
        book["projects"].select("code", "planned_finish"), left_on="project", right_on="code"
    )
    early = returns.filter(
        pl.col("physical_percent_complete") < 50,
        pl.col("planned_finish") > pl.col("period"),
        pl.col("stage") != "deferred",
    ).drop_nulls("forecast_finish")
    assert early.select((pl.col("forecast_finish") == pl.col("planned_finish")).mean()).item() > 0.8


def test_planned_and_actual_lengths_differ_as_they_do_in_real_registers():
    gates = province(3000)["activities"].filter(pl.col("gate").is_in(["start", "completion"]))
    by_gate = gates.pivot("gate", index="project", values=["planned_finish", "actual_finish"]).drop_nulls()
    planned, actual = (
        (by_gate[f"{kind}_finish_completion"] - by_gate[f"{kind}_finish_start"]).dt.total_days()
        for kind in ("planned", "actual")
    )
    ratio = actual / planned
    assert 0.95 <= ratio.median() <= 1.25
    assert 1.3 <= ratio.quantile(0.9) <= 2.5


def test_the_offices_experience_is_the_one_that_the_world_is_made_with():
    classes = province()["classes"].filter(pl.col("class") == "*")
    assert set(classes["interval"]) == set(province(3000)["activities"]["interval"])
    assert (classes["p10"] < classes["p50"]).all()
    assert (classes["p50"] < classes["p90"]).all()
    recognition = classes.row(by_predicate=pl.col("interval") == "recognition", named=True)
    applied = province(3000)["returns"].join(
        province(3000)["projects"].filter(pl.col("kind") == "recognition").select("code"),
        left_on="project",
        right_on="code",
    )
    failed = applied.filter(pl.col("stage") == "withdrawn")["project"].n_unique() / applied["project"].n_unique()
    assert failed == pytest.approx(recognition["cancelled"], abs=0.05)


# ---- Refusals.


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"projects": 0}, "A practice province has 1 to 100000 projects, not 0."),
        ({"seed": -1}, "A seed is a whole number from 0 to 9223372036854775807, not -1."),
        ({"seed": 2**63}, "A seed is a whole number from 0 to 9223372036854775807, not 9223372036854775808."),
        ({"data_date": date(2019, 1, 1)}, "lives from 2021-01-01 to 2025-12-31"),
    ],
)
def test_what_cannot_be_simulated_is_refused_with_a_sentence(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        practice(shanxi(), **wrong)


def test_a_plan_without_cities_is_refused():
    flat = shanxi().replace(regions=shanxi()["regions"].filter(pl.col("level") != "prefecture"))
    with pytest.raises(PlanbookError, match="prefecture"):
        practice(flat)


def test_a_plan_with_unknown_indicators_only_is_refused():
    other = shanxi().replace(targets=shanxi()["targets"].filter(pl.col("indicator") == "dc_pue_large"))
    with pytest.raises(PlanbookError, match="5g_base_stations"):
        practice(other)


def test_a_plan_without_an_office_calendar_gets_the_official_one():
    bare = shanxi().replace(calendars=shanxi()["calendars"].clear(), calendar_days=shanxi()["calendar_days"].clear())
    book = practice(bare, projects=20)
    office = book["calendar_days"].filter(pl.col("calendar") == "office")
    assert office.filter(pl.col("first") == date(2022, 1, 31))["last"].to_list() == [date(2022, 2, 4)]
    assert office.filter("working")["first"].is_in([date(2022, 1, 29)]).any()


def test_cities_without_counties_stand_for_themselves():
    plan = shanxi().replace(regions=shanxi()["regions"].filter(pl.col("level") != "county"))
    assert province_of(plan).counties[0] == ("140100",)
    assert practice(plan, projects=20)["projects"].height == 20
