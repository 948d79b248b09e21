"""The fan chart: what was reported, what is forecast, and the target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from markupsafe import Markup

from backcast.language import Message, Name, tr
from backcast.planbook.results import TrajectoryPoint
from backcast.report.charts import svg
from backcast.report.charts.axis import Axis, round_ticks, spread, years
from backcast.report.figures import grouped, in_chinese, short_day

Dated = tuple[date, float]

FLAT = 0.7
"""Below this ratio of smallest to largest value, the axis starts at zero."""
HIGHEST = 2.5
"""The axis ends at this multiple of what is reported, aimed at or expected; wilder draws leave the chart."""
LEAST_BACK, BACK_TO_AHEAD, MARGIN = timedelta(days=2 * 365), 2.5, 0.03
"""How far back a chart looks: two years at least, beyond that so many times as far as ahead; and room on its left."""
FEW, FAR_BACK = 3, timedelta(days=12 * 365)
"""So few figures are shown even from far back."""
MANY_DOTS = 20


@dataclass(frozen=True, slots=True)
class Frame:
    """How large a chart is, in pixels; it is drawn once for a page and once for a phone."""

    name: str
    width: float
    height: float
    size: float


WIDE = Frame("wide", 700, 330, 13)
NARROW = Frame("narrow", 340, 250, 12)


@dataclass(frozen=True, slots=True)
class Fan:
    """One target's chart, drawn by :meth:`draw`.

    Attributes
    ----------
    title
        What the chart says, for those who do not see it.
    observed
        Reported figures in order of time.
    points
        The forecast, up to the target's date.
    target
        Date and value.
    others
        Other targets of the same indicator and region.
    write
        Writes a forecast in both languages, rounded.
    exact
        Writes a target or a reported figure.
    since
        Figures from this day on are shown, however far back it is; None leaves it to the forecast's length.
    """

    title: Message
    unit: Name
    observed: tuple[Dated, ...]
    points: tuple[TrajectoryPoint, ...]
    target: Dated
    others: tuple[Dated, ...]
    data_date: date
    simulated: bool
    write: Callable[[float], Name]
    exact: Callable[[float], Name]
    since: date | None = None

    def draw(self, language: str, frame: Frame = WIDE) -> Markup:
        """Draw the chart with labels in one language."""
        return _Drawing(self, language, frame).draw()

    @property
    def band(self) -> list[tuple[date, float, float, float]]:
        """Date, P10, P50 and P90; the band opens at the last reported figure."""
        known = [(*self.observed[-1], *self.observed[-1][1:] * 2)] if self.observed else []
        return known + [
            (point.date, point.p10, point.p50, point.p90)
            for point in self.points
            if point.p10 is not None and point.p50 is not None and point.p90 is not None
        ]

    def envelope(self, side: str) -> list[Dated]:
        """Return the values if every output came at its early, or late, date."""
        values = [(point.date, getattr(point, side)) for point in self.points]
        return [(when, value) for when, value in values if value is not None]

    @property
    def extent(self) -> tuple[float, float]:
        """Lowest and highest value that the chart must show."""
        inner = [value for _, value in self.seen] + [row[2] for row in self.band] + [self.target[1]]
        outer = [value for row in self.band for value in (row[1], row[3])]
        outer += [value for side in ("early", "late") for _, value in self.envelope(side)]
        top = max(inner)
        high = min(max([top, *outer]), HIGHEST * top) if top > 0 else max([top, *outer])
        low = min([*inner, *outer])
        return (0.0 if 0 <= low < FLAT * high else low), high

    @property
    def first(self) -> date:
        """The first date shown: a little before the first figure that is not too far back."""
        ahead = max(self.target[0] - self.data_date, timedelta())
        near, far = self.data_date - max(LEAST_BACK, BACK_TO_AHEAD * ahead), self.data_date - FAR_BACK
        near = min(near, self.since or near)
        dates = [when for when, _ in self.observed]
        shown = min(
            [when for when in dates if when >= near] + [when for when in dates[-FEW:] if when >= far], default=near
        )
        begin = min(shown, self.data_date - timedelta(days=60))
        return begin - MARGIN * (self.target[0] - begin)

    @property
    def last(self) -> date:
        """The last date shown: the target's, or that of a figure that came after it."""
        return max([self.target[0]] + [when for when, _ in self.observed])

    @property
    def seen(self) -> list[Dated]:
        """The reported figures that are shown."""
        return [point for point in self.observed if point[0] >= self.first]


