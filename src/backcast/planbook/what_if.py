"""What if some projects were others: what follows for the targets, without drawing the rest again.

Random numbers follow from codes, and projects that do not wait for each other do not move each other. So
what a library delivers, in exact sums, is what it delivered less what the touched projects did, plus what
they do now: the answer is that of a run of the changed planbook, to the last digit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from backcast.engine.delivery import LARGEST, Fixed
from backcast.language import Message, tr
from backcast.planbook.assembly import Assembly, assemble
from backcast.planbook.book import Planbook
from backcast.planbook.contributions import Contributions
from backcast.planbook.forecast import Cell, Series, Setting, forecast_indicator, needed_regions
from backcast.planbook.judging import verdict
from backcast.planbook.outlook import MOST_HELD, Outlook
from backcast.planbook.parts import BY_PROJECT, part_of, together
from backcast.planbook.results import Change, Records, Verdict, place
from backcast.planbook.timeline import extent_of, frame_of


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a changed planbook says that the planbook of a run did not.

    Attributes
    ----------
    changes
        One per target of which anything changed, the largest change first.
    projects
        Those that were drawn again: the changed ones, and what waits for them or they for.
    because
        Why the whole planbook was run; None where only those projects were drawn again.
    """

    changes: Records[Change]
    projects: tuple[str, ...]
    because: Message | None

    def __str__(self) -> str:
        told = str(self.changes) or str(tr("No target changes."))
        return f"{self.because}\n{told}" if self.because else told


@dataclass(frozen=True, slots=True)
class Answer:
    """Verdicts of the touched targets, without the dates on which they are first met; or why there are none."""

    projects: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    because: Message | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """What the outputs of a cell deliver in the whole library.

    Attributes
    ----------
    before
        Shape ``(n_observations,)``: up to each observation, by their schedule.
    after
        Shape ``(n_times, draws)``: after the last observation.
    """

    n_outputs: int
    before: Fixed
    after: Fixed


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(Setting):
    """The setting of a library of which one part is another: the totals of all, less that part, plus the new one.

    Attributes
    ----------
    totals
        By indicator and region, where there are outputs.
    former
        The part as it was; all else that the setting holds is of the new one.
    """

    totals: dict[tuple[str, str], Total]
    former: Setting

    def cell(self, indicator: str, region: str, series: Series | None) -> Cell:
        """Return a cell that has the outputs of the whole library, of which only the new part is at hand."""
        cell, former = Setting.cell(self, indicator, region, series), self.former.cell(indicator, region, series)
        total = self.totals.get((indicator, region))
        cell.n_outputs += (total.n_outputs if total else 0) - former.n_outputs
        return cell

    def delivered(self, cell: Cell) -> Fixed:
        """Return what the outputs of a cell deliver after its last observation, shape ``(n_times, draws)``."""
        total, former = self.totals.get((cell.indicator, cell.region)), self._formerly(cell)
        new = Setting.delivered(self, cell)
        return new if total is None else total.after - self.former.delivered(former) + new

    def delivered_before(self, cell: Cell) -> Fixed:
        """Return what the outputs of a cell had delivered by each of its observations, by their schedule."""
        total, former = self.totals.get((cell.indicator, cell.region)), self._formerly(cell)
        new = Setting.delivered_before(self, cell)
        return new if total is None else total.before - self.former.delivered_before(former) + new

    def _formerly(self, cell: Cell) -> Cell:
        return self.former.cell(cell.indicator, cell.region, cell.series)


