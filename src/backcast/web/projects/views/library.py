"""The list of projects: filtered, sorted, a page at a time; one address gives the page, or the part that changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import PLANNERS
from backcast.web.projects import choices, columns, lifecycle, listing, paging
from backcast.web.projects.filters import FilterForm
from backcast.web.projects.models import ListSetting, SavedView

PART = "listing"
"""What htmx replaces: everything that depends on what is asked."""
PAGING = ("after", "before", "count")
_FIRST = {"q", "region", "late", "due"}
"""Filters that are always in sight."""


def library(request: ActingRequest) -> HttpResponse:
    """Show the projects that the reader sees and asks for."""
    setting = ListSetting.objects.select_related("opens_with").filter(user=request.actor.user_id).first()
    if not request.GET and setting and setting.opens_with:
        return redirect(request.path + address(setting.opens_with))
    views = list(SavedView.objects.visible_to(request.actor))
    view = next((one for one in views if one.code == request.GET.get("view")), None)
    form = FilterForm(request.GET, actor=request.actor)
    shown = columns.read((view and view.columns) or (setting.columns if setting else ""))
    context = listed(request, form, shown) | {"views": views, "view": view, "setting": setting}
    part = request.headers.get("HX-Target") == PART
    if not part:
        further = any(name not in _FIRST for name in form.asked)
        context |= {"options": choices.options(form), "further": further}
    response = render(request, "projects/listing.html" if part else "projects/list.html", context)
    patch_vary_headers(response, ["HX-Target"])
    if part:
        response["HX-Push-Url"] = f"{request.path}?{filled(request.GET).urlencode()}"
    return response


def listed(request: ActingRequest, form: FilterForm, shown: tuple[columns.Column, ...]) -> dict[str, Any]:
    """Return what the list shows of what is asked."""
    query, asked, known = filled(request.GET), form.asked, form.known
    order = paging.Order.of(query.get("sort", ""), columns.SORTABLE)
    page, count = listing.page(
        listing.asked_for(request.actor, asked, known),
        order,
        columns.fields_of(shown, order.field),
        after=query.get("after", ""),
        before=query.get("before", ""),
        exactly="count" in query,
    )
    may_edit = request.actor.has(lifecycle.OFFICERS)
    return {
        "form": form,
        "chips": choices.chips(form, asked, query),
        "page": page,
        "rows": columns.drawn(page.rows, shown, known.dates, selectable=may_edit),
        "count": count,
        "columns": shown,
        "all_columns": [(column, column in shown) for column in columns.COLUMNS.values()],
        "query": lasting(query).urlencode(),
        "may_edit": may_edit,
        "may_share": request.actor.has(PLANNERS),
        "simulated": not known.simulated.isdisjoint(row["plan_id"] for row in page.rows),
    }


def address(view: SavedView) -> str:
    """Return where a saved view is seen."""
    query = QueryDict(view.query, mutable=True)
    query["view"] = view.code
    return f"?{query.urlencode()}"


def filled(query: QueryDict) -> QueryDict:
    """Return what an address asks, without what was left empty."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        if some := [value for value in values if value]:
            kept.setlist(name, some)
    return kept


def lasting(query: QueryDict) -> QueryDict:
    """Return what an address asks, wherever in the list it is."""
    kept = query.copy()
    for name in (*PAGING, "view"):
        kept.pop(name, None)
    return kept
