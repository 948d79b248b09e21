"""How likely a target was said to be, data date by data date, up to what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from backcast.language import Message
from backcast.report.charts import svg
from backcast.report.charts.axis import Axis

WIDTH, HEIGHT = 240.0, 44.0


@dataclass(frozen=True, slots=True)
class Said:
    """Probabilities from 0 below to 1 above, over time; what came stands at the end, above if met.

    Attributes
    ----------
    points
        Data date, probability, and whether the run was kept (a full dot) or recomputed (a hollow one).
    came_on, met
        Date of the figure that settles the target, and what it told.
    """

    title: Message
    points: Sequence[tuple[date, float, bool]]
    came_on: date
    met: bool

    def draw(self, language: str) -> Markup:
        """Draw the probabilities and the outcome."""
        days = [day.toordinal() for day, _, _ in self.points]
        x = Axis(min(days), max(*days, self.came_on.toordinal(), min(days) + 1), 6.0, WIDTH - 7.0)
        y = Axis(0.0, 1.0, HEIGHT - 7.0, 7.0)
        path = [(x(day), y(probability)) for day, (_, probability, _) in zip(days, self.points, strict=True)]
        end = x(self.came_on.toordinal()), y(float(self.met))
        dots = (
            svg.element("circle", cx=at[0], cy=at[1], r=3.5, class_="kept" if kept else "recomputed")
            for at, (_, _, kept) in zip(path, self.points, strict=True)
        )
        return svg.element(
            "svg",
            *(svg.line((0.0, y(level)), (WIDTH, y(level)), class_="grid") for level in (0.0, 0.5, 1.0)),
            svg.path([*path, end], class_="leader"),
            *dots,
            _outcome(*end, self.met),
            class_="chart said",
            viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
            role="img",
            aria_label=self.title.read(language),
        )


def _outcome(x: float, y: float, met: bool) -> Markup:
    """A dot where the target was met, a diamond where it was missed."""
    if met:
        return svg.element("circle", cx=x, cy=y, r=5.5, class_="outcome met")
    return svg.diamond(x, y, 6.0, class_="outcome missed")
