"""One run from end to end."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from builders import book, observed, project

from backcast.engine.network import CycleError
from backcast.engine.simulate import BLOCK
from backcast.planbook import outlook
from backcast.planbook.problem import PlanbookError
from backcast.planbook.run import FIRST_DRAWS, run

UNCERTAIN = {"p10": 0.8, "p50": 1.2, "p90": 2.0}


NOT_BEGUN = project("A", "2024-12-31", start="2024-03-01") | {"actual_start": None, "stage": "reserve"}


def _planbook(**tables):
    given = {"observations": observed(d2023_12_31=60), "projects": NOT_BEGUN}
    return book(**(given | {"outputs": {"project": "A", "amount": 50.0, "gate": "completion"}} | tables))


@pytest.fixture(scope="module")
def found():
    return run(_planbook(classes=UNCERTAIN), draws=300, seed=5)


# ---- What is asked.


def test_the_plans_own_data_date_counts_where_none_is_given(found):
    assert found.data_date == date(2023, 12, 31)
    assert run(_planbook(), data_date="2023-06-30", draws=2).data_date == date(2023, 6, 30)
    assert run(_planbook(), data_date=date(2023, 6, 30), draws=2).data_date == date(2023, 6, 30)


def test_without_any_data_date_a_run_asks_for_one():
    with pytest.raises(PlanbookError, match=r"The plan has no data date\. Give one"):
        run(_planbook(plan={"data_date": None}))


def test_activities_that_wait_for_each_other_are_named():
    activities = [{"project": "A", "code": code, "duration": 5} for code in "12"]
    links = [
        {"predecessor_project": "A", "predecessor": one, "successor_project": "A", "successor": other}
        for one, other in ("12", "21")
    ]
    with pytest.raises(CycleError, match=r"Activities wait for each other: A/[12] → A/[12] → A/[12]\."):
        run(_planbook(activities=activities, relationships=links))


def test_progress_is_told_from_beginning_to_end():
    told = []
    run(_planbook(), draws=1100, progress=lambda what, done, of: told.append((str(what), done, of)))
    assert told[:3] == [("Simulating delivery", 1, 3), ("Simulating delivery", 2, 3), ("Simulating delivery", 3, 3)]
    assert told[-1] == ("Judging targets", 1, 1)


# ---- What is told.


def test_a_run_says_what_it_was_made_of(found):
    assert (found.draws, found.seed) == (300, 5)
    assert found.fingerprint == _planbook(classes=UNCERTAIN).fingerprint
    assert found.version


def test_every_target_in_force_has_a_verdict(found):
    assert len(found.verdicts) == 1
    several = [{}, {"date": "2024-12-31"}, {"region": "S"}, {"indicator": "J"}]
    planbook = _planbook(targets=several, regions=[{}, {"code": "S"}], indicators=[{}, {"code": "J"}])
    verdicts = run(planbook, draws=5).verdicts
    assert [(v.indicator, v.region, str(v.date)) for v in verdicts] == [
        ("I", "R", "2024-12-31"), ("I", "R", "2025-12-31"), ("I", "S", "2025-12-31"), ("J", "R", "2025-12-31")
    ]  # fmt: skip


def test_an_empty_library_and_no_observations_are_an_honest_run():
    planbook = book()
    result = run(planbook, draws=3)
    assert [verdict.state for verdict in result.verdicts] == ["no_evidence"]
    assert len(result.trajectories) == len(result.drivers()) == len(result.latest_dates()) == 0
    assert len(run(book(targets=[]), draws=3).verdicts) == 0


def test_verdicts_print_as_sentences(found):
    (line,) = str(found.verdicts).splitlines()
    assert line.startswith("I, R, 100 by 2025-12-31: ")
    assert "likely. Median 110, P10–P90 60–110. Rests on 1 project outputs" in line
    assert str(found) == f"2023-12-31, 300 draws\n{line}"


def test_verdicts_turn_into_a_frame(found):
    frame = found.verdicts.to_frame()
    assert frame.height == 1
    assert {"indicator", "region", "date", "probability", "value_p10", "first_met_p80", "reason"} <= set(frame.columns)
    assert frame["value_p50"].item() == found.verdicts[0].value.p50


def test_a_trajectory_prints_and_turns_into_a_frame(found):
    points = found.trajectory("I", "R")
    assert str(points).splitlines()[0].startswith("I, R, 2024-01-31: median 60, P10–P90 60–60.")
    frame = points.to_frame()
    assert frame.columns == ["indicator", "region", "date", "p10", "p50", "p90", "early", "late"]
    assert ((frame["p10"] <= frame["p50"]) & (frame["p50"] <= frame["p90"])).all()
    assert (frame["late"] <= frame["early"]).all()
    assert len(found.trajectory("I", "NOWHERE")) == 0


def test_a_trajectory_has_every_month_end_and_the_targets_dates():
    dates = [point.date for point in run(_planbook(targets={"date": "2024-05-10"}), draws=3).trajectory("I", "R")]
    assert dates[:6] == [date(2024, m, d) for m, d in ((1, 31), (2, 29), (3, 31), (4, 30), (5, 10), (5, 31))]
    assert dates[-1] <= date(2025, 12, 31) + timedelta(days=366)


def test_drivers_print_and_turn_into_a_frame(found):
    assert str(found.drivers("I", "R")).splitlines()[0].startswith("I, R, 2025-12-31: A costs ")
    frame = found.drivers().to_frame()
    assert frame.height == len(found.drivers())
    assert {"project", "kind", "cost", "worth", "probability_change", "standard_error", "through_links"} <= set(
        frame.columns
    )


def test_latest_dates_print_and_turn_into_a_frame(found):
    latest = found.latest_dates(0.8)
    assert "must be done by" in str(latest)
    assert latest.to_frame().height == len(latest) == 2
    assert found.latest_dates(0.8) is latest  # asked twice, found once


def test_the_schedule_turns_into_a_frame(found):
    frame = found.schedule.to_frame()
    assert frame["code"].to_list() == ["construction", "preparation", "ramp", "trial"]
    assert frame["early_start"].to_list()[0] == date(2024, 3, 1)


# ---- Latest dates.


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.2, 80])
def test_an_impossible_confidence_is_refused(found, confidence):
    with pytest.raises(ValueError, match="Confidence is a share between 0 and 1"):
        found.latest_dates(confidence)


def test_without_uncertainty_the_latest_date_is_worked_back_by_hand():
    """306 days of construction end on 2025-12-31, so preparation must be over on the day before they begin."""
    latest = {row.gate: row for row in run(_planbook(), draws=3).latest_dates()}
    assert latest["completion"].latest == date(2025, 12, 31)
    assert latest["start"].latest == date(2025, 12, 31) - timedelta(days=306)
    assert latest["completion"].planned == latest["completion"].forecast == date(2024, 12, 31)
    assert latest["start"].days_left == (latest["start"].latest - date(2023, 12, 31)).days


def test_a_ramp_must_be_over_at_the_targets_date():
    ramp = {"project": "A", "amount": 50.0, "gate": "completion", "spread": "ramp", "ramp_days": 90}
    latest = {row.gate: row.latest for row in run(_planbook(outputs=ramp), draws=3).latest_dates()}
    assert latest["completion"] == date(2025, 12, 31) - timedelta(days=90)


def test_gates_that_are_passed_are_not_asked_about():
    planbook = _planbook(projects=project("A", "2024-12-31"))
    assert [row.gate for row in run(planbook, draws=3).latest_dates()] == ["completion"]


def test_whoever_keeps_the_latest_date_meets_it_with_that_confidence():
    planbook = _planbook(classes=UNCERTAIN | {"cancelled": 0.04})
    result = run(planbook, draws=2000)
    start = next(row for row in result.latest_dates(0.8) if row.gate == "start")
    row = {"project": "A", "code": "works", "duration": 306, "gate": "completion"}
    pinned = row | {"constraint": "start_no_earlier_than", "constraint_date": str(start.latest + timedelta(days=1))}
    again = run(_planbook(activities=pinned, classes=UNCERTAIN), draws=2000)
    assert again.verdicts[0].probability * 0.96**2 >= 0.8 - 0.03
    assert start.latest < date(2025, 12, 31) - timedelta(days=306)


# ---- Digits.


def test_the_first_draws_and_the_threads_change_nothing():
    one, two = (run(_planbook(classes=UNCERTAIN), draws=600, threads=threads) for threads in (1, 2))
    assert one.verdicts.to_frame().equals(two.verdicts.to_frame())


def test_drawing_for_one_indicator_at_a_time_changes_nothing(monkeypatch):
    projects = [project(code, "2024-12-31", start="2024-03-01") | {"actual_start": None} for code in "AB"]
    planbook = _planbook(
        classes=UNCERTAIN,
        projects=projects,
        indicators=[{"code": "I", "kind": "stock"}, {"code": "J", "kind": "flow"}],
        targets=[{"indicator": code, "region": "R", "date": "2025-12-31", "value": 70} for code in "IJ"],
        outputs=[
            {"project": p, "indicator": i, "amount": 30.0, "gate": "completion"} for p, i in ("AI", "BI", "AJ", "BJ")
        ],
    )
    together = run(planbook, draws=300)
    monkeypatch.setattr(outlook, "MOST_HELD", 1)
    apart = run(planbook, draws=300)
    assert len(together.verdicts) == 2
    for told in (lambda r: r.verdicts, lambda r: r.trajectories, lambda r: r.drivers(), lambda r: r.latest_dates()):
        assert list(told(apart)) == list(told(together)) != []


def test_a_precision_stops_as_soon_as_it_is_reached_and_changes_no_draw():
    planbook = _planbook(classes=UNCERTAIN)
    most = run(planbook, draws=40_000, precision=0.01)
    (verdict,) = most.verdicts
    assert verdict.standard_error <= 0.01
    assert most.draws < 4000
    assert most.draws % BLOCK == 0
    assert run(planbook, draws=most.draws).verdicts.to_frame().equals(most.verdicts.to_frame())


def test_a_precision_out_of_reach_takes_all_draws_and_a_coarse_one_the_first():
    planbook = _planbook(classes=UNCERTAIN)
    assert run(planbook, draws=2000, precision=1e-4).draws == 2000
    assert run(planbook, draws=2000, precision=0.3).draws == FIRST_DRAWS
    assert run(planbook, draws=500, precision=0.3).draws == 500


@pytest.mark.parametrize("precision", [0.0, 1.0, -0.1, 5])
def test_an_impossible_precision_is_refused(precision):
    with pytest.raises(ValueError, match="Precision is a standard error between 0 and 1"):
        run(_planbook(), draws=10, precision=precision)


def test_another_project_in_the_library_leaves_the_verdict_on_others_alone():
    planbook = _planbook(classes=UNCERTAIN)
    other = book(projects=project("ZZ", lead_region="R", owner="X"))["projects"]
    more = planbook.replace(projects=pl.concat([planbook["projects"], other]))
    assert run(planbook, draws=200).verdicts[0] == run(more, draws=200).verdicts[0]
