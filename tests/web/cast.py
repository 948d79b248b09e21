"""The cast: one person for each role, as actors for actions and as browsers for pages.

An action takes ``actor_for(Role.PLAN_OFFICER, "/140000/")``, which needs no database. A page takes a fixture
such as ``as_plan_officer``, or ``client_of("reviewer-datong")``; ``NAMES`` lists everybody for access tables.
"""

from __future__ import annotations

from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import is_mfa_enabled
from django.test import Client

from backcast.web.accounts.demo import CAST, made
from backcast.web.accounts.models import User
from backcast.web.core.actor import Actor, Grant, Route
from backcast.web.core.roles import Role

SECRET = "JBSWY3DPEHPK3PXP"
"""What the authenticator apps of the cast's officers share."""
NAMES = tuple(member.username for member in CAST)
PROVINCE, DATONG, LINGQIU, TAIYUAN = "/140000/", "/140000/140200/", "/140000/140200/140224/", "/140000/140100/"


def actor_for(role: Role, region_path: str = "", organisation: str = "", *, route: Route = Route.WEB) -> Actor:
    """Return somebody who holds one role; give a region path or an organisation for business roles."""
    return Actor(role.value, route, (Grant(role, region_path, organisation),))


def nobody() -> Actor:
    """Return somebody without any grant."""
    return Actor("nobody", Route.WEB)


def user_of(name: str) -> User:
    """Return a member of the cast, made where it is not there yet; officers have a second factor."""
    user = made(next(member for member in CAST if member.username == name))
    if user.is_officer() and not is_mfa_enabled(user):
        TOTP.activate(user, SECRET)
    return user


def client_of(name: str) -> Client:
    """Return a browser in which a member of the cast is signed in."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user_of(name))
    return client


def user_with(role: Role, region_path: str = "", organisation: str = "", *, username: str = "") -> User:
    """Return a new user with one grant, for tests that need somebody beside the cast."""
    user = User.objects.create(username=username or f"another-{role.value}", name=role.value)
    user.grants.create(role=role, region_path=region_path, organisation=organisation)
    return user
