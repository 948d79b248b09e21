"""What is tidied away of accounts every day: sessions that are over, and access that nobody uses."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from backcast.web.accounts import actions
from backcast.web.core.duties import daily


@daily("session")
def forget_sessions() -> int:
    """Forget sessions that have expired, and where they were."""
    count, _each = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return count


@daily("account")
def disable_idle() -> int:
    """Disable everybody who has not signed in for long."""
    return actions.disable_idle(timezone.now())
