"""Whoever asks for what is not theirs is written down."""

from __future__ import annotations

import pytest
from django.test import Client

from backcast.web.audit.models import Event

pytestmark = pytest.mark.django_db


def refusals() -> list[dict[str, object]]:
    return [event.values_after for event in Event.objects.filter(action="access.refused").order_by("number")]


def test_a_page_for_others_is_written_down(as_leader: Client):
    assert as_leader.get("/accounts/users/").status_code == 403
    assert refusals() == [{"method": "GET", "path": "/accounts/users/", "status": 403}]
    assert Event.objects.get(action="access.refused").actor == "leader"


def test_a_thing_that_is_not_theirs_is_written_down_and_an_address_that_is_none_is_not(as_leader: Client):
    assert as_leader.get("/jobs/0000000000000000/").status_code == 404
    assert as_leader.get("/no/such/page/").status_code == 404
    assert [told["path"] for told in refusals()] == ["/jobs/0000000000000000/"]


def test_nobody_is_led_to_the_sign_in_and_leaves_no_line(as_nobody: Client):
    assert as_nobody.get("/jobs/0000000000000000/").status_code == 302
    assert refusals() == []
