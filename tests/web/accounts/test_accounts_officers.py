"""What each officer may do, and may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cast import DATONG, PROVINCE, actor_for, client_of, user_of, user_with
from django.utils import timezone

from backcast.web.accounts import actions
from backcast.web.accounts.models import User
from backcast.web.audit.models import Event
from backcast.web.core.actor import Actor, Route
from backcast.web.core.refusals import Invalid, Refused
from backcast.web.core.roles import BUSINESS, OFFICERS, Role

pytestmark = pytest.mark.django_db
SYSTEM, SECURITY = actor_for(Role.SYSTEM_OFFICER), actor_for(Role.SECURITY_OFFICER)


@pytest.fixture
def user() -> User:
    return User.objects.create(username="zhang.san", name="张三")


def _told() -> list[str]:
    return list(Event.objects.order_by("number").values_list("action", flat=True))


def test_the_system_officer_makes_users_who_may_do_nothing():
    user, path = actions.create_user("Li.Si", "李四", by=SYSTEM)
    assert user.username == "li.si"
    assert not user.has_usable_password()
    assert not user.grants.exists()
    assert path.startswith("/accounts/link/li.si/")
    assert _told() == ["user.created"]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM_OFFICER}))
def test_nobody_else_makes_users(role):
    with pytest.raises(Refused):
        actions.create_user("li.si", "李四", by=actor_for(role, PROVINCE))


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECURITY_OFFICER}))
def test_nobody_but_the_security_officer_grants(user, role):
    with pytest.raises(Refused):
        actions.add_grant(user, Role.REPORTER, region_path=DATONG, by=actor_for(role, PROVINCE))


def test_every_fault_of_a_new_user_is_told_at_once(user):
    with pytest.raises(Invalid) as refused:
        actions.create_user("张三!", "", by=SYSTEM)
    assert {fault.field for fault in refused.value.faults} == {"username", "name"}


def test_a_sign_in_name_is_taken_once_whatever_its_case(user):
    with pytest.raises(Invalid, match="Somebody else"):
        actions.create_user("ZHANG.SAN", "张三", by=SYSTEM)


def test_the_security_officer_grants_and_withdraws(user):
    grant = actions.add_grant(user, Role.REPORTER, region_path=DATONG, by=SECURITY)
    assert user.grants.get().granted().reaches(DATONG)
    actions.withdraw_grant(grant, by=SECURITY)
    assert not user.grants.exists()
    added, withdrawn = Event.objects.order_by("number")
    assert (added.action, withdrawn.action) == ("grant.added", "grant.withdrawn")
    assert DATONG in added.after
    assert DATONG in withdrawn.before


def test_the_security_officer_does_not_touch_the_own_grants():
    officer = user_of("security-officer")
    by = Actor(officer.username, Route.WEB, SECURITY.grants, user_id=officer.pk)
    with pytest.raises(Refused, match="your own grants"):
        actions.add_grant(officer, Role.SECURITY_OFFICER, by=by)
    with pytest.raises(Refused, match="your own grants"):
        actions.withdraw_grant(officer.grants.get(), by=by)


@pytest.mark.parametrize("officer", sorted(OFFICERS))
@pytest.mark.parametrize("business", sorted(BUSINESS))
def test_an_officer_holds_no_business_role(user, officer, business):
    actions.add_grant(user, officer, by=SECURITY)
    with pytest.raises(Invalid, match="no second role"):
        actions.add_grant(user, business, region_path=DATONG, by=SECURITY)


@pytest.mark.parametrize(
    ("role", "place", "sentence"),
    [(Role.REPORTER, {}, "Say where"), (Role.AUDIT_OFFICER, {"region_path": "/"}, "no region")],
)
def test_a_grant_in_the_wrong_place_is_refused(user, role, place, sentence):
    with pytest.raises(Invalid, match=sentence):
        actions.add_grant(user, role, **place, by=SECURITY)


def test_a_grant_backwards_in_time_is_refused(user):
    today = timezone.localdate()
    with pytest.raises(Invalid, match="before the first"):
        actions.add_grant(
            user, Role.REPORTER, region_path="/", starts=today, ends=today - timedelta(days=1), by=SECURITY
        )


def test_a_grant_begins_and_ends_with_its_days(user):
    today, day = timezone.localdate(), timedelta(days=1)
    user.grants.create(role=Role.REPORTER, region_path="/", starts=today, ends=today)
    user.grants.create(role=Role.REVIEWER, region_path="/", ends=today - day)
    user.grants.create(role=Role.LEADER, region_path="/", starts=today + day)
    assert [grant.role for grant in user.grants.all().in_force(today)] == [Role.REPORTER]
    assert sorted(grant.state(today) for grant in user.grants.all()) == ["coming", "in_force", "over"]


def test_disabling_ends_sessions_at_once():
    browser = client_of("leader")
    assert browser.get("/").status_code == 200
    actions.disable_user(user_of("leader"), by=SYSTEM)
    assert browser.get("/").status_code == 302
    actions.enable_user(user_of("leader"), by=SYSTEM)


def test_nobody_disables_the_own_account():
    officer = user_of("system-officer")
    by = Actor(officer.username, Route.WEB, SYSTEM.grants, user_id=officer.pk)
    with pytest.raises(Refused, match="own account"):
        actions.disable_user(officer, by=by)


def test_a_renamed_user_signs_in_by_the_new_name(user):
    actions.rename_user(user, "Zhang.S", "张三丰", by=SYSTEM)
    assert User.objects.get_by_natural_key("ZHANG.S").name == "张三丰"
    assert "zhang.san" in Event.objects.get(action="user.renamed").before


def test_whoever_stays_away_is_disabled(user, settings):
    long_ago = timezone.now() - settings.IDLE_DISABLES - timedelta(days=1)
    idle = user_with(Role.LEADER, PROVINCE)
    User.objects.filter(pk=idle.pk).update(last_login=long_ago, enabled_at=long_ago)
    assert actions.disable_idle(timezone.now()) == 1
    idle.refresh_from_db()
    assert not idle.is_active
    assert user.is_active
    actions.enable_user(idle, by=SYSTEM)
    assert actions.disable_idle(timezone.now()) == 0


def test_officers_of_an_installation_are_made_once():
    names = {role: role.value.replace("_", "-") for role in sorted(OFFICERS)}
    by = Actor("root", Route.CLI)
    made = actions.make_officers(names, by=by)
    assert {role for __, role, __ in made} == OFFICERS
    assert len({path for __, __, path in made}) == 3
    with pytest.raises(Refused, match="officers already"):
        actions.make_officers(names, by=by)


def test_on_the_machine_only_the_system_officer_is_let_in_again():
    by = Actor("root", Route.CLI)
    officer = user_of("system-officer")
    assert actions.break_glass(officer, by=by).startswith("/accounts/link/system-officer/")
    with pytest.raises(Refused):
        actions.break_glass(user_of("leader"), by=by)
    with pytest.raises(Refused):
        actions.break_glass(officer, by=SYSTEM)
    assert _told().count("password.reset") == 1
