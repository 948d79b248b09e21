"""How fast a simulation is: finishes of a network, draw by draw, against other tools on the same work.

Every activity's length is drawn on its own, from the same distribution with each tool; the finishes must have the
same quantiles. Then what correlation, gates, noise and calendars cost is told as a multiple of drawing the random
numbers alone, and how much a second thread brings. Prints tables and writes them to ``simulation.json`` beside this
file.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import numpy as np
import pmcontrols as pmc
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr

from backcast.engine._row_kernels import fill_uniforms
from backcast.engine.calendar import Calendars
from backcast.engine.compiled import compiled
from backcast.engine.network import Network
from backcast.engine.quantiles import SCORES
from backcast.engine.random import Purpose, stable_id
from backcast.engine.schedule import schedule
from backcast.engine.simulate import Intervals, Risks, Simulation, Starts, Uncertainty, prepare
from peers import Problem
from rounds import in_turn, ratio, rounded, save, tell

LOW, MODE, HIGH, SPREAD = 0.7, 0.9, 1.8, 0.3
"""Shortest, likeliest and longest ratio of triangular and PERT; standard deviation of ln(ratio) of the lognormal."""
P = ndtr(SCORES)
SIZE = 110
"""Activities of one project."""
LONG = 50
"""Days are whole: activities are long enough that rounding them is not what differs."""
Draws = NDArray[np.floating]


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="more draws, and more rounds")
    full = parser.parse_args().full
    draws, rounds = (100_000, 7) if full else (20_000, 5)
    told = {"pairs": list(pairs(draws, rounds)), "multiples": multiples(4_096, 2 * rounds + 1)}
    save("simulation.json", told)


# ---- The same work with other tools.


def pairs(draws: int, rounds: int) -> Iterator[dict[str, Any]]:
    """Yield million activity-samples per second of each tool and the ratio to ours."""
    tell(f"{'independent, one thread':28}{'millions/s':>12}{'ours':>10}{'ratio':>8}{'goal':>6}")
    for name, distribution, draw, goal in (
        ("numpy, triangular", "triangular", numpy_draws, 10),
        ("numpy, PERT", "pert", numpy_draws, 10),
        ("numpy, lognormal", "lognormal", numpy_draws, 10),
        ("pmcontrols, PERT", "pert", pmcontrols_draws, 20),
    ):
        problem = Problem.random(SIZE, lags=False)
        problem.duration[:] += LONG
        yield pair(name, problem, distribution, draw, goal, draws, rounds)


def pair(
    name: str,
    problem: Problem,
    distribution: str,
    draw: Callable[[Problem, str, int], Draws],
    goal: int,
    draws: int,
    rounds: int,
) -> dict[str, Any]:
    """Let a tool and us take turns, after their quantiles have been compared."""
    simulation, watched = independent(problem, distribution, draws)
    same_quantiles(name, simulation.finishes(watched).max(axis=0), draw(problem, distribution, draws))
    works = {"ours": lambda: simulation.finishes(watched), "theirs": lambda: draw(problem, distribution, draws)}
    seconds = in_turn(works, rounds, time.process_time)
    samples = len(problem) * draws / 1e6
    found = {
        "tool": name,
        "activities": len(problem),
        "draws": draws,
        "million_samples_per_second": rounded(samples / median(seconds["theirs"])),
        "ours": rounded(samples / median(seconds["ours"])),
        "ratio": rounded(ratio(seconds["theirs"], seconds["ours"])),
        "goal": goal,
    }
    tell(f"{name:28}{found['million_samples_per_second']:12.1f}{found['ours']:10.1f}{found['ratio']:8.1f}{goal:6}")
    return found


def same_quantiles(name: str, ours: Draws, theirs: Draws) -> None:
    """Stop if quantiles of the finish differ by more than sampling and thirteen quantiles explain."""
    for p in (0.1, 0.5, 0.9):
        one, other = np.quantile(ours, p), np.quantile(theirs, p)
        if abs(one / other - 1) > 0.01:
            sys.exit(f"{name}: the finish at {p:.0%} is {one:,.0f} with us and {other:,.0f} with them.")


def numpy_draws(problem: Problem, distribution: str, draws: int) -> Draws:
    """Finish of the network in each draw, with NumPy: one vector operation per activity and relationship."""
    rng = np.random.default_rng(0)
    before: list[list[int]] = [[] for _ in problem.codes]
    for i, j in zip(problem.predecessor.tolist(), problem.successor.tolist(), strict=True):
        before[j].append(i)
    finish: list[Draws] = [np.zeros(0)] * len(problem)
    for j in topological(problem):
        finish[j] = ratios(rng, distribution, draws)
        finish[j] *= problem.duration[j]
        if before[j]:
            finish[j] += np.maximum.reduce([finish[i] for i in before[j]])
    return np.maximum.reduce(finish)


def ratios(rng: np.random.Generator, distribution: str, draws: int) -> Draws:
    """Draw the ratio of one activity."""
    if distribution == "triangular":
        return rng.triangular(LOW, MODE, HIGH, draws)
    if distribution == "lognormal":
        return rng.lognormal(0.0, SPREAD, draws)
    return LOW + (HIGH - LOW) * rng.beta(*pert(), draws)


def pert() -> tuple[float, float]:
    """Return the two parameters of the PERT distribution."""
    alpha = 1.0 + 4.0 * (MODE - LOW) / (HIGH - LOW)
    return alpha, 6.0 - alpha


def topological(problem: Problem) -> list[int]:
    """Order activities so that predecessors come first."""
    nothing = np.zeros(len(problem), np.int32)
    return network_of(problem, nothing, np.ones((1, 10), bool)).position.tolist()


def pmcontrols_draws(problem: Problem, distribution: str, draws: int) -> Draws:
    """Finish of the network with pmcontrols, which draws PERT and criticality; it keeps the first 2,000 draws."""
    before: list[list[str]] = [[] for _ in problem.codes]
    for i, j in zip(problem.predecessor.tolist(), problem.successor.tolist(), strict=True):
        before[j].append(problem.codes[i])
    activities = [
        {"id": code, "a": LOW * days, "m": MODE * days, "b": HIGH * days, "predecessors": codes}
        for code, days, codes in zip(problem.codes, problem.duration.tolist(), before, strict=True)
    ]
    return np.array(pmc.pert(activities, n_sim=draws, keep_samples=True).meta["mc_finish_sample"])


# ---- Our simulation.


def independent(problem: Problem, distribution: str, draws: int) -> tuple[Simulation, NDArray[np.int64]]:
    """Draw every activity on its own; returns also the activities that nothing waits for."""
    n = len(problem)
    network = network_of(problem, np.zeros(n, np.int32), np.ones((1, 40_000), bool))
    of = intervals(n)
    uncertainty = uncertain(network, np.arange(n), of, class_of(distribution))
    last = np.setdiff1d(np.arange(n), network.predecessor)
    return prepare(network, schedule(network, 0), uncertainty, 0, draws=draws, seed=1), last


def class_of(distribution: str) -> Draws:
    """Return ln(ratio) at the quantiles by which a class is told."""
    if distribution == "lognormal":
        return SPREAD * SCORES
    if distribution == "pert":
        return np.log(LOW + (HIGH - LOW) * betaincinv(*pert(), P))
    peak = (MODE - LOW) / (HIGH - LOW)
    rising = LOW + np.sqrt(P * (HIGH - LOW) * (MODE - LOW))
    falling = HIGH - np.sqrt((1 - P) * (HIGH - LOW) * (HIGH - MODE))
    return np.log(np.where(peak > P, rising, falling))


def network_of(problem: Problem, project: NDArray[np.int32], working: NDArray[np.bool_]) -> Network:
    """Build our network; projects take the calendars in turn."""
    return Network.build(
        problem.codes,
        project,
        problem.duration,
        project % len(working),
        calendars=Calendars.of(working),
        predecessor=problem.predecessor,
        successor=problem.successor,
        type=np.zeros(problem.lag.size, np.int8),
        lag=problem.lag,
    )


def intervals(n: int, factors: tuple[int, ...] = ()) -> Intervals:
    """Describe ``n`` intervals that have not begun, on the shared factors given."""
    factor, weight = np.full((n, 4), -1, np.int32), np.zeros((n, 4))
    factor[:, : len(factors)] = factors
    weight[:, : len(factors)] = len(factors) ** -0.5 if factors else 0.0
    return Intervals(
        identity=np.array([stable_id("interval", str(i)) for i in range(n)], np.uint64),
        shift=np.zeros(n),
        scale=np.ones(n),
        age=np.full(n, -np.inf),
        cancelled=np.zeros(n),
        stretch=np.ones(n),
        spent=np.zeros(n),
        reference_class=np.zeros(n, np.int32),
        factor=factor,
        weight=weight,
        alone=np.zeros(n, np.uint64),
    )


def uncertain(
    network: Network, interval: NDArray[np.int64], of: Intervals, log_ratio: Draws, **given: float
) -> Uncertainty:
    """Put intervals on activities; all are of one class."""
    return Uncertainty(
        intervals=of,
        interval=interval.astype(np.int32),
        starts=Starts.none(len(network)),
        activity_identity=np.array([stable_id(code) for code in network.codes], np.uint64),
        class_log_ratio=log_ratio[None],
        class_identity=np.array([1], np.uint64),
        class_error=np.zeros(1),
        factor_identity=np.array([2, 3], np.uint64),
        risks=Risks.none(),
        correlation=given.get("correlation", 0.0),
        noise=given.get("noise", 0.0),
    )


# ---- What it costs beside the random numbers.


def multiples(draws: int, rounds: int) -> dict[str, Any]:
    """Time projects of 110 activities and 5 gates with two shared factors, against one random number each."""
    every_day, weeks = np.ones((1, 12_000), bool), np.arange(12_000) % 7
    stops = np.arange(12_000) % 365 > 60
    plain, watched = correlated(100, every_day, draws)
    timed, _ = correlated(100, np.stack([weeks < 5, (weeks < 6) & stops, weeks < 6]), draws)
    identity = plain.uncertainty.activity_identity
    numbers(identity, draws)
    works = {
        "random": lambda: numbers(identity, draws),
        "copula": lambda: plain.finishes(watched),
        "calendars": lambda: timed.finishes(watched),
        "two threads": lambda: plain.finishes(watched, threads=2),
    }
    in_turn(works, 1)
    seconds = in_turn(works, rounds)
    found = {
        "million_samples_per_second": rounded(identity.size * draws / 1e6 / median(seconds["copula"])),
        "copula_over_random_numbers": rounded(ratio(seconds["copula"], seconds["random"])),
        "with_calendars_over_random_numbers": rounded(ratio(seconds["calendars"], seconds["random"])),
        "two_threads_over_one": rounded(ratio(seconds["copula"], seconds["two threads"])),
    }
    tell(f"\n{'copula, million activity-samples/s':44}{found['million_samples_per_second']:8.1f}")
    tell(f"{'copula ÷ random numbers alone':44}{found['copula_over_random_numbers']:8.2f}  goal ≤ 7")
    tell(f"{'with calendars ÷ random numbers alone':44}{found['with_calendars_over_random_numbers']:8.2f}  goal ≤ 11")
    tell(f"{'one thread ÷ two':44}{found['two_threads_over_one']:8.2f}  goal ≥ 1.8")
    return found


def correlated(n_projects: int, working: NDArray[np.bool_], draws: int) -> tuple[Simulation, NDArray[np.int64]]:
    """Make projects whose gates share two factors, and whose activities have noise of their own."""
    size, gates = SIZE, 5
    one, n = Problem.random(size, shuffled=False, lags=False), n_projects * size
    first = np.repeat(np.arange(n_projects, dtype=np.int32) * size, one.lag.size)
    problem = Problem(
        tuple(map(str, range(n))),
        np.tile(one.duration, n_projects),
        np.tile(one.predecessor, n_projects) + first,
        np.tile(one.successor, n_projects) + first,
        np.tile(one.lag, n_projects),
    )
    network = network_of(problem, np.arange(n, dtype=np.int32) // size, working)
    of = intervals(n_projects * gates, factors=(0, 1))
    interval = network.project * gates + network.position % size * gates // size
    uncertainty = uncertain(network, interval, of, class_of("lognormal"), correlation=0.25, noise=0.3)
    watched = np.setdiff1d(np.arange(n), network.predecessor)
    return prepare(network, schedule(network, 0), uncertainty, 0, draws=draws, seed=1), watched


@compiled
def numbers(identity: Any, draws: int) -> float:
    """Draw one number per activity and draw, and do nothing with it."""
    row, total = np.empty(512), 0.0
    for j in range(identity.size):
        for first in range(0, draws, row.size):
            fill_uniforms(row, np.uint64(1), identity[j], Purpose.ACTIVITY.value, first)
            total += row[0]
    return total


if __name__ == "__main__":
    main()
