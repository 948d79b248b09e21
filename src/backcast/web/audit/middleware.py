"""Whoever asks for what is not theirs is written down."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor

Handler = Callable[[HttpRequest], HttpResponse]


def refusals(get_response: Handler) -> Handler:
    """Tell the audit what was refused to somebody who is signed in, or bears a token.

    That is 403, and 404 where there is such a page: things that are not theirs answer so.
    """

    def tell(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        actor: Actor = request.actor  # type: ignore[attr-defined]
        hidden = response.status_code == 404 and request.resolver_match is not None
        if actor.name and (hidden or response.status_code == 403):
            detail = {"method": request.method, "path": request.path, "status": response.status_code}
            audit.note(actor, "access.refused", detail)
        return response

    return tell
