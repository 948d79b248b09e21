"""Background work by the API."""

from __future__ import annotations

from typing import Any

from ninja import Router

from backcast.web.core.api import READ, named, one
from backcast.web.core.requests import ActingRequest
from backcast.web.core.shapes import Code, Shape
from backcast.web.jobs.models import Job

JOB = Shape(
    "Job",
    Job,
    ("code", "kind", "title", "state", "progress", "step", "owner", "created_at", "started_at", "finished_at", "error"),
)

router = Router(tags=["jobs"])


@router.get("/jobs/{code}", response={200: JOB.one, **READ})
def job(request: ActingRequest, code: Code) -> Any:
    """Show how far a job of one's own is, and what became of it."""
    found = Job.objects.visible_to(request.actor)
    return one(JOB, found, named(found, code))
