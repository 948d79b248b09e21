"""What a table from elsewhere must be, before anything can be learned from it."""

from __future__ import annotations

from datetime import date, datetime
from math import inf, nan

import polars as pl
import pytest

from backcast.planbook.declared import declared
from backcast.planbook.problem import PlanbookError

NOW = date(2019, 1, 1)


def _frame(**columns):
    height = max(len(values) for values in columns.values())
    return pl.DataFrame({"id": [f"P{k}" for k in range(height)]} | columns, strict=False)


def test_what_is_missing_is_empty_and_classes_and_intervals_have_a_name():
    frame = declared(pl.DataFrame({"id": ["A"]}))
    assert frame.row(0, named=True)["planned_finish"] is None
    assert frame.select("class", "interval").row(0) == ("*", "")


def test_a_class_is_named_by_its_steps_alone():
    names = ["a/b", " a / b ", "/a//b/", "*/a/b", "a/ /b", None, " ", "/", "*"]
    assert declared(_frame(**{"class": names}))["class"].to_list() == ["a/b"] * 5 + ["*"] * 4


def test_the_space_around_an_interval_means_nothing():
    assert declared(_frame(interval=["x", " x ", " ", None]))["interval"].to_list() == ["x", "x", "", ""]


def test_what_other_libraries_bring_is_read_as_what_it_means():
    brought = pl.DataFrame(
        {"id": [7], "class": ["a/b"], "planned_start": [datetime(2018, 1, 1, 12)], "actual_cost": [3]}
    )
    (row,) = declared(brought.with_columns(pl.col("class").cast(pl.Categorical))).iter_rows(named=True)
    assert (row["id"], row["class"], row["planned_start"], row["actual_cost"]) == ("7", "a/b", date(2018, 1, 1), 3.0)


@pytest.mark.parametrize(("column", "value"), [("id", 1.5), ("planned_start", "2018"), ("actual_cost", "3")])
def test_a_column_of_another_type_is_refused(column, value):
    with pytest.raises(PlanbookError, match=f"{column}: This column holds"):
        declared(pl.DataFrame({"id": ["A"]} | {column: [value]}))


def test_a_number_that_is_none_or_out_of_bounds_is_not_known():
    told = [0.0, 100.0, 100.5, -1.0, nan, inf, None]
    frame = declared(_frame(percent_complete=told, baseline_cost=told, actual_cost=[0, 7, -1, 0, 0, 0, 0]))
    assert frame["percent_complete"].to_list() == [0.0, 100.0, None, None, None, None, None]
    assert frame["baseline_cost"].to_list() == [0.0, 100.0, 100.5, None, None, None, None]
    assert frame["actual_cost"].to_list()[:3] == [0.0, 7.0, None]


def test_rows_of_no_project_are_left_out():
    assert declared(pl.DataFrame({"id": ["A", None]}))["id"].to_list() == ["A"]
    with pytest.raises(PlanbookError, match="No row tells of a project"):
        declared(pl.DataFrame({"planned_finish": [NOW]}))


def test_a_status_that_is_not_understood_is_refused():
    with pytest.raises(PlanbookError, match="status: “Completed” is not understood as a status"):
        declared(_frame(status=["finished", None, "Completed"]))


@pytest.mark.parametrize("name", ["start_delay", "cost"])
def test_an_interval_whose_name_stands_for_something_else_is_refused(name):
    with pytest.raises(PlanbookError, match=f"interval: Classes of “{name}” tell something else"):
        declared(_frame(interval=["construction", name]))
