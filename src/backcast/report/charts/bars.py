"""Small horizontal bars: a required pace beside the best one observed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from backcast.language import Message, tr
from backcast.report.charts import svg

WIDTH, ROW, SIZE = 340.0, 40.0, 13.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its length and its style class."""

    label: Message
    value: float
    name: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars on a common scale from zero; what is below zero has no length."""

    title: Message
    bars: Sequence[Bar]
    simulated: bool = False

    def draw(self, language: str) -> Markup:
        """Draw the bars, each under its label."""
        longest = max((bar.value for bar in self.bars), default=0.0)
        rows = [
            svg.text(0.0, n * ROW + SIZE, bar.label.read(language), class_=bar.name)
            + svg.element(
                "rect",
                x=0.0,
                y=n * ROW + SIZE + 6,
                width=WIDTH * max(bar.value, 0.0) / longest if longest > 0 else 0.0,
                height=12.0,
                class_=bar.name,
            )
            for n, bar in enumerate(self.bars)
        ]
        height = len(self.bars) * ROW
        if self.simulated:
            height += SIZE
            rows.append(svg.text(0.0, height - 3, tr("simulated").read(language), class_="stamp"))
        return svg.element(
            "svg",
            *rows,
            class_="chart bars",
            viewBox=f"0 0 {WIDTH:.0f} {height:.0f}",
            role="img",
            aria_label=self.title.read(language),
        )
