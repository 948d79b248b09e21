"""Independent pieces of work, in this thread or in several: how many changes no digit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], None]
"""Called with how many pieces are done, and of how many."""


def run_all(
    work: Callable[[int], None],
    items: Iterable[int],
    threads: int,
    progress: Progress | None = None,
) -> None:
    """Do ``work`` on every item, in this thread or in several; the items must not depend on each other.

    What ``work`` or ``progress`` raises ends it: items not begun are given up. Those under way are waited for, so
    that no thread outlives the error; but whoever interrupts from the keyboard waits for nothing.
    """
    items = list(items)
    if threads <= 1 or len(items) <= 1:
        for done, item in enumerate(items, 1):
            work(item)
            if progress:
                progress(done, len(items))
        return
    executor = ThreadPoolExecutor(threads)
    try:
        for done, _ in enumerate(executor.map(work, items), 1):
            if progress:
                progress(done, len(items))
    except BaseException as error:
        executor.shutdown(wait=isinstance(error, Exception), cancel_futures=True)
        raise
    executor.shutdown()
