"""The API: who may come in, how failures are told, and which routers there are."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.core.serializers.json import DjangoJSONEncoder
from django.db import InterfaceError, OperationalError, models
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.renderers import BaseRenderer
from ninja.security import APIKeyCookie, HttpBearer

from backcast.web.accounts.middleware import actor_of, needs_second_factor
from backcast.web.accounts.models import User
from backcast.web.accounts.tokens import actor_of_bearer
from backcast.web.audit.api import router as audit
from backcast.web.core.actor import Actor, Route
from backcast.web.core.failures import RETRY_AFTER, TOO_MUCH, disk_is_full
from backcast.web.core.misshapen import sentence
from backcast.web.core.refusals import Conflict, Invalid, Refused
from backcast.web.directory.api import router as directory
from backcast.web.exchange.api import router as exchange
from backcast.web.forecasts.api import router as forecasts
from backcast.web.jobs.api import router as jobs
from backcast.web.plans.api import router as plans
from backcast.web.projects.api import router as projects

CODES = {400: "unreadable", 401: "not_signed_in", 403: "refused", 404: "not_found"}
logger = logging.getLogger(__name__)


class Bearer(HttpBearer):
    """A program that bears a token of its user."""

    def __call__(self, request: HttpRequest) -> Actor | None:
        """Return who acts, and tell the rest of the request."""
        if actor := actor_of_bearer(request):
            request.actor = actor  # type: ignore[attr-defined]
        return actor

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return who acts by a token."""
        return actor_of_bearer(request)


class Session(APIKeyCookie):
    """A page of ours: somebody who is signed in, and proves by CSRF's token that they mean it."""

    param_name = "sessionid"

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """Return who acts, unless something comes first for them."""
        if not isinstance(request.user, User):
            return None
        if request.user.password_expired(timezone.now()) or needs_second_factor(request):
            raise Refused(_("Something comes first for your account. Open any page, and it leads you there."))
        request.actor = actor_of(request, Route.API)  # type: ignore[attr-defined]
        return request.actor  # type: ignore[attr-defined,no-any-return]


class Renderer(BaseRenderer):
    """JSON in which something that has a code is told by it."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> Any:
        """Write an answer."""
        return json.dumps(data, cls=_Plain, ensure_ascii=False)


class _Plain(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        return str(getattr(o, "code", o)) if isinstance(o, models.Model) else super().default(o)


class Api(NinjaAPI):
    """An API whose operations are called as their functions are."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name by which clients made from the document call an operation."""
        return operation.view_func.__name__


api = Api(
    title="Backcast",
    version="1",
    description="The project library and its plans: everybody sees here, and may do, what their pages show.",
    urls_namespace="api",
    docs_url=None,
    auth=[Bearer(), Session()],
    renderer=Renderer(),
)
for router in (directory, plans, projects, exchange, forecasts, jobs, audit):
    api.add_router("", router)


def failure(request: HttpRequest, status: int, code: str, message: object, **more: Any) -> HttpResponse:
    """Return a failure in the one shape that all have."""
    told = {"code": code, "message": str(message), "problems": [], **more}
    return api.create_response(request, told, status=status)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """Tell that somebody may not do this."""
    return failure(request, 403, "refused", error)


@api.exception_handler(Invalid)
def invalid(request: HttpRequest, error: Invalid) -> HttpResponse:
    """Tell everything that breaks a rule."""
    problems = [{"field": one.field, "message": str(one.message), "value": one.value} for one in error.faults]
    return failure(request, 422, "invalid", error, problems=problems)


@api.exception_handler(ValidationError)
def misshapen(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Tell everything that has not the shape that the document says."""
    problems = [{"field": _where(one["loc"]), "message": sentence(one), "value": ""} for one in error.errors]
    told = _("Something that was sent has not the shape that /api/openapi.json says.")
    return failure(request, 422, "misshapen", told, problems=problems)


@api.exception_handler(Conflict)
def conflict(request: HttpRequest, error: Conflict) -> HttpResponse:
    """Tell what somebody else made of it meanwhile."""
    return failure(request, 409, "conflict", error, version=error.version, current=error.current)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    """Tell that there is nothing of the kind, for whoever asks."""
    return failure(request, 404, "not_found", _("There is nothing here that you may see."))


@api.exception_handler(SuspiciousOperation)
@api.exception_handler(MultiPartParserError)
def unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Tell that a form or a body cannot be read, or is too large."""
    if isinstance(error, TOO_MUCH):
        return failure(request, 413, "too_large", _("That is more than one request may hold. Send it in parts."))
    return failure(request, 400, "unreadable", _("What was sent cannot be read. Send what /api/openapi.json says."))


@api.exception_handler(HttpError)
def told_by_library(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Tell what the library found: no sign-in, no token against forgery, a body that is no JSON."""
    sentences = {
        400: _("What was sent is no JSON in UTF-8."),
        401: _("Send a token that is in force: “Authorization: Bearer …”. The page “My account” issues tokens."),
        403: _("A page sends CSRF’s token with what changes something; a program a token of its user."),
    }
    status = error.status_code
    response = failure(request, status, CODES.get(status, "failed"), sentences.get(status, str(error)))
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Exception)
def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """Tell that the fault is ours, and keep what happened in the log."""
    number = getattr(request, "request_id", "")
    logger.error("Request %s failed.", number, exc_info=error)
    if disk_is_full(error) or isinstance(error, OperationalError | InterfaceError):
        response = failure(request, 503, "unavailable", _("The server cannot reach its data. Try again in a minute."))
        response["Retry-After"] = RETRY_AFTER
        return response
    told = _("The fault is ours. Tell whoever runs the server the number of the request: {number}.")
    return failure(request, 500, "failed", told.format(number=number))


@login_not_required
def nothing(request: HttpRequest, path: str = "") -> HttpResponse:
    """Tell that the API has no such address."""
    return not_found(request, Http404())


def _where(place: tuple[Any, ...]) -> str:
    """Return where something was found: ``body.name``, without the name that the code has for the body."""
    kind, *names = (str(part) for part in place)
    return ".".join([kind, *(names[1:] if kind == "body" else names)])


urls = api.urls
for view in (pattern.callback for pattern in urls[0] if pattern.callback):
    login_not_required(view)
