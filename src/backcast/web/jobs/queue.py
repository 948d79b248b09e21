"""The queue of jobs in the database: the one module that knows django-tasks.

A worker takes one job after the other, either a thread beside the web server (:class:`WorkerThread`) or a process
(``backcast worker``). A worker that was killed leaves its job running for ever; the others, and it at its next start,
sweep such jobs: at once if its process is gone from this machine, else when nothing was heard of it for a while.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
from datetime import datetime, timedelta
from threading import Event, Thread
from time import monotonic

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone, translation
from django_tasks import task
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from backcast.web.jobs import running
from backcast.web.jobs.models import Job, State

POLL_SECONDS = 0.5
LEASE = timedelta(seconds=60)
WORKER = f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"
"""This process, as it signs its jobs."""
log = logging.getLogger(__name__)


@task()
def run_job(code: str) -> None:
    """Run a job; the queue calls this."""
    running.run(code, WORKER)


def put(code: str) -> None:
    """Queue a job within the present transaction."""
    run_job.enqueue(code)


def run_waiting() -> None:
    """Run everything that waits, here and now, and return: where there is no worker."""
    while take_one():
        pass


def take_one() -> bool:
    """Take a job that waits, so that no other worker does, and run it; return whether there was one."""
    ready = DBTaskResult.objects.ready()
    if not ready.exists():  # the lock below makes writers wait
        return False
    with transaction.atomic():
        entry = ready.get_locked()
        if entry is None:
            return False
        entry.claim(WORKER)
    _worker().run_task(entry)
    return True


def work(stopping: Event) -> None:
    """Take one job after the other until told to stop; the job at hand is finished first."""
    due = 0.0
    while not stopping.is_set():
        try:
            if monotonic() >= due:
                sweep()
                due = monotonic() + LEASE.total_seconds() / 2
            busy = take_one()
            close_old_connections()
        except DatabaseError:
            log.exception("The queue of jobs does not answer; trying again.")
            connection.close()
            busy = False
        stopping.wait(0 if busy else POLL_SECONDS)
    connection.close()


class WorkerThread(Thread):
    """A worker beside the web server."""

    def __init__(self) -> None:
        super().__init__(name="worker", daemon=True)
        self.stopping = Event()

    def run(self) -> None:
        """Work until stopped."""
        work(self.stopping)

    def stop(self, timeout: float | None = None) -> None:
        """Take no further job, and wait for the one at hand."""
        self.stopping.set()
        self.join(timeout)


def sweep() -> int:
    """Fail jobs whose worker is gone, forget what is finished, and return how many jobs were lost."""
    DBTaskResult.objects.finished().delete()
    lost = 0
    for entry in DBTaskResult.objects.running():
        job = Job.objects.filter(code=entry.args_kwargs["args"][0]).first()
        heard = (job and job.heartbeat_at) or entry.started_at or entry.enqueued_at
        if _is_gone(entry.worker_ids[-1], heard):
            lost += job is not None and _fail(job)
            entry.delete()
    return lost


def _fail(job: Job) -> bool:
    """Tell the owner that the server stopped."""
    with translation.override(job.language):
        return job.end(State.FAILED, error=str(running.SERVER_STOPPED))


def _is_gone(worker: str, heard: datetime) -> bool:
    """Whether a worker no longer lives, by its process on this machine, else by its silence."""
    if worker == WORKER:
        return False
    host, pid, _ = worker.rsplit(":", 2)
    here = WORKER.rsplit(":", 2)[0] == host
    return (here and not _lives(int(pid))) or heard < timezone.now() - LEASE


def _lives(pid: int) -> bool:
    """Whether another process of this machine has the number; our own number was another's before us."""
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _worker() -> Worker:
    """Return django-tasks' worker; of it we use how a task is run, for it waits by sleeping and ends by signals."""
    return Worker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=WORKER,
    )
