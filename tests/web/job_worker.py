"""A worker in a process of its own, and waiting for what it does.

Nothing here imports a model before Django is set up.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Event

import django
from django.db import connection


def work_on(database: str, module: str) -> None:
    """Work on a test's database, with the kinds of jobs that a module registers."""
    django.setup()
    connection.settings_dict["NAME"] = database
    import_module(module)
    import_module("backcast.web.jobs.queue").work(Event())


@contextmanager
def killable(module: str) -> Iterator[Callable[[], None]]:
    """Start a worker on the test's database and give the function that kills it without a word."""
    database = str(connection.settings_dict["NAME"])
    process = multiprocessing.get_context("spawn").Process(target=work_on, args=(database, module))
    process.start()

    def killing() -> None:
        process.kill()
        process.join()

    try:
        yield killing
    finally:
        killing()


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
