"""Pages of background work: one's own jobs, and how far each is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backcast.web.core.actor import Actor
from backcast.web.jobs import actions
from backcast.web.jobs.models import Job

PAGE = 50


def listed(request: HttpRequest) -> HttpResponse:
    """List the latest jobs of whoever asks; the system officer sees everybody's."""
    jobs = Job.objects.visible_to(_actor(request)).order_by("-created_at")[:PAGE]
    return render(request, "jobs/list.html", {"jobs": jobs, "mine": _actor(request).name})


def job(request: HttpRequest, code: str) -> HttpResponse:
    """Show how far a job is and what became of it; htmx asks for the middle part again and again."""
    found = get_object_or_404(Job.objects.visible_to(_actor(request)), code=code)
    page = "jobs/state.html" if request.headers.get("HX-Request") else "jobs/job.html"
    return render(request, page, {"job": found, "mine": found.owner == _actor(request).name})


@require_POST
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Cancel a job."""
    found = get_object_or_404(Job.objects.visible_to(_actor(request)), code=code)
    actions.cancel(found, by=_actor(request))
    messages.info(request, _("Cancelling: what it was about to write is not written."))
    return redirect(found)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
