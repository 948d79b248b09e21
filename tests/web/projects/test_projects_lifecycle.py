"""The table of transitions, and projects moved along it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone
from project_scene import CODE, OBSERVER, OFFICER, REPORTER, STRANGER, project

from backcast.planbook import schema
from backcast.web.audit.recording import history_of
from backcast.web.core.refusals import Conflict, Invalid, Refused
from backcast.web.projects import actions, lifecycle
from backcast.web.projects.models import Project

KINDS = [kind for kind, _ in schema.PROJECT_KINDS]


@pytest.mark.parametrize("kind", KINDS)
def test_every_stage_but_the_first_is_reached_and_every_stage_but_an_end_goes_on(kind):
    stages = set(lifecycle.stages_of(kind))
    reached = {step.target for step in lifecycle.TRANSITIONS if kind in step.kinds}
    left = {source for step in lifecycle.TRANSITIONS if kind in step.kinds for source in step.sources}
    assert stages - reached <= {lifecycle.STAGES_OF[kind][0]}
    assert stages - left <= lifecycle.ENDS


def test_the_table_names_stages_and_fields_that_there_are():
    stages = {stage for stage, _ in schema.STAGES}
    fields = {field.name for field in Project._meta.get_fields()}
    for step in lifecycle.TRANSITIONS:
        assert {*step.sources, step.target} <= stages
        assert set(step.fields) <= fields


def test_together_the_kinds_pass_every_stage_of_a_planbook():
    assert {stage for kind in KINDS for stage in lifecycle.stages_of(kind)} == {stage for stage, _ in schema.STAGES}


def test_a_way_is_told_once():
    ways = [
        (kind, source, step.target) for step in lifecycle.TRANSITIONS for kind in step.kinds for source in step.sources
    ]
    assert len(ways) == len(set(ways))


@pytest.mark.django_db
def test_a_reporter_reports_the_start_with_its_date():
    moved = actions.advance(project(), "started", by=REPORTER, expected=1, actual_start=date(2023, 4, 1))
    assert (moved.stage, moved.actual_start, moved.version) == ("started", date(2023, 4, 1), 2)
    event = history_of(moved)[0]
    assert event.action == "project.advanced"
    assert event.values_before["stage"] == "preparation"
    assert event.values_after["actual_start"] == "2023-04-01"


@pytest.mark.django_db
def test_what_must_be_known_is_asked_for_at_its_field():
    with pytest.raises(Invalid) as refused:
        actions.advance(project(planned_finish=None), "started", by=REPORTER, expected=1)
    assert {fault.field for fault in refused.value.faults} == {"actual_start", "planned_finish"}
    assert Project.objects.get(code=CODE).stage == "preparation"


@pytest.mark.django_db
def test_a_way_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(Invalid, match="Report the start"):
        actions.advance(project(), "production", by=OFFICER, expected=1)


@pytest.mark.django_db
@pytest.mark.parametrize("to", ["deferred", "terminated", "withdrawn"])
def test_nobody_interrupts_a_project_without_saying_why(to):
    with pytest.raises(Invalid, match="Say why"):
        actions.advance(project(), to, by=OFFICER, expected=1)
    moved = actions.advance(project(code="B"), to, by=OFFICER, expected=1, stage_reason="资金未落实")
    assert (moved.stage, moved.stage_reason) == (to, "资金未落实")


@pytest.mark.django_db
def test_a_stopped_project_resumes_with_a_reason_of_its_own():
    stopped = actions.advance(
        project(stage="construction"), "stopped", by=REPORTER, expected=1, stage_reason="冬季停工"
    )
    with pytest.raises(Invalid, match="Say why"):
        actions.advance(stopped, "construction", by=REPORTER, expected=2)
    resumed = actions.advance(stopped, "construction", by=REPORTER, expected=2, stage_reason="复工")
    assert (resumed.stage, resumed.stage_date) == ("construction", timezone.localdate())


@pytest.mark.django_db
def test_a_reporter_terminates_nothing():
    with pytest.raises(Refused):
        actions.advance(project(), "terminated", by=REPORTER, expected=1, stage_reason="x")


@pytest.mark.django_db
@pytest.mark.parametrize("actor", [STRANGER, OBSERVER])
def test_who_does_not_edit_here_moves_nothing(actor):
    with pytest.raises(Refused):
        actions.advance(project(), "started", by=actor, expected=1, actual_start=date(2023, 4, 1))


@pytest.mark.django_db
def test_the_future_has_not_happened():
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(Invalid, match="not come yet"):
        actions.advance(project(planned_finish=None), "started", by=OFFICER, expected=1, actual_start=tomorrow)


@pytest.mark.django_db
def test_what_a_transition_does_not_ask_for_is_not_changed_by_it():
    with pytest.raises(Invalid, match="does not belong"):
        actions.advance(
            project(), "started", by=OFFICER, expected=1, actual_start=date(2023, 4, 1), total_investment=Decimal(1)
        )


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_move_a_project_at_once_one_succeeds():
    waiting, outcomes, mine = Barrier(8), [], project()

    def move() -> None:
        waiting.wait()
        try:
            actions.advance(mine, "started", by=REPORTER, expected=1, actual_start=date(2023, 4, 1))
            outcomes.append("moved")
        except Conflict as conflict:
            outcomes.append(conflict.version)
        finally:
            connection.close()

    threads = [Thread(target=move) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["2"] * 7 + ["moved"]
    assert history_of(mine).count() == 1
