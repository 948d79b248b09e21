"""How far the projects of the practice province are at any instant: stage, per cent, and what has landed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine.calendar import NEVER
from backcast.planbook.practice.library import Library
from backcast.planbook.practice.networks import Works
from backcast.planbook.practice.province import Floats, Whole
from backcast.planbook.practice.sorts import SORTS
from backcast.planbook.practice.templates import TEMPLATES
from backcast.planbook.practice.truth import Truth
from backcast.planbook.timeline import Timeline

YEAR_TO_DATE = (0, 1, 3, 5, 21, 32, 34, 52, 69, 87, 92, 97, 100)
"""Per cent of a year's work done by the end of each month: March, April, May, August and September as in
published bulletins (docs/explanation/practice-province.md), the rest between them."""

_DEFERRED_AFTER_DAYS = 365


@dataclass(frozen=True)
class Progress:
    """Everything that happens in the practice province, and look-ups into it.

    An instant is a day of the timeline: what happens on day *d* has happened at instant *d* + 1.
    """

    library: Library
    works: Works
    truth: Truth
    timeline: Timeline

    @cached_property
    def opening_gate(self) -> Whole:
        """Activity with which each project starts: its start gate, or the first of its application."""
        gate = self.works.gate("start")
        return np.where(gate >= 0, gate, self.works.first[:-1])

    @cached_property
    def completion_gate(self) -> Whole:
        """Activity of each project's completion, or recognition."""
        gate = self.works.gate("completion")
        return np.where(gate >= 0, gate, self.works.gate("recognition"))

    @cached_property
    def opening(self) -> Whole:
        """Instant after the day on which each project starts."""
        return self.truth.start[self.opening_gate] + 1

    @cached_property
    def completion(self) -> Whole:
        """Instant at which each project is completed, or recognised, if it is not given up."""
        return self.truth.finish[self.completion_gate]

    @cached_property
    def last(self) -> Whole:
        """Instant at which each project's last activity is finished, if it is not given up."""
        return np.maximum.reduceat(self.truth.finish, self.works.first[:-1])

    @cached_property
    def planned_last(self) -> Whole:
        """Instant for which the last activity's finish is planned."""
        return np.maximum.reduceat(self.works.planned_finish, self.works.first[:-1])

    def lived(self, project: Whole, instant: Whole) -> Whole:
        """Move instants after a project was given up back to that day."""
        return np.minimum(instant, self.truth.cancelled[project])

    def stage(self, project: Whole, instant: Whole) -> tuple[NDArray[np.str_], Whole]:
        """Return the stage of projects at instants, and the instant at which they reached it."""
        reached, names = self._stages
        lived, cancelled = self.lived(project, instant), self.truth.cancelled[project]
        count = (reached[project] <= lived[:, None]).sum(axis=1)
        opened = self.opening[project] <= lived
        planned = self.works.planned_finish[self.opening_gate][project]
        given_up = instant >= cancelled
        deferred = ~given_up & ~opened & self.truth.stuck[project] & (lived > planned + _DEFERRED_AFTER_DAYS)
        stage = names[self.works.template[project], count]
        broken_off = given_up & opened & self._built[project]
        stage = np.select([broken_off, given_up, deferred], ["terminated", "withdrawn", "deferred"], stage)
        since = np.where(
            count > 0,
            reached[project, np.maximum(count - 1, 0)],
            self.truth.start[self.works.first[:-1]][project] + 1,
        )
        return stage, np.select([given_up, deferred], [cancelled, planned + _DEFERRED_AFTER_DAYS], since)

    def percent(self, project: Whole, instant: Whole) -> Floats:
        """Return the true physical per cent complete: by season where something is built, else even."""
        built = self._built[project]
        instants = (self.opening[project] - 1, self.lived(project, instant), self.completion[project])
        seasonal, even = self._clocks
        begin, now, end = (np.where(built, seasonal[at], even[at]) for at in instants)
        return np.asarray(np.clip(100 * (now - begin) / np.maximum(end - begin, 1e-9), 0, 100))

    def landed(self, instants: Whole) -> Floats:
        """Return what each project has delivered at instants, shape ``(n_projects, n_instants)``."""
        begin, end = np.full((2, len(self.library)), NEVER)
        for s, sort in enumerate(SORTS):
            own = (self.library.sort == s) & (self.library.amount > 0)
            gate = self.truth.finish[self.works.gate(sort.gate)]
            begin = np.where(own, self.opening if sort.spread == "linear" else gate, begin)
            end = np.where(own, gate + (sort.ramp_days or 0), end)
        begin, end = begin[:, None], end[:, None]
        lived = np.minimum(instants, self.truth.cancelled[:, None])
        gradual = np.clip((lived - begin) / np.maximum(end - begin, 1), 0, 1)
        return np.asarray(self.library.amount[:, None] * np.where(end > begin, gradual, lived >= end))

    def new_year(self, instant: Whole) -> Whole:
        """Return the instant at which the year of each instant's last day began."""
        first = self.timeline.epoch.year
        starts = np.array([(date(y, 1, 1) - self.timeline.epoch).days for y in range(first, first + 100)])
        return starts[self.years(instant - 1) - first]

    def dates(self, days: Whole) -> NDArray[np.datetime64]:
        """Turn days into dates."""
        return np.datetime64(self.timeline.epoch) + np.asarray(days, np.int64).astype("timedelta64[D]")

    def date_column(self, days: Whole, known: NDArray[np.bool_] | None = None) -> pl.Series:
        """Turn days into a column of dates, empty where they are not known."""
        column = pl.Series(self.dates(days))
        return column if known is None else column.set(pl.Series(~known), None)

    def years(self, days: Whole) -> Whole:
        """Return the year of each day."""
        return self.dates(days).astype("datetime64[Y]").astype(np.int64) + 1970

    def calendar_codes(self, calendar: Whole) -> pl.Series:
        """Return the code of each calendar."""
        return pl.Series(list(self.timeline.calendar_index)).gather(calendar)

    @cached_property
    def _built(self) -> NDArray[np.bool_]:
        """Whether each project is built, and not recognised."""
        return np.array([sort.kind != "recognition" for sort in SORTS])[self.library.sort]

    @cached_property
    def _stages(self) -> tuple[Whole, NDArray[np.str_]]:
        """Instants at which stages are reached, shape ``(n_projects, most)``, and names by template and count."""
        most = max(len(template.stages) for template in TEMPLATES)
        reached = np.full((len(self.library), most), NEVER, np.int64)
        names = np.full((len(TEMPLATES), most + 1), "", "U16")
        for t, template in enumerate(TEMPLATES):
            own = np.flatnonzero(self.works.template == t)
            names[t, : len(template.stages) + 1] = [template.first_stage, *(name for name, _ in template.stages)]
            for k, (_, position) in enumerate(template.stages):
                reached[own, k] = self.truth.finish[self.works.first[own] + position]
        return np.maximum.accumulate(reached, axis=1), names

    @cached_property
    def _clocks(self) -> tuple[Floats, Floats]:
        """Work done since the epoch at every instant, in years: by season, and even."""
        epoch, horizon = self.timeline.epoch, self.timeline.calendars.horizon
        years = range(epoch.year, epoch.year + horizon // 365 + 2)
        months = [(date(y, m, 1) - epoch).days for y in years for m in range(1, 13)]
        done = [y + YEAR_TO_DATE[m] / 100 for y in years for m in range(12)]
        instants = np.arange(horizon + 1)
        return np.interp(instants, months, done), instants / 365.25
