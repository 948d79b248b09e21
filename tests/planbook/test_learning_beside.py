"""What is learned beside lengths: start delays, costs and shared risk, in one table of classes."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from builders import book, project

import backcast as bc
from backcast.planbook.assembly import assemble
from backcast.planbook.check import check
from backcast.planbook.uncertainty import uncertainty

ALONE = pl.DataFrame()
BEGIN, QUARTERS, EACH = date(2005, 1, 1), 60, 40


def _history(rho: float, seed: int = 1) -> pl.DataFrame:
    """Projects of a year each, due over fifteen years; what is due in the same quarter shares a factor."""
    rng = np.random.default_rng(seed)
    quarter = np.repeat(np.arange(QUARTERS), EACH)
    score = np.sqrt(rho) * rng.normal(size=QUARTERS)[quarter] + np.sqrt(1 - rho) * rng.normal(size=quarter.size)
    due = [BEGIN + timedelta(45 + round(91.3125 * q)) for q in quarter]
    took, late = np.round(365 * np.exp(0.1 + 0.3 * score)).astype(int), rng.integers(-20, 200, quarter.size)
    start = [day - timedelta(365) for day in due]
    return pl.DataFrame(
        {
            "id": [str(k) for k in range(quarter.size)],
            "planned_start": [day - timedelta(int(late[k])) for k, day in enumerate(start)],
            "planned_finish": due,
            "actual_start": start,
            "actual_finish": [day + timedelta(int(days)) for day, days in zip(start, took, strict=True)],
            "baseline_cost": 100.0,
            "actual_cost": 100.0 * np.exp(rng.normal(0.2, 0.1, quarter.size)),
        }
    )


def _as_planned(history: pl.DataFrame) -> pl.DataFrame:
    """The same with plans that begin when the work did, so that all planned lengths are a year."""
    return history.with_columns(planned_start="actual_start")


@pytest.fixture(scope="module")
def learned():
    return bc.learn(_history(0.3), prior=ALONE)


def test_start_delays_and_costs_are_rows_of_the_classes(learned):
    rows = {row["interval"]: row for row in learned.to_frame().iter_rows(named=True)}
    assert set(rows) == {None, "start_delay", "cost"}
    assert rows["start_delay"]["p50"] == pytest.approx(90, abs=10)
    assert rows["cost"]["p50"] == pytest.approx(np.exp(0.2), abs=0.02)


def test_the_table_is_right_for_a_planbook(learned):
    planbook = bc.Planbook.of({"classes": learned.to_frame()})
    assert not [problem for problem in check(planbook) if problem.table == "classes"]


def test_what_is_learned_beside_lengths_is_told(learned):
    assert "*, start: P10" in str(learned)
    assert "*, cost: P10" in str(learned)
    assert "Shared risk 0." in str(learned)


@pytest.mark.parametrize("rho", [0.0, 0.2, 0.5])
def test_shared_risk_is_the_truth_within_its_error(rho: float):
    shared = bc.learn(_as_planned(_history(rho)), prior=ALONE).shared
    assert abs(shared.estimate - rho) < 3 * shared.error


def test_shared_risk_is_that_of_the_run(learned):
    own = learned.to_frame()
    found = assemble(book(projects=[project("A")], classes=list(own.iter_rows(named=True))[:1]))
    run = uncertainty(found.known, found.library, found.schedule, found.now)
    assert run.correlation == pytest.approx(learned.shared.value, abs=1e-4)


def test_a_short_history_tells_no_shared_risk():
    frame = bc.learn(_history(0.3).head(20), prior=ALONE).to_frame()
    assert frame["correlation"].null_count() == frame.height
