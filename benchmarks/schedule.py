"""How fast a schedule is: edge list to all dates, against other tools on the same work, and how it grows.

First all tools get the same small networks and must give the same dates. Then they take turns on larger ones.
Prints tables and writes them to ``schedule.json`` beside this file. ``--full`` adds the slow tools at full size.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from math import log10
from statistics import median
from typing import Any

import numpy as np

import mpxj_peer
import peers
from backcast.engine.calendar import NONE, Calendars
from backcast.engine.network import Network
from backcast.engine.schedule import schedule
from peers import Problem
from rounds import in_turn, ratio, rounded, save, tell

GOALS = {"numpy_by_level": 4, "rustworkx": 20, "networkx": 250}
SIZES = (1_000, 10_000, 100_000, 1_000_000)
TOOLS = ("numpy_by_level", "rustworkx", "networkx", "pmcontrols")
WITHOUT_LAGS = ("pmcontrols",)


def main() -> None:
    """Check, measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="every tool at a million activities, and MPXJ")
    full = parser.parse_args().full
    java = mpxj_peer.missing() if full else "only by --full"
    check(TOOLS, with_mpxj=java is None)
    told: dict[str, Any] = {"growth": growth(), "passes": list(passes()), "pairs": list(pairs(full))}
    told["mpxj"] = mpxj(100_000) if java is None else {"left_out": java}
    tell(f"\nMPXJ: {told['mpxj']}")
    save("schedule.json", told)


def check(tools: tuple[str, ...], *, with_mpxj: bool) -> None:
    """Stop unless every tool gives our dates."""
    for shuffled in (True, False):
        for tool in tools:
            problem = Problem.random(3_000, shuffled=shuffled, lags=tool not in WITHOUT_LAGS)
            unlike = peers.backcast(problem).differences(getattr(peers, tool)(problem))
            if unlike:
                sys.exit(f"{tool} gives other dates: {', '.join(unlike)}.")
    if with_mpxj:
        problem = Problem.random(1_000)
        unlike = peers.backcast(problem).differences(mpxj_peer.dates(problem))
        if unlike:
            sys.exit(f"mpxj gives other dates: {', '.join(unlike)}.")
    tell(f"The same dates from backcast, {', '.join(tools)}{', mpxj' if with_mpxj else ''}.")


def pairs(full: bool) -> Iterator[dict[str, Any]]:
    """Yield seconds and ratios: a million activities, or as many as let a slow tool finish within the time."""
    tell(
        f"\n{'edge list to all dates':24}{'activities':>12}{'order':>10}{'cpu s':>10}{'ours':>8}{'ratio':>8}{'goal':>6}"
    )
    for tool, n, rounds in (
        ("numpy_by_level", 1_000_000, 7),
        ("rustworkx", 1_000_000, 3),
        ("networkx", 1_000_000 if full else 100_000, 3),
        ("pmcontrols", 1_000_000 if full else 100_000, 3),
    ):
        for shuffled in (False, True):
            yield pair(tool, Problem.random(n, shuffled=shuffled, lags=tool not in WITHOUT_LAGS), rounds, shuffled)


def pair(tool: str, problem: Problem, rounds: int, shuffled: bool) -> dict[str, Any]:
    """Let a tool and us take turns."""
    theirs: Callable[[Problem], object] = getattr(peers, tool)
    peers.backcast(problem)
    seconds = in_turn(
        {"ours": lambda: peers.backcast(problem), "theirs": lambda: theirs(problem)}, rounds, time.process_time
    )
    found = {
        "tool": tool,
        "activities": len(problem),
        "relationships": problem.lag.size,
        "lags": tool not in WITHOUT_LAGS,
        "order": "shuffled" if shuffled else "planned",
        "processor_seconds": rounded(median(seconds["theirs"])),
        "ours": rounded(median(seconds["ours"])),
        "ratio": rounded(ratio(seconds["theirs"], seconds["ours"])),
        "rounds": rounds,
        "goal": GOALS.get(tool),
    }
    tell(
        f"{tool:24}{len(problem):12,}{found['order']:>10}{found['processor_seconds']:10.3f}{found['ours']:8.3f}"
        f"{found['ratio']:8.1f}{found['goal'] or '':>6}"
    )
    return found


