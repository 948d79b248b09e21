"""Independent pieces of work, in this thread or in several, or elsewhere: how many changes no digit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeAlias, TypeVar

Progress: TypeAlias = Callable[[int, int], None]
"""Called with how many pieces are done, and of how many."""
Item = TypeVar("Item")
Result = TypeVar("Result")

AT_ONCE = 128
"""Pieces of work that wait at an executor: enough to keep many workers busy, few enough to be held."""


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


def completed(
    executor: Executor, work: Callable[[Item], Result], items: Iterable[Item], at_once: int = AT_ONCE
) -> Iterator[tuple[int, Result]]:
    """Let an executor do ``work`` on every item; yield positions and results in the order in which they come.

    Items are taken and results are held for no more than ``at_once`` pieces. Whoever stops listening, for an
    error or an interrupt, takes back what has not begun.
    """
    waiting: dict[Future[Result], int] = {}
    numbered = enumerate(items)
    try:
        while True:
            for position, item in islice(numbered, at_once - len(waiting)):
                waiting[executor.submit(work, item)] = position
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(future), future.result()
    finally:
        for future in waiting:
            future.cancel()
