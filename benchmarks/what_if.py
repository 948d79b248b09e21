"""How long a what-if takes on one project of a practice library, once the first was asked.

Prints the seconds of the first question, and the median and the longest of the others; every question delays
another project by 90 days. Figures depend on the machine and on what else it is doing; no test looks at them.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from statistics import median

import backcast as bc
from backcast.cli.shipped import shanxi


def main() -> None:
    """Make a practice library, run it, and ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=3000)
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=40)
    options = parser.parse_args()
    planbook = bc.practice(bc.read_planbook(shanxi()), projects=options.projects)
    run = bc.run(planbook, draws=options.draws, threads=os.cpu_count() or 1)
    first, *others = (measure(run, planbook, code) for code in some_projects(run, options.questions + 1))
    sys.stdout.write(
        f"{options.projects:,} projects, {options.draws:,} draws, {os.cpu_count()} cores\n"
        f"first {first:.2f} s, then median {median(others):.3f} s, longest {max(others):.3f} s\n"
    )


def some_projects(run: bc.Run, n: int) -> list[str]:
    """Return projects with outputs that are not finished, in no order."""
    finished = set(run.planbook["returns"].drop_nulls("actual_finish")["project"])
    codes = sorted({*run.planbook["outputs"]["project"]} - finished)
    return random.Random(0).sample(codes, n)


def measure(run: bc.Run, planbook: bc.Planbook, code: str) -> float:
    """Ask what a delay of 90 days does, and return the seconds that the answer took."""
    changed = bc.delayed(planbook, code, 90, run.data_date)
    begin = time.perf_counter()
    answer = run.what_if(changed)
    if answer.because:
        sys.exit(f"{code}: {answer.because}")
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
