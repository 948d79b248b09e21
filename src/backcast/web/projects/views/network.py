"""Editing a project's network as a table, with what each activity waits for written beside it."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.forms import formset_factory
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from backcast.web.core.refusals import Conflict, Fault, Invalid
from backcast.web.core.requests import ActingRequest
from backcast.web.projects import access, actions, lifecycle
from backcast.web.projects.forms import ActivityRow
from backcast.web.projects.models import Project, Relationship

Rows = formset_factory(ActivityRow, extra=5, max_num=500)
SHOWN = ("code", "name", "duration", "interval", "gate", "planned_start", "planned_finish")
WAITS = re.compile(r"(?P<predecessor>\S+)(?:\s+(?P<type>FS|SS|FF|SF))?(?:\s+(?P<lag>[+-]?\d{1,5}))?", re.IGNORECASE)
"""``A10``, ``A10 SS`` or ``A10 FS +5``."""


def network(request: ActingRequest, code: str) -> HttpResponse:
    """Change the activities of a project and what waits for what."""
    project = access.visible_project(code, request.actor)
    access.require(request.actor, lifecycle.OFFICERS, project)
    formset = Rows(request.POST or None, initial=_initial(project))
    faults, status = _saved(request, project, formset) if request.method == "POST" else ([], 200)
    if request.method == "POST" and not faults:
        messages.success(request, _("Saved. Who changed what is in the history."))
        return redirect("projects:schedule", code)
    for sentence in faults:
        messages.error(request, sentence)
    seen = request.POST.get("version", project.version)
    return render(
        request, "projects/network.html", {"project": project, "formset": formset, "seen": seen}, status=status
    )


def _initial(project: Project) -> list[dict[str, Any]]:
    waits = defaultdict(list)
    links = Relationship.objects.filter(successor__project=project, predecessor__project=project)
    for link in links.select_related("predecessor", "successor").order_by("predecessor__code"):
        waits[link.successor.code].append(_told(link))
    return [row | {"after": "; ".join(waits[row["code"]])} for row in project.activities.values(*SHOWN)]


def _told(link: Relationship) -> str:
    """Write what an activity waits for: a plain code where it waits for the end."""
    lag = f"{link.lag:+d}" if link.lag else ""
    kind = link.type or "FS"
    return " ".join(filter(None, [link.predecessor.code, kind if lag or kind != "FS" else "", lag]))


def _saved(request: ActingRequest, project: Project, formset: Any) -> tuple[list[str], int]:
    """Set the network that was sent; return what is in the way, and the status that tells it."""
    version = request.POST.get("version", "")
    if not formset.is_valid() or not version.isdigit():
        return [_("Some activity cannot be read. Look at the fields below.")], 422
    rows = [row for row in formset.cleaned_data if row.get("code")]
    try:
        relationships = [link for row in rows for link in _relationships(row)]
        activities = [{name: row[name] for name in SHOWN} for row in rows]
        actions.set_network(project, activities, relationships, by=request.actor, expected=int(version))
    except Invalid as error:
        return [str(fault.message) for fault in error.faults], 422
    except Conflict as error:
        return [_("{sentence} Open this page again to see their network.").format(sentence=error)], 409
    return [], 200


def _relationships(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Read what one activity waits for."""
    found = []
    for piece in filter(None, map(str.strip, re.split("[;；,，]", row["after"]))):
        match = WAITS.fullmatch(piece)
        if match is None:
            sentence = _("“{piece}” cannot be read. Write a code, such as A10, or A10 FS +5.")
            raise Invalid([Fault("after", sentence.format(piece=piece), piece)])
        kind, lag = (match["type"] or "FS").upper(), int(match["lag"]) if match["lag"] else None
        found.append({"predecessor": match["predecessor"], "successor": row["code"], "type": kind, "lag": lag})
    return found
