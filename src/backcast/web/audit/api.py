"""The audit by the API, for its officer; that they read it is written down as well."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from backcast.web.audit import recording as audit
from backcast.web.audit.forms import SearchForm
from backcast.web.audit.models import Event
from backcast.web.core.api import MOST, READ
from backcast.web.core.refusals import Fault, Invalid
from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import Role
from backcast.web.core.shapes import LINE, Day, Shape

EVENT = Shape("Event", Event, (
    "number", "at", "actor", "roles", "route", "request_id", "address", "action", "object_type", "object_code",
    "before", "after", "previous_hash", "hash",
))  # fmt: skip
Words = Annotated[str, Field(pattern=LINE, max_length=255)]

router = Router(tags=["audit"])


class Search(Schema):
    """What events are asked for; whatever is left out does not matter."""

    model_config = ConfigDict(extra="ignore")

    actor: Annotated[str, Field(pattern=LINE, max_length=64)] = ""
    action: Annotated[str, Field(pattern=LINE, max_length=64, description="How the action begins.")] = ""
    object_type: Words = ""
    object_code: Words = ""
    route: Literal["", "web", "api", "cli", "import", "job"] = ""
    address: Annotated[str, Field(pattern=LINE, max_length=64)] = ""
    request_id: Annotated[str, Field(pattern=LINE, max_length=64)] = ""
    since: Day | None = None
    until: Day | None = None
    after: Annotated[int | None, Field(ge=1, le=2**53, description="What the page before said is next.")] = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50


@router.get("/audit/events", response={200: EVENT.page, **READ})
def events(request: ActingRequest, search: Query[Search]) -> Any:
    """Search the audit, the latest first."""
    if not request.actor.has(Role.AUDIT_OFFICER):
        raise Http404
    form = SearchForm(search.model_dump(exclude={"after", "limit"}))
    if not form.is_valid():
        raise Invalid([Fault(name, " ".join(map(str, told))) for name, told in form.errors.items()])
    found = Event.objects.filter(form.condition()).order_by("-number")
    if search.after is not None:
        found = found.filter(number__lt=search.after)
    rows = EVENT.rows(found[: search.limit + 1])
    audit.note(request.actor, "audit.read", {name: str(value) for name, value in form.asked.items()})
    more = len(rows) > search.limit
    return {"items": rows[: search.limit], "next": str(rows[search.limit - 1]["number"]) if more else None}
