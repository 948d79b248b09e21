"""How an officer gets in for the first time, and again, and lets a colleague in: in a real browser."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from browser import PHONE, WIDE, axe_violations, overflow, window
from cast import user_of

from backcast.web.accounts import actions
from backcast.web.accounts.models import User
from backcast.web.audit.models import Event
from backcast.web.core.actor import Actor, Route
from backcast.web.core.roles import Role

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]
PASSWORD = "Ninety-nine red lamps"


def _code(secret: str, later: int = 0) -> str:
    """Return what the officer's app shows; ``later`` the code after it, for each is taken once."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def _look(page) -> None:
    assert axe_violations(page) == []
    assert overflow(page) <= 0


def _sign_in(page) -> None:
    page.fill("[name=login]", "system-officer")
    page.fill("[name=password]", PASSWORD)
    page.click("#by-password button.primary")


@pytest.mark.parametrize(("language", "size"), [("en", WIDE), ("zh-CN", PHONE)])
def test_an_officer_gets_in_with_a_second_factor_and_makes_a_user(chromium, live_server, language, size):
    made = actions.make_officers({Role.SYSTEM_OFFICER: "system-officer"}, by=Actor("root", Route.CLI))
    with window(chromium, live_server, language=language, size=size) as page:
        page.goto(made[0][2])
        _look(page)
        page.fill("[name=new_password1]", PASSWORD)
        page.fill("[name=new_password2]", PASSWORD)
        page.click("main button.primary")
        _look(page)
        _sign_in(page)
        page.wait_for_url("**/second-factor/set-up/")
        _look(page)
        secret = page.inner_text("code.key")
        page.fill("[name=code]", _code(secret))
        page.click("main button.primary")
        page.wait_for_url("**/second-factor/recovery/")
        _look(page)
        assert page.locator(".codes code").count() == 10
        recovery = page.locator(".codes code").first.inner_text()

        page.goto("/accounts/sign-out/")
        page.click("main button.primary")
        _sign_in(page)
        page.wait_for_url("**/second-factor/code/")
        _look(page)
        page.fill("[name=code]", "000000")
        page.click("main button.primary")
        page.wait_for_selector(".errorlist")
        assert "/second-factor/code/" in page.url
        _look(page)
        page.fill("[name=code]", recovery)
        page.click("main button.primary")
        page.wait_for_url(lambda url: "second-factor" not in url)

        page.goto("/accounts/sign-out/")
        page.click("main button.primary")
        _sign_in(page)
        page.wait_for_url("**/second-factor/code/")
        page.fill("[name=code]", recovery)
        page.click("main button.primary")
        _look(page)
        assert "/second-factor/code/" in page.url, "a recovery code works once"
        page.fill("[name=code]", _code(secret, later=1))
        page.click("main button.primary")
        page.wait_for_url(lambda url: "second-factor" not in url)

        page.goto("/accounts/users/new/")
        _look(page)
        page.fill("[name=username]", "zhang.san")
        page.fill("[name=name]", "张三")
        page.click("main button.primary")
        _look(page)
        assert "/accounts/link/zhang.san/" in page.inner_text("pre.secret")
        page.goto("/accounts/users/of/zhang.san/")
        page.click("[popovertarget=disable]")
        _look(page)
        page.click("#disable button.primary")
        page.wait_for_load_state()
    assert not User.objects.get(username="zhang.san").is_active
    told = set(Event.objects.filter(actor="system-officer").values_list("action", flat=True))
    assert told >= {"password.changed", "user.signed_in", "second_factor.added", "second_factor.used", "user.disabled"}


def test_signing_in_needs_no_script(chromium, live_server):
    user = user_of("leader")
    actions.set_password(user, PASSWORD, by=Actor("leader", Route.WEB, user_id=user.pk))
    with window(chromium, live_server, script=False) as page:
        page.goto("/accounts/me/")
        page.fill("[name=login]", "leader")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/accounts/me/")
