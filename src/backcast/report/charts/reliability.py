"""What was said against what came: dots on the diagonal where probabilities are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from markupsafe import Markup

from backcast.language import Message
from backcast.report.charts import svg
from backcast.report.charts.axis import Axis

WIDTH, HEIGHT, SIZE, LEFT, FOOT = 340.0, 300.0, 12.0, 40.0, 40.0
LARGEST, SMALLEST = 13.0, 3.0
"""Radii of the dots."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Dots whose area tells how many cases they stand for.

    Attributes
    ----------
    points
        Mean probability said, share that came, and cases.
    said, came
        Titles of the axes.
    """

    title: Message
    points: Sequence[tuple[float, float, int]]
    said: Message
    came: Message

    def draw(self, language: str) -> Markup:
        """Draw the dots and the diagonal."""
        x, y = Axis(0.0, 1.0, LEFT, WIDTH - 14.0), Axis(0.0, 1.0, HEIGHT - FOOT, 24.0)
        most = max((n for *_, n in self.points), default=1)
        ticks = (0.0, 0.5, 1.0)
        labels = [
            *(svg.text(LEFT - 6, y(at) + 4, f"{at:.0%}", anchor="end") for at in ticks),
            *(svg.text(x(at), HEIGHT - FOOT + SIZE + 4, f"{at:.0%}", anchor="middle") for at in ticks),
            svg.text(0.0, SIZE, self.came.read(language)),
            svg.text(x(1.0) + 12, HEIGHT - 6, self.said.read(language), anchor="end"),
        ]
        dots = (
            svg.element("circle", cx=x(said), cy=y(came), r=max(LARGEST * sqrt(n / most), SMALLEST), class_="bin")
            for said, came, n in self.points
        )
        return svg.element(
            "svg",
            *(svg.line((x(0.0), y(at)), (x(1.0), y(at)), class_="grid") for at in ticks),
            *(svg.line((x(at), y(0.0)), (x(at), y(1.0)), class_="grid") for at in ticks),
            svg.line((x(0.0), y(0.0)), (x(1.0), y(1.0)), class_="aim"),
            *dots,
            svg.element("g", *labels, class_="axis"),
            class_="chart reliable",
            viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
            role="img",
            aria_label=self.title.read(language),
        )
