"""What a history knew on a day, and from when on a register can be believed."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from known_truth import day, register, world

from backcast.planbook.history import (
    KEY,
    cases,
    complete,
    kept_from_observation,
    known_at,
    restated,
    spells,
    statements,
)
from backcast.planbook.problem import PlanbookError

YEARS = [f"{year}-01-01" for year in range(2014, 2020)]
NOW = date(2019, 1, 1)


def _rows(*rows):
    """A history of rows that are written as in a file."""
    frame = pl.DataFrame([{"id": f"P{k}"} | row for k, row in enumerate(rows)], infer_schema_length=None)
    named = [name for name in frame.columns if name.startswith(("planned_", "actual_s", "actual_f", "observed"))]
    return frame.with_columns(pl.col(name).cast(pl.String).str.to_date() for name in named)


PLAN = {"planned_start": "2018-01-01", "planned_finish": "2018-12-31"}


@pytest.fixture(scope="module")
def projects():
    return world(300, 1, begins="2012-01-01", ends="2019-06-30")


# ---- What a table leaves out.


def test_states_follow_from_dates_where_they_are_not_told():
    frame = complete(
        _rows(
            PLAN | {"actual_start": "2018-01-05", "actual_finish": "2018-11-01"},
            PLAN | {"actual_start": "2018-01-05"},
            PLAN,
            {"observed_at": "2019-01-01"},
        )
    )
    assert frame["status"].to_list() == ["finished", "running", "not_started", "not_started"]
    assert frame["usable"].to_list() == [True, True, False, False]
    assert frame["observed_at"].to_list() == [NOW] * 4


def test_plans_count_from_the_actual_start_where_none_is_planned():
    (row,) = complete(_rows({"actual_start": "2018-03-01", "planned_finish": "2018-03-11"})).iter_rows(named=True)
    assert (row["planned"], row["class"], row["interval"], row["usable"]) == (10, "*", "", True)


def test_what_was_given_up_ended_when_it_was_seen_so_if_it_had_been_seen_before():
    given_up = PLAN | {"actual_start": "2018-01-01", "observed_at": "2019-01-01", "status": "cancelled"}
    before = PLAN | {"id": "P", "actual_start": "2018-01-01", "observed_at": "2018-06-01", "status": "running"}
    frame = complete(_rows(before, given_up | {"id": "P"}, given_up | {"actual_finish": "2018-07-01"}))
    assert sorted(frame["ended_on"].drop_nulls()) == [date(2018, 7, 1), NOW]
    unknown = complete(_rows(given_up))
    assert unknown["ended_on"].to_list() == [None]
    assert not unknown["usable"].any()


@pytest.mark.parametrize(
    "row",
    [
        {"planned_finish": "2018-01-01"},  # planned for no day at all
        {"actual_start": "2019-06-01"},  # began after it was seen
        {"actual_finish": "2017-01-01", "status": "finished"},  # ended before it began
        {"status": "finished"},  # ended on no day
        {"planned_finish": None},
    ],
)
def test_rows_that_contradict_themselves_are_not_used(row):
    plain = PLAN | {"actual_start": "2018-01-01", "observed_at": "2019-01-01"}
    assert complete(_rows(plain, plain | row))["usable"].to_list() == [True, False]


def test_a_table_that_tells_of_no_day_is_refused():
    with pytest.raises(PlanbookError, match="No row tells of a day"):
        complete(pl.DataFrame({"id": ["A"], "planned_finish": [NOW]}))


def test_a_column_of_another_type_is_refused():
    with pytest.raises(PlanbookError, match="actual_start"):
        complete(pl.DataFrame({"id": ["A"], "actual_start": ["2018-01-01"]}))


def test_of_two_rows_of_one_day_the_last_one_counts():
    plain = PLAN | {"id": "A", "actual_start": "2018-01-01", "observed_at": "2019-01-01"}
    frame = complete(_rows(plain, plain | {"planned_finish": "2019-06-30"}))
    assert frame["planned_finish"].to_list() == [date(2019, 6, 30)]


# ---- What was known when.


def test_of_dates_alone_what_was_known_is_worked_out(projects):
    later, then = register(projects, "2027-01-01"), register(projects, "2019-01-01")
    known = known_at(complete(later.drop("observed_at", "status")), NOW).sort("id").filter(pl.col("start") <= NOW)
    truth = complete(then).sort("id")
    for column in ("id", "planned_finish", "actual_start", "observed_at"):
        assert known[column].to_list() == truth[column].to_list()
    # Whether it will be given up is not in the dates.
    assert (known["status"] == "running").to_list() == (truth["status"] == "running").to_list()


def test_several_observations_are_known_as_they_were_made(projects):
    frame = complete(register(projects, *YEARS, "2027-01-01"))
    assert known_at(frame, NOW).equals(frame.filter(pl.col("observed_at") <= NOW))
    assert known_at(frame, date(2014, 6, 30))["observed_at"].unique().to_list() == [date(2014, 1, 1)]


# ---- From the start, or from each observation on.


def _shape(frame):
    """The spells of a register by 2019, as days since 1970."""
    found = spells(frame, NOW).sort(*KEY, "entered")
    return found, found["entered"].cast(pl.Int32).to_numpy(), found["left"].cast(pl.Int32).to_numpy()


def test_a_register_that_keeps_what_is_done_is_believed_from_the_start(projects):
    found, entered, left = _shape(complete(register(projects, *YEARS)))
    begun = projects.start <= day("2019-01-01")
    assert found.height == begun.sum()
    which = found["id"].cast(pl.Int64).to_numpy()
    np.testing.assert_array_equal(entered, projects.start[which])
    np.testing.assert_array_equal(left, np.minimum(projects.start + projects.lasts, day("2019-01-01"))[which])


def test_a_register_that_drops_what_is_done_is_believed_from_the_listing_before(projects):
    found, entered, left = _shape(complete(register(projects, *YEARS, keeps=False)))
    which = found["id"].cast(pl.Int64).to_numpy()
    finish = projects.start + projects.lasts
    # Whatever ran on the first day or began later was listed, also what ended before the next listing.
    listed = (finish > day("2014-01-01")) & (projects.start < day("2019-01-01"))
    assert set(which) == set(np.flatnonzero(listed))
    np.testing.assert_array_equal(entered, np.maximum(projects.start, day("2014-01-01"))[which])
    np.testing.assert_array_equal(left, np.minimum(finish, day("2019-01-01"))[which])
    assert set(found["ended"]) == {"running", "finished", "cancelled"}


def test_a_register_that_never_lists_what_is_done_tells_no_endings_and_no_births(projects):
    frame = complete(register(projects, *YEARS).filter(pl.col("status") == "running"))
    found, _, _ = _shape(frame)
    seen = frame.group_by("id").agg(first=pl.col("observed_at").min(), times=pl.len())
    first = seen.filter(pl.col("times") > 1).sort("id")
    assert found.height > 50
    assert found["id"].to_list() == first["id"].to_list()
    assert found["entered"].to_list() == first["first"].to_list()
    assert set(found["ended"]) == {"running"}


def _moving(projects, share):
    """A panel in which the plans of a share of the projects move by a month with each observation."""
    frame = register(projects, *YEARS)
    moves = (pl.col("id").cast(pl.Int64) % 100 < 100 * share).cast(pl.Int64)
    later = (pl.col("observed_at").dt.year() - 2014) * 30 * moves
    return complete(frame.with_columns(pl.col("planned_finish") + pl.duration(days=later)))


def test_plans_that_move_count_from_each_statement_on(projects):
    frame = _moving(projects, 0.5)
    assert restated(frame)
    found = spells(frame, NOW)
    running = frame.filter(pl.col("status") == "running", pl.col("observed_at") < NOW)
    assert found.height == running.height
    for one in found.filter(pl.col("id") == running["id"][0]).iter_rows(named=True):
        stated = frame.filter(pl.col("id") == one["id"], pl.col("observed_at") == one["entered"])
        assert stated["planned"].item() == one["planned"]


def test_what_had_not_begun_is_not_watched_though_its_start_was_planned(projects):
    frame = _moving(projects, 0.5)
    waiting = pl.DataFrame({"id": ["W"] * 2, "class": "*", "interval": "", "planned_start": [date(2018, 6, 1)] * 2,
                            "planned_finish": [date(2019, 6, 1)] * 2, "status": "not_started",
                            "observed_at": [date(2014, 1, 1), date(2019, 1, 1)]})  # fmt: skip
    both = complete(pl.concat([frame.select(waiting.columns), waiting], how="vertical_relaxed"))
    assert "W" not in spells(both, NOW)["id"].to_list()
    assert spells(both, NOW)["start"].null_count() == 0


def test_a_few_plans_that_move_are_corrections(projects):
    frame = _moving(projects, 0.02)
    assert not restated(frame)
    assert not kept_from_observation(frame)


def test_a_register_whose_finished_rows_have_lost_their_plan_is_believed_from_observation(projects):
    frame = register(projects, *YEARS)
    lost = frame.with_columns(
        planned_finish=pl.when(pl.col("status") == "finished").then(None).otherwise("planned_finish")
    )
    assert kept_from_observation(complete(lost))
    assert not kept_from_observation(complete(frame))


def test_one_listing_is_believed_from_the_start(projects):
    assert not kept_from_observation(complete(register(projects, "2019-01-01")))


# ---- Cases.


def test_what_ran_is_followed_and_what_ended_is_followed_to_the_last_day(projects):
    frame = complete(register(projects, "2019-01-01", "2021-01-01"))
    found = cases(frame, NOW)
    which = found["id"].cast(pl.Int64).to_numpy()
    finish = projects.start + projects.lasts
    assert set(which) == set(np.flatnonzero((projects.start <= day("2019-01-01")) & (finish > day("2019-01-01"))))
    assert found["until"].unique().to_list() == [731]
    after = (finish - day("2019-01-01"))[which]
    told = (after <= 731) & ~projects.cancelled[which]
    assert found["after"].to_list() == [int(days) if seen else None for days, seen in zip(after, told, strict=True)]


# ---- Statements.


def test_each_stated_finish_is_an_interval_of_its_own():
    plain = {"id": "A", "actual_start": "2015-01-01", "status": "running"}
    frame = complete(
        _rows(
            plain | {"planned_finish": "2017-01-01", "observed_at": "2016-01-01"},
            plain | {"planned_finish": "2018-01-01", "observed_at": "2016-07-01"},
            plain | {"planned_finish": "2018-06-01", "observed_at": "2017-01-01"},
        )
    )
    found = statements(frame)
    first = found.filter(pl.col("id") == "A@2016-01-01")
    assert first["planned"].unique().to_list() == [366]
    assert first["status"].to_list() == ["running", "finished", "finished"]
    assert first["ended_on"].to_list() == [None, date(2018, 1, 1), date(2018, 6, 1)]
    assert found["id"].n_unique() == 3
