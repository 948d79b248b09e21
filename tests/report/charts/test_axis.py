from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.report.charts.axis import Axis, round_ticks, spread, years


def test_axis_maps_ends_to_ends_and_holds_what_lies_outside_at_its_edge():
    up = Axis(0.0, 100.0, 300.0, 0.0)
    assert (up(0.0), up(50.0), up(100.0)) == (300.0, 150.0, 0.0)
    assert (up(-5.0), up(1e9)) == (300.0, 0.0)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 8.53, [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]),
        (0.0, 207_807.0, [0.0, 50_000.0, 100_000.0, 150_000.0, 200_000.0, 250_000.0]),
        (1.17, 1.52, [1.1, 1.2, 1.3, 1.4, 1.5, 1.6]),
        (0.0, 117.0, [0.0, 25.0, 50.0, 75.0, 100.0, 125.0]),
        (0.0, 0.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
    ],
)
def test_ticks_are_round(low: float, high: float, ticks: list[float]):
    assert round_ticks(low, high) == pytest.approx(ticks)


@given(span=st.floats(1e-3, 1e9), offset=st.floats(-1e4, 1e4), about=st.integers(2, 8))
def test_ticks_enclose_what_is_shown_and_are_not_many(span: float, offset: float, about: int):
    low, high = offset * span, (offset + 1) * span
    ticks = round_ticks(low, high, about)
    step = ticks[1] - ticks[0]
    assert ticks[0] <= low + 1e-6 * step
    assert ticks[-1] >= high - 1e-6 * step
    assert len(ticks) <= about + 3
    assert all(later - earlier == pytest.approx(step, rel=1e-3) for earlier, later in pairwise(ticks))


@given(wanted=st.lists(st.floats(0.0, 300.0), min_size=1, max_size=8), gap=st.floats(1.0, 20.0))
def test_labels_keep_apart_within_bounds_and_in_order(wanted: list[float], gap: float):
    places = spread(wanted, gap, 0.0, 300.0)
    ordered = sorted(places)
    assert all(later - earlier >= gap - 1e-6 for earlier, later in pairwise(ordered))
    assert ordered[0] >= -1e-6
    assert ordered[-1] <= 300.0 + 1e-6
    pairs = sorted(zip(wanted, places, strict=True))
    assert [place for _, place in pairs] == pytest.approx(ordered, abs=1e-6)


def test_labels_that_are_apart_stay_where_they_are():
    assert spread([250.0, 20.0, 100.0], 15.0, 0.0, 300.0) == [250.0, 20.0, 100.0]


def test_labels_that_collide_give_way_evenly():
    assert spread([100.0, 100.0], 10.0, 0.0, 300.0) == [95.0, 105.0]


def test_labels_share_a_room_that_is_too_small():
    assert spread([5.0, 5.0, 5.0], 10.0, 0.0, 10.0) == [0.0, 5.0, 10.0]


def test_no_label_needs_no_place():
    assert spread([], 10.0, 0.0, 10.0) == []


def test_years_are_cut_to_what_is_shown():
    assert years(date(2022, 7, 1), date(2024, 3, 1)) == [
        (2022, date(2022, 7, 1), date(2023, 1, 1)),
        (2023, date(2023, 1, 1), date(2024, 1, 1)),
        (2024, date(2024, 1, 1), date(2024, 3, 1)),
    ]
