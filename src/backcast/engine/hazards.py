"""How fast intervals end: hazards by class, learned from what finished, what still runs and what was given up.

The clock of an interval is its ratio r = elapsed ÷ planned. In each cell of the clock the hazard is
events ÷ exposure, so that running intervals count for as long as they were watched (censoring on the
right), those first seen while running count from then on (delayed entry), and a cancellation is one
of two ways to end (competing risks, Aalen–Johansen). Classes form a tree: where a class has few
events it leans on the one above it, first for its level and then for its shape.

References
----------
.. [1] Aalen and Johansen (1978), An empirical transition matrix for non-homogeneous Markov chains based on
   censored observations, https://www.jstor.org/stable/4615704.
.. [2] Friedman (1982), Piecewise exponential models for survival data with covariates,
   https://doi.org/10.1214/aos/1176345693.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, log_ndtr, ndtri

from backcast.engine.portable import Floats
from backcast.engine.quantiles import LEVELS, SCORES, filled, score_of

RUNNING, FINISHED, CANCELLED = 0, 1, 2
"""How a spell ended: not at all yet, by delivery, or given up."""
CELLS = 40
"""Cells of the clock, each with about as many finishes."""
ATOM = 0.02
"""Share of all finishes at exactly one ratio (such as 1: on the day) from which that ratio is a cell of its own."""
WIDEST, FARTHEST = 1.25, 100.0
"""Growth of the ratio within one cell above the median, at most; and the ratio at which the clock ends."""
LEANINGS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""Events that the class above may count for in a class's level; which does is learned from how much classes differ."""
SHAPE_CASES = 0.5
"""Events that the class above counts for in each cell of a class's shape; more scored worse on held-out cases."""
PRIOR_CASES = 2.0, 0.1
"""Events that the prior above the root counts for, in its level and in each cell of its shape."""
MOST_EXPOSED = 25.0
"""Intervals watched through a cell that the class above counts for, at most: what it holds impossible may happen."""
_LEAST_HAZARD = 0.01
"""Of a cell, in the prior: what it holds impossible has happened elsewhere."""
_DIGITS, _HAIR = 9, 1e-8
"""Of a prior's ratios, so that 1.35 is that of a history; and what of ln(ratio) lies clear of an atom."""
_FARTHEST_SCORE = 9.0
"""Normal score beyond which a prior says no more."""
_LEAST_SHARE = 1e-4
"""Of finishes, before and after which nothing is told apart."""
_SPELLS_AT_ONCE = 1_000  # what is computed for them then stays close to the processor


