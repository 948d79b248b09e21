"""Own pace in learning and backtests: used where it helps, left alone where it does not, blind to the future."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import polars as pl
import pytest
from builders import book, project
from known_truth import dates, day, world

import backcast as bc
from backcast.engine.pace import SILENT, SPREAD
from backcast.planbook import history as histories
from backcast.planbook.assembly import assemble
from backcast.planbook.uncertainty import uncertainty

ALONE = pl.DataFrame()
LEARNED = "2020-01-01"
CUTOFFS = ["2016-01-01", "2018-01-01", LEARNED]
STEP = 91
SPREAD_OF_PACE, FLOOR_OF_PACE, SLOPE = 0.2, 0.08, 0.8
"""What own pace is worth, in truth."""
WORK = np.linspace(0.01, 0.99, 393)[None, :]
"""Shares of the work that are told apart."""


def _panel(n=2_000, seed=3, *, erratic=0.0, meaningless=False):
    """What a register told each quarter of simulated projects, with the per cent that each reported."""
    found, rng = world(n, seed), np.random.default_rng(seed)
    finish, own, often = found.start + found.lasts, rng.standard_normal(n), rng.random(n) < erratic
    quarters = []
    for when in range(day("2009-01-01"), day("2026-01-01"), STEP):
        seen = np.flatnonzero((found.start < when) & (finish > when - 2 * STEP))
        share = np.clip((when - found.start[seen]) / found.lasts[seen], 0.001, 0.999)
        fresh = rng.standard_normal(seen.size)
        told = _done(share, np.where(often[seen], 3 * fresh, own[seen]))
        percent = 100 * (rng.random(seen.size) if meaningless else told)
        quarters.append(_rows(found, when, seen, percent))
    return pl.concat(quarters)


def _done(share, error):
    """Share of the work that is done when a share of the time has passed, with the project's own error."""
    usual = 1 / (1 + (1 / WORK - 1) ** SLOPE)
    size = np.maximum(SPREAD_OF_PACE * np.sqrt((1 - WORK) / WORK), FLOOR_OF_PACE)
    passed = np.maximum.accumulate(usual * np.exp(size * error[:, None]), axis=1)
    return WORK[0, np.minimum((passed < share[:, None]).sum(axis=1), WORK.size - 1)]


def _rows(found, when, seen, percent):
    start, finish = found.start[seen], (found.start + found.lasts)[seen]
    ended = np.where(found.cancelled[seen], "cancelled", "finished")
    running = finish > when
    return pl.DataFrame(
        {
            "id": seen.astype(str),
            "class": found.name[seen],
            "planned_start": dates(start),
            "planned_finish": dates(start + found.planned[seen]),
            "actual_start": dates(start),
            "actual_finish": pl.select(pl.when(pl.Series(~running)).then(dates(finish))).to_series(),
            "observed_at": dates(np.full(seen.size, when)),
            "status": np.where(running, "running", ended),
            "percent_complete": np.where(running, percent.round(1), 100.0),
        }
    )


@cache
def _informative():
    return _panel()


@cache
def _backtest():
    return bc.backtest(_informative(), CUTOFFS, prior=ALONE)


def _paces(learned):
    frame = learned.to_frame()
    return {row["class"]: (row["pace_spread"], row["pace_floor"], row["curve_slope"]) for row in frame.to_dicts()}


# ---- Known truth.


def test_where_reports_tell_something_pace_is_learned_for_every_class():
    learned = bc.learn(_informative(), day=LEARNED, prior=ALONE)
    paces = _paces(learned)
    assert set(paces) == {"*", "rail", "building", "building/school", "building/hospital", "digital"}
    for spread, floor, slope in paces.values():
        assert spread == pytest.approx(SPREAD_OF_PACE, rel=0.3)
        assert floor == pytest.approx(FLOOR_OF_PACE, rel=0.3)
        assert slope == pytest.approx(SLOPE, rel=0.15)
    assert "6 of 6" in str(learned)


def test_where_reports_tell_something_forecasts_are_better_and_still_cover():
    overall = _backtest().overall
    assert overall.n_scored > 700
    assert overall.crps < 0.92 * overall.class_only
    assert overall.crps_skill.class_only.low > 0
    assert overall.coverage_80.low < 0.80 < overall.coverage_80.high
    assert overall.coverage_80.value == pytest.approx(0.80, abs=0.04)
    for score in _backtest().by_class:
        assert score.crps < score.class_only


def test_where_reports_tell_nothing_forecasts_are_those_of_the_class():
    history = _panel(meaningless=True)
    learned = bc.learn(history, day=LEARNED, prior=ALONE)
    assert set(_paces(learned).values()) == {(SILENT, None, None)}
    assert "0 of 6" in str(learned)
    tested = bc.backtest(history, LEARNED, prior=ALONE)
    assert tested.cases["crps"].equals(tested.cases["class_only"])
    plain = bc.backtest(history.drop("percent_complete"), LEARNED, prior=ALONE)
    assert tested.overall.crps == pytest.approx(plain.overall.crps)


