"""A worker in a process of its own, and waiting for what it does.

Nothing here imports a model before Django is set up.
"""

from __future__ import annotations

import time
from collections.abc import Callable
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


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
