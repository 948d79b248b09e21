"""One forecast against what came: where the reported figure fell beside the band from P10 to P90."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from backcast.language import Message
from backcast.report.charts import svg
from backcast.report.charts.axis import Axis

WIDTH, HEIGHT = 150.0, 18.0


@dataclass(frozen=True, slots=True)
class Strip:
    """A band drawn in the middle third, so that strips of different indicators compare."""

    title: Message
    p10: float
    p50: float
    p90: float
    observed: float

    def draw(self, language: str) -> Markup:
        """Draw the band, its median and the reported figure; one far outside stands at the edge."""
        half = (self.p90 - self.p10) / 2 or abs(self.p50) * 0.01 or 1.0
        middle = (self.p10 + self.p90) / 2
        x = Axis(middle - 3 * half, middle + 3 * half, 6.0, WIDTH - 6.0)
        y, held = HEIGHT / 2, self.p10 <= self.observed <= self.p90
        return svg.element(
            "svg",
            svg.line((0.0, y), (WIDTH, y), class_="grid"),
            svg.element(
                "rect", x=x(self.p10), y=2.0, width=x(self.p90) - x(self.p10), height=HEIGHT - 4, class_="band"
            ),
            svg.line((x(self.p50), 2.0), (x(self.p50), HEIGHT - 2), class_="median"),
            _figure(x(self.observed), y, held),
            class_="chart strip",
            viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
            role="img",
            aria_label=self.title.read(language),
        )


def _figure(x: float, y: float, held: bool) -> Markup:
    """A dot within the band, a diamond outside it."""
    if held:
        return svg.element("circle", cx=x, cy=y, r=4.0, class_="held")
    return svg.diamond(x, y, 5.0, class_="outside")
