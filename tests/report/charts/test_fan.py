from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from xml.etree.ElementTree import Element, fromstring

import pytest

from backcast.language import Name, tr
from backcast.planbook.results import TrajectoryPoint
from backcast.report.charts.fan import NARROW, WIDE, Fan, Frame

DATA_DATE, END = date(2023, 8, 31), date(2025, 12, 31)


def point(months: int, p10: float, p50: float, p90: float, early: float | None = None, late: float | None = None):
    when = min(DATA_DATE + timedelta(days=31 * months), END)
    return TrajectoryPoint("i", "r", when, p10, p50, p90, early, late)


def written(value: float) -> Name:
    return Name(f"{value:g}")


FAN = Fan(
    title=tr("target"),
    unit=Name("个", "stations"),
    observed=((date(2021, 12, 31), 34.0), (date(2022, 12, 8), 67.0), (date(2023, 8, 10), 84.0)),
    points=(point(1, 85.0, 87.0, 90.0), point(12, 95.0, 105.0, 130.0), point(99, 110.0, 150.0, 200.0)),
    target=(END, 120.0),
    others=((date(2022, 12, 31), 30.0), (date(2026, 12, 31), 300.0)),
    data_date=DATA_DATE,
    simulated=False,
    write=written,
    exact=written,
)


def drawn(fan: Fan, frame: Frame = WIDE, language: str = "en") -> Element:
    return fromstring(str(fan.draw(language, frame)))


def by_class(svg: Element, name: str, tag: str = "*") -> list[Element]:
    return [element for element in svg.iter() if element.get("class") == name and tag in ("*", element.tag)]


def places(path: Element) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path.get("d") or "")]


@pytest.mark.parametrize("frame", [WIDE, NARROW])
def test_lines_run_forwards_in_time_from_the_last_figure_to_the_target(frame: Frame):
    svg = drawn(FAN, frame)
    (median,), (reported,), (goal,) = (
        by_class(svg, "median", "path"),
        by_class(svg, "reported", "path"),
        by_class(svg, "goal", "path"),
    )
    xs = [x for x, _ in places(median)]
    assert xs == sorted(xs)
    assert places(median)[0] == places(reported)[-1]
    assert xs[-1] == pytest.approx(places(goal)[1][0], abs=0.1)


def test_band_encloses_the_median():
    svg = drawn(FAN)
    (band,), (median,) = by_class(svg, "band"), by_class(svg, "median", "path")
    low, high = places(band)[:4], places(band)[4:][::-1]
    for (x, y), (x_low, y_low), (x_high, y_high) in zip(places(median), low, high, strict=True):
        assert x == x_low == x_high
        assert y_high <= y <= y_low


def test_target_stands_at_its_height_between_the_ticks():
    svg = drawn(FAN)
    heights = {float(t.text or ""): float(line.get("y1") or "") for line, t in _ticks(svg)}
    (aim,) = by_class(svg, "aim")
    low, high = heights[100.0], heights[150.0]
    assert float(aim.get("y1") or "") == pytest.approx(low + 0.4 * (high - low), abs=0.2)


def _ticks(svg: Element) -> list[tuple[Element, Element]]:
    (axis, *_) = by_class(svg, "axis")
    children = list(axis)[1:]
    return list(zip(children[::2], children[1::2], strict=True))


@pytest.mark.parametrize("frame", [WIDE, NARROW])
@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_labels_beside_the_edge_do_not_overlap_and_stay_inside(frame: Frame, language: str):
    crowded = replace(
        FAN, points=(point(1, 119.0, 120.0, 121.0, 120.5, 119.5), point(99, 119.0, 120.0, 121.0, 120.5, 119.5))
    )
    (ends,) = by_class(drawn(crowded, frame, language), "ends")
    heights = sorted(float(text.get("y") or "") for text in ends.iter("text"))
    assert len(heights) == 6
    assert all(later - earlier >= frame.size for earlier, later in pairwise(heights))
    assert heights[-1] <= frame.height


def test_only_other_targets_within_the_chart_are_drawn():
    assert len(by_class(drawn(FAN), "other")) == 1


def test_wild_draws_leave_the_chart_and_say_so():
    wild = replace(FAN, points=(point(1, 85.0, 87.0, 90.0), point(99, 110.0, 150.0, 9_000.0)))
    svg = drawn(wild)
    assert wild.extent[1] == 2.5 * 150.0
    assert [text.text for text in by_class(svg, "quantile") if (text.text or "").startswith("P90")] == ["P90 9000 ↑"]


def test_axis_starts_at_zero_unless_all_values_are_close():
    assert FAN.extent[0] == 0.0
    close = replace(FAN, observed=((date(2023, 6, 30), 1.40),), points=(point(99, 1.2, 1.26, 1.37),), target=(END, 1.3))
    assert close.extent == (1.2, 1.40)


def test_chart_of_a_near_target_does_not_look_back_for_ever():
    near = replace(FAN, target=(date(2023, 12, 31), 92.0), points=(point(1, 85.0, 87.0, 90.0),))
    long_ago = [(date(2010 + n, 12, 31), float(n)) for n in range(10)]
    assert near.first < date(2021, 12, 31)
    assert replace(near, observed=(*long_ago, *near.observed)).first == near.first


def test_few_figures_are_shown_even_from_far_back():
    lonely = replace(FAN, observed=((date(2013, 12, 31), 28.0), (date(2022, 9, 22), 84.0)))
    assert lonely.first < date(2013, 12, 31)


def test_forecast_without_figures_starts_at_its_first_month():
    svg = drawn(replace(FAN, observed=()))
    (median,) = by_class(svg, "median", "path")
    assert len(places(median)) == 3
    assert not by_class(svg, "observed")


def test_envelope_is_drawn_where_it_is_known():
    assert not by_class(drawn(FAN), "early", "path")
    both = replace(FAN, points=(point(1, 85.0, 87.0, 90.0, 91.0, 84.0), point(99, 110.0, 150.0, 200.0, 210.0, 105.0)))
    assert [len(by_class(drawn(both), side, "path")) for side in ("early", "late")] == [1, 1]


def test_no_coordinate_is_missing():
    for frame in (WIDE, NARROW):
        assert "nan" not in str(FAN.draw("en", frame)).lower()
        assert "inf" not in str(FAN.draw("en", frame)).lower()


def test_years_that_have_no_room_go_unlabelled_but_keep_their_ticks():
    long = replace(FAN, observed=((date(2012, 12, 31), 28.0), (date(2022, 9, 22), 84.0)))
    svg = drawn(long, NARROW)
    labels = [text.text for text in svg.iter("text") if re.fullmatch(r"20\d\d", text.text or "")]
    assert 3 <= len(labels) < 13
    assert len(by_class(svg, "tick")) == 13
    assert "2025" in labels


def test_chinese_axis_counts_in_ten_thousands():
    large = replace(FAN, target=(END, 120_000.0), points=(), observed=((date(2023, 8, 10), 84_000.0),))
    assert "10万" in [t.text for _, t in _ticks(drawn(large, language="zh_Hans"))]
    assert "100,000" in [t.text for _, t in _ticks(drawn(large, language="en"))]


def test_simulated_is_written_in_the_chart():
    assert not by_class(drawn(FAN), "stamp")
    assert [text.text for text in by_class(drawn(replace(FAN, simulated=True)), "stamp")] == ["simulated"]
