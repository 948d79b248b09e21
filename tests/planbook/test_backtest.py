"""Backtests of histories whose truth is known, and that nothing later than the cut-off is seen."""

from __future__ import annotations

from datetime import date
from math import inf

import numpy as np
import polars as pl
import pytest
from builders import book, observed, project
from hypothesis import given, settings
from hypothesis import strategies as st
from known_truth import TRUTHS, Truth, day, register, true_probability, world

import backcast as bc
from backcast.engine.classes import forecast
from backcast.engine.scores import coverage, crps_until, middles
from backcast.planbook import history as histories
from backcast.planbook.learning import fit, sample
from backcast.planbook.problem import PlanbookError
from backcast.planbook.run import run

ALONE = pl.DataFrame()
CUTOFF = "2019-01-01"
NOW = date.fromisoformat(CUTOFF)


def _forecasts(learned, cases, after):
    """Probability that what is running at the cut-off finishes within so many days, shape of ``after``, (n, m)."""
    watched = cases.select(
        *histories.KEY, "start", "planned", "baseline_cost", entered="start", left=pl.lit(NOW), ended=pl.lit("running")
    )
    return forecast(learned.model, sample(watched, learned.tree), float(day(CUTOFF)), after)


# ---- Known truth.


@pytest.fixture(scope="module")
def kept():
    """A register that keeps what is done: 5,000 and more were running at the cut-off."""
    projects = world(15_600, 1, begins="2013-01-01", ends="2019-06-30")
    return projects, bc.backtest(register(projects, CUTOFF, "2027-01-01"), CUTOFF, prior=ALONE, depth=2)


@pytest.fixture(scope="module")
def dropped():
    """A register that lists once more what ended since it was last kept, and then drops it."""
    projects = world(9_000, 2, begins="2009-01-01", ends="2019-06-30")
    years = [f"{year}-01-01" for year in range(2012, 2020)]
    return projects, bc.backtest(register(projects, *years, "2027-01-01", keeps=False), CUTOFF, prior=ALONE, depth=2)


@pytest.fixture(params=["kept", "dropped"])
def found(request):
    return request.getfixturevalue(request.param)


def _true_score(projects, cases):
    until, after = cases["until"].cast(float).to_numpy(), cases["after"].fill_null(inf).to_numpy()
    ids = cases["id"].cast(pl.Int64).to_numpy()
    truth = true_probability(projects, ids, day(CUTOFF), middles(until, 256))
    by_end = true_probability(projects, ids, day(CUTOFF), until[:, None])[:, 0]
    return crps_until(truth, after, until), by_end


def test_the_middle_80_percent_hold_80_percent(kept):
    _, backtest = kept
    assert backtest.overall.n_scored >= 5000
    assert backtest.overall.coverage_80.value == pytest.approx(0.80, abs=0.02)
    assert backtest.overall.coverage_50.value == pytest.approx(0.50, abs=0.02)


def test_coverage_holds_in_every_class_and_register(found):
    _, backtest = found
    assert len(backtest.by_class) == len(TRUTHS)
    for score in (backtest.overall, *backtest.by_class):
        assert score.coverage_80.value == pytest.approx(0.80, abs=0.04)
        assert score.coverage_80.low <= 0.80 <= score.coverage_80.high


def test_the_score_is_almost_that_of_the_true_distribution(found):
    projects, backtest = found
    truth, _ = _true_score(projects, backtest.cases)
    assert 0.998 * truth.mean() < backtest.overall.crps < 1.01 * truth.mean()


def test_as_many_finishes_are_forecast_as_the_truth_awaits(found):
    projects, backtest = found
    _, by_end = _true_score(projects, backtest.cases)
    assert backtest.overall.expected == pytest.approx(by_end.sum(), rel=0.02)


def test_classes_beat_one_curve_of_everything_and_the_planned_date(found):
    _, backtest = found
    assert backtest.overall.crps_skill.kaplan_meier.low > 0.05
    assert backtest.overall.crps_skill.planned.low > 0.3
    assert backtest.overall.crps_skill.class_only.value == 0  # nothing is told of own pace


