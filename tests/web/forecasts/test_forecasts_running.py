"""A run is asked for by those who may, computed once, and kept as the command line would print it."""

from __future__ import annotations

import pytest
from cast import DATONG, PROVINCE, actor_for
from forecast_scene import DISPATCHER, OPERATOR, finished_run

import backcast as bc
from backcast import report
from backcast.planbook.run import run as run_planbook
from backcast.web.audit.models import Event
from backcast.web.core.refusals import Invalid, Refused
from backcast.web.core.roles import Role
from backcast.web.forecasts import keeping
from backcast.web.forecasts.actions import cancel_run, start_run
from backcast.web.forecasts.bridge import planbook_of
from backcast.web.forecasts.models import Run
from backcast.web.jobs import queue
from backcast.web.jobs.models import State

pytestmark = pytest.mark.django_db


def test_a_run_keeps_the_bytes_that_the_command_line_prints_of_an_export(plan, tmp_path):
    exported = tmp_path / "exported"
    bc.write_planbook(planbook_of(plan, by=OPERATOR), exported)
    run = finished_run(plan)
    printed = report.dumps(run_planbook(bc.read_planbook(exported), draws=200, seed=5)) + "\n"
    assert (run.folder / keeping.DOCUMENT).read_bytes() == printed.encode()


def test_a_run_says_what_it_was_made_of(plan, province):
    run = finished_run(plan)
    assert run.job.state == State.DONE
    assert run.job.result["url"] == run.get_absolute_url()
    assert (run.fingerprint, run.draws, run.seed) == (province.fingerprint, 200, 5)
    assert run.finished_at is not None
    assert bc.read_planbook(run.folder / keeping.PLANBOOK) == province
    assert Event.objects.get(action="forecast.started").object_code == str(run.code)


def test_what_was_kept_reads_back_as_it_was_found(plan):
    run = finished_run(plan)
    again, found = keeping.facts_of(run).run, run_planbook(planbook_of(plan, by=OPERATOR), draws=200, seed=5)
    assert [v.probability for v in again.verdicts] == [v.probability for v in found.verdicts]
    assert [str(v.reason) for v in again.verdicts] == [str(v.reason) for v in found.verdicts]
    assert list(again.trajectories) == list(found.trajectories)
    assert list(again.drivers()) == list(found.drivers())
    assert list(again.latest_dates()) == list(found.latest_dates())
    assert run.verdicts.count() == len(found.verdicts)


def test_a_project_has_the_dates_of_its_gates(plan):
    run = finished_run(plan)
    latest = keeping.facts_of(run).run.latest_dates()[0]
    gate = next(row for row in keeping.gates_of(run, latest.project) if row["activity"] == latest.activity)
    assert gate["p50"] == latest.forecast
    assert gate["p10"] <= gate["p50"]
    assert {row["project"] for row in keeping.latest_of(run, latest.project)} == {latest.project}


def test_a_second_run_of_a_plan_waits_for_the_first(plan):
    start_run(plan, by=DISPATCHER, draws=200)
    with pytest.raises(Invalid, match="under way"):
        start_run(plan, by=DISPATCHER, draws=200)
    assert Run.objects.count() == 1


def test_a_run_that_was_cancelled_says_nothing_and_makes_room(plan):
    run = start_run(plan, by=DISPATCHER, draws=200)
    cancel_run(run, by=DISPATCHER)
    queue.run_waiting()
    assert not Run.objects.finished().exists()
    start_run(plan, by=DISPATCHER, draws=200)


@pytest.mark.parametrize("role", [Role.LEADER, Role.REPORTER, Role.OBSERVER, Role.AUDIT_OFFICER])
def test_others_start_no_run(plan, role):
    with pytest.raises(Refused):
        start_run(plan, by=actor_for(role, PROVINCE))


def test_who_sees_a_part_of_the_province_starts_no_run_of_all_of_it(plan):
    with pytest.raises(Refused):
        start_run(plan, by=actor_for(Role.DISPATCHER, DATONG))


def test_too_few_draws_are_told(plan):
    with pytest.raises(Invalid) as told:
        start_run(plan, by=DISPATCHER, draws=5)
    assert [fault.field for fault in told.value.faults] == ["draws"]
