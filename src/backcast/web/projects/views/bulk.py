"""One field of many projects at once: choose, look at what would change, confirm, and undo."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from backcast.web.core.refusals import Invalid
from backcast.web.core.requests import ActingRequest
from backcast.web.projects import actions, lifecycle, listing
from backcast.web.projects.actions import bulk
from backcast.web.projects.columns import COLUMNS
from backcast.web.projects.filters import FilterForm
from backcast.web.projects.models import BulkEdit, Project
from backcast.web.projects.views.library import lasting


class FieldForm(forms.Form):
    """Which field."""

    field = forms.ChoiceField(label=gettext_lazy("Field"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["field"] = forms.ChoiceField(
            label=_("Field"), choices=[(name, COLUMNS[name].label) for name in bulk.FIELDS]
        )


@require_POST
def bulk_edit(request: ActingRequest) -> HttpResponse:
    """Ask for field and value, show what would change, and change it once that is confirmed."""
    request.actor.require(lifecycle.OFFICERS)
    rows, data = _rows(request), request.POST
    form = FieldForm(data if data.get("field") else None)
    value = _value_form(data) if form.is_valid() else None
    shown: dict[str, Any] = {
        "form": form,
        "value": value,
        "query": data.get("query", ""),
        "projects": data.getlist("project"),
        "whole": "whole" in data,
        "back": _back(request),
    }
    if value is not None and value.is_valid():
        try:
            given = value.cleaned_data["value"]
            if "confirmed" in data:
                return _done(request, actions.set_field(rows, data["field"], given, by=request.actor))
            shown["preview"] = bulk.preview(rows, data["field"], given, by=request.actor)
        except Invalid as error:
            value.add_error(None, str(error))
    else:
        shown["count"] = rows.count()
    return render(
        request, "projects/bulk.html", shown, status=422 if value and value.is_bound and value.errors else 200
    )


@require_POST
def undo(request: ActingRequest, code: str) -> HttpResponse:
    """Take a bulk edit back."""
    edit = get_object_or_404(BulkEdit.objects.filter(made_by=request.actor.name), code=code)
    try:
        count = actions.undo(edit, by=request.actor)
    except Invalid as error:
        messages.error(request, str(error))
        return redirect("projects:list")
    left = len(edit.rows) - count
    again = ngettext("{n} project has its old value again.", "{n} projects have their old values again.", count)
    told = again.format(n=count)
    if left:
        since = ngettext(
            "{n} was changed by somebody since, and stays as it is.",
            "{n} were changed by somebody since, and stay as they are.",
            left,
        )
        told += f" {since.format(n=left)}"
    messages.success(request, told)
    return redirect("projects:list")


def done(request: ActingRequest, code: str) -> HttpResponse:
    """Show what a bulk edit did, with a button that takes it back."""
    edit = get_object_or_404(BulkEdit.objects.filter(made_by=request.actor.name), code=code)
    return render(request, "projects/bulk_done.html", {"edit": edit, "label": COLUMNS[edit.field].label})


def _done(request: ActingRequest, edit: BulkEdit) -> HttpResponse:
    return redirect("projects:bulk-done", edit.code)


def _rows(request: ActingRequest) -> Any:
    """Return the projects that were selected, or all that are filtered, as far as the reader sees them."""
    query = QueryDict(request.POST.get("query", ""))
    form = FilterForm(query, actor=request.actor)
    wanted = listing.asked_for(request.actor, form.asked if "whole" in request.POST else {}, form.known)
    chosen = Q() if "whole" in request.POST else Q(code__in=request.POST.getlist("project"))
    return listing.chosen(wanted & chosen)


def _value_form(data: QueryDict) -> forms.Form:
    """Return a form for the value of the field that was chosen; it is filled once a value was sent."""
    name = str(data["field"])
    field: Any = Project._meta.get_field(name)
    asked = field.formfield(label=COLUMNS[name].label, required=not field.blank)
    made = type("ValueForm", (forms.Form,), {"value": asked})
    form: forms.Form = made(data if "asked" in data else None)
    return form


def _back(request: ActingRequest) -> str:
    query = lasting(QueryDict(request.POST.get("query", ""))).urlencode()
    return reverse("projects:list") + ("?" + query if query else "")
