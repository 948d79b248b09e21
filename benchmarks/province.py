"""How long a province takes: `backcast run` on a practice library, as a whole process.

Prints seconds, processor seconds and peak memory of each run, and their medians. Figures depend on
the machine and on what else it is doing; no test looks at them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

BACKCAST = (sys.executable, "-c", "from backcast.cli import main; main(prog_name='backcast')")


def main() -> None:
    """Make a practice library, warm up, and run it several times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=3000)
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder) / "practice")
        subprocess.run(
            [*BACKCAST, "practice", place, "--projects", str(options.projects)], check=True, stdout=subprocess.DEVNULL
        )
        measure("run", place, "--draws", "64")
        figures = [measure("run", place, "--draws", str(options.draws), "--json") for _ in range(options.runs)]
    sys.stdout.write(f"{options.projects:,} projects, {options.draws:,} draws, {os.cpu_count()} cores\n")
    for name, *values in zip(("seconds", "processor seconds", "peak memory, MB"), *figures, strict=True):
        told = "  ".join(f"{value:8.1f}" for value in values)
        sys.stdout.write(f"{name:>18}  {told}   median {median(values):8.1f}\n")


def measure(*arguments: str) -> tuple[float, float, float]:
    """Run one command; returns seconds, processor seconds and peak memory in MB."""
    begin = time.perf_counter()
    with subprocess.Popen([*BACKCAST, *arguments], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"backcast {' '.join(arguments)} failed with {process.returncode}.")
    return time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
