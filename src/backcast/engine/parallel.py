"""Independent pieces of work, in this thread or in several, or elsewhere: how many changes no digit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from itertools import count, islice, takewhile
from threading import Semaphore
from typing import TypeAlias, TypeVar

Progress: TypeAlias = Callable[[int, int], None]
"""Called with how many pieces are done, and of how many."""
HEEDS = 0.2
"""Seconds after which whoever waits looks up: Polars has interrupts from the keyboard end no wait by themselves."""
Item = TypeVar("Item")
Result = TypeVar("Result")

AT_ONCE = 128
"""Pieces of work that wait at an executor: enough to keep many workers busy, few enough to be held."""


class Crew:
    """Threads for work that has other work in it: whoever finds some of them idle is helped by them."""

    def __init__(self, threads: int) -> None:
        self._idle = Semaphore(max(threads, 1) - 1)  # whoever asks is at work

    def helpers(self, most: int) -> int:
        """Take as many idle threads as there are, but no more than asked for; returns how many."""
        return sum(1 for _ in takewhile(lambda _: self._idle.acquire(blocking=False), range(most)))

    def leave(self) -> None:
        """Be idle again."""
        self._idle.release()


Threads: TypeAlias = int | Crew


def run_all(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    threads: Threads,
    progress: Progress | None = None,
) -> list[Result]:
    """Do ``work`` on every item, in this thread or in several; the items must not depend on each other.

    What ``work`` or ``progress`` raises ends it: items not begun are given up. Those under way are waited for, so
    that no thread outlives the error; but whoever interrupts from the keyboard waits for nothing.

    Parameters
    ----------
    threads
        How many, or the crew that this and other work shares.

    Returns
    -------
    What ``work`` returned for each item, in their order.
    """
    items, crew = list(items), threads if isinstance(threads, Crew) else Crew(threads)
    helpers, finished = crew.helpers(len(items) - 1), count(1)
    if not helpers:
        return _gathered(enumerate(map(work, items)), len(items), progress)

    def and_leave(item: Item) -> Result:
        try:
            return work(item)
        finally:
            if len(items) - helpers <= next(finished) < len(items):  # no item is left to be begun
                crew.leave()

    executor = ThreadPoolExecutor(1 + helpers)
    try:
        found = _gathered(completed(executor, and_leave, items, 4 * (1 + helpers)), len(items), progress)
    except BaseException as error:
        executor.shutdown(wait=isinstance(error, Exception), cancel_futures=True)
        raise
    executor.shutdown()
    return found


def _gathered(numbered: Iterable[tuple[int, Result]], of: int, progress: Progress | None) -> list[Result]:
    """Put results, which come with their positions in any order, in order."""
    found: dict[int, Result] = {}
    for position, result in numbered:
        found[position] = result
        if progress:
            progress(len(found), of)
    return [found[position] for position in range(of)]


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
            for future in wait(waiting, HEEDS, FIRST_COMPLETED).done:
                yield waiting.pop(future), future.result()
    finally:
        for future in waiting:
            future.cancel()
