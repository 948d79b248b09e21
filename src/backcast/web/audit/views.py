"""The audit as its officer reads it; that they read it is written down as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from backcast.web.audit import recording as audit
from backcast.web.audit import wording
from backcast.web.audit.forms import PlaceForm, SearchForm
from backcast.web.audit.models import Event, EventQuerySet
from backcast.web.core.actor import Actor
from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import Role

PAGE = 50
View = Callable[..., HttpResponse]


def for_audit_officer(view: View) -> View:
    """Show a page to the audit officer; for everybody else there is no such page."""

    @wraps(view)
    def shown(request: ActingRequest, **found: Any) -> HttpResponse:
        if not request.actor.has(Role.AUDIT_OFFICER):
            raise Http404(_("There is no such page."))
        return view(request, request.actor, **found)

    return shown


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an event's object, before and after."""

    label: str
    before: Any
    after: Any

    @property
    def changed(self) -> bool:
        """Whether it is not the same."""
        return bool(self.before != self.after)


@dataclass(frozen=True, slots=True)
class Shown:
    """An event in words."""

    event: Event

    @property
    def action(self) -> str:
        """What was done."""
        return wording.action(self.event.action)

    @property
    def kind(self) -> str:
        """To what kind of object."""
        return wording.kind(self.event.object_type)

    @property
    def route(self) -> str:
        """The way by which it came."""
        return wording.route(self.event.route)

    @property
    def roles(self) -> str:
        """The roles that the user had at the time."""
        labels = dict(Role.choices)
        return _(", ").join(str(labels.get(role, role)) for role in self.event.roles.split(",") if role)

    @property
    def fields(self) -> list[Field]:
        """The fields, those of before first."""
        before, after = self.event.values_before, self.event.values_after
        return [
            Field(wording.field(self.event.object_type, name), before.get(name), after.get(name))
            for name in {**before, **after}
        ]


@for_audit_officer
def events(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List events, the latest first, with what each changed."""
    form, place = SearchForm(request.GET), PlaceForm(request.GET)
    if not form.is_valid():
        return render(request, "audit/events.html", {"form": form}, status=422)
    rows, before, after = _page(Event.objects.filter(form.condition()), place)
    audit.note(actor, "audit.read", {name: str(value) for name, value in form.asked.items()})
    shown = {"form": form, "rows": [Shown(row) for row in rows], "before": before, "after": after}
    return render(request, "audit/events.html", shown)


@for_audit_officer
def event(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Show one event with everything that is kept of it, and whether its seal is whole."""
    found = get_object_or_404(Event, number=number)
    audit.note(actor, "audit.read", {"number": number})
    return render(request, "audit/event.html", {"row": Shown(found), "whole": found.is_whole})


def _page(events: EventQuerySet, place: PlaceForm) -> tuple[list[Event], int | None, int | None]:
    """Return a page of events, the latest first, and the numbers before and after which there are more."""
    place.is_valid()  # a place that is none is the beginning
    before, after = place.cleaned_data.get("before"), place.cleaned_data.get("after")
    if before is not None:
        rows = list(events.filter(number__gt=before).order_by("number")[: PAGE + 1])
        more, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        return rows, rows[0].number if more else None, rows[-1].number if rows else None
    older = events if after is None else events.filter(number__lt=after)
    rows = list(older.order_by("-number")[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return rows, rows[0].number if rows and after is not None else None, rows[-1].number if more else None
