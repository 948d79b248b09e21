"""A server that is killed leaves nothing half done, and says so when it is back."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from cast import PROVINCE, actor_for
from django.db import transaction
from job_worker import killable, until

from backcast.web.core.roles import Role
from backcast.web.directory.models import Organisation
from backcast.web.jobs import actions as jobs
from backcast.web.jobs import queue
from backcast.web.jobs.models import Job, State

pytestmark = pytest.mark.django_db(transaction=True)
OWNER = actor_for(Role.PLAN_OFFICER, PROVINCE)
TOLD = "The server stopped while this was running; nothing was changed. Start it again."


@jobs.kind("test.half")
def half(job: Job, payload: jobs.Payload, report: jobs.Report) -> jobs.Payload:
    """Write half of something, and never come to the end."""
    report(0.5, "half")
    time.sleep(1.5)
    with transaction.atomic():
        Organisation.objects.create(code="half", name="Half", kind="bank")
        time.sleep(3600)
        return report.done()


@jobs.kind("test.alone", in_own_process=True)
def alone(job: Job, payload: jobs.Payload, report: jobs.Report) -> None:
    """Say which process this is, and never end."""
    report(0.5, str(os.getpid()))
    time.sleep(3600)


@pytest.fixture
def kill() -> Iterator[Callable[[], None]]:
    """Start a worker and give the function that kills it without a word."""
    with killable(__name__) as killing:
        yield killing


def lives(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_what_was_half_written_is_gone_and_the_job_says_so(kill: Callable[[], None]):
    job = jobs.start("test.half", {}, by=OWNER, title="Half")
    until(lambda: Job.objects.get(pk=job.pk).progress == 0.5)
    time.sleep(1.0)
    kill()
    assert queue.sweep() == 1
    job.refresh_from_db()
    assert (job.state, job.error) == (State.FAILED, TOLD)
    assert not Organisation.objects.exists()


def test_a_process_of_its_own_dies_with_its_worker(kill: Callable[[], None]):
    job = jobs.start("test.alone", {}, by=OWNER, title="Alone")
    until(lambda: Job.objects.get(pk=job.pk).step != "")
    pid = int(Job.objects.get(pk=job.pk).step)
    assert lives(pid)
    kill()
    until(lambda: not lives(pid))
    assert queue.sweep() == 1
    job.refresh_from_db()
    assert (job.state, job.error) == (State.FAILED, TOLD)
