"""What really happens in the practice province: slips, cancellations, and the dates that come of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine.calendar import NEVER
from backcast.engine.portable import exp, log
from backcast.planbook.practice.library import Library, lognormal, stream
from backcast.planbook.practice.networks import Works, network_of, pass_forward
from backcast.planbook.practice.province import Floats, Whole
from backcast.planbook.practice.sorts import SORTS
from backcast.planbook.practice.templates import TEMPLATES
from backcast.planbook.schema import INTERVALS
from backcast.planbook.timeline import Timeline

SLIPS: dict[str, tuple[float, float, float]] = {
    "preparation": (0.85, 1.12, 2.20),
    "construction": (0.95, 1.10, 2.00),
    "trial_running": (0.95, 1.08, 1.70),
    "ramp": (0.95, 1.10, 1.80),
    "recognition": (0.95, 1.05, 1.80),
}
"""P10, P50 and P90 of elapsed ÷ planned by interval, within what real registers show."""
ROLLOUT_SLIP = (0.95, 1.03, 1.40)
"""The same for lots of base stations, which are short and many."""
ROLLOUT_CLASS = "digital/base_station"
CANCELLED = {"construction": 0.04, "rollout": 0.02, "recognition": 0.12}
"""Share that is given up on the way; for recognition: applications that fail at the review."""
NEVER_STARTED = 0.03
"""Share, recognitions apart, whose preparation drags on for years."""
CASES = 200
"""Cases that the simulated office is said to have learned its reference classes from."""

_RHO = 0.25  # share of the variance of a ratio that neighbours have in common
_ACTIVITY_SIGMA = 0.2
_ON_TIME, _START_DELAY_DAYS = 0.35, 45
_STUCK_RATIO = 8.0
_P90 = 1.2815515655446004
_INTERVALS = [name for name, _ in INTERVALS]


@dataclass(frozen=True, slots=True)
class Truth:
    """Dates as they come, the future included.

    Attributes
    ----------
    start, finish
        Shape ``(n_activities,)``: as they would come if no project were given up.
    cancelled
        Shape ``(n_projects,)``: the day on which the project is given up, and after which nothing
        of it happens; ``NEVER`` for most.
    stuck
        Shape ``(n_projects,)``: whether its preparation drags on for years.
    """

    start: Whole
    finish: Whole
    cancelled: Whole
    stuck: NDArray[np.bool_]


def class_table() -> pl.DataFrame:
    """Return the simulated office's experience: the very figures with which this world is made.

    Half of the projects that are given up are so in preparation, half in construction; those whose
    preparation drags on for years count as cancelled there.
    """
    rows = []
    for path, kind in (("*", "construction"), (ROLLOUT_CLASS, "rollout")):
        half = CANCELLED[kind] / 2
        cancelled = {"preparation": half + NEVER_STARTED, "construction": half, "recognition": CANCELLED["recognition"]}
        for interval, slip in SLIPS.items():
            quantiles = ROLLOUT_SLIP if kind == "rollout" else slip
            rows.append((path, interval, *quantiles, cancelled.get(interval, 0.0), CASES))
    return pl.DataFrame(rows, ("class", "interval", "p10", "p50", "p90", "cancelled", "n"), orient="row")


def live_through(works: Works, library: Library, timeline: Timeline, seed: int) -> Truth:
    """Let every project happen. One that others wait for gets through and is not given up."""
    rng = stream(seed, 5)
    n = len(library)
    awaited = np.zeros(n, bool)
    across = works.project[works.predecessor] != works.project[works.successor]
    awaited[works.project[works.predecessor[across]]] = True
    kind = np.array([sort.kind for sort in SORTS])[library.sort]
    stuck = (rng.random(n) < NEVER_STARTED) & ~awaited & (kind != "recognition")
    ratio = _ratios(library, kind, rng)
    ratio[stuck, _INTERVALS.index("preparation")] = _STUCK_RATIO
    duration = _durations(works, ratio, rng)
    delay = np.where(rng.random(n) < _ON_TIME, 0.0, -_START_DELAY_DAYS * log(rng.random(n) + 1e-12))
    begin = works.planned_start[works.first[:-1]] + delay.astype(np.int64)
    start, finish = pass_forward(network_of(works, timeline), works, duration, begin)
    cancelled = np.where(awaited, NEVER, _cancelled(works, kind, start, finish, rng))
    return Truth(start, finish, cancelled, stuck)


def _ratios(library: Library, kind: NDArray[np.str_], rng: np.random.Generator) -> Floats:
    """Draw elapsed ÷ planned of every project's intervals; what they share comes from four neighbourhoods."""
    n = len(library)
    shared = np.zeros((n, len(_INTERVALS)))
    for group in (np.zeros(n, np.int64), library.city, library.sort, library.owner):
        shared += 0.5 * rng.standard_normal((int(group.max()) + 1, len(_INTERVALS)))[group]
    z = np.sqrt(_RHO) * shared + np.sqrt(1 - _RHO) * rng.standard_normal(shared.shape)
    slips = np.array([SLIPS[name] for name in _INTERVALS])
    p10, p50, p90 = np.where((kind == "rollout")[:, None, None], ROLLOUT_SLIP, slips).transpose(2, 0, 1)
    return np.asarray(p50 * exp(z / _P90 * np.where(z > 0, log(p90 / p50), log(p50 / p10))))


def _durations(works: Works, ratio: Floats, rng: np.random.Generator) -> Whole:
    size = max(len(template.steps) for template in TEMPLATES)
    interval = np.zeros((len(TEMPLATES), size), np.int64)
    for t, template in enumerate(TEMPLATES):
        interval[t, : len(template.steps)] = [_INTERVALS.index(step.interval) for step in template.steps]
    stretch = ratio[works.project, interval[works.template[works.project], works.step]]
    drawn = works.duration * stretch * lognormal(rng, _ACTIVITY_SIGMA, works.duration.size)
    return np.where(works.duration == 1, 1, np.maximum(1, np.floor(drawn + 0.5))).astype(np.int64)


def _cancelled(works: Works, kind: NDArray[np.str_], start: Whole, finish: Whole, rng: np.random.Generator) -> Whole:
    """Draw the day on which each project is given up; ``NEVER`` for most."""
    chance = np.array([CANCELLED[k] for k in kind])
    first = works.first[:-1]
    recognised = works.gate("recognition")
    whole = finish[np.where(recognised >= 0, recognised, works.gate("completion"))] - start[first]
    # An application fails when it has been reviewed; a building may be given up at any time.
    at = np.where(recognised >= 0, 0.97, 0.1 + 0.7 * rng.random(kind.size))
    day = start[first] + (at * whole).astype(np.int64)
    return np.where(rng.random(kind.size) < chance, day, NEVER)
