"""A progress bar on the error stream, where someone watches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from backcast.language import Message


@contextmanager
def progress_bar() -> Iterator[Callable[[Message, int, int], None]]:
    """Show one bar for each kind of work as it is reported."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        tasks = {}

        def report(what: Message, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(str(what), total=of)
            bars.update(tasks[what], completed=done, total=of)

        yield report


@contextmanager
def working(what: Message) -> Iterator[None]:
    """Say what is being done for as long as it takes, where someone watches."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(str(what)):
        yield
