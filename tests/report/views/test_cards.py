from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from small import END

from backcast.planbook.results import DateQuantiles, Verdict
from backcast.report.views import saying
from backcast.report.views.cards import card, cards, paces, rows
from backcast.report.views.facts import Facts


def of(facts: Facts, indicator: str, region: str = "P", when: date = END) -> Verdict:
    return next(v for v in facts.run.verdicts if (v.indicator, v.region, v.date) == (indicator, region, when))


def test_targets_of_the_province_get_cards_the_least_likely_first(facts: Facts):
    shown = cards(facts)
    assert [shown_card.region.zh for shown_card in shown] == ["甲省"] * 4
    chances = [facts.run.verdicts[int(c.anchor[1:])].probability for c in shown]
    assert chances == sorted(chances)


def test_targets_of_the_cities_get_rows_by_indicator(facts: Facts):
    (group,) = rows(facts)
    assert group.title.zh == "机架"
    assert sorted(row.region.zh for row in group.cards) == ["丙市", "乙市", "甲市"]
    assert all(row.small for row in group.cards)


def test_headline_says_how_likely_and_by_when(facts: Facts):
    verdict = replace(of(facts, "stations"), probability=0.857)
    assert saying.headline(facts, verdict).read("en") == "基站: 86% likely to reach 120,000 by 31 December 2025"


def test_headline_of_a_city_names_it(facts: Facts):
    verdict = replace(of(facts, "racks", "A"), probability=0.5)
    assert saying.headline(facts, verdict).read("en") == "机架, 甲市: 50% likely to reach 800 by 31 December 2025"


@pytest.mark.parametrize(
    ("comparison", "words"),
    [
        ("at_least", "likely to reach 1.30 by"),
        ("more_than", "likely to exceed 1.30 by"),
        ("at_most", "likely to be at most 1.30 by"),
        ("less_than", "likely to be below 1.30 by"),
    ],
)
def test_every_comparison_is_said(facts: Facts, comparison: str, words: str):
    assert words in saying.headline(facts, replace(of(facts, "pue"), comparison=comparison)).read("en")


def test_gap_is_short_below_a_target_to_be_reached_and_above_one_to_be_kept(facts: Facts):
    verdict = of(facts, "racks", "C")
    assert verdict.value is not None
    assert saying.gap(facts, verdict).read("en") == "700 short"
    upside_down = replace(verdict, direction="lower")
    assert saying.gap(facts, upside_down).read("en") == "700 to spare"
    level = replace(verdict, value=replace(verdict.value, p50=verdict.target))
    assert saying.gap(facts, level).read("en") == "on target"


def test_chart_says_exact_targets_and_rounded_forecasts(facts: Facts):
    verdict = of(facts, "stations", when=date(2023, 12, 31))
    shown = card(facts, verdict)
    assert shown.fan.exact(verdict.target).read("en") == "92,100"
    assert verdict.value is not None
    assert shown.fan.write(verdict.value.p50).read("en").endswith("000")
    assert shown.fan.points[-1].date == verdict.date
    assert shown.fan.others == ((END, 120_000.0),)


def test_pace_within_reach_is_told_as_a_share(facts: Facts):
    verdict = replace(of(facts, "stations"), required_pace=10.0, best_pace=40.0)
    assert saying.pace(facts, verdict).read("en") == "Within reach: it takes 25% of the best pace seen so far."  # type: ignore[union-attr]


def test_pace_out_of_reach_is_told_as_a_multiple(facts: Facts):
    verdict = replace(of(facts, "stations"), required_pace=80.0, best_pace=40.0)
    assert "2.0 times" in saying.pace(facts, verdict).read("en")  # type: ignore[union-attr]


def test_pace_just_out_of_reach_is_told_in_per_cent(facts: Facts):
    verdict = replace(of(facts, "stations"), required_pace=41.6, best_pace=40.0)
    assert "it takes 104% of" in saying.pace(facts, verdict).read("en")  # type: ignore[union-attr]


def test_pace_of_a_falling_quantity_counts_downwards(facts: Facts):
    verdict = replace(of(facts, "pue"), required_pace=-0.05, best_pace=-0.10)
    assert "50%" in saying.pace(facts, verdict).read("en")  # type: ignore[union-attr]
    chart = paces(facts, verdict)
    assert chart is not None
    assert [bar.value for bar in chart.bars] == [0.05, 0.10]


@pytest.mark.parametrize(
    ("required", "best", "words"),
    [
        (None, None, None),
        (-1.0, 5.0, "already where the target wants it"),
        (0.0, 5.0, "already where the target wants it"),
        (5.0, None, "no pace has been observed"),
        (5.0, -1.0, "no progress to go by"),
    ],
)
def test_paces_that_do_not_compare_get_a_sentence_and_no_chart(
    facts: Facts, required: float | None, best: float | None, words: str | None
):
    verdict = replace(of(facts, "stations"), required_pace=required, best_pace=best)
    sentence = saying.pace(facts, verdict)
    assert paces(facts, verdict) is None
    assert sentence is None if words is None else words in sentence.read("en")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        (DateQuantiles(None, None, None), "not reached at all"),
        (DateQuantiles(END, None, None), "As likely as not by December 2025; with 80% confidence not at all."),
        (DateQuantiles(date(2024, 5, 31), END, None), "by May 2024; with 80% confidence by December 2025."),
    ],
)
def test_date_of_reaching_is_said_with_its_confidence(facts: Facts, dates: DateQuantiles, words: str):
    assert words in saying.when_reached(replace(of(facts, "stations"), first_met=dates)).read("en")  # type: ignore[union-attr]


def test_figures_beside_a_chart_end_with_the_forecast_for_the_target(facts: Facts):
    shown = card(facts, of(facts, "stations"))
    reported = [row.reported for row in shown.figures if row.reported]
    assert reported == ["16,000", "34,000", "67,000", "84,000"]
    assert shown.figures[-1].when == END
    assert all(row.p10 and row.p50 and row.p90 for row in shown.figures if not row.reported)
