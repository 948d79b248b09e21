"""From the draws of an indicator to the verdict on a target, with its reason (docs/explanation/verdict.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import numpy as np

from backcast.engine import trend as trends
from backcast.engine.verdict import Comparison, first_met, judge, light, meets, required_pace
from backcast.language import Message, Name, tr
from backcast.planbook.forecast import WITHOUT_BASE, Cell, Series
from backcast.planbook.results import DateQuantiles, ValueQuantiles, Verdict
from backcast.planbook.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Target:
    """A target in force beside the rows it refers to.

    Attributes
    ----------
    department
        Whom to ask for figures.
    has_stale_figures
        Whether figures exist, but none of today's definition.
    """

    row: dict[str, object]
    indicator: dict[str, object]
    indicator_name: Name
    region_name: Name
    department: Name | Message
    has_stale_figures: bool

    @property
    def date(self) -> date:
        """Date at which the target is judged."""
        return cast("date", self.row["date"])

    @property
    def value(self) -> float:
        """The value to be reached, in the indicator's unit."""
        return float(str(self.row["value"]))

    @property
    def comparison(self) -> Comparison:
        """How a value is compared with the target."""
        return cast("Comparison", self.row["comparison"])

    def can_be_lost(self, series: Series) -> bool:
        """Tell whether the target, once met, may be lost."""
        return can_be_lost(self.indicator, self.comparison, series)


def can_be_lost(indicator: Mapping[str, object], comparison: Comparison, series: Series) -> bool:
    """Tell whether a target, once met, may be lost: the quantity may turn back, or grows towards a limit.

    A quantity that cannot turn back grows; it falls where lower is better and it was not seen to rise.
    """
    falls = indicator["direction"] == "lower" and series.values[-1] <= series.values[0]
    has_upper_limit = comparison in ("at_most", "less_than")
    return bool(indicator["can_fall"]) or falls != has_upper_limit


def settling_figure(
    series: Series, end: int, target: float, comparison: Comparison, *, losable: bool, passed: bool
) -> tuple[int, bool] | None:
    """Find the figure that settles a target.

    Parameters
    ----------
    end
        The target's date, counted like ``series.days``.
    losable
        Whether the target, once met, may be lost: then only a figure of its very date counts.
    passed
        Whether the date has been reached.

    Returns
    -------
    Position of the figure and whether the target is met; None while nothing settles it.
    """
    if losable and not passed:
        return None
    met, at = meets(series.values, target, comparison), series.days == end
    hits = np.flatnonzero(met & (at if losable else series.days <= end))
    if hits.size:
        return int(hits[0]), True
    after = np.flatnonzero(at if losable else series.days >= end)
    return (int(after[0]), False) if passed and after.size and not met[after[0]] else None


def verdict(target: Target, cell: Cell | None, timeline: Timeline, dates: list[date], data_date: date) -> Verdict:
    """Judge one target.

    Parameters
    ----------
    cell
        Forecast of its indicator in its region, if there is one.
    dates
        Dates of the forecast, in the order of ``cell.values``.
    """
    series = cell.series if cell else None
    settled = _settled(target, series, timeline, data_date)
    if settled:
        return settled
    if cell is None or cell.values is None or target.date <= data_date:
        return _unjudged(target, series, timeline, _why_not(target, series, data_date))
    values = cell.values[dates.index(target.date)]
    judgement = judge(values, target.value, target.comparison)
    when = first_met(cell.values, target.value, target.comparison, (0.5, 0.8, 0.9))
    return _verdict(
        target,
        state="forecast",
        probability=judgement.probability,
        standard_error=judgement.standard_error,
        basis=cell.basis,
        reason=_grounds(cell),
        value=ValueQuantiles(judgement.p10, judgement.p50, judgement.p90),
        first_met=DateQuantiles(*(None if time is None else dates[time] for time in when)),
        expected_shortfall=judgement.expected_shortfall,
        light=light(judgement.probability),
        **_paces(target, series, timeline),
    )


def _verdict(target: Target, **known: Any) -> Verdict:
    """Fill in what every verdict on a target says."""
    return Verdict(
        indicator=str(target.row["indicator"]),
        region=str(target.row["region"]),
        date=target.date,
        target=target.value,
        comparison=target.comparison,
        direction=str(target.indicator["direction"]),
        document=str(target.row["document"]),
        **known,
    )


