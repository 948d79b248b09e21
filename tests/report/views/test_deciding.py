from __future__ import annotations

from datetime import date

from small import END, HOSTILE

from backcast.planbook.results import Verdict
from backcast.report.views.deciding import deciding, latest
from backcast.report.views.facts import Facts


def of(facts: Facts, indicator: str, region: str = "P") -> Verdict:
    return next(v for v in facts.run.verdicts if (v.indicator, v.region, v.date) == (indicator, region, END))


def test_projects_and_shared_risks_are_told_apart(facts: Facts):
    told = deciding(facts, of(facts, "racks"))
    assert sorted(row.name.read("en") for row in told.projects) == sorted([HOSTILE, "丙项目", "乙项目"])
    assert told.factors
    assert all(row.name.read("en").startswith("Shared by") for row in told.factors)
    assert told.note is None


def test_longest_bar_is_the_largest_effect(facts: Facts):
    told = deciding(facts, of(facts, "racks"))
    shares = [share for row in (*told.projects, *told.factors) for share in (row.cost_share, row.worth_share)]
    assert max(shares) == 100.0
    assert min(shares) >= 0.0


def test_no_more_projects_than_asked_for_and_the_rest_is_counted(facts: Facts):
    told = deciding(facts, of(facts, "racks"), most=2)
    assert (len(told.projects), told.untold) == (2, 1)


def test_trend_only_is_said(facts: Facts):
    note = deciding(facts, of(facts, "stations")).note
    assert note is not None
    assert note.read("en").startswith("Trend only")


def test_most_urgent_gate_of_each_project_comes_first(facts: Facts):
    told = latest(facts, of(facts, "racks"))
    days = [(row.latest - date(2023, 8, 31)).days for row in told.rows if row.latest]
    assert days == sorted(days)
    assert len({row.name for row in told.rows}) == len(told.rows)


def test_date_that_has_passed_is_said_to_be_past(facts: Facts):
    told = latest(facts, of(facts, "racks", "C"))
    (row,) = told.rows
    assert row.is_past
    assert row.gate.read("zh_Hans") == "开工"
    assert told.headline is not None
    assert "days past:" in told.headline.read("en")
    assert row.left.read("en").endswith("past")


def test_trend_has_no_dates(facts: Facts):
    told = latest(facts, of(facts, "stations"))
    assert (told.headline, told.rows, told.hopeless) == (None, [], 0)
