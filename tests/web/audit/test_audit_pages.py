"""The audit officer finds an event by who, what, where and when; nobody else finds the page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cast import PROVINCE, actor_for, client_of
from django.test import Client
from django.utils import timezone

from backcast.web.audit import recording as audit
from backcast.web.audit.models import Event
from backcast.web.core.actor import Actor, Route
from backcast.web.core.roles import Role
from backcast.web.directory.models import Organisation

pytestmark = pytest.mark.django_db
OFFICER = actor_for(Role.PLAN_OFFICER, PROVINCE)


@pytest.fixture
def told() -> None:
    """Some events of different people."""
    bank = Organisation(pk=7, code="ORG-7", name="Bank")
    audit.record(OFFICER, "organisation.changed", bank, before={"name": "Old bank"}, after={"name": "New bank"})
    audit.note(Actor("zhang", Route.API, address="10.0.0.9", request_id="r-77"), "export.taken", {"rows": 12})


def seen(client: Client, **filters: str) -> str:
    response = client.get("/audit/", filters)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_shows_both_versions(as_audit_officer: Client, told: None):
    page = seen(as_audit_officer)
    assert "<del>Old bank</del>" in page
    assert "<ins>New bank</ins>" in page
    assert "ORG-7" in page


@pytest.mark.parametrize(
    "filters",
    [
        {"actor": "zhang"},
        {"action": "export"},
        {"action": "export.taken"},
        {"address": "10.0.0.9"},
        {"request_id": "r-77"},
        {"route": "api"},
    ],
)
def test_a_filter_leaves_out_what_it_does_not_name(as_audit_officer: Client, told: None, filters: dict[str, str]):
    page = seen(as_audit_officer, **filters)
    assert "export taken" in page
    assert "organisation changed" not in page


def test_an_object_is_found_by_kind_and_code(as_audit_officer: Client, told: None):
    page = seen(as_audit_officer, object_type="directory.organisation", object_code="ORG-7")
    assert "organisation changed" in page
    assert "export taken" not in page


def test_a_span_of_days_holds_its_first_and_last_day(as_audit_officer: Client, told: None):
    today = timezone.localdate()
    assert "export taken" in seen(as_audit_officer, since=str(today), until=str(today), action="export")
    yesterday = str(today - timedelta(days=1))
    assert "No event is like this" in seen(as_audit_officer, until=yesterday, action="export")


def test_what_cannot_be_searched_is_told_at_the_field(as_audit_officer: Client):
    response = as_audit_officer.get("/audit/", {"since": "PNS"})
    assert response.status_code == 422
    assert "Enter a valid date." in response.content.decode()


def test_pages_lead_on_and_back(as_audit_officer: Client):
    audit.record_many(OFFICER, "plan.changed", ((None, None, {"n": n}) for n in range(120)))
    first = as_audit_officer.get("/audit/", {"action": "plan"}).context
    assert (first["rows"][0].event.values_after, first["before"]) == ({"n": 119}, None)
    second = as_audit_officer.get("/audit/", {"action": "plan", "after": first["after"]}).context
    assert second["rows"][0].event.values_after == {"n": 69}
    back = as_audit_officer.get("/audit/", {"action": "plan", "before": second["before"]}).context
    assert [row.event for row in back["rows"]] == [row.event for row in first["rows"]]
    last = as_audit_officer.get("/audit/", {"action": "plan", "after": second["after"]}).context
    assert (len(last["rows"]), last["after"]) == (20, None)


@pytest.mark.parametrize("place", ["-1", "x", "9" * 30])
def test_a_place_that_is_none_is_the_beginning(as_audit_officer: Client, told: None, place: str):
    assert "export taken" in seen(as_audit_officer, after=place)


def test_one_event_shows_everything_that_is_kept(as_audit_officer: Client, told: None):
    event = Event.objects.get(action="organisation.changed")
    page = as_audit_officer.get(f"/audit/{event.number}/").content.decode()
    assert event.hash in page
    assert "<ins>New bank</ins>" in page
    assert "was altered" not in page


def test_an_event_that_is_none_is_not_found(as_audit_officer: Client):
    assert as_audit_officer.get("/audit/999999/").status_code == 404
    assert as_audit_officer.get(f"/audit/{'9' * 30}/").status_code == 404


def test_reading_the_audit_is_written_down(as_audit_officer: Client, told: None):
    seen(as_audit_officer, actor="zhang")
    last = Event.objects.latest("number")
    assert (last.actor, last.action, last.values_after) == ("audit-officer", "audit.read", {"actor": "zhang"})


@pytest.mark.parametrize("name", ["leader", "system-officer", "security-officer", "plan-officer"])
def test_for_everybody_else_there_is_no_such_page(name: str, told: None):
    client = client_of(name)
    assert client.get("/audit/").status_code == 404
    assert client.get("/audit/1/").status_code == 404


def test_the_list_takes_few_queries_whatever_its_length(
    as_audit_officer: Client, told: None, django_assert_max_num_queries
):
    audit.record_many(OFFICER, "plan.changed", ((None, None, {"n": n}) for n in range(60)))
    with django_assert_max_num_queries(12):
        seen(as_audit_officer)
