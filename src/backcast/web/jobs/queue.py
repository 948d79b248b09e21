"""The queue of jobs in the database: the one module that knows django-tasks.

A worker takes jobs in two lanes, one after the other in each: those with a process of their own, which may compute for
long, and all others, which so need not wait for them. It is either a thread beside the web server
(:class:`WorkerThread`) or a process (``backcast worker``). One that was killed leaves its job running for ever; the
others, and it at its next start, sweep such jobs: at once if its process is gone from this machine, else when nothing
was heard of it for a while. Where the database was away while a job was taken or told, the worker sweeps its own.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
from datetime import datetime, timedelta
from math import inf
from threading import Event, Thread
from time import monotonic
from typing import Any

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone, translation
from django_tasks import task
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from backcast.web.jobs import daily, running
from backcast.web.jobs.kinds import KINDS
from backcast.web.jobs.models import Job, State

QUICK, APART = LANES = ("default", "apart")
POLL_SECONDS = 0.5
LEASE = timedelta(seconds=60)
WORKER = f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"
"""This process, as it signs its jobs."""
AT_HAND: set[str] = set()
"""Codes of the jobs that this process runs just now."""
log = logging.getLogger(__name__)


@task()
def run_job(code: str) -> None:
    """Run a job; the queue calls this."""
    running.run(code, WORKER)


def put(job: Job) -> None:
    """Queue a job within the present transaction."""
    kind = KINDS.get(job.kind)
    run_job.using(queue_name=APART if kind and kind.in_own_process else QUICK).enqueue(job.code)


def run_waiting() -> None:
    """Run everything that waits, here and now, and return: where there is no worker."""
    while any(take_one(lane) for lane in LANES):
        pass


def take_one(lane: str) -> bool:
    """Take a job that waits in a lane, so that no other worker does, and run it; return whether there was one."""
    ready = DBTaskResult.objects.ready().filter(queue_name=lane)
    if not ready.exists():  # the lock below makes writers wait
        return False
    with transaction.atomic():
        entry = ready.get_locked()
        if entry is None:
            return False
        entry.claim(WORKER)
    code = _code_of(entry)
    AT_HAND.add(code)
    try:
        _worker().run_task(entry)
    finally:
        AT_HAND.discard(code)
    return True


def work(stopping: Event) -> None:
    """Take jobs in both lanes until told to stop; those at hand are finished first."""
    apart = Thread(target=_work_in, args=(APART, stopping), name=f"worker, {APART}", daemon=True)
    apart.start()
    _work_in(QUICK, stopping)
    apart.join()


def _work_in(lane: str, stopping: Event) -> None:
    """Take one job of a lane after the other; the quick lane sweeps, and tidies once a day."""
    due = daily_due = 0.0 if lane == QUICK else inf
    while not stopping.is_set():
        try:
            if monotonic() >= due:
                sweep()
                due = monotonic() + LEASE.total_seconds() / 2
            if monotonic() >= daily_due:
                daily.tidy()
                daily_due = monotonic() + daily.DAY_SECONDS
            busy = take_one(lane)
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
    """Fail jobs whose worker is gone, queue again what was never begun, and return how many jobs were lost."""
    DBTaskResult.objects.finished().delete()
    lost = 0
    for entry in DBTaskResult.objects.running():
        job = Job.objects.filter(code=_code_of(entry)).first()
        heard = (job and job.heartbeat_at) or entry.started_at or entry.enqueued_at
        if not _is_gone(entry, heard):
            continue
        with transaction.atomic():
            entry.delete()
            if job and job.state == State.QUEUED:
                put(job)
            elif job:
                lost += _fail(job)
    return lost


def _fail(job: Job) -> bool:
    """Tell the owner that the server stopped."""
    with translation.override(job.language):
        return job.end(State.FAILED, error=str(running.SERVER_STOPPED))


def _code_of(entry: DBTaskResult[Any, Any]) -> str:
    """Return the code of the job that an entry of the queue stands for."""
    return str(entry.args_kwargs["args"][0])


def _is_gone(entry: DBTaskResult[Any, Any], heard: datetime) -> bool:
    """Whether a worker no longer runs what it took, by its process on this machine, else by its silence."""
    worker = entry.worker_ids[-1]
    if worker == WORKER:
        return _code_of(entry) not in AT_HAND
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
