"""Uncertainty for tests: as much of it as a test names, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from networks import Case, network_of, random_case
from numpy.typing import ArrayLike

from backcast.engine.calendar import NONE, Calendars
from backcast.engine.network import FS, Network
from backcast.engine.quantiles import SCORES, score_of
from backcast.engine.random import stable_id
from backcast.engine.schedule import schedule
from backcast.engine.simulate import Intervals, Risks, Simulation, Starts, Uncertainty, prepare

NORMAL_P90 = 1.2815515655446004
HORIZON = 40_000
CERTAIN = np.zeros(13)
"""A class whose ratio is always 1."""


CLASSES = np.array(
    [
        CERTAIN,
        np.log([0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.3, 1.6, 2.4, 3.1, 6.0]),
        np.log([0.4, 0.9, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.2, 1.2, 1.9, 2.5, 2.5]),
        np.log([1.0, 1.0, 1.0, 1.0, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1]),
    ]
)
"""Certain, spread all over, with atoms, and hardly spread at all."""
DAYS = np.array([-90.0, -30.0, -5.0, 0.0, 0.0, 0.0, 20.0, 60.0, 100.0, 200.0, 400.0, 500.0, 900.0])
"""A class of start delays."""


def every_day(horizon: int = HORIZON) -> Calendars:
    """Work every day."""
    return Calendars.of(np.ones((1, horizon), bool))


def chain(*durations: int, project: ArrayLike | None = None, links: Sequence[tuple[int, int]] | None = None) -> Network:
    """Lay activities end to end (or link them as told), working every day, without progress."""
    n = len(durations)
    links = [(i, i + 1) for i in range(n - 1)] if links is None else links
    return Network.build(
        [f"A{i}" for i in range(n)],
        np.zeros(n, int) if project is None else project,
        durations,
        np.zeros(n, int),
        calendars=every_day(),
        predecessor=[i for i, _ in links],
        successor=[j for _, j in links],
        type=[FS] * len(links),
        lag=[0] * len(links),
    )


def lognormal(location: float, low: float, high: float | None = None) -> np.ndarray:
    """A class whose ln(ratio) is normal on either side of its median, ``location``."""
    return location + np.where(SCORES < 0, low, low if high is None else high) * SCORES


def intervals(names: Sequence[str], **given: ArrayLike) -> Intervals:
    """Describe intervals; what is not given is as its class, has not begun and shares nothing."""
    n = len(names)
    columns = {
        "shift": np.zeros(n),
        "scale": np.ones(n),
        "age": np.full(n, -np.inf),
        "cancelled": np.zeros(n),
        "stretch": np.ones(n),
        "spent": np.zeros(n),
        "reference_class": np.zeros(n, np.int32),
        "factor": np.full((n, 4), -1, np.int32),
        "weight": np.zeros((n, 4)),
        "alone": np.zeros(n, np.uint64),
    }
    for name, value in given.items():
        columns[name][...] = value
    return Intervals(identity=np.array([stable_id("interval", name) for name in names], np.uint64), **columns)


def uncertain(
    network: Network,
    interval: ArrayLike,
    of: Intervals,
    *,
    classes: ArrayLike = CERTAIN,
    class_error: ArrayLike = 0.0,
    factors: Sequence[str] = (),
    risks: Risks | None = None,
    starts: Starts | None = None,
    correlation: float = 0.0,
    noise: float = 0.0,
) -> Uncertainty:
    """Put intervals on the activities of a network; ``interval`` has one entry per activity, in network order."""
    classes = np.atleast_2d(np.asarray(classes, float))
    return Uncertainty(
        intervals=of,
        interval=np.asarray(interval, np.int32),
        starts=starts or Starts.none(len(network)),
        activity_identity=np.array([stable_id(code) for code in network.codes], np.uint64),
        class_log_ratio=classes,
        class_identity=np.array([stable_id("class", str(k)) for k in range(len(classes))], np.uint64),
        class_error=np.broadcast_to(np.asarray(class_error, float), len(classes)).copy(),
        factor_identity=np.array([stable_id("factor", name) for name in factors], np.uint64),
        risks=risks or Risks.none(),
        correlation=correlation,
        noise=noise,
    )


def simulate(
    network: Network, uncertainty: Uncertainty, data_date: int = 0, *, draws: int, seed: int = 7
) -> Simulation:
    """Schedule a network and make it ready to be drawn."""
    return prepare(network, schedule(network, data_date), uncertainty, data_date, draws=draws, seed=seed)


def running(planned: float, elapsed: float, left: float, of_class: ArrayLike) -> dict[str, float]:
    """Say that an interval of a class has begun, as :class:`Intervals` takes it."""
    age = float(score_of(of_class, np.log(elapsed / planned)))
    return {"age": age, "stretch": planned / left, "spent": elapsed / left}


def random_simulation(seed: int, draws: int) -> Simulation:
    """Draw a network with all relationship types, calendars and progress, and everything uncertain about it."""
    rng = np.random.default_rng(seed)
    case = random_case(seed)
    network = network_of(case)
    interval, of = _random_intervals(rng, network)
    risks = _random_risks(rng, network)
    of, starts = _with_random_starts(np.random.default_rng(seed + 1_000), network, of)
    uncertainty = uncertain(
        network,
        interval,
        of,
        classes=np.vstack([CLASSES, DAYS]),
        class_error=np.linspace(0.0, 0.4, len(CLASSES) + 1),
        factors=("a", "b", "c"),
        risks=risks,
        starts=starts,
        correlation=float(rng.choice([0.0, 0.25, 0.9])),
        noise=float(rng.choice([0.0, 0.3])),
    )
    return simulate(network, uncertainty, case.data_date, draws=draws, seed=seed)


def certain_simulation(case: Case, draws: int) -> Simulation:
    """Every activity of a case in an interval whose ratio is always 1."""
    network = network_of(case)
    of = intervals([str(project) for project in range(network.n_projects)])
    uncertainty = uncertain(network, network.project, of, noise=0.3, correlation=0.25)
    required = [case.required_finish.get(project, NONE) for project in range(network.n_projects)]
    plan = schedule(network, case.data_date, required)
    return prepare(network, plan, uncertainty, case.data_date, draws=draws, seed=1)


def _random_intervals(rng: np.random.Generator, network: Network) -> tuple[np.ndarray, Intervals]:
    """Up to three intervals in each project, now and then none; some running, some that may be cancelled."""
    n = 3 * network.n_projects
    interval = 3 * network.project + rng.integers(0, 3, len(network))
    interval[rng.random(len(network)) < 0.15] = -1
    factor = np.where(rng.random((n, 4)) < 0.5, rng.integers(0, 3, (n, 4)), -1)
    begun = rng.random(n) < 0.4
    of = intervals(
        [str(i) for i in range(n)],
        shift=rng.normal(0.1, 0.5, n),
        scale=rng.choice([0.0, 0.4, 1.0], n),
        cancelled=rng.choice([0.0, 0.1, 1.0], n, p=[0.6, 0.35, 0.05]),
        reference_class=rng.integers(0, len(CLASSES), n),
        factor=factor,
        weight=rng.random((n, 4)),
        alone=np.where((factor[:, 3] < 0) & (rng.random(n) < 0.3), stable_id("factor", "a"), 0).astype(np.uint64),
    )
    log_age = rng.normal(0.0, 0.5, n)
    age = np.where(begun, score_of(CLASSES[of.reference_class], log_age), -np.inf)
    stretch = np.where(begun, rng.uniform(1.0, 3.0, n), 1.0)
    return interval, replace(of, age=age, stretch=stretch, spent=np.where(begun, np.exp(log_age) * stretch, 0.0))


def _with_random_starts(rng: np.random.Generator, network: Network, of: Intervals) -> tuple[Intervals, Starts]:
    """Start delays of half of the projects, on some of their activities; some are late already, some never begin."""
    n = network.n_projects
    late = intervals(
        [f"start of {project}" for project in range(n)],
        age=np.where(rng.random(n) < 0.5, score_of(DAYS, rng.integers(-40, 300, n)), -np.inf),
        cancelled=rng.choice([0.0, 0.1], n),
        reference_class=len(CLASSES),
        factor=np.where(rng.random((n, 4)) < 0.5, rng.integers(0, 3, (n, 4)), -1),
        weight=rng.random((n, 4)),
    )
    both = Intervals(*(np.concatenate([getattr(of, name), getattr(late, name)]) for name in Intervals.__slots__))
    has = (rng.random(n) < 0.5)[network.project] & (rng.random(len(network)) < 0.5)
    planned = rng.integers(0, 300, len(network)).astype(np.int32)
    held = np.where(rng.random(len(network)) < 0.3, rng.integers(0, 300, len(network)), NONE).astype(np.int32)
    return both, Starts(np.where(has, len(of) + network.project, -1).astype(np.int32), planned, held)


def _random_risks(rng: np.random.Generator, network: Network) -> Risks:
    n_effects = int(rng.integers(0, 4))
    return Risks(
        identity=np.array([stable_id("risk", str(k)) for k in range(3)], np.uint64),
        probability=np.array([0.0, 0.4, 1.0]),
        low=np.array([5.0, 1.0, 3.0]),
        high=np.array([5.0, 20.0, 9.0]),
        activity=rng.integers(0, len(network), n_effects),
        risk=rng.integers(0, 3, n_effects),
    )
