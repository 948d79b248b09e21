"""What a request carries once it has passed the middleware."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from backcast.web.core.actor import Actor


class ActingRequest(HttpRequest):
    """A request as views get it."""

    actor: Actor
    request_id: str
    htmx: HtmxDetails
