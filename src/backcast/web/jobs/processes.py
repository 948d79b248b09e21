"""Run a job in a process of its own, which is stopped when the job is cancelled and never outlives its worker."""

from __future__ import annotations

import multiprocessing

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from backcast.web.jobs.child import perform_in_child
from backcast.web.jobs.models import Job, State
from backcast.web.jobs.reporting import PULSE_SECONDS


def run_apart(job: Job, module: str) -> None:
    """Run a job in a new process and wait for it.

    Parameters
    ----------
    module
        Where its handler is registered; the process reads it.
    """
    database = str(connection.settings_dict["NAME"])
    process = multiprocessing.get_context("spawn").Process(
        target=perform_in_child, args=(job.code, module, database), name=f"job {job.code}", daemon=True
    )
    process.start()
    while process.is_alive():
        process.join(PULSE_SECONDS)
        if _is_cancelled(job):
            process.terminate()
    if _is_cancelled(job):
        job.end(State.CANCELLED)
        return
    told = _(
        "The process that computed this ended by itself (code {code}), perhaps for lack of memory. Start it again."
    )
    job.end(State.FAILED, error=told.format(code=process.exitcode))


def _is_cancelled(job: Job) -> bool:
    """Whether the job is to stop; a database that does not answer now is asked again."""
    try:
        return Job.objects.filter(pk=job.pk, cancelling=True).exists()
    except DatabaseError:
        return False
