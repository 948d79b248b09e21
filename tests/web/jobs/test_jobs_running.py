"""Jobs are queued within the transaction, run once, and always end with a sentence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from cast import PROVINCE, actor_for, user_with
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from job_worker import until

from backcast.web.audit.models import Event
from backcast.web.core.refusals import Refused
from backcast.web.core.roles import Role
from backcast.web.jobs import actions as jobs
from backcast.web.jobs import processes, queue, reporting, running
from backcast.web.jobs.models import Job, State

OWNER = actor_for(Role.DISPATCHER, PROVINCE)


@jobs.kind("test.counting")
def counting(job: Job, payload: jobs.Payload, report: jobs.Report) -> jobs.Payload:
    for n in range(payload["to"]):
        report(n / payload["to"], f"{n}")
    return {"counted": payload["to"], "by": jobs.acting(job).name}


@jobs.kind("test.patient")
def patient(job: Job, payload: jobs.Payload, report: jobs.Report) -> None:
    while True:
        report(0.25, "waiting")
        time.sleep(0.02)


@jobs.kind("test.unable")
def unable(job: Job, payload: jobs.Payload, report: jobs.Report) -> None:
    raise jobs.Failed("The plan has no target in force. Add one.")


@jobs.kind("test.broken")
def broken(job: Job, payload: jobs.Payload, report: jobs.Report) -> None:
    raise ZeroDivisionError


@jobs.kind("test.refused")
def refused(job: Job, payload: jobs.Payload, report: jobs.Report) -> None:
    raise OperationalError(payload.get("told", "could not connect to server"))


@jobs.kind("test.apart", in_own_process=True)
def apart(job: Job, payload: jobs.Payload, report: jobs.Report) -> jobs.Payload:
    report(0.5, "half")
    if payload.get("for_ever"):
        time.sleep(3600)
    if payload.get("killed"):
        os.kill(os.getpid(), signal.SIGKILL)
    return {"pid": os.getpid()}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look ten times as often as in real life."""
    monkeypatch.setattr(reporting, "PULSE_SECONDS", 0.1)
    monkeypatch.setattr(running, "PULSE_SECONDS", 0.1)
    monkeypatch.setattr(processes, "PULSE_SECONDS", 0.1)
    monkeypatch.setattr(queue, "POLL_SECONDS", 0.05)


def started(kind: str, **payload: object) -> Job:
    return jobs.start(kind, payload, by=OWNER, title="A job")


def ran(kind: str, **payload: object) -> Job:
    job = started(kind, **payload)
    queue.run_waiting()
    job.refresh_from_db()
    return job


@contextmanager
def worker() -> Iterator[queue.WorkerThread]:
    thread = queue.WorkerThread()
    thread.start()
    try:
        yield thread
    finally:
        thread.stop(30)


@pytest.mark.django_db
def test_a_job_runs_for_its_owner_and_keeps_its_result() -> None:
    job = ran("test.counting", to=3)
    assert (job.state, job.progress, job.result) == (State.DONE, 1.0, {"counted": 3, "by": OWNER.name})
    assert job.started_at is not None
    assert job.finished_at is not None
    assert Event.objects.get(action="job.started").object_code == job.code


@pytest.mark.django_db
def test_a_job_that_cannot_be_done_says_why() -> None:
    job = ran("test.unable")
    assert (job.state, job.error) == (State.FAILED, "The plan has no target in force. Add one.")


@pytest.mark.django_db
def test_an_error_of_ours_gives_the_owner_a_number_and_the_log_the_trace(caplog: pytest.LogCaptureFixture) -> None:
    job = ran("test.broken")
    assert job.state == State.FAILED
    assert job.code in job.error
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.django_db
def test_a_kind_that_is_not_known_any_more_is_told() -> None:
    assert "test.gone" in ran("test.gone").error


@pytest.mark.django_db
def test_a_job_of_a_rolled_back_transaction_was_never_queued() -> None:
    with transaction.atomic():
        started("test.counting", to=1)
        transaction.set_rollback(True)
    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()


@pytest.mark.django_db
def test_a_job_cancelled_before_its_turn_never_runs() -> None:
    job = started("test.broken")
    jobs.cancel(job, by=OWNER)
    queue.run_waiting()
    job.refresh_from_db()
    assert (job.state, job.error) == (State.CANCELLED, "")


@pytest.mark.django_db
def test_only_the_owner_or_the_system_officer_cancels() -> None:
    job = started("test.counting", to=1)
    with pytest.raises(Refused):
        jobs.cancel(job, by=actor_for(Role.LEADER, PROVINCE))
    jobs.cancel(job, by=actor_for(Role.SYSTEM_OFFICER))
    job.refresh_from_db()
    assert job.state == State.CANCELLED


@pytest.mark.django_db
def test_a_job_acts_with_what_is_granted_when_it_runs() -> None:
    user = user_with(Role.PLAN_OFFICER, PROVINCE)
    job = Job.objects.create(kind="test.counting", title="x", owner=user.username, user_id=user.pk, language="en")
    assert jobs.acting(job).has(Role.PLAN_OFFICER, PROVINCE)
    user.grants.all().delete()
    assert not jobs.acting(job).grants
    user.is_active = False
    user.save()
    assert jobs.acting(job).name == user.username


