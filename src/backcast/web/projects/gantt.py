"""A project's network as a Gantt chart: SVG made here, coloured by the page's style sheet.

A bar is what happened or can happen at the earliest; the thin line below it is the plan; a diamond is a gate; the
chain that decides the end is drawn strongly. Everything it shows stands in the table beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from backcast.report.charts.axis import Axis, years
from backcast.report.charts.svg import diamond, element, line, path, text, text_width
from backcast.web.projects.scheduling import Bar, Timing

HEAD, FOOT = 26, 8
MOST_YEARS = 60
YEAR = 38
"""Pixels that the name of a year needs."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Measures of a chart in pixels: on paper labels stand beside the bars, on a phone above them."""

    width: float
    labels: float
    row: float
    size: float

    @property
    def above(self) -> bool:
        """Whether labels stand above the bars."""
        return self.labels == 0

    def middle(self, row: int) -> float:
        """Return where the bar of a row is centred."""
        return HEAD + row * self.row + self.row * (0.72 if self.above else 0.5)


WIDE = Layout(width=880, labels=262, row=28, size=13)
NARROW = Layout(width=340, labels=0, row=40, size=12)


def draw(timing: Timing) -> SafeString:
    """Draw a chart for wide pages and one for phones; the style sheet shows one of them."""
    return mark_safe(_chart(timing, WIDE, "wide") + _chart(timing, NARROW, "narrow"))


def _chart(timing: Timing, layout: Layout, name: str) -> str:
    first, last = _extent(timing)
    across = Axis(first.toordinal(), last.toordinal(), layout.labels, layout.width - 8)
    height = HEAD + len(timing.bars) * layout.row + FOOT
    place = {bar.code: row for row, bar in enumerate(timing.bars)}
    return element(
        "svg",
        element("title", _("Activities in time")),
        *_grid(first, last, across, height),
        *(_links(bar, timing, place, across, layout) for bar in timing.bars if bar.driving),
        *(_row(bar, row, across, layout) for row, bar in enumerate(timing.bars)),
        _today(timing.data_date, across, height),
        class_=f"chart in-time {name}",
        viewBox=f"0 0 {layout.width:g} {height:g}",
        role="img",
    )


def _extent(timing: Timing) -> tuple[date, date]:
    """Return the first and the last day that is drawn, with some room at the end."""
    days = [timing.data_date]
    for bar in timing.bars:
        days += [day for day in (bar.start, bar.finish, bar.planned_start, bar.planned_finish) if day]
    first, last = min(days), max(days)
    first = max(first, _years_on(last, -MOST_YEARS))
    return first, last + max((last - first) // 40, timedelta(days=7))


def _years_on(day: date, count: int) -> date:
    return day.replace(year=max(day.year + count, 1), day=1)


def _grid(first: date, last: date, across: Axis, height: float) -> list[str]:
    """Draw the years; where they stand close, only some are named."""
    spans = years(first, last)
    step = max(1, round(YEAR * len(spans) / (across.end - across.start) + 0.49))
    drawn: list[str] = []
    for year, begins, ends in spans:
        x = across(begins.toordinal())
        cramped = ends < last and across(ends.toordinal()) - x < YEAR
        drawn.append(line((x, HEAD - 6), (x, height - FOOT), class_="grid"))
        if year % step == 0 and not cramped and x < across.end - 26:
            drawn.append(text(x + 3, HEAD - 9, str(year), class_="quiet", font_size=12))
    return drawn


def _row(bar: Bar, row: int, across: Axis, layout: Layout) -> str:
    """Draw one activity with what the pointer is told of it."""
    y, half = layout.middle(row), 6
    begins, ends = across(bar.start.toordinal()), across(bar.finish.toordinal() + 1)
    shapes = [
        element("rect", x=begins, y=y - half, width=max(ends - begins, 2.0), height=2 * half, class_="bar"),
        *_planned(bar, across, y + half + 3),
    ]
    if bar.gate:
        shapes.append(diamond(ends, y, 7, class_="gate"))
    return element("g", element("title", told(bar)), _label(bar, y, layout), *shapes, class_=_classes(bar))


def _label(bar: Bar, y: float, layout: Layout) -> str:
    if layout.above:
        return text(0, y - 11, _fitted(bar.name, layout.width - 8, layout.size))
    return text(0, y + 4.5, _fitted(bar.name, layout.labels - 14, layout.size))


def _planned(bar: Bar, across: Axis, y: float) -> list[str]:
    """Draw the plan as a line; one that has a single date as a tick."""
    begins, ends = bar.planned_start or bar.planned_finish, bar.planned_finish or bar.planned_start
    if begins is None or ends is None:
        return []
    return [line((across(begins.toordinal()), y), (across(ends.toordinal() + 1), y), class_="planned")]


def _links(bar: Bar, timing: Timing, place: dict[str, int], across: Axis, layout: Layout) -> str:
    """Draw what drives an activity of the chain: from the end of each that it waits for to its beginning."""
    begins = across(bar.start.toordinal())
    drawn = []
    for code in bar.after:
        if code in place:
            other = timing.bars[place[code]]
            start = (across(other.finish.toordinal() + 1), layout.middle(place[code]))
            drawn.append(path([start, (begins, start[1]), (begins, layout.middle(place[bar.code]))], class_="link"))
    return element("g", *drawn)


def _today(data_date: date, across: Axis, height: float) -> str:
    x = across(data_date.toordinal() + 1)
    return element(
        "g", element("title", told_date(data_date)), line((x, HEAD - 6), (x, height - FOOT)), class_="data-date"
    )


def _classes(bar: Bar) -> str:
    return " ".join(["activity", *(["done"] if bar.done else []), *(["driving"] if bar.driving else [])])


def told(bar: Bar) -> str:
    """Return an activity as a sentence."""
    sentence = _("{name}: {start} to {finish}").format(name=bar.name, start=bar.start, finish=bar.finish)
    if bar.planned_finish:
        sentence += _("; planned to finish {planned}").format(planned=bar.planned_finish)
    return sentence + (_("; it decides the end") if bar.driving and not bar.done else "")


def told_date(data_date: date) -> str:
    """Return what the line of the data date says."""
    return _("Data date: {date}").format(date=data_date)


def _fitted(name: str, width: float, size: float) -> str:
    """Shorten a name until it fits."""
    if text_width(name, size) <= width:
        return name
    while name and text_width(name + "…", size) > width:
        name = name[:-1]
    return f"{name}…"
