"""Spells to learn from, classes that were learned, and the forecasts that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backcast.engine import effects as effect
from backcast.engine import hazards, pace, quantiles
from backcast.engine.hazards import RUNNING, Spells
from backcast.engine.pace import Curve, Progress
from backcast.engine.portable import Floats
from backcast.engine.remaining import SHORTEST, finish_probability

MOST_CASES = 4_000
"""More cases than this are not scored to choose something."""
DOUBT = 2.0
"""Standard errors by which something must improve a held-out score before it counts."""
PARTS = 64
"""Parts of a span of time that a held-out score looks at."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Spells on the calendar; arrays have one entry per spell, days count from any day.

    Attributes
    ----------
    project
        Index of the interval that the spell belongs to: restated plans give it several.
    node, family
        Index of its class, and of the group of classes that share effects.
    length, cost
        Planned days, and planned cost (NaN where it is not known).
    """

    project: NDArray[np.int64]
    start: Floats
    planned: Floats
    entered: Floats
    left: Floats
    ended: NDArray[np.int8]
    node: NDArray[np.int64]
    family: NDArray[np.int64]
    cost: Floats

    def __len__(self) -> int:
        return self.start.size

    def take(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Sample:
        """Return some of these spells."""
        return Sample(*(getattr(self, name)[which] for name in self.__slots__))

    def up_to(self, day: float) -> Sample:
        """Return what was known of these spells on a day."""
        known = self.take(self.entered < day)
        ended = np.where(known.left > day, RUNNING, known.ended).astype(np.int8)
        return replace(known, left=np.minimum(known.left, day), ended=ended)

    def running(self, day: float) -> Sample:
        """Return the latest spell of everything that was under watch on a day, with what came of it."""
        mine = self.take((self.entered <= day) & (self.left > day))
        order = np.lexsort((mine.entered, mine.project))
        last = np.append(np.diff(mine.project[order]) != 0, True)[: order.size]
        return mine.take(order[last])

    def spells(self, day: float) -> Spells:
        """Return them on the clock of the ratio."""
        elapsed = np.maximum(self.left - self.start, SHORTEST)
        entry = np.maximum(self.entered - self.start, 0.0)
        return Spells(
            np.minimum(entry / self.planned, hazards.FARTHEST),
            np.minimum(elapsed / self.planned, hazards.FARTHEST),
            self.ended,
            self.planned,
            day - self.left,
            self.node,
        )


@dataclass(frozen=True, slots=True)
class Classes:
    """What was learned of each class; index 0 is the root.

    Attributes
    ----------
    log_ratio
        Shape ``(n_nodes, 13)``, see :mod:`backcast.engine.quantiles`.
    cancelled, cancelled_later
        Shape ``(n_nodes,)``: share that never finishes, and by how many normal scores it is given up
        later than others finish.
    cases
        Shape ``(n_nodes,)``: finishes seen in the class and those below it.
    evidence
        Same shape: these, and those for which the class above counts.
    effects
        Shape ``(n_nodes, 2)``: of length and cost.
    typical
        Shape ``(n_nodes, 2)``: length in days and cost from which the doublings count (NaN if not known).
    half_life
        Shape ``(n_nodes,)``: days after which what was seen counts half; ∞ where the past does not fade.
    pace
        Shape ``(n_nodes, 3)``: spread, floor and slope of own pace, see :class:`backcast.engine.pace.Curve`.
        ``SILENT`` where held-out scores say that it does not help, NaN where they say nothing.
    """

    log_ratio: Floats
    cancelled: Floats
    cancelled_later: Floats
    cases: NDArray[np.int64]
    evidence: Floats
    effects: Floats
    typical: Floats
    half_life: Floats
    pace: Floats

    def shifts(self, node: NDArray[np.int64], planned: Floats, cost: Floats) -> Floats:
        """Return the shift of the normal score of intervals of some classes."""
        return effect.shifts(features(planned, cost, self.typical[node]), self.effects[node])

    def curve(self, node: NDArray[np.int64]) -> Curve:
        """Return how paces count in some classes: where no score says that they help, they do not."""
        spread, floor, slope = self.pace[node].T
        helps = spread < pace.SILENT
        return Curve(
            np.where(helps, spread, pace.SILENT),
            np.where(helps, floor, pace.FLOOR),
            np.where(helps, slope, pace.STRAIGHT),
        )


def forecast(
    classes: Classes, cases: Sample, day: float | Floats, after: Floats, progress: Progress | None = None
) -> Floats:
    """Return the probability that running intervals finish within so many days, shape of ``after``.

    Parameters
    ----------
    day
        The day of the forecast, one for all or each its own.
    progress
        What was reported by then, to be used where own pace was found to help.
    """
    node, planned = cases.node, cases.planned
    shift, variance = classes.shifts(node, planned, cases.cost), 1.0 + 1.0 / classes.evidence[node]
    scale = np.sqrt(variance)
    never = given_up(classes, cases, day)
    if progress is not None:
        shift, scale = pace.combined(classes.log_ratio[node], planned, progress, classes.curve(node), shift, variance)
    elapsed = np.maximum(day - cases.start, 0.0)
    return finish_probability(classes.log_ratio[node], planned, elapsed, after, shift, scale, never)


def given_up(classes: Classes, cases: Sample, day: float | Floats) -> Floats:
    """Return the probability that running intervals are given up in the end, at the age that they have."""
    node = cases.node
    elapsed = np.maximum(day - cases.start, SHORTEST)
    reached = quantiles.score_of(classes.log_ratio[node], np.log(elapsed / cases.planned))
    shift, scale = classes.shifts(node, cases.planned, cases.cost), np.sqrt(1.0 + 1.0 / classes.evidence[node])
    return quantiles.given_up(classes.cancelled[node], classes.cancelled_later[node], (reached - shift) / scale)


def beyond_doubt(gain: Floats, project: NDArray[np.int64], doubt: float = DOUBT) -> bool:
    """Whether a gain is larger than so many of its standard errors, if all cases of a project count as one."""
    by_project = np.bincount(project, gain) if gain.size else np.zeros(1)
    return bool(by_project.sum() > doubt * np.sqrt((by_project**2).sum()))


def features(planned: Floats, cost: Floats, typical: Floats) -> Floats:
    """Return how often length and cost double what is typical, shape ``(n, 2)``."""
    return np.stack(
        [effect.doublings(planned, typical[..., 0]), effect.doublings(np.nan_to_num(cost), typical[..., 1])], axis=-1
    )
