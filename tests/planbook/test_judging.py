"""From draws and facts to verdicts and their reasons."""

from __future__ import annotations

from datetime import date

import pytest
from builders import book, observed, project

from backcast.planbook.run import run

RISING = observed(d2021_12_31=40, d2022_12_31=105, d2023_12_31=110)
FALLING = observed(d2021_12_31=40, d2022_12_31=9, d2023_12_31=8)
PAST = {"date": "2022-12-31"}


def _verdict(draws=20, **tables):
    (verdict,) = run(book(**tables), draws=draws).verdicts
    return verdict


# ---- Met, missed, open.


def test_a_target_that_is_met_and_cannot_be_lost_is_met_on_its_day():
    found = _verdict(observations=RISING)
    assert (found.state, found.basis, found.light) == ("met", "met", "green")
    assert found.met_on == date(2022, 12, 31)
    assert found.probability is None
    assert str(found.reason) == "Met: 105 was reported for 2022-12-31."
    assert (found.last_value, found.last_date) == (110, date(2023, 12, 31))


def test_a_quantity_that_may_fall_has_not_met_its_target_before_the_date():
    found = _verdict(observations=RISING, indicators={"can_fall": True})
    assert found.state == "forecast"
    assert 0.5 < found.probability < 1


def test_a_falling_quantity_that_is_under_its_limit_is_met():
    found = _verdict(observations=FALLING, indicators={"direction": "lower"}, targets={"value": 10.0})
    assert (found.state, found.met_on) == ("met", date(2022, 12, 31))


@pytest.mark.parametrize("direction", ["lower", "higher"])
def test_a_growing_quantity_under_its_limit_has_not_met_anything(direction):
    """Energy use of 105 in 2022 does not say that 1,000 will be kept in 2025."""
    limit = {"value": 1000.0, "comparison": "at_most"}
    found = _verdict(observations=RISING, indicators={"direction": direction}, targets=limit)
    assert found.state == "forecast"
    assert found.probability > 0.8


def test_a_growing_quantity_near_its_limit_may_break_it():
    limit = {"value": 120.0, "comparison": "at_most"}
    found = _verdict(200, observations=RISING, indicators={"direction": "lower"}, targets=limit)
    assert found.state == "forecast"
    assert found.probability < 0.5


def test_a_target_whose_date_has_passed_is_met_or_missed_by_its_figures():
    assert _verdict(observations=RISING, targets=PAST | {"value": 105.0}).state == "met"
    found = _verdict(observations=RISING, targets=PAST | {"value": 106.0})
    assert (found.state, found.basis, found.light) == ("missed", "missed", "red")
    assert str(found.reason) == "Missed: 105 was reported for 2022-12-31."


def test_a_figure_after_the_date_that_falls_short_says_that_the_target_was_missed():
    found = _verdict(observations=RISING, targets={"date": "2023-06-30", "value": 120.0})
    assert (found.state, str(found.reason)) == ("missed", "Missed: 110 was reported for 2023-12-31.")


def test_a_figure_after_the_date_that_reaches_the_target_says_nothing_of_the_date():
    found = _verdict(observations=RISING, targets={"date": "2022-06-30"})
    assert (found.state, found.basis) == ("no_evidence", "none")
    assert str(found.reason).startswith("The date has passed and no figure for it was published")


@pytest.mark.parametrize(
    ("day", "state"), [("2022-12-31", "met"), ("2022-11-30", "no_evidence"), ("2023-12-31", "missed")]
)
def test_a_quantity_that_may_fall_is_judged_by_the_figure_of_the_date(day, state):
    figures = observed(d2021_12_31=40, d2022_12_31=105, d2023_12_31=90)
    found = _verdict(observations=figures, indicators={"can_fall": True}, targets={"date": day})
    assert found.state == state


@pytest.mark.parametrize(("comparison", "state"), [("at_least", "met"), ("more_than", "missed")])
def test_reaching_a_target_just_is_or_is_not_enough(comparison, state):
    assert _verdict(observations=RISING, targets=PAST | {"value": 105.0, "comparison": comparison}).state == state


# ---- Probability.


def test_a_forecast_tells_everything_about_its_target():
    late = {"p10": 0.8, "p50": 1.0, "p90": 1.4}
    found = _verdict(
        draws=500,
        observations=observed(d2023_12_31=60),
        projects=project("A", "2025-10-31"),
        outputs={"project": "A", "amount": 50.0, "gate": "completion"},
        classes=late,
    )
    assert found.state == "forecast"
    assert found.basis == "projects"
    assert 0.3 < found.probability < 0.9
    assert found.standard_error == pytest.approx((found.probability * (1 - found.probability) / 500) ** 0.5)
    assert found.expected_shortfall == pytest.approx(40 * (1 - found.probability), rel=0.05)
    assert (found.value.p10, found.value.p90) == (60, 110)
    assert found.first_met.p50 <= found.first_met.p80 <= found.first_met.p90
    assert found.light in ("yellow", "red")
    assert found.required_pace == pytest.approx(20, rel=0.01)
    assert str(found.reason) == "Rests on 1 project outputs; the trend is not used."


