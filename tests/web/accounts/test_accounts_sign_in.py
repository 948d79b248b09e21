"""Signing in and out, by password, second factor, link and button; and what is refused."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from axes.models import AccessAttempt
from cast import SECRET, actor_for, user_of, user_with
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backcast.web.accounts import actions, demo
from backcast.web.accounts.limits import SEEN, SIGNED_IN
from backcast.web.accounts.models import User
from backcast.web.audit.models import Event
from backcast.web.core.roles import Role

pytestmark = pytest.mark.django_db
PASSWORD = "Ninety-nine red lamps"
SIGN_IN = "/accounts/sign-in/"


@pytest.fixture
def user() -> User:
    user = user_with(Role.REPORTER, "/140000/", username="zhang.san")
    user.set_password(PASSWORD)
    user.password_set_at = timezone.now()
    user.save()
    return user


def _sign_in(browser: Client, username: str = "zhang.san", password: str = PASSWORD, **extra):
    return browser.post(SIGN_IN, {"login": username, "password": password}, **extra)


def _code() -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def _told(action: str) -> int:
    return Event.objects.filter(action=action).count()


def test_a_password_opens_the_door_whatever_the_case_of_the_name(as_nobody, user):
    response = _sign_in(as_nobody, "Zhang.San")
    assert response.status_code == 302
    assert as_nobody.get("/").status_code == 200
    event = Event.objects.get(action="user.signed_in")
    assert (event.actor, event.address) == ("zhang.san", "127.0.0.1")


def test_sign_in_leads_to_the_page_that_was_asked_for(as_nobody, user):
    asked = as_nobody.get("/accounts/me/")
    response = as_nobody.post(asked.url, {"login": "zhang.san", "password": PASSWORD, "next": "/accounts/me/"})
    assert response.url == "/accounts/me/"


def test_sign_in_leads_nowhere_else(as_nobody, user):
    response = as_nobody.post(SIGN_IN, {"login": "zhang.san", "password": PASSWORD, "next": "https://example.org/"})
    assert response.url == "/"


def test_a_wrong_password_is_told_and_written_down_without_it(as_nobody, user):
    page = _sign_in(as_nobody, password="wrong")
    assert "do not fit together" in page.content.decode()
    event = Event.objects.get(action="sign_in.failed")
    assert event.actor == "zhang.san"
    assert "wrong" not in f"{event.before}{event.after}{AccessAttempt.objects.values().get()}"


def test_after_five_failures_the_account_waits(as_nobody, user):
    for attempt in range(5):
        page = _sign_in(as_nobody, password="wrong", REMOTE_ADDR=f"192.0.2.{attempt}")
    assert page.status_code == 429
    assert "This account is locked for a while" in page.content.decode()
    refused = _sign_in(Client(), REMOTE_ADDR="192.0.2.77")
    assert refused.status_code in {200, 429}
    assert "_auth_user_id" not in as_nobody.session
    assert _told("user.signed_in") == 0
    assert _told("account.locked") >= 1


def test_one_address_has_twenty_failures(as_nobody, user):
    for attempt in range(20):
        _sign_in(as_nobody, username=f"guess{attempt}", password="wrong")
    page = _sign_in(as_nobody, username="guess20", password="wrong")
    assert "Too many failures" in page.content.decode()


def test_a_disabled_user_is_told_so_only_by_the_right_password(as_nobody, user):
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert _sign_in(as_nobody).url == "/accounts/disabled/"
    assert "disabled" in as_nobody.get("/accounts/disabled/").content.decode()
    assert "do not fit" in _sign_in(Client(headers={"accept-language": "en"}), password="wrong").content.decode()


def test_whoever_stayed_away_is_disabled_at_the_door(as_nobody, user, settings):
    long_ago = timezone.now() - settings.IDLE_DISABLES - timedelta(days=1)
    User.objects.filter(pk=user.pk).update(last_login=long_ago, enabled_at=long_ago)
    assert _sign_in(as_nobody).url == "/accounts/disabled/"
    assert Event.objects.get(action="user.disabled").actor == "backcast"


def test_a_second_factor_is_asked_for(as_nobody, user):
    TOTP.activate(user, SECRET)
    assert _sign_in(as_nobody).url == "/accounts/second-factor/code/"
    assert as_nobody.get("/").status_code == 302
    wrong = as_nobody.post("/accounts/second-factor/code/", {"code": "000000"})
    assert wrong.status_code == 200
    assert _told("second_factor.failed") == 1
    as_nobody.post("/accounts/second-factor/code/", {"code": _code()})
    assert as_nobody.get("/").status_code == 200
    assert _told("second_factor.used") == 1


def test_codes_are_not_tried_for_long(as_nobody, user):
    TOTP.activate(user, SECRET)
    _sign_in(as_nobody)
    for _ in range(5):
        as_nobody.post("/accounts/second-factor/code/", {"code": "000000"})
    page = as_nobody.post("/accounts/second-factor/code/", {"code": _code()})
    assert "Too many failures" in page.content.decode()
    assert as_nobody.get("/").status_code == 302


def test_a_code_works_once(as_nobody, user):
    TOTP.activate(user, SECRET)
    _sign_in(as_nobody)
    code = _code()
    as_nobody.post("/accounts/second-factor/code/", {"code": code})
    other = Client()
    _sign_in(other)
    other.post("/accounts/second-factor/code/", {"code": code})
    assert other.get("/").status_code == 302


def test_the_secret_is_sealed_in_the_database(user):
    TOTP.activate(user, SECRET)
    assert SECRET not in str(Authenticator.objects.get(user=user).data)


def test_an_officer_without_second_factor_is_led_there_first(as_nobody):
    officer = user_with(Role.SYSTEM_OFFICER, username="wang.wu")
    officer.set_password(PASSWORD)
    officer.save()
    _sign_in(as_nobody, "wang.wu")
    for path in ("/", "/accounts/users/", "/accounts/me/"):
        assert as_nobody.get(path).url == "/accounts/second-factor/set-up/"
    assert as_nobody.get("/healthz").status_code == 200
    page = as_nobody.get("/accounts/second-factor/set-up/")
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    done = as_nobody.post("/accounts/second-factor/set-up/", {"code": code})
    assert done.url == "/accounts/second-factor/recovery/"
    assert len(as_nobody.get(done.url).context["unused_codes"]) == 10
    assert as_nobody.get("/accounts/users/").status_code == 200


def test_an_officer_keeps_the_second_factor(as_system_officer):
    page = as_system_officer.get("/accounts/second-factor/remove/")
    assert "cannot deactivate" in page.content.decode()
    as_system_officer.post("/accounts/second-factor/remove/")
    assert Authenticator.objects.filter(user__username="system-officer").exists()


def test_a_recovery_code_opens_the_door_once(as_nobody, user):
    TOTP.activate(user, SECRET)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    _sign_in(as_nobody)
    as_nobody.post("/accounts/second-factor/code/", {"code": code})
    assert as_nobody.get("/").status_code == 200
    other = Client()
    _sign_in(other)
    other.post("/accounts/second-factor/code/", {"code": code})
    assert other.get("/").status_code == 302


@pytest.mark.parametrize(("mark", "limit"), [(SEEN, "SESSION_IDLE"), (SIGNED_IN, "SESSION_ABSOLUTE")])
def test_a_session_ends_in_time(as_nobody, user, settings, mark, limit):
    _sign_in(as_nobody)
    session = as_nobody.session
    session[mark] = int(time.time() - getattr(settings, limit).total_seconds() - 1)
    session.save()
    response = as_nobody.get("/", follow=True)
    assert response.redirect_chain[0][0].startswith(SIGN_IN)
    assert "Please sign in again" in str(next(iter(response.context["messages"])))


def test_reading_writes_at_most_once_a_minute(as_nobody, user):
    _sign_in(as_nobody)
    with CaptureQueriesContext(connection) as queries:
        as_nobody.get("/")
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
    session = as_nobody.session
    session[SEEN] = earlier = session[SEEN] - 61
    session.save()
    as_nobody.get("/")
    assert as_nobody.session[SEEN] > earlier


def test_a_link_sets_a_password_once(as_nobody, user):
    path = actions.link_for(user)
    assert as_nobody.get(path).status_code == 200
    given = {"new_password1": "Quiet lanterns 2031", "new_password2": "Quiet lanterns 2031"}
    assert as_nobody.post(path, given).url == SIGN_IN
    assert as_nobody.get(path).status_code == 410
    assert _sign_in(as_nobody, password="Quiet lanterns 2031").status_code == 302
    assert _told("password.changed") == 1


def test_a_newer_link_voids_the_one_before(as_nobody, user):
    first = actions.link_for(user)
    second = actions.reset_sign_in(user, by=actor_for(Role.SYSTEM_OFFICER))
    assert as_nobody.get(first).status_code == 410
    assert as_nobody.get(second).status_code == 200


def test_a_link_expires(as_nobody, user, settings):
    path = actions.link_for(user)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert as_nobody.get(path).status_code == 410


def test_a_reset_ends_sessions(as_nobody, user):
    _sign_in(as_nobody)
    actions.reset_sign_in(user, by=actor_for(Role.SYSTEM_OFFICER))
    assert as_nobody.get("/").status_code == 302


def test_signing_out_is_a_form(as_nobody, user):
    _sign_in(as_nobody)
    assert as_nobody.get("/accounts/sign-out/").status_code == 200
    assert as_nobody.get("/").status_code == 200
    as_nobody.post("/accounts/sign-out/")
    assert as_nobody.get("/").status_code == 302
    assert _told("user.signed_out") == 1


def test_without_demo_mode_nobody_tries_on_the_cast(as_nobody):
    user_of("leader")
    assert as_nobody.post("/accounts/try-on/leader/").status_code == 404
    assert "Try it as" not in as_nobody.get(SIGN_IN).content.decode()


def test_in_demo_mode_a_button_is_enough_even_for_officers(as_nobody, settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=True)
    demo.make_cast()
    assert as_nobody.get(SIGN_IN).content.decode().count("/accounts/try-on/") == 9
    assert as_nobody.post("/accounts/try-on/system-officer/").status_code == 302
    assert as_nobody.get("/accounts/users/").status_code == 200
    as_nobody.post("/accounts/try-on/leader/")
    assert as_nobody.get("/accounts/users/").status_code == 403


def test_only_the_cast_is_tried_on(as_nobody, settings, user):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=True)
    assert as_nobody.post("/accounts/try-on/zhang.san/").status_code == 404
    assert as_nobody.post("/accounts/try-on/leader/").status_code == 404


def test_a_refusal_is_written_down(as_leader):
    assert as_leader.get("/accounts/users/").status_code == 403
    assert "/accounts/users/" in Event.objects.get(action="access.refused", actor="leader").after


def test_no_address_leads_to_signing_up_or_to_the_admin(as_nobody):
    for path in ("/admin/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/email/"):
        assert as_nobody.get(path).status_code == 404
