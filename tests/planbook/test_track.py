"""What earlier runs said, verdict by verdict, against what came."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest
from builders import book, observed, table

import backcast as bc
from backcast.language import tr
from backcast.planbook.hindsight import PastRun
from backcast.planbook.results import ValueQuantiles, Verdict
from backcast.planbook.track import scored

SAID_ON, DUE, NOW = date(2022, 12, 31), date(2023, 12, 31), date(2024, 12, 31)
FIGURES = {"d2021_12_31": 30.0, "d2022_12_31": 50.0}
AT_ONCE = datetime(2023, 1, 10, tzinfo=UTC)


def _verdict(**more):
    about = {"indicator": "I", "region": "R", "date": DUE, "target": 60.0, "comparison": "at_least"}
    about |= {
        "direction": "higher",
        "document": "plan",
        "state": "forecast",
        "basis": "trend",
        "reason": tr("Because."),
    }
    return Verdict(**(about | {"probability": 0.7, "value": ValueQuantiles(55.0, 62.0, 70.0)} | more))


def _run(*verdicts, kept_at=AT_ONCE, data_date=SAID_ON, seed=0):
    return PastRun(data_date, "f" * 64, seed, 100, "1", verdicts or (_verdict(),), kept_at)


def _planbook(figures, **tables):
    return book(**({"observations": observed(**FIGURES, **figures)} | tables))


def _record(figures, *runs, data_date=NOW, **tables):
    return scored(_planbook(figures, **tables), runs or (_run(),), data_date)


def _only(figures, *runs, **more):
    record = _record(figures, *runs, **more)
    assert (len(record.settled), len(record.waiting)) == (1, 0)
    return record.settled[0]


def _why(figures, *runs, **more):
    record = _record(figures, *runs, **more)
    assert (len(record.settled), len(record.waiting)) == (0, 1)
    return record.waiting[0].why


# ---- What settles a verdict.


def test_a_figure_of_the_date_itself_tells_the_outcome_and_the_value():
    met = _only({"d2023_12_31": 64})
    assert (met.met, met.came, met.came_on, met.held) == (True, 64, DUE, True)
    assert met.brier == pytest.approx(0.3**2)
    assert met.loss == pytest.approx(2 / 3 * (0.1 * 9 + 0.5 * 2 + 0.1 * 6))
    missed = _only({"d2023_12_31": 54})
    assert (missed.met, missed.held) == (False, False)
    assert missed.brier == pytest.approx(0.7**2)


def test_a_stock_that_cannot_fall_is_met_before_its_date_and_stays_met():
    early = _only({"d2023_06_30": 61}, data_date=date(2023, 8, 31))
    assert (early.met, early.came_on) == (True, date(2023, 6, 30))
    assert (early.held, early.loss) == (None, None)  # nobody knows the value of the date itself


def test_a_stock_that_cannot_fall_is_missed_by_a_later_figure_below_the_target():
    missed = _only({"d2024_06_30": 58})
    assert (missed.met, missed.came_on, missed.held) == (False, date(2024, 6, 30), None)


def test_a_later_figure_above_the_target_does_not_tell_when_it_was_met():
    assert _why({"d2024_06_30": 61}) == "not_told"


@pytest.mark.parametrize("figures", [{"d2023_06_30": 61}, {"d2024_06_30": 58}])
def test_what_can_fall_is_told_by_a_figure_of_its_very_date_only(figures):
    falls = {"code": "I", "unit": "unit", "kind": "stock", "direction": "higher", "can_fall": True}
    assert _record(figures, indicators=falls).settled.to_frame().height == 0
    assert _only(figures | {"d2023_12_31": 59}, indicators=falls).met is False


def test_a_limit_is_kept_where_the_value_is_at_most_the_target():
    said = _verdict(comparison="at_most", target=60.0)
    assert _only({"d2023_12_31": 60}, _run(said)).met
    assert not _only({"d2023_12_31": 61}, _run(said)).met


def test_a_target_is_judged_by_the_value_that_was_asked_for_then():
    """A target that was lowered afterwards does not improve what was said of the first."""
    lowered = {"date": "2023-12-31", "value": 40.0, "document": "notice", "issued": "2023-10-01"}
    assert not _only({"d2023_12_31": 54}, targets=[lowered]).met


# ---- What does not.


def test_a_date_that_is_not_reached_waits():
    assert _why({"d2023_06_30": 55}, data_date=date(2023, 8, 31)) == "date_not_reached"


def test_a_date_without_any_figure_waits_for_one():
    assert _why({}) == "no_figure"


def test_an_indicator_that_is_gone_cannot_be_judged():
    assert _why({"d2023_12_31": 64}, _run(_verdict(indicator="GONE"))) == "not_in_planbook"


def test_figures_of_another_definition_settle_nothing():
    definitions = [{"version": "old"}, {"version": "new", "valid_from": "2023-03-01", "series_break": True}]
    rows = [row | {"definition": "old"} for row in observed(**FIGURES)]
    new = observed(d2023_12_31=64)[0]
    for label in ({"definition": "new"}, {}):  # one without a label counts by its date
        told = {"observations": [*rows, new | label], "definitions": definitions}
        assert _why({}, **told) == "definition_changed"
    old = {"observations": [*rows, new | {"definition": "old"}], "definitions": definitions}
    assert _only({}, **old).met  # the old definition went on


def test_verdicts_that_were_no_forecast_are_left_out():
    settled = [_verdict(state=state, probability=None, value=None) for state in ("met", "missed", "no_evidence")]
    record = _record({"d2023_12_31": 64}, _run(*settled))
    assert (len(record.settled), len(record.waiting)) == (0, 0)


# ---- No look-ahead.


def test_a_figure_that_is_known_after_the_data_date_is_not_used():
    late = {"date": "2023-12-31", "value": 64.0, "known_from": "2025-02-01"}
    assert _why({}, observations=[*observed(**FIGURES), late]) == "no_figure"
    in_time = late | {"known_from": "2024-02-01"}
    assert _only({}, observations=[*observed(**FIGURES), in_time]).met


def test_what_a_kept_run_said_does_not_change_with_what_came():
    said = {value: _only({"d2023_12_31": value}) for value in (54, 64, 9000)}
    assert len({(row.probability, row.p10, row.p50, row.p90) for row in said.values()}) == 1


def test_a_recomputed_run_sees_nothing_that_came_later():
    target = {"date": "2024-06-30", "value": 90.0}
    said = []
    for came in (70.0, 900.0):
        planbook = _planbook({"d2023_12_31": 64.0, "d2024_06_30": came}, targets=[target])
        record = bc.track(planbook, data_date=NOW, draws=200)
        said.append([(row.data_date, row.probability, row.p50) for row in record.settled])
        assert {row.met for row in record.settled} == {came > 90}
    assert said[0] == said[1] != []


def test_runs_of_the_data_date_and_later_ones_are_not_looked_at():
    record = _record({"d2023_12_31": 64}, _run(data_date=NOW), _run(data_date=date(2025, 6, 30)))
    assert (record.runs, len(record.settled), len(record.waiting)) == ((), 0, 0)


# ---- Kept and recomputed.


def test_the_ends_of_years_are_recomputed_where_no_run_was_kept():
    planbook = _planbook({"d2023_12_31": 64.0})
    on_time = datetime(2022, 7, 15, tzinfo=UTC)
    kept = _run(_verdict(date=date(2025, 12, 31)), data_date=date(2022, 6, 30), kept_at=on_time)
    record = bc.track(planbook, [kept], data_date=NOW, draws=50)
    told = [(run.source, run.data_date.isoformat()) for run in record.runs]
    assert told == [
        ("recomputed", "2020-12-31"), ("recomputed", "2021-12-31"), ("kept", "2022-06-30"),
    ]  # after 2023-12-31 nothing came  # fmt: skip
    assert [run.source for run in bc.track(planbook, [kept], data_date=NOW, recompute=False).runs] == ["kept"]


def test_what_was_said_first_counts_and_no_later_run_improves_it():
    first, later = _run(_verdict(probability=0.2)), _run(kept_at=datetime(2024, 5, 1, tzinfo=UTC), seed=1)
    again = _run(_verdict(probability=0.99), kept_at=None)
    record = _record({"d2023_12_31": 64}, again, later, first)
    assert [row.probability for row in record.settled] == [0.2]
    assert record.repeated == 2


@pytest.mark.parametrize(
    ("kept_at", "source", "in_advance"),
    [
        (AT_ONCE, "kept", True),
        (datetime(2023, 4, 2, tzinfo=UTC), "kept", True),
        (datetime(2023, 4, 3, tzinfo=UTC), "recomputed", True),
        (datetime(2024, 5, 1, tzinfo=UTC), "recomputed", False),
        (None, "recomputed", False),
    ],
)
def test_only_what_was_stored_while_its_data_date_was_current_counts_as_kept(kept_at, source, in_advance):
    run = _run(kept_at=kept_at)
    row = _only({"d2023_12_31": 64}, run)
    assert (row.source, row.in_advance) == (source, in_advance)
    assert run.source == source


def test_what_was_stored_once_its_answer_was_known_does_not_count_as_kept():
    soon = date(2023, 1, 5)
    row = _only({"d2023_01_05": 64}, _run(_verdict(date=soon)))
    assert (row.source, row.in_advance) == ("recomputed", False)
    assert (
        _only({"d2023_01_05": 64}, _run(_verdict(date=soon), kept_at=datetime(2023, 1, 4, tzinfo=UTC))).source == "kept"
    )


def test_a_run_of_today_for_a_date_long_past_does_not_adorn_the_score_of_what_was_kept():
    backdated = _run(_verdict(probability=1.0), data_date=date(2021, 12, 31), kept_at=datetime(2024, 5, 1, tzinfo=UTC))
    record = _record({"d2023_12_31": 64}, _run(), backdated)
    assert (record.score("kept").n, record.score("kept").brier) == (1, pytest.approx(0.09))
    assert (record.score("recomputed").n, record.score("recomputed").brier, record.late) == (1, 0.0, 1)
    assert "1 of the recomputed verdicts were stored, but with hindsight: more than 92 days" in str(record)


def test_what_is_computed_only_now_is_not_called_stored():
    record = _record({"d2023_12_31": 64}, _run(), _run(kept_at=None, data_date=date(2021, 12, 31)))
    assert record.late == 0
    assert "hindsight" not in str(record)


# ---- All together.


def _many(*said):
    """Verdicts on targets of their own: probability, and whether the target was met."""
    verdicts = [_verdict(target=60.0 + k / 100 if met else 90.0 + k, probability=p) for k, (p, met) in enumerate(said)]
    return _record({"d2023_12_31": 64}, _run(*verdicts))


def test_the_brier_score_is_the_mean_of_squares_and_skill_compares_with_the_base_rate():
    score = _many(*[(0.8, True)] * 6, *[(0.2, False)] * 4).score()
    assert (score.n, score.n_targets, score.base_rate, score.n_early) == (10, 10, 0.6, 0)
    assert score.brier == pytest.approx(0.04)
    assert score.skill == pytest.approx(1 - 0.04 / 0.24)
    assert (score.n_bands, score.held) == (10, 1.0)


@pytest.mark.parametrize(
    "said",
    [
        [(0.8, True)] * 5 + [(0.2, False)] * 4,
        [(0.8, True)] * 20,
        [(0.8, False)] * 20,
        [(0.8, True)] * 18 + [(0.2, False)] * 2,
    ],
)
def test_skill_is_not_told_where_it_would_be_chance(said):
    score = _many(*said).score()
    assert score.brier is not None
    assert score.skill is None


def test_reliability_tells_what_was_said_against_what_came():
    record = _many((0.1, False), (0.2, True), (0.5, True), (0.9, True), (1.0, False))
    assert [(found.low, found.n, found.came) for found in record.reliability] == [
        (0.0, 2, 0.5),
        (0.4, 1, 1),
        (0.8, 2, 0.5),
    ]
    assert record.reliability[0].said == pytest.approx(0.15)


def test_early_settlements_are_counted_apart_because_they_can_only_be_met():
    record = _record(
        {"d2023_06_30": 61},
        _run(_verdict(), _verdict(target=99.0), _verdict(target=51.0, date=date(2023, 6, 30), probability=0.9)),
        data_date=date(2023, 8, 31),
    )
    assert (record.score().n, record.score().n_early) == (2, 1)
    assert record.score(due_only=True).n == 1
    assert record.score(due_only=True).brier == pytest.approx(0.01)
    assert "Of targets whose date has passed: 1 verdicts on 1 different targets, 100% met, Brier score 0.010." in str(
        record
    )
    assert "which can only be by being met" in str(record)


def test_kept_and_recomputed_verdicts_are_scored_apart():
    again = _run(_verdict(probability=0.5), kept_at=None, data_date=date(2021, 12, 31))
    record = _record({"d2023_12_31": 64}, _run(), again)
    assert record.score("kept").brier == pytest.approx(0.09)
    assert record.score("recomputed").brier == pytest.approx(0.25)
    assert record.score().brier == pytest.approx(0.17)


def test_a_record_prints_as_sentences_and_turns_into_a_frame():
    record = _record({"d2023_12_31": 64}, _run(_verdict(), _verdict(target=90.0, date=date(2025, 12, 31))))
    lines = str(record).splitlines()
    assert lines[0] == "I, R, 60 by 2023-12-31: said on 2022-12-31 70% likely; 64 on 2023-12-31: met."
    assert lines[1].startswith("Verdicts settled: 1, on 1 different targets, 100% met. Brier score 0.090")
    assert lines[-1] == "Not settled: 1. Its date is not reached."
    assert str(record.waiting) == ("I, R, 90 by 2025-12-31: said on 2022-12-31 70% likely. Its date is not reached.")
    assert isinstance(record.to_frame(), pl.DataFrame)
    assert record.to_frame()["met"].to_list() == [True]


def test_an_empty_record_says_what_to_do():
    empty = bc.track(book(), data_date=date(2020, 12, 31))
    assert str(empty).startswith(
        "No run of an earlier data date is kept, and nothing later is known. Run the planbook monthly"
    )
    assert empty.to_frame().height == 0
    waiting = _record({}, _run(), data_date=date(2023, 1, 31))
    assert "No verdict is settled yet" in str(waiting)


def test_the_order_of_the_runs_changes_nothing():
    runs = [_run(), _run(_verdict(probability=0.4), data_date=date(2021, 12, 31))]
    one, other = (_record({"d2023_12_31": 64}, *order) for order in (runs, runs[::-1]))
    assert one.to_frame().equals(other.to_frame())


def test_a_plan_without_data_date_asks_for_one():
    plan = table("plan", {"data_date": None})
    with pytest.raises(bc.PlanbookError, match="The plan has no data date"):
        bc.track(book().replace(plan=plan))


def test_a_run_taken_down_is_what_the_run_said():
    found = bc.run(_planbook({}), data_date=SAID_ON, draws=50)
    past = PastRun.of(found)
    assert past.verdicts == tuple(found.verdicts)
    assert (past.source, replace(past, kept_at=AT_ONCE).source) == ("recomputed", "kept")