class Whole:
    """The library of a run, ready for questions.

    The first question draws it once more, and keeps what it delivers: 8 bytes for every draw, every date of a
    target to come, and every indicator and region with outputs, however many projects there are.
    """

    def __init__(self, planbook: Planbook, outlook: Outlook) -> None:
        self.planbook, self.outlook = planbook, outlook
        to_come = {day for day in outlook.targets["date"] if day > outlook.data_date}
        self.dates: list[date] = sorted({*to_come, outlook.dates[-1]})  # the last tells whether anything comes at all
        self._paces = outlook.paces()
        self._totals: dict[tuple[str, str], Total] = {}
        self._denominators: dict[tuple[str, str], Cell] = {}

    def answer(self, changed: Planbook) -> Answer:
        """Judge the targets that touched projects add to; where more than projects changed, say what.

        Raises
        ------
        CycleError
            If activities wait for each other.
        """
        tables, touched = differences(self.planbook, changed)
        if tables:
            return Answer(because=tr("The whole planbook was run: {tables} changed.", tables=", ".join(tables)))
        timeline, when = self.outlook.timeline, self.outlook.data_date
        if frame_of(extent_of(changed.tables, when)) != (timeline.epoch, timeline.calendars.horizon):
            return Answer(because=tr("The whole planbook was run: it reaches over other years now."))
        projects = tuple(together([self.planbook, changed], touched))
        former, new = self._contributions_of(projects), assemble(part_of(changed, projects), when, dates=timeline)
        again = self._to_forecast({*former.places, *new.contributions.places})
        if again is None or self._is_much(former, new.contributions):
            return Answer(because=tr("The whole planbook was run: much of it depends on what changed."))
        return Answer(projects, tuple(self._judge(again, self._changed(former, new))) if again else ())

    @cached_property
    def totals(self) -> dict[tuple[str, str], Total]:
        """What the whole library delivers, by indicator and region."""
        for group in self.outlook.groups(self.outlook.indicators):
            setting = self.outlook.setting([row["code"] for row in group])
            for indicator in group:
                self._keep(indicator, setting)
        return self._totals

    def _keep(self, indicator: dict[str, Any], setting: Setting) -> None:
        """Keep what an indicator's outputs deliver and, if others are divided by it, its forecast."""
        code, seldom = indicator["code"], self._at_dates(setting)
        series, wanted = self.outlook.series_of(code), self._wanted(code)
        for region in needed_regions(series, wanted, setting.regions):
            cell = setting.cell(code, region, series.get(region))
            if cell.n_outputs:
                delivered = seldom.delivered_before(cell), seldom.delivered(cell)
                self._totals[code, region] = Total(cell.n_outputs, *delivered)
        if code in {row["denominator"] for row in self.outlook.indicators}:
            rows = [self.outlook.dates.index(day) for day in self.dates]
            for region, cell in forecast_indicator(indicator, series, wanted, setting, self._paces, {}).items():
                if cell.values is not None and (cell.values > 0).all():  # else nothing is divided by it, on no day
                    self._denominators[code, region] = replace(cell, values=cell.values[rows], drawn=None, scale=None)

    def _at_dates(self, setting: Setting) -> Setting:
        days = [self.outlook.timeline.day_after(day) for day in self.dates]
        return replace(setting, days=np.array(days, np.int64))

    def _wanted(self, indicator: str) -> set[str]:
        return set(self.outlook.targets.filter(pl.col("indicator") == indicator)["region"])

    def _to_forecast(self, touched: set[str]) -> list[dict[str, Any]] | None:
        """Indicators that are touched, those divided from them, and what these are divided from.

        None where a denominator is touched, or a ratio divided: whether one divides at all is a matter of every day.
        """
        ratios = [row for row in self.outlook.indicators if row["numerator"]]
        parts = {row["code"]: {row["code"], row["numerator"], row["denominator"]} for row in ratios}
        concerned = [row for row in ratios if parts[row["code"]] & touched]
        for row in concerned:
            if row["denominator"] in touched or {row["numerator"], row["denominator"]} & parts.keys():
                return None
        again = touched.union(*((row["code"], row["numerator"]) for row in concerned))
        return [row for row in self.outlook.indicators if row["code"] in again]

    def _is_much(self, former: Contributions, new: Contributions) -> bool:
        """Whether more finishes are to be drawn, or more to be added up, than can be held."""
        held = (former.watched.size + new.watched.size) * self.outlook.simulation.draws * np.dtype(np.int32).itemsize
        amounts = (of.table.select("indicator", "amount") for of in (self.outlook.assembly.contributions, new))
        sums = pl.concat(amounts).group_by("indicator").agg(pl.col("amount").abs().sum())
        return bool(held > MOST_HELD or (sums["amount"] >= LARGEST).any())

    def _contributions_of(self, projects: Iterable[str]) -> Contributions:
        whole = self.outlook.assembly
        codes = whole.library.projects["code"]
        return whole.contributions.of(codes.is_in(list(projects)).arg_true().to_numpy())

    def _changed(self, former: Contributions, new: Assembly) -> Changed:
        whole = self.outlook.simulation
        part = new.simulation(draws=whole.draws, seed=whole.seed)
        settings = [
            self.outlook.setting_of(
                of, drawn.finishes(of.watched, threads=self.outlook.threads), drawn.schedule, self.dates
            )
            for of, drawn in ((former, whole), (new.contributions, part))
        ]
        shared = {field.name: getattr(settings[1], field.name) for field in fields(Setting)}
        return Changed(**shared, totals=self.totals, former=settings[0])

    def _judge(self, indicators: list[dict[str, Any]], setting: Setting) -> Iterable[Verdict]:
        known = dict(self._denominators)
        for indicator in indicators:
            code = indicator["code"]
            cells = forecast_indicator(
                indicator, self.outlook.series_of(code), self._wanted(code), setting, self._paces, known
            )
            known |= {(code, region): cell for region, cell in cells.items()}
            for row in self.outlook.targets.filter(pl.col("indicator") == code).iter_rows(named=True):
                target, cell = self.outlook.target(row, indicator), cells.get(row["region"])
                found = verdict(target, cell, self.outlook.timeline, self.dates, self.outlook.data_date)
                yield replace(found, first_met=None)  # which would take every month


