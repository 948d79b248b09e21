"""What is tidied once a day: jobs and sessions that are long over, and what the search lost."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from cast import PROVINCE, actor_for, client_of
from django.contrib.sessions.models import Session
from django.utils import timezone
from forecast_scene import finished_run
from plan_builders import whole_plan
from project_scene import project

from backcast.web.audit.models import Event
from backcast.web.core.roles import Role
from backcast.web.jobs import actions as jobs
from backcast.web.jobs import daily, queue
from backcast.web.jobs.models import Job, State
from backcast.web.projects import search
from backcast.web.projects.models import Project

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=91)


def tidied() -> dict[str, str]:
    daily.tidy()
    return {event.action: event.values_after["count"] for event in Event.objects.filter(action__endswith=".tidied")}


def test_jobs_that_ended_long_ago_are_forgotten_but_for_those_that_something_refers_to():
    run = finished_run(whole_plan())
    officer = actor_for(Role.PLAN_OFFICER, PROVINCE)
    old, young = (jobs.start("test.unknown", {}, by=officer, title="A job") for _ in range(2))
    queue.run_waiting()
    Job.objects.filter(pk__in=[old.pk, run.job.pk]).update(finished_at=LONG_AGO)
    assert Job.objects.get(pk=young.pk).state == State.FAILED
    assert tidied()["job.tidied"] == 1
    assert set(Job.objects.values_list("pk", flat=True)) == {young.pk, run.job.pk}


def test_sessions_that_have_expired_are_forgotten():
    gone, there = client_of("leader"), client_of("leader")
    Session.objects.filter(pk=gone.session.session_key).update(expire_date=LONG_AGO)
    assert tidied()["session.tidied"] == 1
    assert there.get("/").status_code == 200
    assert gone.get("/").status_code == 302


def test_what_the_search_lost_is_found_again():
    project(name="云冈大数据")
    assert not Project.objects.filter(search.found("云冈")).exists()
    assert tidied()["searchentry.tidied"] == 1
    assert Project.objects.filter(search.found("云冈")).exists()
    daily.tidy()
    assert Event.objects.filter(action="searchentry.tidied").count() == 1, "what did nothing is not told"


def test_a_duty_that_fails_is_logged_and_hinders_no_other(monkeypatch, caplog):
    done = []
    kept = {"job": lambda: 1 // 0, "session": lambda: done.append(1) or 0}
    monkeypatch.setattr(daily, "DUTIES", kept)
    with caplog.at_level(logging.ERROR):
        assert tidied() == {}
    assert done == [1]
    assert "“job” failed" in caplog.text
