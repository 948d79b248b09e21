"""How long a session lasts: the marks that it carries, and what is read from them."""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest

SIGNED_IN, SEEN = "signed_in_at", "seen_at"
FLUSH = timedelta(minutes=1)
"""How exactly the last request is kept: reading a page writes at most once in this time."""
LATELY = timedelta(minutes=5)
"""After signing in nobody is asked for the password again for so long."""


def mark_signed_in(request: HttpRequest) -> None:
    """Begin a session's life."""
    request.session[SIGNED_IN] = request.session[SEEN] = int(time.time())


def signed_in_lately(request: HttpRequest) -> bool:
    """Whether the password was given minutes ago."""
    signed_in: int = request.session.get(SIGNED_IN, 0)
    return time.time() - signed_in < LATELY.total_seconds()


def over(request: HttpRequest) -> str:
    """Return why a session is over: ``idle``, ``long``, or nothing while it lasts."""
    now = time.time()
    if now - request.session.get(SIGNED_IN, 0) > settings.SESSION_ABSOLUTE.total_seconds():
        return "long"
    return "idle" if now - request.session.get(SEEN, 0) > settings.SESSION_IDLE.total_seconds() else ""


def keep_alive(request: HttpRequest) -> None:
    """Note that somebody is there."""
    now = int(time.time())
    if now - request.session.get(SEEN, 0) >= FLUSH.total_seconds():
        request.session[SEEN] = now
