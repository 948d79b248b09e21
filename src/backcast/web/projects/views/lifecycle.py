"""The lifecycle of projects as a page: it is made from the table that the actions heed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import BUSINESS
from backcast.web.projects.reference import chapters


def lifecycle_page(request: ActingRequest) -> HttpResponse:
    """Show every transition of every kind."""
    request.actor.require(BUSINESS)
    return render(request, "projects/lifecycle.html", {"chapters": chapters()})