def test_what_was_drawn_is_learned(found):
    _, backtest = found
    (learned,) = backtest.learned
    rows = {row["class"]: row for row in learned.to_frame().iter_rows(named=True)}
    for name, truth in TRUTHS.items():
        expected = truth.median * np.exp(truth.spread * np.array([-1.2816, 0.0, 1.2816]))
        assert [rows[name][p] for p in ("p10", "p50", "p90")] == pytest.approx(expected, rel=0.12)
        assert rows[name]["cancelled"] == pytest.approx(truth.cancelled, abs=0.035)


def test_the_registers_are_told_apart(kept, dropped):
    assert [backtest.learned[0].from_observation for _, backtest in (kept, dropped)] == [False, True]


# ---- The survivorship trap.


def test_whoever_drops_what_still_runs_fails_where_we_pass():
    slow = {"slow": Truth(2.0, 0.5)}
    projects = world(6_000, 3, slow, begins="2014-01-01", ends="2019-01-01")
    frame = histories.complete(register(projects, CUTOFF, "2035-01-01"))
    known = histories.known_at(frame, NOW)
    ours = fit(frame, NOW, prior=ALONE)
    trapped = fit(known.filter(pl.col("status") == "finished"), NOW, prior=ALONE)
    assert _median(ours) == pytest.approx(2.0, rel=0.05)
    assert _median(trapped) < 1.6
    assert _coverage(ours, frame) == pytest.approx(0.80, abs=0.02)
    assert _coverage(trapped, frame) < 0.6


def _median(learned):
    return float(np.exp(learned.model.log_ratio[-1, 6]))


def _coverage(learned, frame):
    cases = histories.cases(frame, NOW)
    after = cases["after"].fill_null(inf).to_numpy()
    stop = np.minimum(after, cases["until"].to_numpy())
    return coverage(_forecasts(learned, cases, stop[:, None])[:, 0], np.isfinite(after))


# ---- What is given up.


def test_what_is_given_up_lowers_a_runs_probability_by_as_much_as_the_truth_says():
    truths = {"rail": Truth(1.3, 0.4, cancelled=0.25), "road": Truth(1.3, 0.4)}
    projects = world(5_000, 4, truths, begins="2005-01-01", ends="2018-12-31")
    learned = bc.learn(register(projects, CUTOFF), prior=ALONE).to_frame()
    classes = learned.filter(pl.col("interval").is_null()).with_columns(interval=pl.lit("construction"))
    found = {}
    for name, truth in truths.items():
        # 730 days are planned; half of them are over, and 730 left up to the target.
        planbook = book(
            plan={"starts": "2016-01-01", "ends": "2020-12-31", "data_date": CUTOFF},
            projects=project("A", "2019-12-31", start="2018-01-01", **{"class": name}),
            outputs={"project": "A", "amount": 100.0, "gate": "completion"},
            targets={"date": "2020-12-31"},
            observations=observed(d2018_12_31=0.0),
            classes=classes.iter_rows(named=True),
        )
        found[name] = run(planbook, draws=4000, seed=1).verdicts[0].probability
        over, at_target = truth.lasting(np.array([365, 1095]) / 730)
        assert found[name] == pytest.approx((1 - truth.cancelled) * (1 - at_target / over), abs=0.03)
    assert found["rail"] / found["road"] == pytest.approx(0.75, abs=0.03)


# ---- Nothing later than the cut-off is seen.


@pytest.fixture(scope="module")
def small():
    return world(200, 5, begins="2014-01-01", ends="2019-03-01")


def _everything(frame):
    """All that is learned and forecast on the cut-off from a history."""
    complete = histories.complete(frame)
    learned = fit(complete, NOW, prior=ALONE)
    cases = histories.cases(complete, NOW)
    after = np.broadcast_to([100.0, 400.0, 2000.0], (cases.height, 3))
    told = cases.select(*histories.KEY, "start", "planned", "planned_finish", "baseline_cost", "percent_complete")
    return learned.to_frame(), told, _forecasts(learned, cases, after)


