"""What the new process of a job runs first: it has no Django yet, so nothing here imports a model."""

from __future__ import annotations

import multiprocessing
import os
import signal
from importlib import import_module
from multiprocessing.connection import wait
from threading import Thread

import django
from django.db import connection
from django.utils import translation


def perform_in_child(code: str, module: str, database: str) -> None:
    """Set Django up on the worker's database and run the job."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the worker's to heed; when it ends, so does this
    Thread(target=_end_with_parent, name="watch", daemon=True).start()
    django.setup()
    connection.settings_dict["NAME"] = database
    import_module(module)
    job = import_module("backcast.web.jobs.models").Job.objects.get(code=code)
    with translation.override(job.language):
        import_module("backcast.web.jobs.running").perform(job)


def _end_with_parent() -> None:
    """End at once when the worker is killed: nobody would hear the answer."""
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)
