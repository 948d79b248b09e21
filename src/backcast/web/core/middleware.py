"""What happens around every request: a number, pages for refusals, and signing in again."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from backcast.web.core.refusals import Conflict, Invalid, Refused

SHOWN = 50
"""So many faults are told on a page that is no form."""
Handler = Callable[[HttpRequest], HttpResponse]


def request_id(get_response: Handler) -> Handler:
    """Number each request, so that what a person saw, the audit and the log can be found together."""

    def numbered(request: HttpRequest) -> HttpResponse:
        request.request_id = secrets.token_hex(8)  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response

    return numbered


def address(get_response: Handler) -> Handler:
    """Take a browser's address from what our own proxies tell, so that limits and the audit mean the browser.

    Each proxy adds the address that it was called from at the end of ``X-Forwarded-For``; what stands before those of
    our own proxies, anybody may have written.
    """
    proxies: int = settings.ENVIRONMENT.proxies

    def addressed(request: HttpRequest) -> HttpResponse:
        told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        if proxies and len(told) >= proxies and _is_address(told[-proxies]):
            request.META["REMOTE_ADDR"] = told[-proxies]
        return get_response(request)

    return addressed


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class refusals:  # noqa: N801 - named as the other middleware is
    """Tell a :class:`Refused`, or what no view tells itself: a :class:`Conflict` and what is :class:`Invalid`."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a refusal into a page; leave everything else alone."""
        if isinstance(error, Refused):
            return render(request, "403.html", {"exception": error}, status=403)
        if isinstance(error, Conflict):
            shown = {"exception": error, "current": list(error.current.items())}
            return render(request, "409.html", shown, status=409)
        if isinstance(error, Invalid):
            return render(request, "422.html", {"faults": error.faults[:SHOWN]}, status=422)
        return None


def signing_in(get_response: Handler) -> Handler:
    """Send the whole window to sign in where htmx asked for a part of a page after the session had ended."""

    def sent(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        asked = HtmxDetails(request)
        if not asked or not response.get("Location", "").startswith(resolve_url(settings.LOGIN_URL)):
            return response
        back = urlencode({"next": asked.current_url_abs_path or "/"})
        return HttpResponseClientRedirect(f"{resolve_url(settings.LOGIN_URL)}?{back}")

    return sent
