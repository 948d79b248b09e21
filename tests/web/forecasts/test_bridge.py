"""A plan in the database is the planbook that it was loaded from, and computes to the same."""

import json

import pytest
from cast import LINGQIU, actor_for

import backcast as bc
from backcast import report
from backcast.planbook.practice import practice
from backcast.planbook.run import run
from backcast.planbook.schema import SCHEMA
from backcast.web.core.actor import Actor, Grant, Route
from backcast.web.core.roles import Role
from backcast.web.exchange.loading import load
from backcast.web.forecasts.bridge import planbook_of

pytestmark = pytest.mark.django_db

OPERATOR = Actor("operator", Route.CLI, (Grant(Role.PLAN_OFFICER, "/"), Grant(Role.PROJECT_OFFICER, "/")))


@pytest.fixture(scope="module")
def real():
    return bc.read_planbook("examples/shanxi")


@pytest.fixture(scope="module")
def simulated(real):
    return practice(real, projects=40, seed=3)


def same(found, book):
    """Whether every table holds the same rows."""
    for name in SCHEMA:
        assert found.replace(**{name: book[name]}) == found, name
    return found == book


def test_a_real_plan_and_a_practice_province_come_back_as_they_went(real, simulated):
    plan, _ = load(real, by=OPERATOR)
    province, _ = load(simulated, by=OPERATOR)
    assert same(planbook_of(plan, by=OPERATOR), real)
    assert same(planbook_of(province, by=OPERATOR), simulated)


def test_a_folder_written_from_the_database_reads_back_as_the_same(simulated, tmp_path):
    plan, _ = load(simulated, by=OPERATOR)
    bc.write_planbook(planbook_of(plan, by=OPERATOR), tmp_path / "exported")
    assert bc.read_planbook(tmp_path / "exported") == simulated


def test_a_run_of_the_database_is_the_run_of_the_planbook(simulated):
    plan, _ = load(simulated, by=OPERATOR)
    found, wanted = (run(book, draws=200, seed=5) for book in (planbook_of(plan, by=OPERATOR), simulated))
    assert json.loads(report.dumps(found)) == json.loads(report.dumps(wanted))


def test_loading_again_changes_nothing(real):
    load(real, by=OPERATOR)
    _, told = load(real, by=OPERATOR)
    assert {(one.created, one.changed) for one in told} == {(0, 0)}


def test_somebody_of_a_county_gets_the_projects_of_that_county(simulated):
    plan, _ = load(simulated, by=OPERATOR)
    seen = planbook_of(plan, by=actor_for(Role.REPORTER, LINGQIU))
    assert seen["regions"].height == simulated["regions"].height
    assert seen["projects"].height < simulated["projects"].height
    assert set(seen["activities"]["project"]) <= set(seen["projects"]["code"])
