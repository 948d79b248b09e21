"""Tokens: how a program signs in to the API in the name of a user."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.web.accounts.models import Scope, Token, granted
from backcast.web.core.actor import Actor, Route
from backcast.web.core.refusals import Refused

PREFIX = "backcast_"
"""By which scanners of leaked secrets recognise our tokens."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})
NOTED = timedelta(minutes=10)
"""How exactly the last use is kept, so that reading writes nothing most of the time."""


def new_secret() -> str:
    """Return a secret that nobody guesses."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret: it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def actor_of_bearer(request: HttpRequest) -> Actor | None:
    """Return who acts by the token that a request bears; nobody where it bears none that is in force.

    Raises
    ------
    Refused
        Where a token that may only read is used to write.
    """
    scheme, __, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    now = timezone.now()
    token = Token.objects.in_force(now).select_related("user").filter(digest=digest_of(secret.strip())).first()
    if token is None:
        return None
    if token.scope != Scope.WRITE and request.method not in READING:
        raise Refused(_("This token may only read. Issue one that may write on the page “My account”."))
    stale = Q(used_at__isnull=True) | Q(used_at__lt=now - NOTED)
    Token.objects.filter(stale, pk=token.pk).update(used_at=now)
    return Actor(
        token.user.username,
        Route.API,
        granted(token.user.grants.all().in_force(timezone.localdate())),
        request_id=getattr(request, "request_id", ""),
        address=request.META.get("REMOTE_ADDR", ""),
        user_id=token.user.pk,
    )
