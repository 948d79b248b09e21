"""Sign-in by the organisation's own OpenID Connect service, which here answers on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from cast import SECRET, user_of
from django.http import HttpResponse
from django.test import Client

from backcast.web.accounts.models import User
from backcast.web.audit.models import Event

pytestmark = pytest.mark.django_db


class Service(BaseHTTPRequestHandler):
    """Says of everybody who comes that they are ``claims``."""

    claims: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        here = f"http://127.0.0.1:{self.server.server_port}"
        pages = {
            "/.well-known/openid-configuration": {
                "issuer": here,
                "authorization_endpoint": f"{here}/authorize",
                "token_endpoint": f"{here}/token",
                "userinfo_endpoint": f"{here}/userinfo",
                "jwks_uri": f"{here}/keys",
            },
            "/userinfo": {"sub": "4711", **self.claims},
        }
        self._answer(pages[self.path])

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        issuer = f"http://127.0.0.1:{self.server.server_port}"
        token = jwt.encode({"sub": "4711", "iss": issuer, "aud": "backcast"}, "k" * 32)
        self._answer({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def _answer(self, told: dict[str, str]) -> None:
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def service(settings) -> Iterator[type[Service]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    environment = replace(
        settings.ENVIRONMENT, oidc_url=address, oidc_id="backcast", oidc_key="key", oidc_name="统一认证"
    )
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": environment.single_sign_on()}}
    yield Service
    server.shutdown()
    thread.join()
    server.server_close()


def _come_back(browser: Client) -> HttpResponse:
    """Go to the service, be recognised there, come back."""
    sent = urlsplit(browser.post("/accounts/oidc/sso/login/").url)
    assert sent.path == "/authorize"
    given = {"code": "c", "state": parse_qs(sent.query)["state"][0]}
    return browser.get("/accounts/oidc/sso/login/callback/", given)


def test_the_sign_in_page_offers_the_service(as_nobody, service):
    assert "统一认证" in as_nobody.get("/accounts/sign-in/").content.decode()
    assert as_nobody.get("/accounts/oidc/sso/login/").status_code == 200


def test_whom_the_service_knows_by_name_is_signed_in(as_nobody, service):
    service.claims = {"preferred_username": "Leader"}
    user_of("leader")
    assert _come_back(as_nobody).url == "/"
    assert as_nobody.get("/accounts/me/").context["owner"].username == "leader"
    assert Event.objects.get(action="user.signed_in").actor == "leader"
    again = Client()
    assert _come_back(again).url == "/"


def test_nobody_is_made_a_user_by_the_service(as_nobody, service):
    service.claims = {"preferred_username": "stranger"}
    assert "no user of that name" in _come_back(as_nobody).content.decode()
    assert not User.objects.exists()


def test_a_second_factor_is_asked_for_all_the_same(as_nobody, service):
    service.claims = {"preferred_username": "leader"}
    TOTP.activate(user_of("leader"), SECRET)
    assert Authenticator.objects.count() == 1
    assert _come_back(as_nobody).url == "/accounts/second-factor/code/"
    assert as_nobody.get("/").status_code == 302


def test_a_disabled_user_stays_outside(as_nobody, service):
    service.claims = {"preferred_username": "leader"}
    User.objects.filter(pk=user_of("leader").pk).update(is_active=False)
    assert _come_back(as_nobody).url == "/accounts/disabled/"


def test_a_form_may_lead_to_the_service_and_nowhere_else(settings):
    environment = replace(settings.ENVIRONMENT, oidc_url="https://sso.example/realms/province")
    assert environment.sign_on_origins() == ["https://sso.example"]
    assert replace(environment, oidc_url="").sign_on_origins() == []
    assert replace(environment, oidc_url="").single_sign_on() == []