def test_erratic_reports_fall_more_often_and_help_less():
    mixed = bc.backtest(_panel(erratic=0.5), CUTOFFS, prior=ALONE).overall
    assert mixed.crps <= mixed.class_only
    assert mixed.crps_skill.class_only.value < _backtest().overall.crps_skill.class_only.value
    told = (
        histories.reports(histories.complete(panel), date.fromisoformat(LEARNED))["falls"].mean()
        for panel in (_informative(), _panel(erratic=0.5))
    )
    steady, erratic = told
    assert steady < 0.7 * erratic


# ---- No look-ahead.


def test_per_cents_after_the_cut_off_change_nothing():
    cutoff = date(2018, 1, 1)
    rng = np.random.default_rng(0)
    later = pl.col("observed_at") > cutoff
    other = pl.Series(100 * rng.random(_informative().height))
    planted = _informative().with_columns(percent_complete=pl.when(later).then(other).otherwise("percent_complete"))
    whole, same = (bc.backtest(history, cutoff, prior=ALONE) for history in (_informative(), planted))
    assert whole.cases.equals(same.cases)
    assert whole.overall.crps != whole.overall.class_only


def test_one_row_a_project_tells_no_per_cent_before_its_day():
    last = _informative().unique("id", keep="last")
    told = histories.cases(histories.complete(last), date(2016, 1, 1))
    assert told.height > 100
    assert told["done"].null_count() + told["done"].is_nan().sum() == told.height


# ---- Small and odd histories.


ROW = {"class": "rail", "planned_start": date(2015, 1, 1), "planned_finish": date(2016, 1, 1)}
PANEL_SCHEMA = {
    "planned_start": pl.Date,
    "actual_start": pl.Date,
    "observed_at": pl.Date,
    "percent_complete": pl.Float64,
    "actual_finish": pl.Date,
    "status": pl.String,
}


def _of(percents, *, start=date(2015, 1, 1), planned=date(2015, 1, 1), finish=None):
    """One project observed monthly; the row after the last per cent tells of its finish, if there is one."""
    days = [date(2015, month, 1) for month in range(2, 2 + len(percents))]
    project = ROW | {"id": "A", "planned_start": planned, "actual_start": start, "status": "running"}
    rows = [project | {"observed_at": d, "percent_complete": p} for d, p in zip(days, percents, strict=True)]
    if finish is not None:
        rows.append(rows[-1] | {"observed_at": finish, "actual_finish": finish, "status": "finished"})
    return histories.complete(pl.DataFrame(rows, schema_overrides=PANEL_SCHEMA))


def test_a_report_is_between_nothing_and_all_and_of_what_had_begun():
    frame = _of([0.0, 20.0, None, 100.0, 60.0], finish=date(2015, 9, 1))
    told = histories.reports(frame, date(2016, 1, 1))
    assert told["done"].to_list() == pytest.approx([0.2, 0.6])
    assert told["reported"].to_list() == [59, 151]
    assert told["falls"].to_list() == pytest.approx([0, 1 / 4])
    assert told["ended"].to_list() == ["finished"] * 2
    assert histories.reports(_of([20.0, 30.0], start=None, planned=None), date(2016, 1, 1)).is_empty()


def test_the_last_per_cent_stands_until_the_next_and_counts_on_its_own_day():
    (case,) = histories.cases(_of([20.0, 40.0, None, None], finish=date(2015, 9, 1)), date(2015, 5, 20)).to_dicts()
    assert (case["done"], case["reported"]) == (pytest.approx(0.4), 59)


def test_few_reports_teach_nothing_and_nothing_is_assumed_in_a_backtest():
    few = _informative().filter(pl.col("id").cast(int) < 60).with_columns(
        percent_complete=pl.when(pl.col("id").cast(int) < 8).then("percent_complete")
    )  # fmt: skip
    tested = bc.backtest(few, "2016-01-01", prior=ALONE)
    assert set(_paces(tested.learned[0]).values()) == {(None, None, None)}
    assert tested.cases["crps"].equals(tested.cases["class_only"])
    assert "pace" not in str(tested.learned[0])


def test_a_class_with_few_reports_follows_all_others():
    rare = pl.when(pl.col("id").cast(int) < 8).then(pl.lit("rare")).otherwise("class")
    paces = _paces(bc.learn(_informative().with_columns(rare.alias("class")), day=LEARNED, prior=ALONE))
    assert paces["rare"] == paces["*"] != paces["rail"]
    assert paces["*"][0] < SPREAD


@pytest.mark.parametrize("percent", [0.0, 100.0, None])
def test_a_per_cent_that_tells_no_pace_changes_nothing(percent):
    same = _informative().with_columns(percent_complete=pl.lit(percent, pl.Float64))
    plain, tested = (
        bc.backtest(history, "2016-01-01", prior=ALONE) for history in (same.drop("percent_complete"), same)
    )
    assert plain.cases.equals(tested.cases)


# ---- In a run.


def test_a_run_uses_what_a_history_taught():
    learned = bc.learn(_informative(), day=LEARNED, prior=ALONE).to_frame()
    row = project("A", "2024-12-31", **{"class": "rail"}, physical_percent_complete=70.0)
    scales = []
    for classes in (learned, learned.with_columns(pace_spread=SILENT), learned.with_columns(pace_spread=None)):
        planbook = book(projects=row).replace(classes=classes)
        found = assemble(planbook)
        scales.append(uncertainty(found.known, found.library, found.schedule, found.now).intervals.scale[0])
    taught, silent, assumed = scales
    assert taught < assumed < silent == 1
