"""Every request knows who acts."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from backcast.web.accounts.models import User, granted
from backcast.web.core.actor import Actor, Route

Handler = Callable[[HttpRequest], HttpResponse]


class ActingRequest(HttpRequest):
    """A request as views get it."""

    actor: Actor
    request_id: str


def acting(get_response: Handler) -> Handler:
    """Put the actor on each request: the signed-in user with the grants in force today, or nobody."""

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
