"""Adding and editing the parts of a project: approvals, listings, money, statistics, outputs and activities.

Every part is found by a key that people know, never by its number in a table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.web.core.editing import EditForm, submit
from backcast.web.core.models import Versioned
from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import Role
from backcast.web.projects import access, actions, approval_items, forms, lifecycle
from backcast.web.projects.models import Activity, Approval, Funding, Listing, Output, Project, StatisticsEntry

NEW = "add"
"""In place of a key: a new part."""
Save = Callable[[Any, dict[str, Any], ActingRequest, "int | None"], object]


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of part.

    Attributes
    ----------
    keys
        Lookups that a key is made of, in order.
    page
        The part of the project's page on which it stands.
    """

    title: str | Promise
    model: Any
    form: type[EditForm]
    keys: tuple[str, ...]
    page: str
    save: Save
    roles: frozenset[Role] = lifecycle.OFFICERS


def _saved_listing(row: Listing, values: dict[str, Any], request: ActingRequest, expected: int | None) -> object:
    if expected is None:
        return actions.list_in(row.project, values, by=request.actor)
    return actions.change_listing(row, values, by=request.actor, expected=expected)


def _saved_statistics(
    row: StatisticsEntry, values: dict[str, Any], request: ActingRequest, expected: int | None
) -> object:
    return actions.enter_statistics(row.project, values, by=request.actor, expected=expected)


def _saved_activity(row: Activity, values: dict[str, Any], request: ActingRequest, expected: int | None) -> object:
    if expected is None:
        raise Http404
    return actions.report_activity(row, values, by=request.actor, expected=expected)


PARTS: dict[str, Part] = {
    "approvals": Part(
        gettext_lazy("Approval"),
        Approval,
        forms.ApprovalForm,
        ("item",),
        "paperwork",
        lambda row, values, request, seen: actions.record_approval(row, values, by=request.actor, expected=seen),
        lifecycle.REPORTERS,
    ),
    "listings": Part(
        gettext_lazy("Year’s list"), Listing, forms.ListingForm, ("year", "tier"), "project", _saved_listing
    ),
    "funding": Part(
        gettext_lazy("Funds"),
        Funding,
        forms.FundingForm,
        ("year", "source"),
        "money",
        lambda row, values, request, seen: actions.set_funding(row, values, by=request.actor, expected=seen),
        lifecycle.OFFICERS | {Role.FINANCE_OFFICER},
    ),
    "statistics": Part(
        gettext_lazy("Statistics library"),
        StatisticsEntry,
        forms.StatisticsForm,
        ("project__code",),
        "money",
        _saved_statistics,
        lifecycle.REPORTERS,
    ),
    "outputs": Part(
        gettext_lazy("Output"),
        Output,
        forms.OutputForm,
        ("indicator__code", "region__code", "gate"),
        "project",
        lambda row, values, request, seen: actions.set_output(row, values, by=request.actor, expected=seen),
        lifecycle.REPORTERS,
    ),
    "activities": Part(
        gettext_lazy("Activity"),
        Activity,
        forms.ActivityForm,
        ("code",),
        "schedule",
        _saved_activity,
        lifecycle.REPORTERS,
    ),
}


def edit_part(request: ActingRequest, code: str, part: str, key: str) -> HttpResponse:
    """Add a part of a project, or change one."""
    project, kind = access.visible_project(code, request.actor), PARTS.get(part)
    if kind is None:
        raise Http404
    access.require(request.actor, kind.roles, project)
    row = kind.model(project=project) if key == NEW else found_part(kind, project, key)
    form = kind.form(request.POST or None, instance=row)
    edit = submit(form, lambda: kind.save(row, form.changes, request, form.seen if row.pk else None))
    if edit.done:
        messages.success(request, _("Saved. Who changed what is in the history."))
        return redirect(f"projects:{kind.page}", code)
    what = str(kind.title) if key == NEW else _called(row)
    context = {"edit": edit, "project": project, "title": kind.title, "what": what, "page": f"projects:{kind.page}"}
    return render(request, "projects/part.html", context, status=edit.status)


def found_part(kind: Part, project: Project, key: str) -> Any:
    """Return the part that a key names; its pieces stand apart by ``~``, an empty one says that there is none."""
    pieces = key.split("~")
    if len(pieces) != len(kind.keys):
        raise Http404
    found = kind.model._default_manager.filter(project=project)
    for lookup, piece in zip(kind.keys, pieces, strict=True):
        field, _dot, through = lookup.partition("__")
        found = found.filter(**{f"{field}__isnull": True} if through and not piece else {lookup: _plain(piece, lookup)})
    row = found.first()
    if row is None:
        raise Http404
    return row


def _plain(piece: str, lookup: str) -> Any:
    """Return a piece of a key as its field takes it."""
    if lookup != "year":
        return piece
    if not (piece.isascii() and piece.isdigit() and len(piece) == 4):
        raise Http404
    return int(piece)


def _called(row: Versioned) -> str:
    """Return what a part is called on its page: an approval by its item."""
    return approval_items.label_of(row.item) if isinstance(row, Approval) else str(row)