class _Drawing:
    """One fan in one language and frame: the scales, and one method for each layer."""

    def __init__(self, fan: Fan, language: str, frame: Frame) -> None:
        self.fan, self.language, self.frame = fan, language, frame
        self.ticks = round_ticks(*fan.extent, about=5 if frame is WIDE else 4)
        self.labels = self._labels()
        left = max(svg.text_width(self._tick(tick), frame.size) for tick in self.ticks) + 8
        right = max(svg.text_width(label, frame.size) for _, label, _ in self.labels) + 16
        self.top, self.bottom = 2.6 * frame.size, frame.height - 1.9 * frame.size
        self.left, self.right = left, frame.width - right
        self.x = Axis(fan.first.toordinal(), fan.last.toordinal(), self.left, self.right)
        self.y = Axis(self.ticks[0], self.ticks[-1], self.bottom, self.top)

    def draw(self) -> Markup:
        layers = (
            self._grid, self._years, self._band, self._envelope, self._data_date,
            self._target, self._median, self._observed, self._ends, self._stamp,
        )  # fmt: skip
        drawn = [layer() for layer in layers]
        return svg.element(
            "svg",
            *drawn,
            class_=f"chart fan {self.frame.name}",
            viewBox=f"0 0 {self.frame.width:.0f} {self.frame.height:.0f}",
            role="img",
            aria_label=self._read(self.fan.title),
        )

    def _read(self, words: Message | Name) -> str:
        return words.read(self.language)

    def _at(self, when: date, value: float) -> svg.Point:
        return self.x(when.toordinal()), self.y(value)

    def _tick(self, value: float) -> str:
        step = self.ticks[1] - self.ticks[0]
        places = 0 if step == round(step) else len(f"{step:g}".partition(".")[2])
        return in_chinese(value, places) if self.language != "en" else grouped(value, places)

    def _grid(self) -> Markup:
        rows = [
            svg.line((self.left, self.y(tick)), (self.right, self.y(tick)), class_="zero" if tick == 0 else "grid")
            + svg.text(self.left - 6, self.y(tick) + 0.35 * self.frame.size, self._tick(tick), anchor="end")
            for tick in self.ticks
        ]
        unit = svg.text(0.0, self.frame.size, self._read(self.fan.unit), class_="quiet")
        return svg.element("g", unit, *rows, class_="axis")

    def _years(self) -> Markup:
        width = svg.text_width("2025", self.frame.size)
        year_long = (self.right - self.left) * 365 / (self.x.high - self.x.low)
        every = ceil((width + 5) / year_long)
        drawn = [svg.line((self.left, self.bottom), (self.right, self.bottom), class_="zero")]
        for year, first, last in years(self.fan.first, self.fan.last):
            begin, end = self.x(first.toordinal()), self.x(last.toordinal())
            if first == date(year, 1, 1):
                drawn.append(svg.line((begin, self.bottom), (begin, self.bottom + 5), class_="tick"))
            if (self.fan.last.year - year) % every == 0 and end - begin > 0.9 * min(year_long, width):
                place = (begin + end) / 2, self.bottom + 1.4 * self.frame.size
                drawn.append(svg.text(*place, str(year), anchor="middle"))
        return svg.element("g", *drawn, class_="axis")

    def _band(self) -> Markup:
        low = [self._at(when, p10) for when, p10, _, _ in self.fan.band]
        high = [self._at(when, p90) for when, _, _, p90 in self.fan.band]
        return svg.path([*low, *reversed(high)], closed=True, class_="band")

    def _median(self) -> Markup:
        return svg.path([self._at(when, p50) for when, _, p50, _ in self.fan.band], class_="median")

    def _envelope(self) -> Markup:
        lines = [(side, self.fan.envelope(side)) for side in ("early", "late")]
        paths = [svg.path([self._at(*point) for point in points], class_=side) for side, points in lines if points]
        return svg.element("g", *paths, class_="envelope")

    def _observed(self) -> Markup:
        seen = self.fan.seen
        if not seen:
            return Markup("")
        places, radius = [self._at(*point) for point in seen], 3.4 if len(seen) <= MANY_DOTS else 2.2
        dots = [svg.element("circle", cx=x, cy=y, r=radius) for x, y in places]
        return svg.element("g", svg.path(places, class_="reported"), *dots, self._last_figure(), class_="observed")

    def _last_figure(self) -> Markup:
        """The last figure, written before its dot, above a rising line and below a falling one."""
        (_, first), (when, last) = self.fan.seen[0], self.fan.seen[-1]
        words = self._read(self.fan.exact(last))
        x, y = self._at(when, last)
        drop = 1.5 if last < first else -0.7
        end = max(x - 8, self.left + svg.text_width(words, self.frame.size) + 4)
        return svg.text(end, y + drop * self.frame.size, words, anchor="end")

    def _target(self) -> Markup:
        x, y = self._at(*self.fan.target)
        aim = svg.line((self.left, y), (x, y), class_="aim")
        others = [
            svg.diamond(*self._at(*other), 4.0, class_="other")
            for other in self.fan.others
            if self.fan.first <= other[0] < self.fan.target[0]
        ]
        return svg.element("g", aim, *others, svg.diamond(x, y, 6.0, class_="goal"), class_="target")

    def _data_date(self) -> Markup:
        """A rule at the data date, with its label above, clear of the unit in the corner."""
        if self.fan.data_date > self.fan.last:
            return Markup("")
        x = self.x(self.fan.data_date.toordinal())
        label = self._read(tr("data date {date}", date=short_day(self.fan.data_date)))
        width = svg.text_width(label, self.frame.size)
        leftmost = svg.text_width(self._read(self.fan.unit), self.frame.size) + 10
        begin = max(min(x - width / 2, self.right - width), leftmost)
        return svg.element(
            "g",
            svg.line((x, self.top - 0.9 * self.frame.size), (x, self.bottom)),
            svg.text(begin, self.top - 1.3 * self.frame.size, label),
            class_="data-date",
        )

    def _labels(self) -> list[tuple[float, str, str]]:
        """Value, text and class of each label beside the right edge."""
        fan = self.fan
        labels = [(fan.target[1], tr("target {value}", value=fan.exact(fan.target[1])), "goal")]
        if fan.points and fan.band:
            _, p10, p50, p90 = fan.band[-1]
            labels += [
                (p90, tr("P90 {value}", value=fan.write(p90)), "quantile"),
                (p50, tr("median {value}", value=fan.write(p50)), "median"),
                (p10, tr("P10 {value}", value=fan.write(p10)), "quantile"),
            ]
        early, late = (fan.envelope(side)[-1:] for side in ("early", "late"))
        labels += [(value, tr("early {value}", value=fan.write(value)), "side") for _, value in early]
        labels += [(value, tr("late {value}", value=fan.write(value)), "side") for _, value in late]
        above = self.ticks[-1]
        return [(value, self._read(words) + (" ↑" if value > above else ""), name) for value, words, name in labels]

    def _ends(self) -> Markup:
        """Labels beside the right edge, kept apart, the highest on top."""
        wanted = [self.y(value) for value, _, _ in self.labels]
        places = spread(wanted, 1.25 * self.frame.size, self.top - 4, self.bottom)
        drawn = []
        for y, place, (_, label, name) in zip(wanted, places, self.labels, strict=True):
            if abs(place - y) > 2:
                drawn.append(svg.line((self.right + 7, y), (self.right + 12, place), class_="leader"))
            drawn.append(svg.text(self.right + 14, place + 0.35 * self.frame.size, label, class_=name))
        return svg.element("g", *drawn, class_="ends")

    def _stamp(self) -> Markup:
        if not self.fan.simulated:
            return Markup("")
        word = self._read(tr("simulated"))
        return svg.text(self.right - 8, self.bottom - 8, word, anchor="end", class_="stamp")
