"""Start delays and costs of comparable projects, learned from what was known on a day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from backcast.planbook.book import Planbook
from backcast.planbook.check import check
from backcast.planbook.delays import LEAST, cost_ratios, start_delays
from backcast.planbook.history import complete

DAY = date(2024, 6, 30)
LATER = date(2030, 1, 1)


def _day(number: float) -> date:
    return date(2024, 1, 1) + timedelta(days=int(number))


def _history(rows: list[dict]) -> pl.DataFrame:
    return complete(pl.DataFrame(rows, infer_schema_length=None))


def _late(*delays: int, plan: date = date(2024, 1, 1), **more) -> list[dict]:
    """Projects that began so many days after a planned start, and go on for a year."""
    return [
        {"id": f"{more.get('class', '')}{k}", "planned_start": plan, "planned_finish": plan + timedelta(365),
         "actual_start": plan + timedelta(delay), "observed_at": LATER} | more
        for k, delay in enumerate(delays)
    ]  # fmt: skip


def _row(classes: pl.DataFrame, name: str = "*") -> dict:
    (row,) = classes.filter(pl.col("class") == name).iter_rows(named=True)
    return row


# ---- Start delays.


def test_a_delay_is_the_days_from_the_planned_to_the_actual_start():
    row = _row(start_delays(_history(_late(-10, 0, 20, 40, 90)), LATER, source="register"))
    assert (row["interval"], row["p01"], row["p50"], row["p99"], row["n"]) == ("start_delay", -10, 20, 90, 5)
    assert (row["status"], row["source"], row["note"]) == ("derived", "register", None)


def test_rows_of_delays_are_classes_that_a_planbook_may_bring():
    found = start_delays(_history(_late(-10, 0, 20, 40, 90)), LATER)
    root = {"class": ["*"], "p10": [0.8], "p50": [1.0], "p90": [1.5]}
    own = pl.concat([found, pl.DataFrame(root)], how="diagonal_relaxed")
    assert not [problem for problem in check(Planbook.of({"classes": own})) if problem.table == "classes"]


def test_delays_are_right_although_many_projects_still_wait():
    """Known truth: plans all over two years, delays to both sides, and a day on which half have begun."""
    rng = np.random.default_rng(4)
    plan, delay = rng.integers(-400, 400, 6_000), np.round(rng.gamma(2.0, 80.0, 6_000) - 60.0).astype(int)
    rows = [
        {"id": str(k), "planned_start": _day(p), "planned_finish": _day(p + 300), "observed_at": DAY,
         "actual_start": _day(p + d) if _day(p + d) <= DAY else None}
        for k, (p, d) in enumerate(zip(plan, delay, strict=True))
    ]  # fmt: skip
    row = _row(start_delays(_history(rows), DAY))
    for percent in (10, 50, 80):
        assert row[f"p{percent}"] == pytest.approx(np.percentile(delay, percent), abs=8)
    begun = [d for p, d in zip(plan, delay, strict=True) if _day(p + d) <= DAY]
    assert np.percentile(begun, 80) < row["p80"] - 20


def test_what_was_not_known_on_the_day_is_not_seen():
    rows = _late(-10, 0, 20, 40, 90, 300)
    then = start_delays(_history(rows), DAY)
    assert then.equals(start_delays(_history([*rows[:-1], rows[-1] | {"actual_start": date(2029, 1, 1)}]), DAY))
    row = _row(then)
    assert (row["n"], row["p99"]) == (5, 90)
    assert row["note"] == "From P90 on: the largest seen, 90; what is not over yet may exceed it."


def test_later_observations_of_a_panel_are_not_seen():
    rows = [row | {"observed_at": DAY} for row in _late(-10, 0, 20, 40, 90)]
    waiting = {"id": "W", "planned_start": date(2024, 1, 1), "planned_finish": LATER, "observed_at": DAY}
    later = [waiting | {"observed_at": LATER, "actual_start": date(2029, 1, 1)}]
    assert start_delays(_history([*rows, waiting, *later]), DAY).equals(start_delays(_history([*rows, waiting]), DAY))


def test_the_first_stated_plan_counts():
    rows = [row | {"observed_at": date(2023, 6, 1), "actual_start": None} for row in _late(5, 10, 20, 40, 90)]
    moved = [row | {"planned_start": row["actual_start"]} for row in _late(5, 10, 20, 40, 90)]
    assert _row(start_delays(_history([*rows, *moved]), LATER))["p50"] == 20


def test_a_project_begins_with_its_first_interval():
    first = _late(5, 10, 20, 40, 90, interval="preparation")
    second = _late(500, 600, 700, 800, 900, interval="construction", plan=date(2025, 1, 1))
    row = _row(start_delays(_history([*first, *second]), LATER))
    assert (row["n"], row["p50"], row["p99"]) == (5, 20, 90)


def test_plans_written_after_the_start_tell_nothing():
    assert start_delays(_history(_late(0, 0, 0, 0, 0, 0)), LATER).is_empty()


def test_a_register_that_restates_its_plans_tells_delays_of_plans_made_before_the_start():
    seen = [
        row | {"observed_at": date(year, 1, 1), "planned_finish": date(year + 3, 1, 1)}
        for row in _late(1, 2, 3, 4, 5, 6, plan=date(2019, 1, 1)) for year in (2020, 2021, 2022)
    ]  # fmt: skip
    assert start_delays(_history(seen), LATER).is_empty()


def test_rows_without_planned_or_actual_start_are_not_used():
    unplanned = [row | {"id": f"U{row['id']}", "planned_start": None} for row in _late(*range(500, 520))]
    untold = [row | {"id": f"S{row['id']}", "actual_start": None, "status": "running"} for row in _late(*range(20))]
    rows = _late(-10, 0, 20, 40, 90)
    assert start_delays(_history([*rows, *unplanned, *untold]), LATER).equals(start_delays(_history(rows), LATER))


def test_a_class_leans_on_the_one_above_it_and_a_tiny_one_is_left_out():
    rail = _late(*range(100, 700), **{"class": "transport/rail"})
    road = _late(*[0] * 6, **{"class": "transport/road"})
    tiny = _late(*[0] * (LEAST - 1), **{"class": "water"})
    found = start_delays(_history([*rail, *road, *tiny]), LATER)
    assert found["class"].to_list() == ["*", "transport", "transport/rail", "transport/road"]
    assert _row(found, "transport/road")["p10"] == 0
    assert 200 < _row(found, "transport/road")["p50"] < _row(found, "transport/rail")["p50"] + 1


# ---- Costs.


def _costing(*ratios: float, **more) -> list[dict]:
    return [
        {"id": f"{more.get('status')}{k}", "baseline_cost": 200.0, "actual_cost": 200.0 * ratio,
         "planned_start": date(2020, 1, 1), "planned_finish": date(2021, 1, 1), "actual_start": date(2020, 1, 1),
         "actual_finish": date(2021, 1, 1), "status": "finished", "observed_at": DAY} | more
        for k, ratio in enumerate(ratios)
    ]  # fmt: skip


def test_cost_is_actual_over_planned():
    row = _row(cost_ratios(_history(_costing(0.9, 1.0, 1.1, 1.4, 2.05)), DAY))
    assert (row["interval"], row["p01"], row["p50"], row["p99"], row["n"]) == ("cost", 0.9, 1.1, 2.05, 5)


def test_costs_in_different_units_leave_ratios_above_zero():
    row = _row(cost_ratios(_history(_costing(1e-9, 1e-5, 1.0, 1e7, 1e300)), DAY))
    assert (row["p01"], row["p50"], row["p99"]) == (0.001, 1.0, 1e6)


def test_what_still_runs_costs_more_than_was_spent():
    done = _costing(*np.linspace(0.8, 1.2, 50))
    spent = _costing(*[1.15] * 20, status="running", actual_finish=None)
    untold = _costing(*[1.0] * 20, status="running", actual_finish=None, id="U", actual_cost=None)
    alone, both = (cost_ratios(_history(rows), DAY) for rows in (done, [*done, *spent, *untold]))
    assert _row(both)["p80"] > _row(alone)["p80"] + 0.03
    assert _row(both)["n"] == 50


def test_what_was_given_up_and_what_cost_nothing_tell_no_cost():
    rows = _costing(0.9, 1.0, 1.1, 1.4, 2.0)
    given_up = _costing(0.1, 0.2, status="cancelled")
    free = _costing(0.0, 0.0, id="F")
    assert cost_ratios(_history([*rows, *given_up, *free]), DAY).equals(cost_ratios(_history(rows), DAY))


def test_what_was_spent_later_is_not_seen():
    rows = _costing(0.9, 1.0, 1.1, 1.4, 2.0)
    later = _costing(9.0, status="running", actual_finish=None, id="L", observed_at=LATER)
    finished = _costing(9.0, id="M", actual_finish=date(2029, 1, 1), observed_at=LATER)
    assert cost_ratios(_history([*rows, *later, *finished]), DAY).equals(cost_ratios(_history(rows), DAY))
