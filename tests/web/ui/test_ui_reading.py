"""Values as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from backcast.web.ui import reading


@pytest.mark.parametrize(
    ("amount", "chinese", "english"),
    [
        (None, "–", "–"),
        (0, "0万元", "CNY 0"),
        ("8500", "8,500万元", "CNY 85 m"),
        ("6420.5000", "6,420.5万元", "CNY 64.21 m"),
        ("0.1200", "0.12万元", "CNY 1,200"),
        ("9999.9999", "9,999.9999万元", "CNY 100 m"),
        ("10000", "1亿元", "CNY 100 m"),
        ("128500", "12.85亿元", "CNY 1.29 bn"),
        ("12345678", "1,235亿元", "CNY 123.5 bn"),
        ("-128500", "-12.85亿元", "CNY -1.29 bn"),
        ("1234567890123", "123,456,789亿元", "CNY 12,345,679 bn"),
    ],
)
def test_money_is_told_in_the_unit_that_fits(amount, chinese, english):
    with translation.override("zh-hans"):
        assert reading.money(amount and Decimal(amount) if amount != 0 else 0) == chinese
    with translation.override("en"):
        assert reading.money(amount and Decimal(amount) if amount != 0 else 0) == english


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "–"),
        ("", "–"),
        (0, "0"),
        (1284, "1,284"),
        (Decimal("1284.5000"), "1,284.5"),
        (Decimal("1E+3"), "1,000"),
        (1200, "1,200"),
        (0.1, "0.1"),
        (Decimal("-0.50"), "-0.5"),
    ],
)
def test_numbers_have_thousands_apart_and_no_trailing_zeros(value, told):
    assert reading.number(value) == told


def test_numbers_are_rounded_half_up_where_places_are_given():
    assert reading.number(Decimal("2.345"), 2) == "2.35"
    assert reading.number(2, 1) == "2.0"


def test_dates_are_iso_and_instants_are_told_in_the_time_of_here():
    assert reading.day(date(2025, 6, 30)) == "2025-06-30"
    assert reading.day(datetime(2025, 6, 30, 16, 5, tzinfo=UTC)) == "2025-07-01 00:05"
    assert reading.day(None) == "–"
    assert reading.day("2025-06") == "2025-06"
