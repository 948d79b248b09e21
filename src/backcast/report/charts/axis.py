"""Where values and dates stand on paper: scales, round ticks, labels that keep apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10

STEPS = (1.0, 2.0, 5.0, 10.0)
QUARTERS = (1.0, 2.0, 2.5, 5.0, 10.0)
"""Steps of tens and more, where a quarter is still a whole number."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear scale from ``low``–``high`` to the pixels ``start``–``end``; what lies outside is drawn at its edge."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return where a value stands, in pixels."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def round_ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return about so many round values that enclose ``low`` and ``high``."""
    if not high > low:
        high = low + (abs(low) or 1.0)
    rough = (high - low) / about
    scale = 10.0 ** floor(log10(rough))
    steps = QUARTERS if scale >= 10 else STEPS
    step = next(factor * scale for factor in steps if factor * scale >= rough * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(n * step, 12) for n in range(first, last + 1)]


def years(first: date, last: date) -> list[tuple[int, date, date]]:
    """Return the calendar years between two dates, each with the part of it that lies between them."""
    return [
        (year, max(first, date(year, 1, 1)), min(last, date(year + 1, 1, 1)))
        for year in range(first.year, last.year + 1)
    ]


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels apart until they are ``gap`` from each other, each as near as can be to where it is wanted.

    Parameters
    ----------
    wanted
        Where each label would stand, in any order; the order is kept.
    low, high
        Bounds for all of them; where these are too close together, the labels share the room evenly.
    """
    if not wanted:
        return []
    gap = min(gap, (high - low) / max(len(wanted) - 1, 1))
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    blocks: list[tuple[float, int]] = []  # (top of the block, number of labels)
    for i in order:
        blocks.append((min(max(wanted[i], low), high), 1))
        while len(blocks) > 1 and blocks[-2][0] + blocks[-2][1] * gap > blocks[-1][0] + 1e-9:
            blocks[-2:] = [_joined(blocks[-2], blocks[-1], gap, low, high)]
    places = [top + n * gap for top, size in blocks for n in range(size)]
    return [place for _, place in sorted(zip(order, places, strict=True))]


def _joined(
    upper: tuple[float, int], lower: tuple[float, int], gap: float, low: float, high: float
) -> tuple[float, int]:
    """Put two blocks of labels together, where the mean of their labels stays."""
    size = upper[1] + lower[1]
    top = (upper[0] * upper[1] + (lower[0] - upper[1] * gap) * lower[1]) / size
    return min(max(top, low), high - (size - 1) * gap), size
