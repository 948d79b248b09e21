"""The cast of the demonstration."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cast import DATONG, NAMES, actor_for, user_of

from backcast.web.accounts.demo import make_cast
from backcast.web.accounts.models import User
from backcast.web.core.refusals import Refused
from backcast.web.core.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_demo_mode(settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=True)


def test_without_demo_mode_nobody_is_invented():
    with pytest.raises(Refused, match="BACKCAST_DEMO"):
        make_cast()
    assert not User.objects.exists()


def test_the_cast_is_made_once(in_demo_mode):
    make_cast()
    make_cast()
    assert sorted(User.objects.values_list("username", flat=True)) == sorted(NAMES)


def test_the_reviewer_of_datong_reaches_datong_alone():
    grant = user_of("reviewer-datong").grants.get().granted()
    assert grant.reaches(DATONG)
    assert not grant.reaches("/140000/140100/")


def test_nobody_of_the_cast_has_a_password(in_demo_mode):
    assert not any(user.has_usable_password() for user in make_cast())


def test_an_actor_of_a_role_needs_no_database():
    assert actor_for(Role.REPORTER, DATONG).has(Role.REPORTER, DATONG)


def test_a_browser_of_the_cast_is_signed_in(as_plan_officer):
    assert as_plan_officer.get("/").status_code == 200
