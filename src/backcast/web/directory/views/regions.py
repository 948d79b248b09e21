"""The tree of regions, and the page of each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from backcast.web.core.editing import submit
from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import PLANNERS
from backcast.web.directory import actions
from backcast.web.directory.boundaries import draw
from backcast.web.directory.forms import RegionForm
from backcast.web.directory.models import Organisation, Region
from backcast.web.ui import panels


@dataclass(frozen=True, slots=True)
class Branch:
    """A region and how deep it lies in the tree."""

    region: Region
    depth: int


def regions(request: ActingRequest) -> HttpResponse:
    """Show the whole tree, and a map of the provinces' parts where boundaries are known."""
    rows = list(Region.objects.visible_to(request.actor).defer("note"))
    shown = {
        "branches": _branches(rows),
        "count": len(rows),
        "map": draw(rows),
        "may_change": request.actor.has(PLANNERS),
    }
    return render(request, "directory/regions.html", shown)


def region(request: ActingRequest, code: str) -> HttpResponse:
    """Show one region: what it is, what lies below it, its organisations, and what rooms above say of it."""
    found = _found(request, code)
    children = list(found.children.all())
    beside = children if any(child.boundary for child in children) else _beside(found)
    shown = {
        "region": found,
        "above": Region.objects.filter(code__in=found.path.strip("/").split("/")[:-1]),
        "children": children,
        "organisations": Organisation.objects.current().filter(region=found),
        "map": draw(beside, found),
        "panels": panels.rendered("region", request, request.actor.roles, found),
        "may_change": request.actor.has(PLANNERS, found.path),
    }
    return render(request, "directory/region.html", shown)


def edit_region(request: ActingRequest, code: str) -> HttpResponse:
    """Change what is said of a region."""
    found = _found(request, code)
    request.actor.require(PLANNERS, found.path)
    form = RegionForm(request.POST or None, instance=found)
    edit = submit(form, lambda: actions.change_region(found, form.changes, expected=form.seen, by=request.actor))
    if edit.done:
        messages.success(request, _("Saved."))
        return redirect("directory:region", code)
    shown = {"edit": edit, "what": found, "back": request.path.removesuffix("edit/")}
    return render(request, "directory/edit.html", shown, status=edit.status)


def add_region(request: ActingRequest) -> HttpResponse:
    """Add a region."""
    request.actor.require(PLANNERS)
    parent = Region.objects.filter(code=request.GET.get("in")).first()
    form = RegionForm(request.POST or None, initial={"parent": parent})
    edit = submit(form, lambda: actions.add_region(Region(**form.changes), by=request.actor))
    if edit.done:
        return redirect("directory:region", form.cleaned_data["code"])
    return render(request, "directory/edit.html", {"edit": edit, "title": _("Add a region")}, status=edit.status)


def _found(request: ActingRequest, code: str) -> Region:
    found: Region = get_object_or_404(Region.objects.visible_to(request.actor).select_related("parent"), code=code)
    return found


def _beside(region: Region) -> list[Region]:
    """Return the regions that a map of one shows: its neighbours below the same parent."""
    return list(Region.objects.filter(parent=region.parent)) if region.boundary else []


def _branches(rows: list[Region]) -> list[Branch]:
    """Return the tree, each region before those below it, in the order of the official codes."""
    below: dict[int | None, list[Region]] = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(row)
    branches, waiting = [], [(row, 0) for row in reversed(below[None])]
    while waiting:
        row, depth = waiting.pop()
        branches.append(Branch(row, depth))
        waiting += [(child, depth + 1) for child in reversed(below[row.pk])]
    return branches
