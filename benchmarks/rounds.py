"""Times of pieces of work that take turns, so that a machine that slows down slows all of them down."""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent


def in_turn(
    works: Mapping[str, Callable[[], object]], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """Do every piece of work once per round; returns seconds by name.

    Work in one thread is best told in processor seconds (``clock=time.process_time``): others on the machine then
    cost it only the cache.
    """
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            gc.collect()
            begin = clock()
            work()
            seconds[name].append(clock() - begin)
    return seconds


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the median of the ratios of each round."""
    return median(a / b for a, b in zip(one, other, strict=True))


def machine() -> dict[str, int]:
    """Tell the machine by cores and memory."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cores": os.cpu_count() or 1, "memory_gib": round(memory / 2**30)}


def tell(line: str = "") -> None:
    """Print one line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def save(name: str, told: Mapping[str, Any]) -> None:
    """Write what was found to ``name`` beside this file."""
    text = json.dumps({"machine": machine()} | dict(told), indent=1, ensure_ascii=False)
    (HERE / name).write_text(text + "\n", encoding="utf-8")


def rounded(value: float, digits: int = 3) -> float:
    """Keep some significant digits: the others are noise."""
    return float(f"{value:.{digits}g}")
