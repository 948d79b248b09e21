"""The value of an indicator in a region, month by month and draw by draw (docs/explanation/delivery.md).

Value = last observation + what projects deliver after it + what the observed trend adds beyond the
projects. Where the library has no history to compare the trend with, one of the two counts, never
both. Regions that are not observed add up those below; those below are scaled to a region that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backcast.engine import trend as trends
from backcast.engine.calendar import Days
from backcast.engine.delivery import UNIT, Fixed, Outputs
from backcast.engine.parallel import Threads
from backcast.engine.portable import Floats
from backcast.engine.random import stable_id
from backcast.planbook.contributions import Contributions
from backcast.planbook.regions import Regions

WITHOUT_BASE = ("flow", "milestone")
"""Kinds of indicators that count from zero at the start of the plan, so that no observation is needed."""
LONG_AGO = -(1 << 20)
"""A day before every delivery."""


@dataclass(frozen=True, slots=True)
class Series:
    """Comparable observations of an indicator in a region: days (first instant after) and values."""

    days: NDArray[np.int64]
    values: Floats


Source: TypeAlias = tuple[NDArray[np.int64], int]
"""Outputs, and the day since when they count."""


@dataclass(slots=True)
class Cell:
    """One indicator in one region.

    Attributes
    ----------
    which
        Outputs, of this region and those below.
    n_outputs
        How many outputs it has: more than ``which`` where only a part of the library, or none of it, is at hand.
    since
        Day of the last observation: what was delivered before is in it already.
    sources
        The outputs that its values really count, with the day since when: those of the regions it
        was added up from, none where the trend alone counts.
    basis
        "projects", "trend", "both" or "none"; of what is added up or divided, that of its parts.
    values
        Shape ``(n_times, draws)``; None without evidence.
    drawn
        Same shape: what its outputs deliver in them, before any scaling; None where they count none.
    scale
        Same shape: by what the values were multiplied to agree with the region above; None if not.
    trend
        The trend used, if any.
    library_before
        Shape ``(n_observations,)``: what the library had delivered by each observation.
    """

    indicator: str
    region: str
    series: Series | None
    which: NDArray[np.int64]
    n_outputs: int
    since: int
    sources: tuple[Source, ...] = ()
    basis: str = "none"
    values: Floats | None = None
    drawn: Floats | None = None
    scale: Floats | None = None
    trend: trends.Trend | None = None
    library_before: Floats | None = None

    @property
    def counted(self) -> NDArray[np.int64]:
        """Outputs that its values count."""
        return np.concatenate([np.zeros(0, np.int64), *(which for which, _ in self.sources)])

    def deliver(self, outputs: Outputs, gates: Days, days: ArrayLike, among: NDArray[np.bool_] | None = None) -> Floats:
        """Return what its outputs, or those ``among`` them, deliver up to each day, shape ``(n_times, draws)``."""
        total = np.zeros((np.size(days), gates.shape[1]), np.int64)
        for which, since in self.sources:
            total += outputs.delivered(which if among is None else which[among[which]], gates, days, since)
        return total / UNIT


class Scene(Protocol):
    """What all cells of a run share, and what their outputs deliver, wherever that is known from."""

    @property
    def regions(self) -> Regions:
        """The tree of regions."""

    @property
    def days(self) -> NDArray[np.int64]:
        """Shape ``(n_times,)``: days of the forecast, ascending."""

    @property
    def seed(self) -> int:
        """Seed of the random numbers."""

    @property
    def draws(self) -> int:
        """Number of draws."""

    @property
    def largest_target(self) -> dict[tuple[str, str], float]:
        """By indicator and region: the scale on which paces of different indicators compare."""

    def cell(self, indicator: str, region: str, series: Series | None) -> Cell:
        """Return the cell of an indicator and a region, with nothing forecast yet."""

    def delivered(self, cell: Cell) -> Fixed:
        """Return what the outputs of a cell deliver after its last observation, shape ``(n_times, draws)``."""

    def delivered_before(self, cell: Cell) -> Fixed:
        """Return what the outputs of a cell had delivered by each of its observations, by their schedule."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all cells of a run share.

    Attributes
    ----------
    gates, expected_gates
        Drawn finishes, shape ``(rows, draws)``, and those of the schedule, shape ``(rows, 1)``.
    days
        Shape ``(n_times,)``: days of the forecast, ascending.
    plan_start
        Day from which flows count.
    largest_target
        By indicator and region: the scale on which paces of different indicators compare.
    """

    contributions: Contributions
    regions: Regions
    gates: Days
    expected_gates: Days
    days: NDArray[np.int64]
    plan_start: int
    seed: int
    threads: Threads
    largest_target: dict[tuple[str, str], float] = field(default_factory=dict)

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.gates.shape[1])

    def cell(self, indicator: str, region: str, series: Series | None) -> Cell:
        """Return the cell of an indicator and a region, with nothing forecast yet."""
        which = self.contributions.within(indicator, region, self.regions)
        since = int(series.days[-1]) if series else self.plan_start
        return Cell(indicator, region, series, which, which.size, since)

    def delivered(self, cell: Cell) -> Fixed:
        """Return what the outputs of a cell deliver after its last observation, shape ``(n_times, draws)``."""
        outputs = self.contributions.outputs
        return outputs.delivered(cell.which, self.gates, self.days, cell.since, threads=self.threads)

    def delivered_before(self, cell: Cell) -> Fixed:
        """Return what the outputs of a cell had delivered by each of its observations, by their schedule."""
        days = np.zeros(0, np.int64) if cell.series is None else cell.series.days
        if not days.size:
            return days
        outputs = self.contributions.outputs
        return outputs.delivered(cell.which, self.expected_gates, days, LONG_AGO)[:, 0]


def forecast_indicator(
    indicator: dict[str, object],
    series: dict[str, Series],
    wanted: set[str],
    setting: Scene,
    paces: dict[tuple[str, str], float],
    known: dict[tuple[str, str], Cell],
) -> dict[str, Cell]:
    """Forecast one indicator in every region that is wanted or observed, and in those above them.

    Parameters
    ----------
    indicator
        Its row of the indicators table.
    series
        By region.
    paces
        By indicator and region: observed pace per year, pooled where there is a single observation.
    known
        Cells of other indicators, of which a ratio takes its numerator and denominator.
    """
    cells: dict[str, Cell] = {}
    for region in needed_regions(series, wanted, setting.regions):
        cell = setting.cell(str(indicator["code"]), region, series.get(region))
        if indicator["numerator"] and indicator["denominator"]:
            _divide(cell, indicator, known)
        if cell.values is None and cell.series:
            _from_observations(cell, indicator, setting, paces)
        elif cell.values is None:
            _without_observations(cell, indicator, cells, setting)
        cells[region] = cell
    for region in reversed(list(cells)):
        if indicator["kind"] != "ratio":
            _scale_children(cells, region, setting.regions)
    return cells


def observed_pace(series: Series) -> float | None:
    """Return the average pace per year over a whole series; None with a single observation."""
    return trends.best_pace(series.days, series.values, 1 << 30)


def needed_regions(series: Iterable[str], wanted: Iterable[str], regions: Regions) -> Iterator[str]:
    """Yield the regions that are wanted or observed, and those above them, lowest first."""
    needed = {above for region in (*series, *wanted) for above in regions.path(region)}
    return (region for region in regions.lowest_first() if region in needed)


def _from_observations(
    cell: Cell, indicator: dict[str, object], setting: Scene, paces: dict[tuple[str, str], float]
) -> None:
    """Carry the last observation forward by projects, trend or both."""
    assert cell.series is not None
    cell.library_before = before = setting.delivered_before(cell) / UNIT
    delivered = setting.delivered(cell) / UNIT
    has_history, has_future = before[-1] > before[0], bool(delivered[-1].any())
    trend = _fit(cell.series, indicator)
    if trend is not None and has_history:
        trend = trends.fit_residual(
            cell.series.days,
            cell.series.values,
            before,
            ceiling=_number(indicator["ceiling"]),
            unit=_unit(indicator),
        )
        cell.basis = "both" if has_future else "trend"
    elif has_future and (trend is None or indicator["basis"] == "projects"):
        trend, cell.basis = None, "projects"
    else:
        trend = trend or _pooled(cell, indicator, setting, paces)
        delivered = np.zeros_like(delivered)
        cell.basis = "trend" if trend else "none"
    if cell.basis == "none":
        return
    cell.trend = trend
    if cell.basis in ("projects", "both"):
        cell.sources, cell.drawn = ((cell.which, cell.since),), delivered
    values = cell.series.values[-1] + delivered
    if trend is not None:
        identity = stable_id("trend", cell.indicator, cell.region)
        values += trends.increments(trend, setting.seed, identity, setting.draws, setting.days)
    cell.values = _within_bounds(values, indicator)


def _fit(series: Series, indicator: dict[str, object]) -> trends.Trend | None:
    if indicator["kind"] == "milestone":
        return None
    return trends.fit(
        series.days,
        series.values,
        direction=str(indicator["direction"]),
        can_fall=bool(indicator["can_fall"]),
        floor=_number(indicator["floor"]),
        ceiling=_number(indicator["ceiling"]),
        unit=_unit(indicator),
    )


def _pooled(
    cell: Cell, indicator: dict[str, object], setting: Scene, paces: dict[tuple[str, str], float]
) -> trends.Trend | None:
    """Borrow a pace for a quantity that was observed once, cannot turn back and has a target."""
    own_scale = setting.largest_target.get((cell.indicator, cell.region))
    if indicator["kind"] != "stock" or indicator["can_fall"] or own_scale is None or cell.series is None:
        return None
    others = [(pace, setting.largest_target[key]) for key, pace in paces.items() if key in setting.largest_target]
    return trends.pool(
        cell.since,
        float(cell.series.values[-1]),
        [pace for pace, _ in others],
        [scale for _, scale in others],
        own_scale,
        direction=str(indicator["direction"]),
        floor=_number(indicator["floor"]),
        ceiling=_number(indicator["ceiling"]),
        unit=_unit(indicator),
    )


def _without_observations(cell: Cell, indicator: dict[str, object], cells: dict[str, Cell], setting: Scene) -> None:
    """Add up the regions below, or count projects from zero where the kind of indicator allows."""
    below = setting.regions.children[cell.region]
    parts = [cells[child] for child in below if child in cells]
    values = [part.values for part in parts if part.values is not None]
    if below and len(values) == len(below) and indicator["kind"] != "ratio":
        cell.values = _added(values)
        bases = {part.basis for part in parts}
        cell.basis = bases.pop() if len(bases) == 1 else "both"
        cell.sources = tuple(source for part in parts for source in part.sources)
        drawn = [part.drawn for part in parts if part.drawn is not None]
        cell.drawn = _added(drawn) if drawn else None
    elif cell.n_outputs and indicator["kind"] in WITHOUT_BASE:
        cell.drawn = setting.delivered(cell) / UNIT
        cell.values = _within_bounds(cell.drawn, indicator)
        cell.basis, cell.sources = "projects", ((cell.which, cell.since),)


def _divide(cell: Cell, indicator: dict[str, object], known: dict[tuple[str, str], Cell]) -> None:
    """Take the ratio of two indicators of the same region, draw by draw."""
    parts = [known.get((str(indicator[part]), cell.region)) for part in ("numerator", "denominator")]
    above, below = (part.values if part else None for part in parts)
    if above is not None and below is not None and (below > 0).all():
        cell.values = _within_bounds((_number(indicator["scale"]) or 1.0) * above / below, indicator)
        bases = {part.basis for part in parts if part}
        cell.basis = bases.pop() if len(bases) == 1 else "both"


def _scale_children(cells: dict[str, Cell], region: str, regions: Regions) -> None:
    """Scale the regions below one that is observed, or scaled itself, so that they add up to it."""
    parent, below = cells[region], regions.children[region]
    parts = [(cells[child], cells[child].values) for child in below if child in cells]
    values = [value for _, value in parts if value is not None]
    told = parent.series is not None or parent.scale is not None
    if not told or parent.values is None or not below or len(values) < len(below):
        return
    total = _added(values)
    scale = np.divide(parent.values, total, out=np.ones_like(total), where=total > 0)
    for (part, _), value in zip(parts, values, strict=True):
        part.values = value * scale
        part.scale = scale if part.scale is None else part.scale * scale


def _added(values: list[Floats]) -> Floats:
    """Add up values of several regions, in their order."""
    total = values[0].copy()
    for value in values[1:]:
        total += value
    return total


def _within_bounds(values: Floats, indicator: dict[str, object]) -> Floats:
    """Keep values between the bounds that the quantity cannot pass."""
    floor, ceiling = _number(indicator["floor"]), _number(indicator["ceiling"])
    return values if floor is None and ceiling is None else np.clip(values, floor, ceiling)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _unit(indicator: dict[str, object]) -> float:
    """The smallest step of an indicator, from the decimals it is told with."""
    return float(f"1e-{indicator['decimals'] or 0}")
