"""Run a job that a worker has taken, and tell its owner what became of it."""

from __future__ import annotations

import logging
import time

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.web.core.failures import disk_is_full
from backcast.web.core.refusals import Conflict, Invalid, Refused
from backcast.web.jobs import processes
from backcast.web.jobs.kinds import KINDS, Failed, kind_of
from backcast.web.jobs.models import Job, State
from backcast.web.jobs.reporting import PULSE_SECONDS, Report, Stopped, pulse

SERVER_STOPPED = gettext_lazy("The server stopped while this was running; nothing was changed. Start it again.")
log = logging.getLogger(__name__)


def run(code: str, worker: str) -> None:
    """Run a job unless it was cancelled before its turn came."""
    now = timezone.now()
    waiting = Job.objects.filter(code=code, state=State.QUEUED)
    if not waiting.update(state=State.RUNNING, worker=worker, started_at=now, heartbeat_at=now):
        return
    job = Job.objects.get(code=code)
    kind = KINDS.get(job.kind)
    with translation.override(job.language):
        if kind and kind.in_own_process and not connection.in_atomic_block:
            processes.run_apart(job, kind.handler.__module__)
        else:
            perform(job)


def perform(job: Job) -> None:
    """Run a job's handler here; whatever happens, the job ends with a sentence."""
    report = Report(job)
    try:
        with pulse(report):
            result = kind_of(job.kind).handler(job, job.payload, report)
        job.refresh_from_db()
        if not job.is_finished:
            report.done(result)
    except Stopped:
        _end(job, State.CANCELLED)
    except (Failed, Refused, Invalid, Conflict) as error:
        _end(job, State.FAILED, str(error))
    except Exception as error:
        log.exception("Job %s (%s) failed.", job.code, job.kind)
        _end(job, State.FAILED, _sentence(error).format(code=job.code))
    except BaseException:
        job.end(State.FAILED, error=str(SERVER_STOPPED))
        raise


def _sentence(error: Exception) -> str:
    """Say what the owner can do about an error that no handler expects."""
    if disk_is_full(error):
        return _("The disk of the server is full; nothing was changed. Once there is room, start it again.")
    if isinstance(error, OperationalError | InterfaceError):
        return _("The database did not answer; nothing was changed. Start it again.")
    return _("Something went wrong in Backcast itself. Tell whoever runs the server the number {code}.")


def _end(job: Job, state: State, error: str = "") -> None:
    """Tell how a job ended, as soon as the database can keep it."""
    while True:
        try:
            job.end(state, error=error)
        except (OperationalError, InterfaceError):
            log.warning("The end of job %s cannot be written yet.", job.code)
            if connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(PULSE_SECONDS)
        else:
            return
