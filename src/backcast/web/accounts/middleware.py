"""Every request knows who acts; sessions end in time; and what must come first comes first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.web.accounts.limits import keep_alive, over
from backcast.web.accounts.models import User, granted
from backcast.web.core.actor import Actor, Route
from backcast.web.core.roles import OFFICERS

Handler = Callable[[HttpRequest], HttpResponse]


def lasting(get_response: Handler) -> Handler:
    """End sessions that were idle, or that last too long."""

    def last(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if reason := over(request):
                logout(request)
                messages.info(request, _ended(reason))
            else:
                keep_alive(request)
        return get_response(request)

    return last


def _ended(reason: str) -> str:
    """Say why somebody has to sign in again."""
    if reason == "idle":
        minutes = settings.SESSION_IDLE.total_seconds() // 60
        return _("You were away for more than {n} minutes. Please sign in again.").format(n=f"{minutes:.0f}")
    hours = settings.SESSION_ABSOLUTE.total_seconds() / 3600
    return _("A session ends after {n} hours. Please sign in again.").format(n=f"{hours:g}")


def acting(get_response: Handler) -> Handler:
    """Put the actor on each request: the signed-in user with the grants in force today, or nobody.

    The API puts there whoever bears a token.
    """

    def act(request: HttpRequest) -> HttpResponse:
        request.actor = actor_of(request)  # type: ignore[attr-defined]
        return get_response(request)

    return act


def actor_of(request: HttpRequest, route: Route = Route.WEB) -> Actor:
    """Return who acts by a request."""
    user = request.user
    where = {"request_id": getattr(request, "request_id", ""), "address": request.META.get("REMOTE_ADDR", "")}
    if not isinstance(user, User):
        return Actor("", route, **where)
    grants = granted(user.grants.all().in_force(timezone.localdate()))
    return Actor(user.username, route, grants, user_id=user.pk, **where)


class first_things:  # noqa: N801 - named as the other middleware is
    """Lead whoever needs a new password, or as an officer a second factor, there before anything else."""

    OPEN = frozenset(
        {
            "accounts:password",
            "accounts:sign-out",
            "account_logout",
            "account_reauthenticate",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "mfa_view_recovery_codes",
            "mfa_download_recovery_codes",
            "set_language",
        }
    )

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, options: Any) -> HttpResponse | None:
        """Look whether something comes first, unless this page is the way there or open to everybody."""
        match = request.resolver_match
        if not isinstance(request.user, User) or not getattr(view, "login_required", True):
            return None
        if match is None or match.view_name in self.OPEN:
            return None
        if request.user.password_expired(timezone.now()):
            messages.warning(request, _("Your password has expired. Please set a new one."))
            return redirect("accounts:password")
        if needs_second_factor(request):
            messages.warning(request, _("Officers sign in with a second factor. Please set it up now."))
            return redirect("mfa_activate_totp")
        return None


def needs_second_factor(request: HttpRequest) -> bool:
    """Whether an officer has none yet; who tries on the cast of the demonstration needs none."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.roles & OFFICERS or (settings.ENVIRONMENT.demo and request.session.get("demo")):
        return False
    return not is_mfa_enabled(request.user, ["totp"])