def _settled(target: Target, series: Series | None, timeline: Timeline, data_date: date) -> Verdict | None:
    """A target that is met and cannot be lost, or whose date has passed with a figure to tell."""
    if series is None:
        return None
    end, losable = timeline.day_after(target.date), target.can_be_lost(series)
    found = settling_figure(
        series, end, target.value, target.comparison, losable=losable, passed=target.date <= data_date
    )
    if found is None:
        return None
    which, met = found
    on, value = timeline.finish_date(int(series.days[which])), _figure(series.values[which])
    if met:
        reason = tr("Met: {value} was reported for {date}.", value=value, date=on)
        return _verdict(
            target, state="met", basis="met", reason=reason, light="green", met_on=on, **_last(series, timeline)
        )
    reason = tr("Missed: {value} was reported for {date}.", value=value, date=on)
    return _verdict(target, state="missed", basis="missed", reason=reason, light="red", **_last(series, timeline))


def _unjudged(target: Target, series: Series | None, timeline: Timeline, reason: Message) -> Verdict:
    return _verdict(target, state="no_evidence", basis="none", reason=reason, **_paces(target, series, timeline))


def _paces(target: Target, series: Series | None, timeline: Timeline) -> dict[str, Any]:
    """Required pace from the last observation, beside the best pace ever observed over as long a time."""
    if series is None:
        return {}
    left = timeline.day_after(target.date) - int(series.days[-1])
    direction = str(target.indicator["direction"])
    return {
        "required_pace": required_pace(float(series.values[-1]), target.value, left),
        "best_pace": trends.best_pace(series.days, series.values, left, direction=direction),
        **_last(series, timeline),
    }


def _last(series: Series, timeline: Timeline) -> dict[str, Any]:
    return {"last_value": float(series.values[-1]), "last_date": timeline.finish_date(int(series.days[-1]))}


# ---- Reasons.


def _grounds(cell: Cell) -> Message:
    """Say what a probability rests on."""
    n_outputs, n_observations = cell.n_outputs, len(cell.series.days) if cell.series else 0
    if cell.trend is not None and cell.trend.pooled:
        return tr("Rests on a single observation; the pace is borrowed from the plan's other indicators.")
    if cell.trend is None and (cell.basis != "projects" or n_outputs == 0):
        return tr("Added up from the regions below, or divided from its parts.")
    if cell.basis == "projects":
        return tr("Rests on {n} project outputs; the trend is not used.", n=n_outputs)
    if cell.basis == "trend" and n_outputs == 0:
        return tr("Rests on the trend of {n} observations; no project in the library adds to it.", n=n_observations)
    if cell.basis == "trend":
        return tr("Rests on the trend of {n} observations; projects cannot be compared with it.", n=n_observations)
    return tr(
        "Rests on {outputs} project outputs, and on what {n} observations show beyond them.",
        outputs=n_outputs,
        n=n_observations,
    )


def _why_not(target: Target, series: Series | None, data_date: date) -> Message:
    """Say why there is no probability, and what to do about it."""
    about = {"who": target.department, "what": target.indicator_name, "where": target.region_name}
    if target.date <= data_date:
        return tr(
            "The date has passed and no figure for it was published: ask {who} for “{what}” in {where} at {date}.",
            date=target.date,
            **about,
        )
    if series is not None:
        return tr(
            "Comparable figures known: {n}, too few for a trend, and no project adds to it: "
            "ask {who} for more figures of “{what}” in {where}.",
            n=len(series.days),
            **about,
        )
    if target.has_stale_figures:
        return tr(
            "Published figures use an earlier definition and do not compare: "
            "ask {who} for “{what}” in {where} by today's definition.",
            **about,
        )
    if target.indicator["kind"] in WITHOUT_BASE:
        return tr(
            "Nobody has published a figure, and no project in the library adds to it: "
            "ask {who} for “{what}” in {where}.",
            **about,
        )
    return tr("Nobody has published a figure of today's level: ask {who} for “{what}” in {where}.", **about)


def _figure(value: float) -> str:
    return f"{value:,.10g}"
