"""What is told of an event, and that the chain grows in order whoever tells."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from cast import LINGQIU, PROVINCE, actor_for, user_with
from django.db import connection, transaction

from backcast.web.audit import recording as audit
from backcast.web.audit.models import Event
from backcast.web.audit.verification import verify
from backcast.web.core.actor import Actor, Grant, Route
from backcast.web.core.roles import Role
from backcast.web.directory.models import Organisation

REPORTER = Actor(
    "填报员",
    Route.API,
    (Grant(Role.REPORTER, LINGQIU), Grant(Role.REVIEWER, LINGQIU)),
    request_id="r1",
    address="2001:db8::1",
)


@pytest.mark.django_db
def test_an_event_says_who_what_when_and_from_where():
    audit.record(REPORTER, "organisation.changed", Organisation(pk=7, code="ORG-1"), before={"b": 1}, after={"b": 2})
    event = Event.objects.get()
    assert (event.actor, event.roles, event.route) == ("填报员", "reporter,reviewer", "api")
    assert (event.request_id, event.address) == ("r1", "2001:db8::1")
    assert (event.object_type, event.object_key, event.object_code) == ("directory.organisation", "7", "ORG-1")
    assert (event.values_before, event.values_after) == ({"b": 1}, {"b": 2})


@pytest.mark.django_db
def test_values_are_written_in_one_way():
    told = {"b": Decimal("1.50"), "a": date(2025, 6, 30), "who": Organisation(code="ORG-1"), "什么": "\0\ud800"}
    audit.record(REPORTER, "plan.changed", None, after=told)
    expected = '{"a":"2025-06-30","b":"1.50","who":"ORG-1","什么":"\\u0000\\ud800"}'
    assert Event.objects.get().after == expected


@pytest.mark.django_db
def test_text_that_a_database_refuses_is_escaped_and_cut():
    audit.note(Actor("a\0\ud800" + "x" * 99, Route.WEB), "sign_in.failed", "no such user")
    event = Event.objects.get()
    assert event.actor.startswith(r"a\u0000\ud800x")
    assert len(event.actor) == 64
    assert event.values_after == {"detail": "no such user"}


@pytest.mark.django_db
def test_what_is_told_is_undone_with_what_it_tells_of():
    with transaction.atomic():
        audit.record(REPORTER, "plan.changed", None)
        transaction.set_rollback(True)
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_an_object_keeps_its_history_when_its_code_changes():
    office = Organisation.objects.create(code="old", name="x", kind="bank")
    audit.record(REPORTER, "organisation.added", office)
    office.code = "new"
    audit.record(REPORTER, "organisation.changed", office, before={"code": "old"}, after={"code": "new"})
    audit.record(REPORTER, "organisation.added", Organisation(pk=office.pk + 1, code="old"))
    assert [event.object_code for event in audit.history_of(office)] == ["new", "old"]


@pytest.mark.django_db
def test_a_user_is_told_by_sign_in_name():
    audit.note(REPORTER, "user.added", obj=user_with(Role.LEADER, PROVINCE, username="li"))
    assert Event.objects.get().object_code == "li"


@pytest.mark.django_db
def test_many_events_are_one_chain_of_one_moment(django_assert_max_num_queries):
    by = actor_for(Role.PLAN_OFFICER, PROVINCE)
    with django_assert_max_num_queries(8):
        assert audit.record_many(by, "project.changed", ((None, {"n": n}, None) for n in range(12_000))) == 12_000
    assert list(verify()) == []
    assert Event.objects.values("at").distinct().count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_threads_leave_one_whole_chain():
    def tell(thread: int) -> None:
        by = Actor(f"thread {thread}", Route.WEB)
        for n in range(10):
            with transaction.atomic():
                audit.record(by, "plan.changed", None, after={"n": n})
                audit.record(by, "plan.changed", None, after={"n": -n})
        connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(tell, range(8)))
    assert Event.objects.count() == 160
    assert list(verify()) == []
    assert [event.number for event in Event.objects.order_by("number")] == list(range(1, 161))