def _same(one, another):
    (classes, told, forecasts), (other_classes, other_told, other_forecasts) = one, another
    assert classes.equals(other_classes)
    assert told.equals(other_told)
    np.testing.assert_array_equal(forecasts, other_forecasts)


PLANTED = {
    "planned_start": pl.date(2001, 2, 3),
    "planned_finish": pl.date(2040, 1, 1),
    "actual_start": pl.date(2019, 6, 1),
    "actual_finish": pl.date(2019, 7, 1),
    "status": pl.lit("cancelled"),
    "percent_complete": pl.lit(99.0),
    "baseline_cost": pl.lit(1e6),
    "actual_cost": pl.lit(1e9),
    "owner": pl.lit("somebody else"),
}


@pytest.mark.parametrize("column", PLANTED)
def test_of_what_is_observed_later_nothing_is_seen(small, column):
    frame = register(small, "2018-01-01", CUTOFF, "2020-01-01", "2025-01-01").with_columns(
        percent_complete=pl.lit(40.0), baseline_cost=pl.lit(5.0), actual_cost=pl.lit(6.0), owner=pl.lit("X")
    )
    later = pl.col("observed_at") > NOW
    planted = frame.with_columns(pl.when(later).then(PLANTED[column]).otherwise(column).alias(column))
    assert not planted.equals(frame)
    _same(_everything(frame), _everything(planted))


def _of_dates_alone(projects):
    """A table kept years later: only its dates tell what was known when."""
    return register(projects, "2025-01-01").drop("observed_at", "status")


@settings(max_examples=5)
@given(st.data())
def test_of_dates_after_the_cutoff_nothing_is_seen(small, data):
    frame = _of_dates_alone(small)
    moved = data.draw(st.lists(st.integers(1, 4000), min_size=frame.height, max_size=frame.height))
    later = (pl.col("actual_finish") > NOW) | pl.col("actual_finish").is_null()
    planted = frame.with_columns(
        actual_finish=pl.when(later)
        .then(NOW + pl.duration(days=pl.Series(moved)))
        .otherwise("actual_finish")
        .cast(pl.Date)
    )
    assert not planted.equals(frame)
    _same(_everything(frame), _everything(planted))


@pytest.mark.parametrize(
    ("column", "planted"),
    [("status", pl.lit("cancelled")), ("actual_cost", pl.lit(1e9)), ("percent_complete", pl.lit(100.0))],
)
def test_of_what_a_later_table_tells_besides_dates_nothing_is_seen(small, column, planted):
    frame = _of_dates_alone(small).with_columns(
        status=pl.when(pl.col("actual_finish").is_null()).then(pl.lit("running")).otherwise(pl.lit("finished")),
        actual_cost=pl.lit(6.0),
        percent_complete=pl.lit(50.0),
    )
    open_ = (pl.col("actual_finish") > NOW) | pl.col("actual_finish").is_null()
    changed = frame.with_columns(pl.when(open_).then(planted).otherwise(column).alias(column))
    _same(_everything(frame), _everything(changed))


def test_what_begins_after_the_cutoff_is_not_seen(small):
    frame = _of_dates_alone(small)
    _same(_everything(frame), _everything(frame.filter(pl.col("actual_start") <= NOW)))


def test_outcomes_are_seen_when_they_are_scored(small):
    frame = register(small, CUTOFF, "2025-01-01")
    later = pl.col("observed_at") > NOW
    planted = frame.with_columns(
        status=pl.when(later).then(pl.lit("finished")).otherwise("status"),
        actual_finish=pl.when(later).then(pl.date(2019, 1, 2)).otherwise("actual_finish"),
    )
    one, another = (bc.backtest(given, CUTOFF, prior=ALONE) for given in (frame, planted))
    assert one.learned[0].to_frame().equals(another.learned[0].to_frame())
    assert one.cases["ever"].equals(another.cases["ever"])
    assert (another.cases["after"] == 1).all()
    assert another.overall.crps > one.overall.crps


