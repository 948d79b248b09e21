"""What the libraries tell of signing in, written down for the audit."""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from backcast.web.accounts.limits import mark_signed_in
from backcast.web.accounts.models import User
from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor, Route


def _actor(request: HttpRequest | None, name: str) -> Actor:
    """Return who acts before, or after, the request has a user."""
    address = request.META.get("REMOTE_ADDR", "") if request else ""
    return Actor(name[:64], Route.WEB, request_id=getattr(request, "request_id", ""), address=address)


@receiver(user_logged_in)
def signed_in(sender: type[User], request: HttpRequest, user: User, **told: Any) -> None:
    """Begin the session's life and write down who came."""
    mark_signed_in(request)
    audit.note(_actor(request, user.username), "user.signed_in", obj=user)


@receiver(user_logged_out)
def signed_out(sender: type[User], request: HttpRequest, user: User | None, **told: Any) -> None:
    """Write down who left."""
    if user is not None:
        audit.note(_actor(request, user.username), "user.signed_out", obj=user)


@receiver(user_login_failed)
def failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **told: Any) -> None:
    """Write down who failed to come; the password is not among what is told."""
    audit.note(_actor(request, str(credentials.get("username", ""))), "sign_in.failed")


@receiver(user_locked_out)
def locked_out(sender: Any, request: HttpRequest, username: str, **told: Any) -> None:
    """Write down that an account waits."""
    audit.note(_actor(request, username or ""), "account.locked")


@receiver(mfa.authentication_failed)
def second_factor_failed(sender: Any, request: HttpRequest, user: User, **told: Any) -> None:
    """Write down a wrong code."""
    audit.note(_actor(request, user.username), "second_factor.failed", obj=user)


@receiver(mfa.authenticator_used)
def second_factor_used(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **told: Any
) -> None:
    """Write down by what somebody was recognised: a used recovery code is worth knowing."""
    audit.note(_actor(request, user.username), "second_factor.used", {"kind": authenticator.type}, obj=user)


@receiver([mfa.authenticator_added, mfa.authenticator_reset])
def second_factor_added(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **told: Any
) -> None:
    """Write down a new authenticator app, or new recovery codes."""
    audit.note(_actor(request, user.username), "second_factor.added", {"kind": authenticator.type}, obj=user)


@receiver(mfa.authenticator_removed)
def second_factor_removed(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **told: Any
) -> None:
    """Write down what somebody gave up."""
    audit.note(_actor(request, user.username), "second_factor.removed", {"kind": authenticator.type}, obj=user)