@pytest.mark.django_db(transaction=True)
def test_progress_shows_while_a_job_runs_and_cancelling_stops_it() -> None:
    with worker():
        job = started("test.patient")
        until(lambda: Job.objects.get(pk=job.pk).progress == 0.25)
        jobs.cancel(job, by=OWNER)
        until(lambda: Job.objects.get(pk=job.pk).is_finished)
    assert Job.objects.get(pk=job.pk).state == State.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_a_job_may_have_a_process_of_its_own() -> None:
    job = ran("test.apart")
    assert job.state == State.DONE, job.error
    assert job.result["pid"] != os.getpid()


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_killed_is_told_and_one_that_is_cancelled_ends() -> None:
    killed = ran("test.apart", killed=True)
    assert killed.state == State.FAILED
    assert "code -9" in killed.error
    with worker():
        job = started("test.apart", for_ever=True)
        until(lambda: Job.objects.get(pk=job.pk).progress == 0.5)
        jobs.cancel(job, by=OWNER)
        until(lambda: Job.objects.get(pk=job.pk).is_finished)
    assert Job.objects.get(pk=job.pk).state == State.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_what_computes_for_long_holds_up_nothing_else() -> None:
    with worker():
        long = started("test.apart", for_ever=True)
        until(lambda: Job.objects.get(pk=long.pk).progress == 0.5)
        quick = started("test.counting", to=3)
        until(lambda: Job.objects.get(pk=quick.pk).is_finished)
        assert Job.objects.get(pk=long.pk).state == State.RUNNING
        jobs.cancel(long, by=OWNER)
        until(lambda: Job.objects.get(pk=long.pk).is_finished)
    assert Job.objects.get(pk=quick.pk).state == State.DONE


def _left_running(worker_id: str, heard_ago: timedelta = timedelta(0)) -> Job:
    job = started("test.counting", to=1)
    DBTaskResult.objects.get().claim(worker_id)
    heard = timezone.now() - heard_ago
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, worker=worker_id, heartbeat_at=heard)
    return job


@pytest.mark.django_db
def test_a_job_of_a_killed_process_is_swept_at_once() -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    host = queue.WORKER.rsplit(":", 2)[0]
    job = _left_running(f"{host}:{dead.pid}:0000")
    assert queue.sweep() == 1
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert job.error == "The server stopped while this was running; nothing was changed. Start it again."
    assert not DBTaskResult.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("ago", "lost"), [(timedelta(seconds=1), 0), (2 * queue.LEASE, 1)])
def test_a_worker_on_another_machine_is_gone_when_it_falls_silent(ago: timedelta, lost: int) -> None:
    _left_running("elsewhere:1:0000", ago)
    assert queue.sweep() == lost


@pytest.mark.django_db
def test_a_job_that_this_worker_took_and_does_not_run_is_swept() -> None:
    job = _left_running(queue.WORKER)
    queue.AT_HAND.add(job.code)
    try:
        assert queue.sweep() == 0
    finally:
        queue.AT_HAND.discard(job.code)
    assert queue.sweep() == 1


@pytest.mark.django_db
def test_a_job_that_was_taken_and_never_begun_waits_again() -> None:
    job = started("test.counting", to=1)
    DBTaskResult.objects.get().claim(queue.WORKER)
    assert queue.sweep() == 0
    queue.run_waiting()
    job.refresh_from_db()
    assert job.state == State.DONE


@pytest.mark.django_db(transaction=True)
def test_the_end_of_a_job_is_told_as_soon_as_the_database_takes_it(caplog: pytest.LogCaptureFixture) -> None:
    """The database says no to the work of the job, and then twice to how it ended."""
    job, refusals = started("test.refused"), iter((1, 2))

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("UPDATE") and "finished_at" in sql and next(refusals, None):
            raise OperationalError("could not connect to server")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        queue.run_waiting()
    job.refresh_from_db()
    assert (job.state, job.error) == (State.FAILED, "The database did not answer; nothing was changed. Start it again.")
    assert caplog.text.count("cannot be written yet") == 2


@pytest.mark.django_db
def test_a_full_disk_is_told_to_the_owner_of_a_job() -> None:
    job = ran("test.refused", told="database or disk is full")
    assert job.error == "The disk of the server is full; nothing was changed. Once there is room, start it again."


@pytest.mark.django_db
def test_a_job_taken_from_its_worker_cannot_finish_and_its_changes_roll_back() -> None:
    job = _left_running("elsewhere:1:0000", 2 * queue.LEASE)
    job.refresh_from_db()
    report = jobs.Report(job)
    queue.sweep()
    report.write()
    with pytest.raises(jobs.Stopped):
        report(0.9)
    with pytest.raises(jobs.Stopped):
        report.done({"written": 1})
