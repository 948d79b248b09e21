"""Reports of progress, and whether own pace helps: decided by the scores of forecasts made after each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from backcast.engine import pace
from backcast.engine.classes import MOST_CASES, PARTS, Classes, Sample, beyond_doubt, forecast
from backcast.engine.fitting import fit_pace
from backcast.engine.hazards import FINISHED
from backcast.engine.pace import Progress
from backcast.engine.portable import Floats
from backcast.engine.scores import crps_until, middles

LEAST_REPORTS, LEAST_REPORTED = 30, 10
"""Without so many reports of so many intervals that finished, nothing is learned of own pace."""
FOLDS = 5
"""Parts of the intervals: the pace of each is scored by what the others taught."""


@dataclass(frozen=True, slots=True)
class Reports:
    """What was reported of intervals while they ran, and what had come of them by the day of learning.

    Attributes
    ----------
    spells
        One for each report, entered on its day.
    followed
        The day up to which each interval was followed, whether it had ended or not.
    """

    spells: Sample
    followed: Floats
    progress: Progress

    def take(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Reports:
        """Return some of the reports."""
        return Reports(self.spells.take(which), self.followed[which], self.progress.take(which))

    def thinned(self, most: int) -> Reports:
        """Return so many of the reports at most, by chance: those of a project come at even steps."""
        if len(self.spells) <= most:
            return self
        return self.take(np.sort(np.random.default_rng(0).choice(len(self.spells), most, replace=False)))

    @property
    def finished(self) -> NDArray[np.bool_]:
        """Whether the end of the interval is known."""
        done: NDArray[np.bool_] = self.spells.ended == FINISHED
        return done

    def curve(self) -> tuple[float, float, float]:
        """Return spread, floor and slope of the pace of those that finished."""
        done = self.take(self.finished)
        return fit_pace(done.progress, done.spells.left - done.spells.start, done.spells.project)

    def score(self, classes: Classes, progress: Progress | None) -> Floats:
        """Return the score of the forecast that would have been made after each report."""
        spells = self.spells
        until = self.followed - spells.entered
        after = np.where(self.finished, spells.left - spells.entered, inf)
        return crps_until(forecast(classes, spells, spells.entered, middles(until, PARTS), progress), after, until)


def helpful_pace(reports: Reports, classes: Classes) -> Floats:
    """Return spread, floor and slope of own pace if it helps, ``SILENT`` if not, NaN if it cannot be told."""
    told = reports.spells.project[reports.finished]
    if told.size < LEAST_REPORTS or np.unique(told).size < LEAST_REPORTED:
        return np.full(3, np.nan)
    few = reports.thinned(MOST_CASES)
    helps = beyond_doubt(_gain_of_pace(few, classes), few.spells.project)
    return np.array(few.curve() if helps else (pace.SILENT, np.nan, np.nan))


def _gain_of_pace(reports: Reports, classes: Classes) -> Floats:
    """Return by how much own pace improves the score after each report, as the other projects taught it."""
    gain = np.zeros(len(reports.spells))
    for fold in range(FOLDS):
        held = reports.spells.project % FOLDS == fold
        mine, others = reports.take(held), reports.take(~held)
        taught = replace(classes, pace=np.tile(others.curve(), (len(classes.pace), 1)))
        gain[held] = mine.score(taught, None) - mine.score(taught, mine.progress)
    return gain