# ---- What is scored.


def test_what_had_ended_by_the_cutoff_and_was_recorded_later_is_left_out(small):
    frame = register(small, CUTOFF, "2025-01-01")
    late = frame.filter(pl.col("observed_at") == NOW, pl.col("status") == "running")["id"].head(3)
    told = pl.col("id").is_in(late.to_list()) & (pl.col("observed_at") > NOW)
    planted = frame.with_columns(
        actual_finish=pl.when(told).then(pl.date(2018, 12, 31)).otherwise("actual_finish"),
        status=pl.when(told).then(pl.lit("finished")).otherwise("status"),
    )
    before, after = (bc.backtest(given, CUTOFF, prior=ALONE) for given in (frame, planted))
    assert after.unrecorded == 3
    assert after.overall.n == before.overall.n
    assert after.overall.n_scored == before.overall.n_scored - 3
    assert not set(late) & set(after.cases["id"])


def test_what_is_lost_from_sight_is_counted(small):
    frame = register(small, CUTOFF, "2025-01-01")
    gone = frame.filter(pl.col("observed_at") == NOW, pl.col("status") == "running")["id"].head(4)
    seen = frame.filter(~(pl.col("id").is_in(gone.to_list()) & (pl.col("observed_at") > NOW)))
    assert bc.backtest(seen, CUTOFF, prior=ALONE).lost == 4


def test_several_cutoffs_are_scored_together(small):
    frame = register(small, "2017-01-01", "2018-01-01", CUTOFF, "2025-01-01")
    days = ["2018-01-01", date(2019, 1, 1)]
    both = bc.backtest(frame, days, prior=ALONE)
    alone = [bc.backtest(frame, day, prior=ALONE) for day in days]
    assert both.overall.n_scored == sum(found.overall.n_scored for found in alone)
    assert both.overall.crps == pytest.approx(pl.concat([found.cases for found in alone])["crps"].mean())
    assert both.cutoffs == (date(2018, 1, 1), NOW)


def test_classes_are_told_apart_to_a_depth(small):
    frame = register(small, CUTOFF, "2025-01-01")
    names = [[score.name for score in bc.backtest(frame, CUTOFF, prior=ALONE, depth=k).by_class] for k in (1, 2)]
    assert names == [["building", "digital", "rail"], ["building/hospital", "building/school", "digital", "rail"]]


def test_a_cutoff_that_cannot_be_scored_is_left_out_and_named(small):
    frame = register(small, CUTOFF, "2025-01-01")
    days = [date(1980, 1, 1), NOW, date(2025, 1, 1)]
    found, alone = bc.backtest(frame, days, prior=ALONE), bc.backtest(frame, NOW, prior=ALONE)
    assert (found.cutoffs, found.overall) == ((NOW,), alone.overall)
    assert [(absent.cutoff, str(absent.why).split(": ")[0]) for absent in found.left_out] == [
        (days[0], "Nothing had finished by 1980-01-01"),
        (days[2], "Nothing was running on 2025-01-01 of which something is known later. Choose an earlier cut-off."),
    ]
    assert alone.left_out == ()


def test_cutoffs_of_which_none_can_be_scored_are_refused_each_with_its_reason(small):
    frame = register(small, CUTOFF, "2025-01-01")
    with pytest.raises(PlanbookError) as refused:
        bc.backtest(frame, ["1980-01-01", "2025-01-01"])
    first, last = (str(problem.message) for problem in refused.value.problems)
    assert first.startswith("Nothing was running on 1980-01-01: the first of the table began on ")
    assert first.endswith("Choose a later cut-off.")
    assert last.startswith("Nothing was running on 2025-01-01 of which something is known later.")


def test_a_day_on_which_nothing_ran_is_refused(small):
    frame = register(small, CUTOFF, "2025-01-01")
    with pytest.raises(PlanbookError, match=r"Nothing was running on 2025-01-01 of which something is known later"):
        bc.backtest(frame, "2025-01-01", prior=ALONE)
