"""Pages for what goes wrong, also where the database is what went wrong.

Django calls these wherever the error came up, in a view or around it; ``config/urls.py`` names them. Nothing
here asks the database.
"""

from __future__ import annotations

import errno
import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
RETRY_AFTER = "60"
"""Seconds after which a client may ask again."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a request cannot be read (400), or that it is too large (413)."""
    if isinstance(exception, TOO_MUCH):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the database or the disk fails (503), or that the fault is ours (500)."""
    error = sys.exc_info()[1]
    shown = {"request_id": getattr(request, "request_id", ""), "full": disk_is_full(error)}
    if shown["full"] or isinstance(error, OperationalError | InterfaceError):
        page = render_to_string("503.html", shown)
        return HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER})
    return HttpResponse(render_to_string("500.html", shown), status=500)


def disk_is_full(error: BaseException | None) -> bool:
    """Whether an error says that nothing more can be written."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    told = str(error).lower()
    return isinstance(error, OperationalError) and ("disk is full" in told or "no space left" in told)
