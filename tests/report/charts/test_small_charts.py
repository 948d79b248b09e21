from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import pytest

from backcast.language import tr
from backcast.report.charts import svg
from backcast.report.charts.bars import WIDTH, Bar, Bars
from backcast.report.charts.strip import Strip


def bars(*values: float, simulated: bool = False) -> Element:
    rows = [Bar(tr("target"), value, "needed") for value in values]
    return fromstring(str(Bars(tr("target"), rows, simulated).draw("en")))


def test_bars_compare_by_length():
    widths = [float(rect.get("width") or "") for rect in bars(50.0, 100.0).iter("rect")]
    assert widths == [WIDTH / 2, WIDTH]


@pytest.mark.parametrize("values", [(0.0, 0.0), (-3.0, 0.0)])
def test_what_is_not_above_zero_has_no_length(values: tuple[float, float]):
    assert [float(rect.get("width") or "") for rect in bars(*values).iter("rect")] == [0.0, 0.0]


def test_simulated_bars_say_so():
    assert [text.text for text in bars(1.0, 2.0, simulated=True).iter("text")][-1] == "simulated"


def strip(observed: float, p10: float = 10.0, p90: float = 20.0) -> Element:
    return fromstring(str(Strip(tr("target"), p10, 15.0, p90, observed).draw("en")))


def test_figure_inside_the_band_is_a_dot_and_outside_a_diamond():
    assert [e.get("class") for e in strip(12.0).iter("circle")] == ["held"]
    assert [e.get("class") for e in strip(25.0).iter("path")] == ["outside"]
    assert [e.get("class") for e in strip(20.0).iter("circle")] == ["held"]


def test_figure_far_outside_stands_at_the_edge():
    far, farther = (strip(value).find("path").get("d") for value in (1e6, 1e9))  # type: ignore[union-attr]
    assert far == farther


def test_band_without_width_is_still_drawn():
    assert "nan" not in str(Strip(tr("target"), 0.0, 0.0, 0.0, 0.0).draw("en"))


def test_elements_escape_what_they_are_given():
    drawn = svg.element("text", "<script>", aria_label='"<&')
    assert drawn == '<text aria-label="&#34;&lt;&amp;">&lt;script&gt;</text>'


def test_coordinates_are_short():
    assert svg.path([(1.0, 2.04), (3.16, -0.02)], class_="band") == '<path d="M1 2L3.2 -0" class="band"></path>'


def test_chinese_is_set_wider():
    assert svg.text_width("规划", 10.0) == 20.0
    assert svg.text_width("ab", 10.0) < 15.0
