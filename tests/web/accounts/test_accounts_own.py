"""One's own account: password, sessions, tokens; and the pages of the officers, by their forms."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cast import DATONG, actor_for, client_of, user_of
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from django.utils import timezone

from backcast.web.accounts import actions
from backcast.web.accounts.models import Scope, Token, User
from backcast.web.accounts.tokens import actor_of_bearer
from backcast.web.audit.models import Event
from backcast.web.core.actor import Actor, Route
from backcast.web.core.refusals import Refused
from backcast.web.core.roles import Role

pytestmark = pytest.mark.django_db
OLD, NEW = "Ninety-nine red lamps", "Quiet lanterns 2031"


@pytest.fixture
def user() -> User:
    user = user_of("leader")
    actions.set_password(user, OLD, by=_self(user))
    return user


@pytest.fixture
def browser(user: User) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.post("/accounts/sign-in/", {"login": "leader", "password": OLD})
    return browser


def _self(user: User) -> Actor:
    return Actor(user.username, Route.WEB, user_id=user.pk)


def _bearing(secret: str, method: str = "get") -> Actor | None:
    return actor_of_bearer(getattr(RequestFactory(), method)("/api/", headers={"Authorization": f"Bearer {secret}"}))


# ---- Passwords.


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Short 1", "7 characters"),
        ("alllowercaseletters", "1 of the four kinds"),
        ("Leader likes tea 9", "may not stand inside"),
        ("My 陈明远 password 9", "may not stand inside"),
        (OLD, "last 5 passwords"),
    ],
)
def test_a_weak_password_is_refused_with_the_rule(user, password, sentence):
    with pytest.raises(ValidationError, match=sentence):
        validate_password(password, user)


def test_the_last_five_passwords_do_not_come_back(user):
    for number in range(5):
        actions.set_password(user, f"Number {number} of the lanterns", by=_self(user))
    assert user.past_passwords.count() == 5
    validate_password(OLD, user)
    with pytest.raises(ValidationError, match="last 5"):
        validate_password("Number 0 of the lanterns", user)


def test_nobody_sets_the_password_of_another(user):
    with pytest.raises(Refused, match="own password"):
        actions.set_password(user, NEW, by=_self(user_of("dispatcher")))


def test_changing_the_password_ends_all_other_sessions(user, browser):
    other = Client()
    other.post("/accounts/sign-in/", {"login": "leader", "password": OLD})
    given = {"old_password": OLD, "new_password1": NEW, "new_password2": NEW}
    assert browser.post("/accounts/me/password/", given).url == "/accounts/me/"
    assert browser.get("/").status_code == 200
    assert other.get("/").status_code == 302
    assert [current for __, __, current in browser.get("/accounts/me/").context["sessions"]] == [True]


def test_changing_the_password_takes_the_old_one(browser):
    page = browser.post("/accounts/me/password/", {"old_password": "x", "new_password1": NEW, "new_password2": NEW})
    assert page.status_code == 422
    assert "not your current password" in page.content.decode()


def test_an_expired_password_comes_first(user, browser, settings):
    User.objects.filter(pk=user.pk).update(
        password_set_at=timezone.now() - settings.PASSWORD_EXPIRES - timedelta(days=1)
    )
    assert browser.get("/").url == "/accounts/me/password/"
    browser.post("/accounts/me/password/", {"old_password": OLD, "new_password1": NEW, "new_password2": NEW})
    assert browser.get("/").status_code == 200


# ---- Sessions.


def test_a_session_elsewhere_is_ended_from_here(user, browser):
    other = Client()
    other.post("/accounts/sign-in/", {"login": "leader", "password": OLD})
    marks = {current: mark for __, mark, current in browser.get("/accounts/me/").context["sessions"]}
    browser.post(f"/accounts/me/sessions/{marks[False]}/end/")
    assert other.get("/").status_code == 302
    assert browser.get("/").status_code == 200
    assert Event.objects.filter(action="session.ended").count() == 1


def test_nobody_ends_the_session_of_another(browser):
    mark = browser.get("/accounts/me/").context["sessions"][0][1]
    assert client_of("dispatcher").post(f"/accounts/me/sessions/{mark}/end/").status_code == 404
    assert browser.get("/").status_code == 200


# ---- Tokens.


def test_a_token_is_shown_once_and_kept_as_a_hash(browser, user):
    page = browser.post("/accounts/me/tokens/new/", {"name": "Excel", "scope": "read", "days": "30"})
    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert secret not in str(list(Token.objects.values())) + str(list(Event.objects.values()))
    assert secret not in browser.get("/accounts/me/").content.decode()
    assert page["Cache-Control"].startswith("max-age=0")


def test_a_token_acts_for_its_user_by_the_api(user):
    __, secret = actions.issue_token(user, "Excel", Scope.WRITE, 30, by=_self(user))
    actor = _bearing(secret, "post")
    assert (actor.name, actor.route, actor.roles) == ("leader", Route.API, {Role.LEADER})
    assert user.tokens.get().used_at is not None


def test_a_token_that_reads_does_not_write(user):
    __, secret = actions.issue_token(user, "Excel", Scope.READ, 30, by=_self(user))
    assert _bearing(secret)
    with pytest.raises(Refused, match="only read"):
        _bearing(secret, "post")


@pytest.mark.parametrize("end", ["revoked", "expired", "disabled"])
def test_a_token_ends(user, end):
    token, secret = actions.issue_token(user, "Excel", Scope.READ, 30, by=_self(user))
    if end == "revoked":
        actions.revoke_token(token, by=_self(user))
    elif end == "expired":
        Token.objects.update(expires_at=timezone.now())
    else:
        actions.disable_user(user, by=actor_for(Role.SYSTEM_OFFICER))
    assert _bearing(secret) is None


@pytest.mark.parametrize("header", ["", "Basic x", "Bearer", "Bearer x", "Bearer \x00", "Bearer 你好"])
def test_what_is_no_token_is_nobody(header):
    assert actor_of_bearer(RequestFactory().get("/", HTTP_AUTHORIZATION=header)) is None


def test_a_token_is_used_without_writing_each_time(user):
    __, secret = actions.issue_token(user, "Excel", Scope.READ, 30, by=_self(user))
    _bearing(secret)
    used = user.tokens.get().used_at
    _bearing(secret)
    assert user.tokens.get().used_at == used


def test_officers_have_no_tokens(as_system_officer):
    given = {"name": "x", "scope": "read", "days": "7"}
    assert as_system_officer.post("/accounts/me/tokens/new/", given).status_code == 403
    assert not Token.objects.exists()


def test_only_the_own_token_is_revoked(user):
    token, __ = actions.issue_token(user, "Excel", Scope.READ, 30, by=_self(user))
    assert client_of("dispatcher").post(f"/accounts/me/tokens/{token.code}/revoke/").status_code == 404
    assert client_of("leader").post(f"/accounts/me/tokens/{token.code}/revoke/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at


# ---- The officers' pages.


def test_a_new_user_gets_a_link_on_the_page(as_system_officer):
    page = as_system_officer.post("/accounts/users/new/", {"username": "Zhang.San", "name": "张三"})
    assert page.context["link"].startswith("http://testserver/accounts/link/zhang.san/")
    assert Event.objects.get(action="user.created", object_code="zhang.san").actor == "system-officer"


def test_faults_of_a_new_user_stand_at_their_fields(as_system_officer):
    page = as_system_officer.post("/accounts/users/new/", {"username": "system-officer", "name": "x"})
    assert page.status_code == 422
    assert "Somebody else has this sign-in name" in page.content.decode()


def test_the_system_officer_resets_disables_and_renames(as_system_officer, user):
    link = as_system_officer.post("/accounts/users/of/leader/link/").context["link"]
    assert Client().get(link).status_code == 200
    as_system_officer.post("/accounts/users/of/leader/disable/")
    assert Client().get(link).status_code == 410
    as_system_officer.post("/accounts/users/of/leader/enable/")
    as_system_officer.post("/accounts/users/of/leader/", {"username": "first.leader", "name": "陈明远"})
    user.refresh_from_db()
    assert (user.username, user.is_active) == ("first.leader", True)
    assert "leader" in as_system_officer.get("/accounts/users/?q=LEADER").content.decode()


def test_a_lost_second_factor_is_removed(as_system_officer):
    audit_officer = client_of("audit-officer")
    as_system_officer.post("/accounts/users/of/audit-officer/drop-second-factor/")
    assert audit_officer.get("/").url in {"/accounts/second-factor/set-up/", "/accounts/sign-in/?next=/"}


def test_the_security_officer_grants_on_the_page(as_security_officer, user):
    given = {"role": "reviewer", "region_path": DATONG, "organisation": "", "starts": "2025-01-01", "ends": ""}
    assert as_security_officer.post("/accounts/grants/of/leader/", given).status_code == 302
    grant = user.grants.get(role="reviewer")
    assert "reviewer" in as_security_officer.get("/accounts/grants/?role=reviewer").content.decode()
    as_security_officer.post("/accounts/grants/of/leader/withdraw/", {"grant": grant.pk})
    assert not user.grants.filter(role="reviewer").exists()


def test_an_officer_with_business_is_told_at_the_field(as_security_officer, user):
    page = as_security_officer.post("/accounts/grants/of/leader/", {"role": "audit_officer"})
    assert page.status_code == 422
    assert "excludes" in str(page.context["form"].errors["role"])


def test_the_security_officer_grants_nothing_to_the_own_account(as_security_officer):
    page = as_security_officer.post("/accounts/grants/of/security-officer/", {"role": "system_officer"})
    assert page.status_code == 403
    assert user_of("security-officer").grants.count() == 1


@pytest.mark.parametrize("grant", ["", "x", "99999999999999999999"])
def test_a_grant_that_is_none_is_not_found(as_security_officer, user, grant):
    assert as_security_officer.post("/accounts/grants/of/leader/withdraw/", {"grant": grant}).status_code == 404
