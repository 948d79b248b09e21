"""How much better forecasts are than what they are compared with, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from markupsafe import Markup

from backcast.language import Message
from backcast.planbook.scoring import Estimate
from backcast.report.charts import svg
from backcast.report.charts.axis import Axis

WIDTH, ROW, SIZE, FOOT = 340.0, 46.0, 13.0, 20.0
TICKS = (-1.0, -0.5, 0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison: what with, what it came to in words, and the skill."""

    label: Message
    told: Message
    skill: Estimate


@dataclass(frozen=True, slots=True)
class Skills:
    """Bars from zero to the skill, with a line over its interval; below −1 the chart ends."""

    title: Message
    rows: Sequence[Compared]

    def draw(self, language: str) -> Markup:
        """Draw each bar under its label."""
        known = [row.skill.low for row in self.rows if not isnan(row.skill.low)]
        lowest = min([0.0, *known])
        x = Axis(0.0 if lowest > -0.02 else -0.5 if lowest >= -0.5 else -1.0, 1.0, 4.0, WIDTH - 16.0)
        height = len(self.rows) * ROW
        ticks = [tick for tick in TICKS if x.low <= tick]
        return svg.element(
            "svg",
            *(_grid(x(tick), height, tick) for tick in ticks),
            *(part for n, row in enumerate(self.rows) for part in _bar(row, n * ROW, x, language)),
            class_="chart skills",
            viewBox=f"0 0 {WIDTH:.0f} {height + FOOT:.0f}",
            role="img",
            aria_label=self.title.read(language),
        )


def _grid(x: float, height: float, tick: float) -> Markup:
    label = f"{tick:.0%}".replace("-", "−")
    line = svg.line((x, 0.0), (x, height), class_="zero" if tick == 0 else "grid")
    return svg.element("g", line, svg.text(x, height + SIZE, label, anchor="middle"), class_="axis")


def _bar(row: Compared, top: float, x: Axis, language: str) -> list[Markup]:
    middle = top + SIZE + 16.0
    label = [
        svg.text(10.0, top + SIZE, row.label.read(language), class_="label"),
        svg.text(WIDTH - 2.0, top + SIZE, row.told.read(language), anchor="end", class_="told"),
    ]
    if isnan(row.skill.value):
        return label
    start, end = sorted((x(0.0), x(row.skill.value)))
    name = "chance" if row.skill.low <= 0 <= row.skill.high else "better" if row.skill.value > 0 else "worse"
    low, high = x(row.skill.low), x(row.skill.high)
    ends = (svg.line((at, middle - 5), (at, middle + 5), class_="whisker") for at in (low, high))
    bar = svg.element("rect", x=start, y=middle - 7, width=max(end - start, 1.0), height=14.0, class_=name)
    return [*label, bar, svg.line((low, middle), (high, middle), class_="whisker"), *ends]