def growth() -> dict[str, Any]:
    """Measure how our time grows with the network."""
    problems = {str(n): Problem.random(n) for n in SIZES}
    works = {name: lambda problem=problem: peers.backcast(problem) for name, problem in problems.items()}
    in_turn(works, 1)
    seconds = in_turn(works, 5, time.process_time)
    middle = {name: median(values) for name, values in seconds.items()}
    first, last = (middle[str(n)] for n in (SIZES[0], SIZES[-1]))
    exponent = log10(last / first) / log10(SIZES[-1] / SIZES[0])
    tell("\ngrowth, shuffled        " + "".join(f"{n:>14,}" for n in SIZES))
    tell("processor seconds       " + "".join(f"{value:14.4f}" for value in middle.values()))
    tell(f"time grows as n^{exponent:.2f} from {SIZES[0]:,} to {SIZES[-1]:,} activities (goal: at most n^1.25)")
    return {
        "processor_seconds": {name: rounded(value) for name, value in middle.items()},
        "exponent": rounded(exponent),
    }


def passes() -> Iterator[dict[str, Any]]:
    """Yield the time of both passes with calendars, four types, progress and constraints, for one and two threads."""
    network = eventful_network(300_000)
    tell(f"\n{'both passes, calendars, types, progress, constraints':56}{'ns per activity and thread':>28}")
    schedule(network, 400)
    for threads in (1, 2):
        with ThreadPoolExecutor(threads) as pool:

            def work(pool: ThreadPoolExecutor = pool, threads: int = threads) -> None:
                list(pool.map(lambda _: schedule(network, 400), range(threads)))

            seconds = median(in_turn({"passes": work}, 15)["passes"])
        found = {"threads": threads, "ns_per_activity_and_thread": rounded(seconds / len(network) * 1e9), "goal": 60}
        tell(f"{threads} thread{'s' if threads > 1 else '':48}{found['ns_per_activity_and_thread']:28.0f}")
        yield found


def eventful_network(n: int) -> Network:
    """Draw projects of some hundred activities with everything that a pass may meet."""
    rng = np.random.default_rng(1)
    project = np.arange(n) // 110
    successor = rng.integers(0, n, int(1.75 * n))
    predecessor = successor - rng.integers(1, 12, successor.size)
    same = (predecessor >= 0) & (project[np.maximum(predecessor, 0)] == project[successor])
    predecessor, successor = predecessor[same], successor[same]
    day = np.arange(peers.HORIZON)
    working = np.stack([np.ones_like(day, bool), day % 7 < 5, (day % 7 < 6) & (day % 365 > 60)])
    started = rng.random(n) < 0.2
    actual_start = np.where(started, rng.integers(0, 400, n), NONE)
    finished = started & (rng.random(n) < 0.5)

    def now_and_then(low: int, high: int) -> np.ndarray:
        return np.where(rng.random(n) < 0.05, rng.integers(low, high, n), NONE)

    return Network.build(
        tuple(map(str, range(n))),
        project,
        np.where(rng.random(n) < 0.1, 0, rng.integers(1, 30, n)),
        project % 3,
        calendars=Calendars.of(working),
        predecessor=predecessor,
        successor=successor,
        type=rng.choice(4, successor.size, p=[0.8, 0.1, 0.08, 0.02]),
        lag=rng.choice([0, 0, 0, 5, -2], successor.size),
        actual_start=actual_start,
        actual_finish=np.where(finished, actual_start + 20, NONE),
        start_no_earlier=now_and_then(400, 800),
        finish_no_earlier=now_and_then(400, 800),
        start_no_later=now_and_then(400, 900),
        finish_no_later=now_and_then(400, 900),
    )


def mpxj(n: int) -> dict[str, Any]:
    """Let MPXJ's Primavera scheduler schedule a project that is in its memory already, and us from the edge list."""
    problem = Problem.random(n)
    theirs = mpxj_peer.seconds(problem)
    peers.backcast(problem)
    ours = median(in_turn({"ours": lambda: peers.backcast(problem)}, 5)["ours"])
    return {"activities": n, "seconds": rounded(theirs), "ours": rounded(ours), "ratio": rounded(theirs / ours)}


if __name__ == "__main__":
    main()
