from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from small import DATA_DATE

from backcast.language import tr
from backcast.planbook.problem import Problem
from backcast.planbook.results import PastForecast
from backcast.report.views.data import completeness, quality
from backcast.report.views.facts import Facts
from backcast.report.views.past import past_view
from backcast.report.views.sources import competing, definitions, sources, web_address


def problem(row: int, value: str, severity: str = "warning", column: str = "planned_finish") -> Problem:
    return Problem("projects", row, column, value, tr("“{found}” is no date.", found=value), severity)


def test_problems_that_say_the_same_are_told_once_with_their_number():
    found = quality([problem(2, "PNS"), problem(3, "PNS"), problem(4, "soon"), problem(9, "x", "error", "code")])
    assert (found.errors, found.warnings) == (1, 3)
    assert [(kind.is_error, kind.number, kind.values) for kind in found.kinds] == [
        (True, 1, ["x"]),
        (False, 3, ["PNS", "soon"]),
    ]
    assert found.kinds[1].column.en == "Planned finish"
    assert found.untold == 0


def test_many_kinds_of_problems_are_cut_and_counted():
    found = quality([problem(2, "x", column=f"column {n}") for n in range(20)])
    assert (len(found.kinds), found.untold) == (12, 8)


def test_completeness_tells_how_many_figures_there_are_and_how_old(facts: Facts):
    rows = {row.indicator.zh: row for row in completeness(facts)}
    assert (rows["基站"].figures, rows["基站"].months, rows["基站"].is_old) == (4, 1, False)
    assert (rows["用户"].figures, rows["用户"].last, rows["用户"].is_old) == (0, None, True)
    assert (rows["机架"].figures, rows["机架"].elsewhere) == (0, 3)


def test_versions_of_a_definition_stand_together(facts: Facts):
    rows = {row.indicator.zh: row for row in definitions(facts)}
    assert [version.stands_apart for version in rows["基站"].versions] == [False, True]
    assert rows["用户"].versions == []
    assert rows["能效比值"].better.read("en") == "lower is better"


def test_of_competing_targets_one_is_in_force_and_the_other_says_why_not(facts: Facts):
    rows = {(row.document.zh, row.due): row for row in competing(facts) if row.indicator.zh == "基站"}
    assert [row.in_force for row in rows.values()].count(False) == 1
    (older,) = [row for row in rows.values() if not row.in_force]
    assert older.document.zh == "旧文件"
    assert older.why_not is not None
    assert older.why_not.read("en") == "a later document counts"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"status": pl.lit("memory")}, "not seen in any source"),
        ({"issued": pl.lit(DATA_DATE.replace(year=2024))}, "not yet issued"),
        ({"valid_to": pl.lit(DATA_DATE.replace(year=2022))}, "in force until 31 August 2022"),
    ],
)
def test_reason_why_a_target_does_not_count_is_told(facts: Facts, changed: dict[str, pl.Expr], reason: str):
    assembly = facts.run.assembly
    book = assembly.known.replace(targets=assembly.known["targets"].with_columns(**changed))
    rows = competing(Facts(replace(facts.run, assembly=replace(assembly, known=book))))
    assert {row.why_not.read("en") for row in rows if row.why_not} == {reason}


def test_sources_are_counted_and_only_web_addresses_become_links(facts: Facts):
    found = {row.source: row for row in sources(facts)}
    assert found["省报"].url == "https://example.org/plan"
    assert found["旧报"].url is None
    assert found["省报"].rows == 10


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", "data:text/html,x", "ftp://x", " https://x"])
def test_other_addresses_are_not_links(url: str | None):
    assert web_address(url) is None


def test_past_forecasts_are_counted_whole_and_grouped(facts: Facts, past: list[PastForecast]):
    shown = past_view(facts, past)
    assert shown is not None
    assert shown.answer.read("en").startswith("1 of 2 figures came within the band")
    assert [group.subject.read("en") for group in shown.groups] == ["工作面", "基站"]
    assert [row.held for group in shown.groups for row in group.rows] == [False, True]


def test_many_past_forecasts_are_cut_but_all_counted(facts: Facts, past: list[PastForecast]):
    shown = past_view(facts, past * 40)
    assert shown is not None
    assert sum(len(group.rows) for group in shown.groups) == 60
    assert shown.untold == 20
    assert "40 of 80" in shown.answer.read("en")


def test_no_past_is_none(facts: Facts):
    assert past_view(facts, []) is None
