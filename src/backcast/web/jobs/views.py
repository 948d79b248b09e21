"""Pages of background work: one's own jobs, and how far each is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backcast.web.core.requests import ActingRequest
from backcast.web.jobs import actions
from backcast.web.jobs.models import Job

PAGE = 50


def listed(request: ActingRequest) -> HttpResponse:
    """List the latest jobs of whoever asks; the system officer sees everybody's."""
    jobs = Job.objects.visible_to(request.actor).order_by("-created_at")[:PAGE]
    return render(request, "jobs/list.html", {"jobs": jobs, "mine": request.actor.name})


def job(request: ActingRequest, code: str) -> HttpResponse:
    """Show how far a job is and what became of it; htmx asks for the middle part again and again."""
    found = get_object_or_404(Job.objects.visible_to(request.actor), code=code)
    page = "jobs/state.html" if request.headers.get("HX-Request") else "jobs/job.html"
    return render(request, page, {"job": found, "mine": found.owner == request.actor.name})


@require_POST
def cancel(request: ActingRequest, code: str) -> HttpResponse:
    """Cancel a job."""
    found = get_object_or_404(Job.objects.visible_to(request.actor), code=code)
    actions.cancel(found, by=request.actor)
    messages.info(request, _("Cancelling: what it was about to write is not written."))
    return redirect(found)
