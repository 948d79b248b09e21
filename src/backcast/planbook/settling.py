"""Whether what an earlier run said of a target has come: by the figures known now, by the definition of then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import numpy as np
import polars as pl

from backcast.engine.verdict import Comparison
from backcast.language import tr
from backcast.planbook.book import Planbook
from backcast.planbook.evidence import comparable_observations, facts
from backcast.planbook.forecast import Series
from backcast.planbook.hindsight import PastRun
from backcast.planbook.judging import can_be_lost, settling_figure
from backcast.planbook.results import SettledVerdict, ValueQuantiles, Verdict, WaitingVerdict

LEVELS = (0.1, 0.5, 0.9)
WHY = {
    "date_not_reached": tr("Its date is not reached."),
    "no_figure": tr("Its date has passed, and no figure that tells was published."),
    "not_told": tr("The first figure after its date meets the target; whether it was met in time is not known."),
    "definition_changed": tr("Its figures are published by another definition since."),
    "not_in_planbook": tr("Its indicator is no longer in the planbook."),
}
"""Why a verdict is not settled."""


@dataclass(frozen=True, slots=True)
class _Came:
    """The figures that one verdict may be settled by; days are ordinals."""

    series: Series
    known: tuple[date, ...]

    def on(self, day: date) -> int | None:
        """Return the position of the figure of a day."""
        found = np.flatnonzero(self.series.days == day.toordinal())
        return int(found[0]) if found.size else None


class Judge:
    """Settles verdicts by the figures known at a data date.

    Parameters
    ----------
    known
        The planbook as it was known at the data date.
    """

    def __init__(self, known: Planbook, data_date: date) -> None:
        self._known, self._data_date = known, data_date
        self._indicators: dict[str, dict[str, object]] = {
            row["code"]: row for row in known["indicators"].iter_rows(named=True)
        }
        self._latest = _latest_dates(facts(known, data_date))
        self._figures: dict[date, Mapping[tuple[str, str], _Came]] = {}

    def __call__(self, run: PastRun, verdict: Verdict) -> SettledVerdict | WaitingVerdict:
        """Settle what a run said of one target, or say why it cannot be."""
        indicator = self._indicators.get(verdict.indicator)
        if indicator is None:
            return _waiting(run, verdict, "not_in_planbook")
        passed, came = (
            verdict.date <= self._data_date,
            self._came(run.data_date).get((verdict.indicator, verdict.region)),
        )
        if came is not None:
            comparison = cast("Comparison", verdict.comparison)
            losable = can_be_lost(indicator, comparison, came.series)
            found = settling_figure(
                came.series, verdict.date.toordinal(), verdict.target, comparison, losable=losable, passed=passed
            )
            if found:
                return _settled(run, verdict, came, *found)
        return _waiting(run, verdict, self._why(verdict, came) if passed else "date_not_reached")

    def _came(self, said_on: date) -> Mapping[tuple[str, str], _Came]:
        """Figures by the definitions in force when something was said, by indicator and region."""
        if said_on not in self._figures:
            rows = comparable_observations(self._known, self._data_date, said_on)
            groups = rows.group_by("indicator", "region", maintain_order=True)
            self._figures[said_on] = {(str(code), str(region)): _figures(group) for (code, region), group in groups}
        return self._figures[said_on]

    def _why(self, verdict: Verdict, came: _Came | None) -> str:
        """Say why a verdict whose date has passed is not settled."""
        end = verdict.date.toordinal()
        if came is not None and came.series.days[-1] > end:
            return "not_told"
        latest = self._latest.get((verdict.indicator, verdict.region))
        return "definition_changed" if latest and latest >= verdict.date else "no_figure"


def _latest_dates(rows: pl.DataFrame) -> dict[tuple[str, str], date]:
    """The date of the last figure of any definition, by indicator and region."""
    last = rows.group_by("indicator", "region").agg(pl.col("date").max())
    return {(code, region): day for code, region, day in last.iter_rows()}


def _figures(rows: pl.DataFrame) -> _Came:
    known = rows.select(pl.coalesce("known_from", "date")).to_series().to_list()
    days = np.array([day.toordinal() for day in rows["date"]], np.int64)
    return _Came(Series(days, rows["value"].to_numpy()), tuple(known))


def _settled(run: PastRun, verdict: Verdict, came: _Came, which: int, met: bool) -> SettledVerdict:
    assert verdict.probability is not None
    assert verdict.value is not None
    at_date = came.on(verdict.date)
    shown = which if at_date is None else at_date
    in_advance = run.kept_at is not None and run.kept_at.date() < came.known[which]
    value, said = float(came.series.values[shown]), verdict.value
    return SettledVerdict(
        **_said(run, verdict) | {"source": run.source if in_advance else "recomputed"},
        in_advance=in_advance,
        met=met,
        brier=(verdict.probability - met) ** 2,
        came=value,
        came_on=date.fromordinal(int(came.series.days[shown])),
        p10=said.p10,
        p50=said.p50,
        p90=said.p90,
        held=None if at_date is None else said.p10 <= value <= said.p90,
        loss=None if at_date is None else _loss(said, value),
    )


def _waiting(run: PastRun, verdict: Verdict, why: str) -> WaitingVerdict:
    return WaitingVerdict(**_said(run, verdict), why=why, reason=WHY[why])


def _said(run: PastRun, verdict: Verdict) -> dict[str, Any]:
    return {
        "source": run.source,
        "data_date": run.data_date,
        "indicator": verdict.indicator,
        "region": verdict.region,
        "date": verdict.date,
        "target": verdict.target,
        "comparison": verdict.comparison,
        "probability": verdict.probability,
    }


def _loss(said: ValueQuantiles, came: float) -> float:
    """Twice the mean pinball loss at P10, P50 and P90."""
    above = came - np.array([said.p10, said.p50, said.p90])
    levels = np.array(LEVELS)
    return float(2.0 * np.maximum(levels * above, (levels - 1.0) * above).mean())
