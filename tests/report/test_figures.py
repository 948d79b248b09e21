from __future__ import annotations

from datetime import date

import pytest
from small import small_planbook

from backcast.report.figures import Figures, day, effect, grouped, in_chinese, points


@pytest.fixture(scope="module")
def figures() -> Figures:
    return Figures(small_planbook())


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (120_000, 0, "12万"),
        (92_100, 0, "9.21万"),
        (147_535, 0, "147,535"),
        (11_000_000, 0, "1,100万"),
        (860_000_000_000, 0, "8,600亿"),
        (25_642_590_000, 0, "2,564,259万"),
        (9_999, 0, "9,999"),
        (1.3, 2, "1.30"),
        (0, 0, "0"),
    ],
)
def test_chinese_counts_in_ten_thousands_where_that_is_exact(value: float, places: int, written: str):
    assert in_chinese(value, places) == written


def test_negative_zero_is_zero():
    assert grouped(-0.04, 1) == "0.0"
    assert grouped(-0.4, 0) == "0"
    assert grouped(-1.0, 0) == "-1"


def test_chinese_sentence_carries_the_unit_and_english_leaves_it_to_the_indicator(figures: Figures):
    said = figures.said("stations", 120_000.0)
    assert (said.zh, said.read("en")) == ("12万个", "120,000")


def test_bare_ratio_has_no_unit(figures: Figures):
    assert figures.said("pue", 1.3).zh == "1.30"


def test_sentences_round_to_the_width_of_the_forecast(figures: Figures):
    grain = figures.grain("stations", 115_582.0, 207_807.0)
    assert grain == 1000
    assert figures.said("stations", 147_535.0, grain).read("en") == "148,000"


def test_narrow_forecast_keeps_its_digits_but_no_more_than_the_indicator_has(figures: Figures):
    assert figures.grain("stations", 18_025.0, 18_257.0) == 10
    assert figures.grain("stations", 18_025.0, 18_027.0) == 1
    assert figures.grain("pue", 1.17, 1.37) == 0.01


def test_small_expected_count_keeps_a_tenth(figures: Figures):
    assert figures.grain("faces", 0.1, 2.2) == 0.1
    assert figures.plain("faces", 0.5) == "0.5"
    assert figures.plain("faces", 983.6) == "984"
    assert figures.plain("faces", 6.0) == "6"
    assert figures.plain("faces", None) == "–"


def test_ends_of_months_and_years_are_said_as_such_in_chinese_only():
    assert (day(date(2025, 12, 31)).zh, day(date(2025, 12, 31)).en) == ("2025年底", "31 December 2025")
    assert day(date(2024, 2, 29)).zh == "2024年2月底"
    assert day(date(2024, 3, 12)).zh == "2024年3月12日"


def test_effect_shows_three_digits_and_an_error_in_the_same_decimals():
    assert effect(984.4, 6.84) == "984 ±7"
    assert effect(-29.66, 0.71) == "−29.7 ±0.7"
    assert effect(1.766, 0.2) == "1.77 ±0.20"
    assert effect(0.0, 0.0) == "0"
    assert effect(2351.0) == "2,351"


def test_points_carry_a_sign_unless_they_are_nothing():
    assert points(0.406) == "+40.6"
    assert points(-0.0123) == "−1.2"
    assert points(0.0) == "0.0"