@pytest.mark.parametrize(("amount", "low", "high"), [(1000.0, 0.97, 1.0), (1.0, 0.0, 0.03)])
def test_no_forecast_is_certain(amount, low, high):
    found = _verdict(
        observations=observed(d2023_12_31=60),
        projects=project("A", "2024-10-31"),
        outputs={"project": "A", "amount": amount, "gate": "completion"},
    )
    assert low < found.probability < high


def test_a_target_that_is_met_in_too_few_draws_is_first_met_never():
    found = _verdict(
        observations=observed(d2023_12_31=60),
        projects=project("A", "2024-10-31"),
        outputs={"project": "A", "amount": 50.0, "gate": "completion"},
        classes={"cancelled": 0.4},
        draws=400,
    )
    assert found.first_met.p50 == date(2024, 10, 31)
    assert found.first_met.p80 is None
    assert found.first_met.p90 is None
    assert found.probability == pytest.approx(0.6, abs=0.08)


def test_the_best_pace_stands_beside_the_required_one():
    found = _verdict(observations=observed(d2020_12_31=10, d2021_12_31=40, d2023_12_31=60))
    assert found.required_pace == pytest.approx(40 / 2, rel=0.01)
    assert found.best_pace == pytest.approx(50 / 3, rel=0.01)


# ---- Reasons.


STOCK = {"kind": "stock", "responsible": "D"}
ASK = {"organisations": {"code": "D", "name": "科技厅", "name_en": "Department of Science"}}


def _reason(language="en", **tables):
    return _verdict(**(ASK | {"indicators": STOCK} | tables)).reason.read(language)


def test_no_figure_at_all():
    assert _reason() == "Nobody has published a figure of today's level: ask Department of Science for “I” in R."


def test_no_figure_and_no_project_of_what_counts_from_zero():
    reason = _reason(indicators=STOCK | {"kind": "flow"})
    assert reason.startswith("Nobody has published a figure, and no project in the library adds to it: ask Department")


def test_figures_of_an_earlier_definition_only():
    tables = {
        "definitions": [{"version": "old"}, {"version": "new", "valid_from": "2023-01-01", "series_break": True}],
        "observations": {"date": "2021-12-31", "value": 5.0, "definition": "old"},
    }
    assert _reason(**tables).startswith("Published figures use an earlier definition and do not compare: ask")


@pytest.mark.parametrize("more", [{"status": "memory"}, {"use": "mention"}, {"date": "2024-05-31"}])
def test_what_nobody_has_seen_yet_is_no_figure_of_an_earlier_definition(more):
    assert _reason(observations={"date": "2021-12-31", "value": 5.0} | more).startswith("Nobody has published a figure")


def test_one_figure_is_too_few():
    assert _reason(observations=observed(d2023_12_31=5), indicators=STOCK | {"can_fall": True}).startswith(
        "Comparable figures known: 1, too few for a trend"
    )


def test_a_date_that_has_passed_without_a_figure():
    reason = _reason(targets=PAST, observations=observed(d2021_12_31=5))
    assert reason == (
        "The date has passed and no figure for it was published: ask Department of Science for “I” in R at 2022-12-31."
    )


def test_without_a_department_the_responsible_one_is_asked():
    assert "ask the responsible department for" in _reason(indicators={"kind": "stock"})


def test_a_trend_says_how_many_figures_it_rests_on():
    found = _verdict(observations=observed(d2021_12_31=40, d2023_12_31=60))
    assert str(found.reason) == "Rests on the trend of 2 observations; no project in the library adds to it."


def test_a_sum_of_trends_does_not_claim_figures_of_its_own():
    cities = [{"code": code, "level": "prefecture", "parent": "R"} for code in "AB"]
    rows = [{"region": code} | row for code in "AB" for row in observed(d2021_12_31=10, d2023_12_31=20)]
    found = _verdict(regions=[{}, *cities], observations=rows)
    assert found.basis == "trend"
    assert str(found.reason) == "Added up from the regions below, or divided from its parts."


def test_a_divided_ratio_does_not_claim_figures_of_its_own():
    indicators = [{"kind": "ratio", "numerator": "N", "denominator": "D"}, {"code": "N"}, {"code": "D"}]
    figures = observed(d2021_12_31=10, d2023_12_31=20)
    rows = [{"indicator": code} | row for code in "IND" for row in figures]
    ratio, *_ = run(book(indicators=indicators, observations=rows, targets={"value": 500.0}), draws=5).verdicts
    assert ratio.basis == "trend"
    assert str(ratio.reason) == "Added up from the regions below, or divided from its parts."
