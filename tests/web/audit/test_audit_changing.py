"""Changing what is versioned tells the audit, or happens not at all."""

from __future__ import annotations

import json

import pytest
from cast import PROVINCE, actor_for

from backcast.web.audit.changing import add, change
from backcast.web.audit.models import Event
from backcast.web.core.refusals import Conflict, Invalid
from backcast.web.core.roles import Role
from backcast.web.directory.models import Organisation

pytestmark = pytest.mark.django_db
OFFICER = actor_for(Role.PLAN_OFFICER, PROVINCE)


def bank() -> Organisation:
    return add(OFFICER, "organisation.added", Organisation(code="bank", name="银行", kind="bank"))


def test_what_is_added_is_told():
    bank()
    event = Event.objects.get()
    assert (event.action, event.object_code) == ("organisation.added", "bank")
    assert json.loads(event.after) == {"code": "bank", "name": "银行", "kind": "bank"}


def test_a_change_tells_before_and_after():
    changed = change(OFFICER, "organisation.changed", bank(), {"name_en": "Bank", "kind": "bank"}, expected=1)
    event = Event.objects.latest("number")
    assert (changed.version, changed.name_en) == (2, "Bank")
    assert (json.loads(event.before), json.loads(event.after)) == ({"name_en": ""}, {"name_en": "Bank"})


def test_a_change_that_changes_nothing_leaves_no_trace():
    assert change(OFFICER, "organisation.changed", bank(), {"kind": "bank"}, expected=1).version == 1
    assert Event.objects.count() == 1


def test_a_later_change_collides_and_is_not_told():
    row = bank()
    change(OFFICER, "organisation.changed", row, {"name_en": "Bank"}, expected=1)
    with pytest.raises(Conflict):
        change(OFFICER, "organisation.changed", row, {"name_en": "Bench"}, expected=1)
    assert Event.objects.count() == 2


def test_what_does_not_hold_is_told_with_its_field():
    with pytest.raises(Invalid) as caught:
        change(OFFICER, "organisation.changed", bank(), {"kind": "river", "name": ""}, expected=1)
    assert {fault.field for fault in caught.value.faults} == {"kind", "name"}
