"""How long intervals of a class take against their plan, on a scale on which twice as long is one step."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

from markupsafe import Markup

from backcast.language import Message
from backcast.report.charts import svg
from backcast.report.charts.axis import Axis

WIDTH, HEIGHT = 170.0, 18.0
SHORTEST, LONGEST = 0.25, 16.0
"""Ends of the scale; what lies beyond is drawn at them."""


@dataclass(frozen=True, slots=True)
class Range:
    """The band from P10 to P90 of elapsed ÷ planned, its median, and a line where the plan is."""

    title: Message
    p10: float
    p50: float
    p90: float

    def draw(self, language: str) -> Markup:
        """Draw the band."""
        scale = Axis(log2(SHORTEST), log2(LONGEST), 3.0, WIDTH - 3.0)
        p10, p50, p90 = (scale(log2(max(ratio, 1e-6))) for ratio in (self.p10, self.p50, self.p90))
        as_planned = scale(0.0)
        return svg.element(
            "svg",
            svg.line((0.0, HEIGHT / 2), (WIDTH, HEIGHT / 2), class_="grid"),
            svg.element("rect", x=p10, y=3.0, width=max(p90 - p10, 1.0), height=HEIGHT - 6, class_="band"),
            svg.line((as_planned, 0.0), (as_planned, HEIGHT), class_="zero"),
            svg.line((p50, 2.0), (p50, HEIGHT - 2), class_="median"),
            class_="chart range",
            viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
            role="img",
            aria_label=self.title.read(language),
        )
