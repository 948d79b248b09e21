"""Where in the forecast the finishes fell: ten columns that are all alike where forecasts are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from backcast.language import Message
from backcast.report.charts import svg
from backcast.report.charts.axis import Axis

WIDTH, HEIGHT, SIZE = 340.0, 210.0, 12.0
TOP, FOOT = 18.0, 40.0
LEAST_HIGHEST = 0.2
"""The scale reaches at least so far, so that small differences stay small."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Shares of finishes by tenth of the forecast.

    Attributes
    ----------
    shares
        Of the tenths, from the earliest to the latest.
    early, late
        What the two ends mean.
    """

    title: Message
    shares: Sequence[float]
    early: Message
    late: Message

    def draw(self, language: str) -> Markup:
        """Draw the columns, and the line at which all would end."""
        x = Axis(0.0, 1.0, 2.0, WIDTH - 2.0)
        y = Axis(0.0, max(LEAST_HIGHEST, *self.shares), HEIGHT - FOOT, TOP)
        even = 1.0 / len(self.shares)
        columns = [_column(n, share, len(self.shares), x, y) for n, share in enumerate(self.shares)]
        return svg.element(
            "svg",
            *(column for column, _ in columns),
            svg.line((x(0.0), y(even)), (x(1.0), y(even)), class_="aim"),
            *(label for _, label in columns),
            svg.line((x(0.0), y(0.0)), (x(1.0), y(0.0)), class_="zero"),
            svg.element("g", *_labels(self.early.read(language), self.late.read(language), x), class_="axis"),
            class_="chart histogram",
            viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
            role="img",
            aria_label=self.title.read(language),
        )


def _column(n: int, share: float, parts: int, x: Axis, y: Axis) -> tuple[Markup, Markup]:
    left, right = x(n / parts) + 1.5, x((n + 1) / parts) - 1.5
    inside = "inside" if 0 < n < parts - 1 else "tail"
    column = svg.element("rect", x=left, y=y(share), width=right - left, height=y(0.0) - y(share), class_=inside)
    return column, svg.text((left + right) / 2, y(share) - 4, f"{share:.0%}", anchor="middle", class_="share")


def _labels(early: str, late: str, x: Axis) -> list[Markup]:
    first, second = HEIGHT - FOOT + SIZE + 3, HEIGHT - 6.0
    return [
        *(svg.text(x(at), first, f"P{at * 100:.0f}", anchor="middle") for at in (0.1, 0.5, 0.9)),
        svg.text(x(0.0), second, f"← {early}"),
        svg.text(x(1.0), second, f"{late} →", anchor="end"),
    ]
