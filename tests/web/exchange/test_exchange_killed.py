"""A server that is killed while it imports leaves nothing half written, and says so when it is back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from cast import PROVINCE, actor_for, client_of
from django.core.files.uploadedfile import SimpleUploadedFile
from exchange_scene import book
from job_worker import killable, until

from backcast.cli.loading import OPERATOR
from backcast.web.audit.models import Event
from backcast.web.core.roles import Role
from backcast.web.exchange import actions
from backcast.web.exchange import jobs as exchange_jobs
from backcast.web.exchange.loading import load
from backcast.web.exchange.models import Import, Stage
from backcast.web.jobs import actions as jobs
from backcast.web.jobs import queue
from backcast.web.jobs.models import Job, State
from backcast.web.projects.models import Project

pytestmark = pytest.mark.django_db(transaction=True)
OFFICER = actor_for(Role.PLAN_OFFICER, PROVINCE)
ROWS = 500


@jobs.kind("test.import", in_own_process=True)
def never_committed(job: Job, payload: jobs.Payload, report: jobs.Report) -> jobs.Payload:
    """Import, and stop when everything is written but the commit; a file tells that it is so far."""

    def stop(result: jobs.Payload | None = None) -> jobs.Payload:
        Path(payload["written"]).touch()
        time.sleep(3600)
        return {}

    report.done = stop  # type: ignore[method-assign]
    return exchange_jobs.write(job, payload, report)


@pytest.fixture
def kill() -> Iterator[Callable[[], None]]:
    """Start a worker and give the function that kills it without a word."""
    with killable(__name__) as killing:
        yield killing


def uploaded() -> Import:
    """Upload new projects in a number that is written in the background."""
    plan, _ = load(book(), by=OPERATOR)
    new = pl.DataFrame({"code": [f"N{n}" for n in range(ROWS)], "name": "新项目", "kind": "construction"})
    text = new.with_columns(lead_region=pl.lit("140100"), stage=pl.lit("concept")).write_csv()
    return actions.take(SimpleUploadedFile("new.csv", text.encode()), "projects", plan.code, by=OFFICER)


def test_an_import_whose_server_is_killed_is_not_there_and_can_be_made_again(tmp_path, kill):
    taken, written = uploaded(), tmp_path / "written"
    Import.objects.filter(pk=taken.pk).update(stage=Stage.WRITING)
    job = jobs.start("test.import", {"import": taken.code, "written": str(written)}, by=OFFICER, title="Import")
    Import.objects.filter(pk=taken.pk).update(job=job.code)
    until(written.exists)
    kill()
    until(lambda: queue.sweep() == 1)
    job.refresh_from_db()
    taken.refresh_from_db()
    assert (job.state, taken.stage, taken.is_stuck) == (State.FAILED, Stage.WRITING, True)
    assert (Project.objects.count(), Event.objects.filter(request_id=taken.code).count()) == (3, 0)

    browser, address = client_of("plan-officer"), taken.get_absolute_url()
    assert job.error in browser.get(address).content.decode()
    browser.post(f"{address}again/")
    taken.refresh_from_db()
    browser.post(f"{address}confirm/", {"seen": taken.shown})
    taken.refresh_from_db()
    assert (taken.stage, Project.objects.count()) == (Stage.DONE, 3 + ROWS)
    assert Event.objects.filter(request_id=taken.code, action="project.added").count() == ROWS