def differences(one: Planbook, other: Planbook) -> tuple[list[str], set[str]]:
    """Return what differs between two planbooks: tables and, where they tell of single projects, those projects."""
    tables, projects = [], set[str]()
    for name, frame in one.tables.items():
        rows = differing(frame, other[name])
        if name in BY_PROJECT:
            projects |= {code for column in BY_PROJECT[name] for code in rows[column]}
        elif rows.height:
            tables.append(name)
    return tables, projects


def differing(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Rows that one of two tables holds more often than the other."""
    if one is other or one.equals(other):
        return one.clear()
    one, other = _between_same_ends(one, other)
    both = pl.concat([one.with_columns(more=pl.lit(1)), other.with_columns(more=pl.lit(-1))])
    return both.group_by(one.columns).agg(pl.col("more").sum()).filter(pl.col("more") != 0)


def _between_same_ends(one: pl.DataFrame, other: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Leave out the rows that two tables have in the same places, from the top or from the bottom: nearly all."""
    if one.height == other.height:
        unlike = _unlike(one, other)
        return one.filter(unlike), other.filter(unlike)
    for _ in range(2):  # from the top, and turned upside down from the bottom
        shared = min(one.height, other.height)
        unlike = _unlike(one.head(shared), other.head(shared))
        alike = unlike.index_of(True)
        alike = shared if alike is None else alike
        one, other = (frame.slice(alike).reverse() for frame in (one, other))
    return one, other


def _unlike(one: pl.DataFrame, other: pl.DataFrame) -> pl.Series:
    """Tell in which rows two tables of the same height are not the same."""
    unlike = pl.DataFrame([one[name].ne_missing(other[name]).alias(name) for name in one.columns])
    return unlike.select(pl.any_horizontal(pl.all())).to_series()


def changes(before: Iterable[Verdict], after: Iterable[Verdict]) -> list[Change]:
    """Compare verdicts on the same targets, and return what changed, the largest change first.

    A target of only one of the two is new, or no longer in force.
    """
    one, other = ({place(found): found for found in verdicts} for verdicts in (before, after))
    found = [_change(one.get(where), other.get(where)) for where in sorted({*one, *other})]
    return sorted((change for change in found if change), key=_by_size)


def _change(before: Verdict | None, after: Verdict | None) -> Change | None:
    about = after or before
    assert about is not None
    was, now = ([getattr(found, name, None) for name in _COMPARED] for found in (before, after))
    if was == now and before and after:
        return None
    return Change(
        indicator=about.indicator,
        region=about.region,
        date=about.date,
        target=about.target,
        comparison=about.comparison,
        **{f"{name}_before": value for name, value in zip(_COMPARED, was, strict=True)},
        **dict(zip(_COMPARED, now, strict=True)),
    )


_COMPARED = ("state", "probability", "value", "expected_shortfall", "light")


def _by_size(change: Change) -> tuple[object, ...]:
    same = change.state == change.state_before
    points = abs((change.probability or 0.0) - (change.probability_before or 0.0))
    missing = abs((change.expected_shortfall or 0.0) - (change.expected_shortfall_before or 0.0))
    return same, -points, -missing, place(change)