@dataclass(frozen=True, slots=True)
class Spells:
    """Stretches of intervals under watch; every array has one entry per spell.

    Attributes
    ----------
    entry, exit
        Ratio (elapsed ÷ planned) at which it came under watch, and at which it ended or was last seen.
    ended
        ``RUNNING``, ``FINISHED`` or ``CANCELLED``.
    planned
        Planned days.
    ago
        Days from the exit to the day at which one learns; negative where a stated finish lies ahead of it.
    node
        Index of its class in the tree.
    """

    entry: Floats
    exit: Floats
    ended: NDArray[np.int8]
    planned: Floats
    ago: Floats
    node: NDArray[np.int64]

    def __len__(self) -> int:
        return self.exit.size

    def take(self, which: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Spells:
        """Return some of these spells."""
        return Spells(*(getattr(self, name)[which] for name in self.__slots__))

    def lived(self) -> Floats:
        """Return the share of each interval that was lived through by the day on which one learns.

        Below 1 only where a finish is stated ahead of that day: such a statement may be revised as often
        again, and counts for no more than was seen of it.
        """
        ahead = np.minimum(self.ago, 0.0) / np.where(self.ago < 0.0, self.exit * self.planned, 1.0)
        return np.clip(1.0 + ahead, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Clock:
    """Cells of the ratio: ``low`` to ``high``, both shape ``(n_cells,)``; equal where a cell is an atom."""

    low: Floats
    high: Floats

    @property
    def atom(self) -> NDArray[np.bool_]:
        """Cells that are a single ratio."""
        same: NDArray[np.bool_] = self.low == self.high
        return same

    def cell_of(self, ratio: Floats) -> NDArray[np.int64]:
        """Return the cell in which something happens: the atom where there is one, else the cell that ends there."""
        last = self.high.size - 1
        cell = np.minimum(np.searchsorted(self.high, ratio, side="left"), last)
        after = np.minimum(cell + 1, last)
        found: NDArray[np.int64] = np.where(self.atom[after] & (self.low[after] == ratio), after, cell)
        return found


def clock(finished: Floats, prior: Floats | None = None, farthest: float = FARTHEST) -> Clock:
    """Divide the ratio into cells with about as many finishes each.

    Parameters
    ----------
    finished
        Ratios of the finished intervals.
    prior
        Shape ``(13,)``: ln of the ratios between which a prior distribution needs cells of its own.
    farthest
        Up to which cells go on beyond the finishes, each a quarter wider than the one before.
    """
    values, counts = np.unique(finished, return_counts=True)
    atoms = values[counts >= max(ATOM * finished.size, 3.0)]
    inner = np.quantile(finished, np.arange(1, CELLS) / CELLS) if finished.size else np.ones(1)
    if prior is not None:
        ratios, repeated = np.unique(np.exp(prior).round(_DIGITS), return_counts=True)
        inner, atoms = np.concatenate([inner, ratios]), np.concatenate([atoms, ratios[repeated > 1]])
    middle = float(np.median(inner))
    beyond = middle * WIDEST ** np.arange(1, 1 + int(np.ceil(np.log(farthest / middle) / np.log(WIDEST))))
    ends = np.unique(np.concatenate([inner, atoms, beyond]))
    ends = ends[ends > 0.0]
    after = np.flatnonzero(np.isin(ends, atoms)) + 1
    low, high = np.concatenate([[0.0], ends[:-1]]), ends
    return Clock(np.insert(low, after, ends[after - 1]), np.insert(high, after, ends[after - 1]))


@dataclass(frozen=True, slots=True)
class Tally:
    """What was seen in each class and cell: three arrays of shape ``(n_nodes, n_cells)``.

    ``exposed`` counts intervals watched throughout the cell; a share of a cell counts as such.
    """

    finished: Floats
    cancelled: Floats
    exposed: Floats


@dataclass(frozen=True, slots=True)
class Pooled:
    """Hazards of ending, integrated over each cell, shape ``(n_nodes, n_cells)``.

    ``leaning`` says for how many events the class above counts in each class's level; ∞ where a class
    is all there is of it.
    """

    hazard: Floats
    leaning: Floats


def tally(spells: Spells, clock: Clock, parent: NDArray[np.int64], half_life: Floats) -> Tally:
    """Count events and exposure by class and cell; a class holds what the classes below it hold.

    Parameters
    ----------
    parent
        Shape ``(n_nodes,)``: index of the class above each, smaller than its own; -1 for the root.
    half_life
        Shape ``(n_nodes,)``: days after which what was seen of a class counts half, ∞ where the past
        does not fade. A register that drops what is done tells the truth only of its latest months.
    """
    shape = (parent.size, clock.low.size)
    found = Tally(np.zeros(shape), np.zeros(shape), np.zeros(shape))
    for first in range(0, len(spells), _SPELLS_AT_ONCE):
        part = spells.take(slice(first, first + _SPELLS_AT_ONCE))
        fading = half_life[part.node]
        exposed = _exposure(part, clock, fading)
        order = np.argsort(part.node, kind="stable")
        nodes, starts = np.unique(part.node[order], return_index=True)
        found.exposed[nodes] += np.add.reduceat(exposed[order], starts, axis=0)
        weight, cell = weights(part, fading), clock.cell_of(part.exit)
        for ended, counts in ((FINISHED, found.finished), (CANCELLED, found.cancelled)):
            mine = part.ended == ended
            np.add.at(counts, (part.node[mine], cell[mine]), weight[mine])
    for node in range(parent.size - 1, 0, -1):
        for counts in (found.finished, found.cancelled, found.exposed):
            counts[parent[node]] += counts[node]
    return found


def weights(spells: Spells, half_life: Floats) -> Floats:
    """Return for how much the end of each spell counts: less if it is long ago, or only stated ahead."""
    counted: Floats = spells.lived() * np.exp2(-np.maximum(spells.ago, 0.0) / half_life)
    return counted


def _exposure(spells: Spells, clock: Clock, half_life: Floats) -> Floats:
    """How much of each cell each spell was watched, what is long ago counting less, shape ``(n, n_cells)``."""
    entry, exit_ = spells.entry[:, None], spells.exit[:, None]
    low, high = np.maximum(clock.low, entry), np.minimum(clock.high, exit_)
    width = np.where(clock.atom, 1.0, clock.high - clock.low)
    watched = np.where(clock.atom, (entry < clock.low) & (exit_ >= clock.low), np.maximum(high - low, 0.0) / width)
    middle = np.maximum(spells.ago[:, None] + spells.planned[:, None] * (exit_ - (low + high) / 2), 0.0)
    counted: Floats = watched * spells.lived()[:, None] * np.exp2(-middle / half_life[:, None])
    return counted


def of_quantiles(clock: Clock, log_ratio: Floats) -> Floats:
    """Return the hazard over each cell of a distribution told by quantiles, shape ``(n_cells,)``.

    Of an atom it is the share of what lasts that ends there, as events ÷ exposure are.
    """
    ends = np.log(np.maximum(np.append(clock.low, clock.high[-1]), 1e-9))
    # A hair before an atom nothing of it has ended yet, a hair after it all has.
    score = score_of(log_ratio, ends + np.where(np.append(clock.atom, False), -_HAIR, _HAIR))
    over = -np.diff(log_ndtr(-np.clip(score, -_FARTHEST_SCORE, _FARTHEST_SCORE)))
    found: Floats = np.clip(np.where(clock.atom, -np.expm1(-over), over), _LEAST_HAZARD, 20.0)
    return found


def pooled(found: Tally, clock: Clock, parent: NDArray[np.int64], prior: Floats | None = None) -> Pooled:
    """Return the hazard of ending in each class and cell.

    A class's level is its events over those that the hazards of the class above would have given its
    exposure; then each cell leans on the class above at that level. Both are means of gamma priors.
    The strength of the first, at each depth of the tree, makes what was seen most probable (empirical Bayes).

    Parameters
    ----------
    prior
        Shape ``(n_cells,)``: hazards above the root; without it the root stands alone.
    """
    events = found.finished + found.cancelled
    hazard, leaning = np.zeros_like(events), np.zeros(parent.size)
    if prior is None:
        np.divide(events[0], found.exposed[0], out=hazard[0], where=found.exposed[0] > 0.0)
    else:
        hazard[0] = _leaned(events[0], found.exposed[0], prior, *PRIOR_CASES)
    for every in _by_depth(parent):
        only = _same(found, every, parent[every])  # a class that is all there is of the one above is that one
        hazard[every[only]], leaning[every[only]] = hazard[parent[every[only]]], inf
        nodes = every[~only]
        seen, exposed, above = events[nodes], found.exposed[nodes], hazard[parent[nodes]]
        level = _strongest(seen.sum(axis=1), (exposed * above).sum(axis=1))
        hazard[nodes], leaning[nodes] = _leaned(seen, exposed, above, level, SHAPE_CASES), level
    return Pooled(np.where(clock.atom, -np.log1p(-np.minimum(hazard, 0.999)), hazard), leaning)


def _same(found: Tally, nodes: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether classes have seen exactly what others have."""
    same: NDArray[np.bool_] = np.all(
        [(counts[nodes] == counts[others]).all(axis=1) for counts in (found.finished, found.cancelled, found.exposed)],
        axis=0,
    )
    return same


def _by_depth(parent: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """The classes right below the root, then those below them, and so on."""
    depth = np.zeros(parent.size, np.int64)
    for node in range(1, parent.size):
        depth[node] = depth[parent[node]] + 1
    for level in range(1, int(depth.max()) + 1):
        yield np.flatnonzero(depth == level)


def _at_level(events: Floats, exposed: Floats, above: Floats, level: float) -> Floats:
    """Hazards of the class above, brought to a class's own level."""
    awaited = (exposed * above).sum(axis=-1, keepdims=True)
    brought: Floats = (events.sum(axis=-1, keepdims=True) + level) / (awaited + level) * above
    return np.maximum(brought, 1e-12)


def _leaned(events: Floats, exposed: Floats, above: Floats, level: float, shape: float) -> Floats:
    brought = _at_level(events, exposed, above, level)
    counted = np.minimum(shape / brought, MOST_EXPOSED)
    return (events + counted * brought) / (exposed + counted)


def _strongest(events: Floats, awaited: Floats) -> float:
    """The leaning that makes the events most probable, if rates vary about the awaited ones (negative binomial)."""
    return max(LEANINGS, key=lambda leaning: _likelihood(events, np.maximum(awaited, 1e-12), leaning))


def _likelihood(events: Floats, awaited: Floats, leaning: float) -> float:
    rest = gammaln(leaning + events) - gammaln(leaning) + leaning * np.log(leaning)
    return float((rest + events * np.log(awaited) - (leaning + events) * np.log(leaning + awaited)).sum())


def incidence(found: Tally, pooled: Pooled, parent: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Return the share delivered by the end of each cell (Aalen–Johansen), and what is cancelled in the end.

    Which share of the endings in a class is a cancellation leans on the class above, as its level does;
    when they come leans on when they come there.

    Returns
    -------
    Shares delivered, of shape ``(n_nodes, n_cells)``; shares cancelled and by how many normal scores
    that comes later than finishes do, both of shape ``(n_nodes,)``.
    """
    events = found.finished + found.cancelled
    share, by_cell = np.zeros(parent.size), np.zeros_like(events)
    for node, above in enumerate(parent):
        if pooled.leaning[node] == inf:
            share[node], by_cell[node] = share[above], by_cell[above]
            continue
        lent = pooled.leaning[node]
        total = events[node].sum() + lent
        most = max(1.0 - 0.5 / (total + 1.0), share[above])  # that nothing is ever delivered is never certain
        share[node] = min((found.cancelled[node].sum() + lent * share[above]) / max(total, 1e-12), most)
        usual = by_cell[above] * share[node] / share[above] if above >= 0 and share[above] > 0.0 else share[node]
        by_cell[node] = (found.cancelled[node] + np.minimum(usual, np.maximum(most, by_cell[above]))) / (
            events[node] + 1.0
        )
    lasting = np.exp(-np.cumsum(pooled.hazard, axis=1))
    ending = np.concatenate([np.ones((parent.size, 1)), lasting[:, :-1]], axis=1) - lasting
    delivered = np.cumsum(ending * (1.0 - by_cell), axis=1)
    given_up = ending * by_cell
    cancelled = given_up.sum(axis=1) / np.maximum(ending.sum(axis=1), 1e-12)
    return delivered, cancelled, _later(delivered / np.maximum(1.0 - cancelled, 1e-12)[:, None], given_up)


def _later(delivered: Floats, given_up: Floats) -> Floats:
    """The mean normal score, among finishes, of the cells in which something is given up."""
    middle = (np.concatenate([np.zeros((delivered.shape[0], 1)), delivered[:, :-1]], axis=1) + delivered) / 2.0
    score = ndtri(np.clip(middle, _LEAST_SHARE, 1.0 - _LEAST_SHARE))
    total = given_up.sum(axis=1)
    later: Floats = (given_up * score).sum(axis=1) / np.where(total > 0.0, total, 1.0)
    return later


def quantiles(clock: Clock, ended: Floats) -> Floats:
    """Return ln of the ratio at each of the thirteen levels, shape ``(n_nodes, 13)``.

    Beyond the last cell in which anything is expected to end, the line over the normal score goes on.

    Parameters
    ----------
    ended
        Shape ``(n_nodes, n_cells)``: share that has ended by the end of each cell.
    """
    return np.array([_quantiles(clock, row) for row in ended]).reshape(ended.shape[0], len(LEVELS))


def _quantiles(clock: Clock, ended: Floats) -> Floats:
    score = ndtri(np.clip(ended, 1e-9, 1 - 1e-9))
    rises = np.concatenate([[True], np.diff(ended) > 1e-12])
    known = np.concatenate([[ndtri(1e-9)], score[rises]])
    value = np.log(np.concatenate([[clock.high[0] / 2], clock.high[rises]]))
    inside = known[-1] >= SCORES
    told = np.interp(SCORES, known, value)
    tail = max(int(np.searchsorted(known, known[-1] - 1.0)) - 1, 0)
    slope = (value[-1] - value[tail]) / max(known[-1] - known[tail], 1e-6)
    return filled(np.where(inside, told, value[-1] + slope * (SCORES - known[-1])))
