"""Every address of this app, and who gets what there; nothing is missing from the table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cast import NAMES, client_of, user_of
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from backcast.web.accounts import library_urls, urls
from backcast.web.core.roles import OFFICERS

pytestmark = pytest.mark.django_db

OPEN, OWN, SYSTEM, SECURITY = "open", "own", "system-officer", "security-officer"
"""Who gets in: everybody; whoever is signed in; one officer alone."""
LEADER = {"username": "leader"}
PAGES = {
    "accounts:sign-in": (OPEN, {}, {302}),
    "accounts:sign-out": (OWN, {}, {200}),
    "accounts:set-password": (OPEN, {**LEADER, "token": "x-1"}, {410}),
    "accounts:me": (OWN, {}, {200}),
    "accounts:password": (OWN, {}, {200}),
    "accounts:new-token": (OWN, {}, {200}),
    "accounts:users": (SYSTEM, {}, {200}),
    "accounts:new-user": (SYSTEM, {}, {200}),
    "accounts:user": (SYSTEM, LEADER, {200}),
    "accounts:grants": (SECURITY, {}, {200}),
    "accounts:grants-of": (SECURITY, LEADER, {200}),
    "account_login": (OPEN, {}, {302}),
    "account_logout": (OWN, {}, {200}),
    "account_inactive": (OPEN, {}, {200}),
    "account_reauthenticate": (OWN, {}, {302, 403}),
    "mfa_index": (OWN, {}, {302}),
    "mfa_authenticate": (OPEN, {}, {302}),
    "mfa_reauthenticate": (OWN, {}, {200, 403}),
    "mfa_activate_totp": (OWN, {}, {200, 302}),
    "mfa_deactivate_totp": (OWN, {}, {200, 404}),
    "mfa_view_recovery_codes": (OWN, {}, {404}),
    "mfa_generate_recovery_codes": (OWN, {}, {200}),
    "mfa_download_recovery_codes": (OWN, {}, {404}),
    "socialaccount_login_cancelled": (OPEN, {}, {200}),
    "socialaccount_login_error": (OPEN, {}, {401}),
    "socialaccount_signup": (OPEN, {}, {302}),
    "socialaccount_connections": (OWN, {}, {302}),
    "openid_connect_login": (OPEN, {"provider_id": "none"}, {404}),
    "openid_connect_callback": (OPEN, {"provider_id": "none"}, {404}),
}
"""Pages: who gets them, of whom, and what is answered to a member of the cast who does."""
FORMS = {
    "accounts:try-on": (OPEN, LEADER),
    "accounts:revoke-token": (OWN, {"code": "x"}),
    "accounts:end-session": (OWN, {"mark": "x"}),
    "accounts:disable": (SYSTEM, LEADER),
    "accounts:enable": (SYSTEM, LEADER),
    "accounts:link": (SYSTEM, LEADER),
    "accounts:drop-second-factor": (SYSTEM, LEADER),
    "accounts:withdraw": (SECURITY, LEADER),
}
"""What is only posted; of others' tokens, sessions and grants, and outside demo mode, there are none: 404."""


def _names(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns, namespace)
        else:
            yield f"{namespace}{pattern.name}"


def test_no_address_is_missing_from_the_table():
    known = {*_names(urls.urlpatterns, "accounts:"), *_names(library_urls.urlpatterns)}
    assert known == PAGES.keys() | FORMS.keys()


def test_no_administration_is_mounted_and_nobody_may_everything():
    modules = {_module(pattern) for pattern in _all(get_resolver().url_patterns)}
    assert not [module for module in modules if module.startswith("django.contrib.admin")]
    user = user_of("system-officer")
    assert not hasattr(user, "is_superuser")
    assert not hasattr(user, "is_staff")


def _all(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _all(pattern.url_patterns)
        else:
            yield pattern


def _module(pattern: URLPattern) -> str:
    return getattr(pattern.callback, "__module__", "")


@pytest.mark.parametrize("name", NAMES)
def test_everybody_gets_the_pages_that_the_table_says(name):
    browser, otherwise = client_of(name), {}
    user_of("leader")
    for address in PAGES.keys() - {"accounts:sign-out", "account_logout"}:
        who, values, statuses = PAGES[address]
        found = browser.get(reverse(address, kwargs=values)).status_code
        if found not in (statuses if who in {OPEN, OWN, name} else {403}):
            otherwise[address] = found
    assert otherwise == {}


@pytest.mark.parametrize("name", [name for name in NAMES if name != "leader"])
def test_everybody_posts_what_the_table_says(name):
    browser, otherwise = client_of(name), {}
    user_of("leader")
    for address, (who, values) in FORMS.items():
        done = 404 if who in {OPEN, OWN} or address == "accounts:withdraw" else 302
        if address == "accounts:link":
            done = 200
        found = browser.post(reverse(address, kwargs=values)).status_code
        if found != (done if who in {OPEN, OWN, name} else 403):
            otherwise[address] = found
    assert otherwise == {}


@pytest.mark.parametrize("address", [*PAGES, *FORMS])
def test_nobody_gets_only_the_doors(as_nobody, address):
    who, values = (PAGES | FORMS)[address][:2]
    user_of("leader")
    response = (as_nobody.post if address in FORMS else as_nobody.get)(reverse(address, kwargs=values))
    if who == OPEN:
        assert response.status_code in {200, 302, 401, 404, 410}
    elif address in {"account_logout", "accounts:sign-out"}:
        assert response.status_code == 302
    else:
        assert response.url.startswith("/accounts/sign-in/")


@pytest.mark.parametrize("name", sorted(role.value.replace("_", "-") for role in OFFICERS))
def test_an_officer_reaches_no_region(name):
    assert not any(grant.granted().reaches("/140000/") for grant in user_of(name).grants.all())


@pytest.mark.parametrize("address", FORMS)
def test_what_changes_something_is_never_got(as_system_officer, address):
    __, values = FORMS[address]
    assert as_system_officer.get(reverse(address, kwargs=values)).status_code == 405


def test_a_form_without_its_token_is_refused():
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user_of("system-officer"))
    assert browser.post("/accounts/users/of/system-officer/disable/").status_code == 403
