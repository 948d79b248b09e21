"""What earlier data dates said: they see nothing that came later."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from builders import book, observed, project, table

from backcast.planbook.hindsight import past_forecasts, year_ends

DATA_DATE, EARLIER = date(2023, 12, 31), date(2022, 12, 31)
FIGURES = observed(d2020_12_31=20, d2021_12_31=35, d2022_12_31=50, d2023_06_30=58, d2023_12_31=64)
UNCERTAIN = {"p10": 0.8, "p50": 1.2, "p90": 2.0}


def _planbook(**tables):
    return book(**({
        "observations": FIGURES,
        "projects": [
            project("DONE", "2021-06-30", start="2020-01-01", stage="completed", stage_date="2021-06-30",
                    actual_finish="2021-06-30"),
            project("A", "2023-10-31", start="2022-03-01", sector="5g"),
        ],
        "outputs": [{"project": code, "amount": 9.0, "gate": "completion"} for code in ("DONE", "A")],
        "classes": UNCERTAIN,
    } | tables))  # fmt: skip


def _past(planbook, earlier=EARLIER, data_date=DATA_DATE):
    return past_forecasts(planbook, data_date, [earlier], draws=200)


def _forecasts(planbook):
    return [(record.date, record.p10, record.p50, record.p90) for record in _past(planbook)]


def test_every_figure_that_came_is_scored():
    found = _past(_planbook())
    assert [(record.data_date, record.date, record.observed) for record in found] == [
        (EARLIER, date(2023, 6, 30), 58),
        (EARLIER, date(2023, 12, 31), 64),
    ]
    for record in found:
        assert record.held == (record.p10 <= record.observed <= record.p90)
        assert 0 < record.loss < 20
        assert 50 <= record.p10 <= record.p50 <= record.p90


def test_figures_that_came_after_the_later_data_date_are_not_scored():
    assert [record.date for record in _past(_planbook(), data_date=date(2023, 8, 31))] == [date(2023, 6, 30)]
    assert len(_past(_planbook(), earlier=DATA_DATE)) == 0


def _add(planbook, name, *rows):
    return planbook.replace(**{name: pl.concat([planbook[name], table(name, *rows)])})


FUTURE = {
    "a figure of a date to come": ("observations", {"date": "2024-06-30", "value": 9000.0}),
    "a figure that became known later": (
        "observations", {"date": "2022-06-30", "value": 9000.0, "known_from": "2023-01-15"}),
    "a later return": ("returns", {"project": "A", "period": "2023-01-31", "physical_percent_complete": 99.0}),
    "a return known later": (
        "returns", {"project": "A", "period": "2022-11-30", "stage": "stopped", "known_from": "2023-01-05"}),
    "a project known later": ("projects", project("NEW", owner="X") | {"known_from": "2023-02-01"}),
    "an output known later": (
        "outputs", {"project": "A", "amount": 700.0, "gate": "start", "known_from": "2023-02-01"}),
    "a target issued later": ("targets", {"value": 500.0, "document": "notice", "issued": "2023-02-01"}),
    "a class known later": (
        "classes", {"class": "*", "interval": "construction", "p10": 3.0, "p50": 4.0, "p90": 5.0,
                    "known_from": "2023-02-01"}),
    "a risk known later": (
        "risks", {"code": "flood", "name": "flood", "probability": 1.0, "days_low": 300, "days_high": 400,
                  "known_from": "2023-02-01"}),
}  # fmt: skip


@pytest.mark.parametrize("what", FUTURE)
def test_nothing_that_came_later_is_seen(what):
    name, row = FUTURE[what]
    assert _forecasts(_add(_planbook(), name, row)) == _forecasts(_planbook())


@pytest.mark.parametrize(
    "change",
    [
        {"stage": "terminated", "stage_date": "2023-04-30"},
        {"stage": "completed", "stage_date": "2023-04-30", "actual_finish": "2023-04-30"},
        {"physical_percent_complete": 97.0},
    ],
)
def test_what_became_of_a_project_later_is_not_seen(change):
    done, running = (project(code, finish, start=start, sector="5g") for code, finish, start in (
        ("DONE", "2021-06-30", "2020-01-01"), ("A", "2023-10-31", "2022-03-01")))  # fmt: skip
    done |= {"stage": "completed", "stage_date": "2021-06-30", "actual_finish": "2021-06-30"}
    before = _planbook(projects=[done, running])
    assert _forecasts(_planbook(projects=[done, running | change])) == _forecasts(before)


def test_later_progress_of_an_activity_is_not_seen():
    activity = {"project": "A", "code": "1", "duration": 600, "gate": "completion", "actual_start": "2022-03-01"}
    plain = _planbook(activities=activity)
    told = activity | {"remaining_duration": 3, "physical_percent_complete": 99.0}
    assert _forecasts(_planbook(activities=told)) == _forecasts(plain)
    finished = activity | {"actual_finish": "2023-05-31"}
    assert _forecasts(_planbook(activities=finished)) == _forecasts(plain)


def test_what_was_known_in_time_is_seen():
    """Else the tests above would say nothing."""
    known = {"project": "A", "period": "2022-11-30", "physical_percent_complete": 99.0, "known_from": "2022-12-05"}
    assert _forecasts(_add(_planbook(), "returns", known)) != _forecasts(_planbook())


def test_a_figure_by_a_definition_that_began_later_is_no_measure_of_the_forecast():
    definitions = [{"version": "old"}, {"version": "new", "valid_from": "2023-03-01", "series_break": True}]
    figures = [row | {"definition": "new" if row["date"] > "2023-03-01" else "old"} for row in FIGURES]
    assert len(_past(_planbook(definitions=definitions, observations=figures))) == 0


def test_the_years_of_the_plan_end_in_december():
    assert year_ends(_planbook(), DATA_DATE) == [date(2020, 12, 31), date(2021, 12, 31), date(2022, 12, 31)]
    assert year_ends(_planbook(), date(2020, 12, 31)) == []


def test_past_forecasts_print_as_sentences():
    lines = str(_past(_planbook())).splitlines()
    assert lines[0].startswith("I, R, 2023-06-30: said on 2022-12-31 P10–P90 ")
    assert lines[0].endswith(("58 came, within the band.", "58 came, outside it."))
