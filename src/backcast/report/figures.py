"""Quantities and dates written for people, in both languages.

Sentences round: a median of 147,535 is said as 148,000, so that nobody takes its last digits for
knowledge. Tables keep every digit that the indicator is counted in.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import floor, log10

from backcast.language import Name
from backcast.planbook.book import Planbook
from backcast.planbook.names import Names
from backcast.planbook.sentences import figure

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WITHOUT_UNIT = ("ratio", "比值")
FEW = 20
"""Below so many, an expected count is told to a tenth."""
WAN, YI = 10_000, 100_000_000


class Figures:
    """Writes the quantities of a planbook's indicators."""

    def __init__(self, planbook: Planbook) -> None:
        self._decimals: dict[str, int | None] = dict(planbook["indicators"].select("code", "decimals").iter_rows())
        self._units = Names(planbook).unit

    def plain(self, indicator: str, value: float | None) -> str:
        """Write a value for a table, in the indicator's decimals; a dash where there is none."""
        decimals = self._decimals.get(indicator)
        if value is None or decimals is None:
            return figure(value)
        return grouped(value, max(decimals, _finer(value)))

    def said(self, indicator: str, value: float, grain: float | None = None) -> Name:
        """Write a value for a sentence, rounded to a multiple of ``grain`` where one is given.

        In Chinese the unit follows, as its measure word; in English the name of the indicator says it.
        """
        bare, unit = self.bare(indicator, value, grain), self.unit(indicator)
        if unit.zh == "%":
            return Name(f"{bare.zh}%", f"{bare.read('en')}%")
        return Name(f"{bare.zh} {unit.zh}".strip() if unit.zh.isascii() else bare.zh + unit.zh, bare.en)

    def bare(self, indicator: str, value: float, grain: float | None = None) -> Name:
        """Write a value without its unit, rounded as in :meth:`said`."""
        if not grain:
            places = self._places(indicator, value)
        else:
            value, places = round(value / grain) * grain, max(0, round(-log10(grain)))
        return Name(in_chinese(value, places), grouped(value, places))

    def grain(self, indicator: str, low: float, high: float) -> float:
        """Return the power of ten that tells a tenth of a range apart, never much finer than the indicator is."""
        finest = 10.0 ** -max(self._places(indicator, high), _finer(low))
        return max(finest, 10.0 ** floor(log10((high - low) / 10))) if high > low else finest

    def unit(self, indicator: str) -> Name:
        """Return the unit of an indicator, empty for a bare ratio."""
        unit = self._units(indicator)
        return Name("") if unit.zh in WITHOUT_UNIT else unit

    def _places(self, indicator: str, value: float) -> int:
        decimals = self._decimals.get(indicator)
        if decimals is not None:
            return decimals
        return 0 if value == round(value) or abs(value) >= 1000 else 1 if abs(value) >= 10 else 2


def effect(value: float, error: float | None = None) -> str:
    """Write a change to three digits, with its standard error in the same decimals where there is one."""
    if max(abs(value), error or 0.0) < 0.005:
        return "0"
    places = min(max(0, 2 - floor(log10(max(abs(value), 0.01)))), 2)
    written = grouped(value, places).replace("-", "−")
    return written if error is None else f"{written} ±{grouped(error, places)}"


def points(change: float) -> str:
    """Write a change in probability in points, with its sign."""
    return f"{100 * change:+.1f}".replace("-", "−") if abs(change) >= 0.0005 else "0.0"


def _finer(value: float) -> int:
    """One decimal for a small expected count: half a laboratory tells more than none."""
    return 1 if abs(value) < FEW and value != round(value) else 0


def grouped(value: float, places: int) -> str:
    """Write a number with its thousands separated, and never a negative zero."""
    text = f"{value:,.{places}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


def in_chinese(value: float, places: int) -> str:
    """Write a number in 万 or 亿 where it takes no more than two decimals to be exact there."""
    for scale, word in ((YI, "亿"), (WAN, "万")):
        scaled = value / scale
        if abs(scaled) >= 1 and abs(scaled * 100 - round(scaled * 100)) < 1e-6:
            return f"{scaled:,.2f}".rstrip("0").rstrip(".") + word
    return grouped(value, places)


def day(when: date) -> Name:
    """Write a date; in Chinese the last day of a year or month is its end."""
    english = f"{when.day} {MONTHS[when.month - 1]} {when.year}"
    if (when + timedelta(days=1)).day > 1:
        return Name(f"{when.year}年{when.month}月{when.day}日", english)
    return Name(f"{when.year}年底" if when.month == 12 else f"{when.year}年{when.month}月底", english)


def short_day(when: date) -> Name:
    """Write a date for a chart's label."""
    return Name(f"{when.year}年{when.month}月{when.day}日", f"{when.day} {MONTHS[when.month - 1][:3]} {when.year}")


def month(when: date) -> Name:
    """Write the month of a date."""
    return Name(f"{when.year}年{when.month}月", f"{MONTHS[when.month - 1]} {when.year}")
