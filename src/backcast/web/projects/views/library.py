"""The list of projects."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from backcast.web.accounts.middleware import ActingRequest
from backcast.web.projects import lifecycle
from backcast.web.projects.models import Project

ROWS = 100


def library(request: ActingRequest) -> HttpResponse:
    """Show the projects that the reader sees, by code, from one on."""
    seen = Project.objects.visible_to(request.actor).filter(code__gt=request.GET.get("after", ""))
    rows = list(seen.select_related("lead_region", "plan")[: ROWS + 1])
    context = {
        "projects": rows[:ROWS],
        "after": rows[ROWS - 1].code if len(rows) > ROWS else "",
        "simulated": any(project.plan.simulated for project in rows),
        "may_add": request.actor.has(lifecycle.OFFICERS),
    }
    return render(request, "projects/list.html", context)
