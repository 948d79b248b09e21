"""The first page, the switches of the shell, and in demonstrations every component on one page."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as set_language_anywhere

from backcast.web.ui import example, panels, scheme, steps
from backcast.web.ui.navigation import roles_of

set_language = login_not_required(require_POST(set_language_anywhere))


def home(request: HttpRequest) -> HttpResponse:
    """Show what whoever signed in can do next, and how things stand."""
    roles = roles_of(request)
    context = {"steps": steps.steps_for(roles), "panels": panels.rendered("home", request, roles)}
    return render(request, "ui/home.html", context)


@login_not_required
@require_POST
def set_scheme(request: HttpRequest) -> HttpResponse:
    """Keep whether pages are light or dark, and go back."""
    there = request.POST.get("next", "")
    inside = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(there if inside else reverse("home"))
    scheme.keep(response, request.POST.get("scheme", ""))
    return response


@login_not_required
def style(request: HttpRequest) -> HttpResponse:
    """Show every component, for those who build pages; in demonstrations only."""
    if not settings.ENVIRONMENT.demo:
        raise Http404(_("This page is there in demonstrations only."))
    return render(request, "ui/style.html", example.context(request))
