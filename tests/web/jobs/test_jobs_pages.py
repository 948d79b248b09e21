"""Who started a job sees how far it is; the system officer sees that it runs; others find nothing."""

from __future__ import annotations

import pytest
from cast import client_of
from django.test import Client

from backcast.web.jobs.models import Job, State

pytestmark = pytest.mark.django_db


def job(state: State = State.RUNNING, **values: object) -> Job:
    values = {"owner": "dispatcher", "kind": "test.page", "title": "Import of 20 rows", "language": "en", **values}
    return Job.objects.create(state=state, **values)


def test_the_owner_sees_progress_and_the_page_asks_again(as_dispatcher: Client):
    running = job(progress=0.42, step="Checking rows")
    page = as_dispatcher.get(running.get_absolute_url()).content.decode()
    assert "Checking rows" in page
    assert 'value="42"' in page
    assert 'hx-trigger="every 1s"' in page


def test_htmx_gets_the_changing_part_alone_and_stops_asking_at_the_end(as_dispatcher: Client):
    done = job(State.DONE, result={"url": "/projects/", "message": "20 projects added."})
    part = as_dispatcher.get(done.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "20 projects added." in part
    assert 'href="/projects/"' in part
    assert "hx-trigger" not in part


def test_a_failure_shows_its_sentence(as_dispatcher: Client):
    failed = job(State.FAILED, error="The server stopped while this was running.")
    assert "The server stopped" in as_dispatcher.get(failed.get_absolute_url()).content.decode()


def test_the_system_officer_sees_the_job_but_not_what_came_of_it(as_system_officer: Client):
    done = job(State.DONE, result={"url": "/projects/"})
    page = as_system_officer.get(done.get_absolute_url()).content.decode()
    assert "dispatcher" in page
    assert 'href="/projects/"' not in page.split('id="state"')[1].split("</div>")[0]


@pytest.mark.parametrize("name", ["leader", "plan-officer", "audit-officer", "security-officer"])
def test_others_find_no_such_job(name: str):
    hidden = job()
    client = client_of(name)
    assert client.get(hidden.get_absolute_url()).status_code == 404
    assert client.post(f"{hidden.get_absolute_url()}cancel/").status_code == 404
    assert hidden.title not in client.get("/jobs/").content.decode()


def test_the_owner_cancels_from_the_page(as_dispatcher: Client):
    running = job()
    response = as_dispatcher.post(f"{running.get_absolute_url()}cancel/", follow=True)
    assert "Cancelling" in response.content.decode()
    running.refresh_from_db()
    assert running.cancelling
    assert as_dispatcher.get(f"{running.get_absolute_url()}cancel/").status_code == 405


def test_the_list_shows_ones_own_jobs(as_dispatcher: Client):
    job()
    job(owner="leader", title="Somebody else’s")
    page = as_dispatcher.get("/jobs/").content.decode()
    assert "Import of 20 rows" in page
    assert "Somebody else’s" not in page


def test_an_empty_list_says_what_comes_there(as_leader: Client):
    assert "Nothing goes on" in as_leader.get("/jobs/").content.decode()
