"""How a running job tells how far it is, and hears that it should stop.

Handlers call their report as often as they like: it only remembers. A thread beside them, the pulse, writes it down
every second, so that progress shows while the handler's own transaction is open. The pulse is also the worker's
sign of life.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.db import DatabaseError, connection
from django.utils import timezone

from backcast.web.jobs.kinds import Payload
from backcast.web.jobs.models import Job, State

PULSE_SECONDS = 1.0
log = logging.getLogger(__name__)


class Stopped(Exception):  # noqa: N818 - asked for, not an error
    """The job was cancelled, or was taken from this worker; the handler's transaction rolls back."""


class Report:
    """What a handler tells of its job."""

    def __init__(self, job: Job) -> None:
        self.job, self.progress, self.step = job, 0.0, ""
        self.stopping = Event()

    def __call__(self, progress: float, step: str = "") -> None:
        """Say how far the job is (0 to 1) and what it is at.

        Raises
        ------
        Stopped
            If it was cancelled meanwhile; let it pass.
        """
        self.progress, self.step = min(max(progress, 0.0), 1.0), step or self.step
        if self.stopping.is_set():
            raise Stopped

    def done(self, result: Payload | None = None) -> Payload:
        """Finish the job within the handler's own transaction: the job is done exactly if that is committed."""
        if not self.job.end(State.DONE, result=result):
            raise Stopped
        return result or {}

    def write(self) -> None:
        """Write progress and a sign of life; hear whether to stop."""
        told = {"progress": self.progress, "step": self.step[:255], "heartbeat_at": timezone.now()}
        mine = Job.objects.filter(pk=self.job.pk, worker=self.job.worker, state=State.RUNNING)
        if not mine.filter(cancelling=False).update(**told):
            self.stopping.set()


@contextmanager
def pulse(report: Report) -> Iterator[None]:
    """Write a report down every second; within a transaction nobody could see it, so there it is left out."""
    if connection.in_atomic_block:
        yield
        return
    ended = Event()
    thread = Thread(target=_beat, args=(report, ended), name=f"pulse of {report.job.code}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat(report: Report, ended: Event) -> None:
    """Write until the handler has ended; a database that is busy or away is asked again."""
    while not ended.wait(PULSE_SECONDS):
        try:
            report.write()
        except DatabaseError:
            log.warning("The progress of job %s could not be written.", report.job.code)
    connection.close()
