"""What is done to a project at the press of a button, and its files."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from backcast.web.core.refusals import Conflict, Invalid
from backcast.web.core.requests import ActingRequest
from backcast.web.directory.models import Region
from backcast.web.files.views import download
from backcast.web.projects import access, actions, lifecycle
from backcast.web.projects.forms import AttachForm, ReasonForm, RouteForm, ShareForm
from backcast.web.projects.models import Project

Shares = django_forms.formset_factory(ShareForm, extra=3, max_num=200)


@require_POST
def freeze(request: ActingRequest, code: str) -> HttpResponse:
    """Freeze the planned dates as the next baseline."""
    project = access.visible_project(code, request.actor)
    form = ReasonForm(request.POST)
    try:
        baseline = actions.freeze_baseline(project, form.data.get("reason", ""), by=request.actor)
    except Invalid as error:
        messages.error(request, _said(error))
    else:
        messages.success(request, _("The dates are frozen as baseline {number}.").format(number=baseline.number))
    return redirect("projects:schedule", code)


@require_POST
def choose_route(request: ActingRequest, code: str) -> HttpResponse:
    """List the items of a route."""
    project = access.visible_project(code, request.actor)
    form = RouteForm(request.POST)
    if form.is_valid():
        new = actions.choose_route(project, form.cleaned_data["way"], by=request.actor)
        told = ngettext("{count} item was listed.", "{count} items were listed.", len(new))
        messages.success(request, told.format(count=len(new)))
    return redirect("projects:paperwork", code)


@require_POST
def draw_early_network(request: ActingRequest, code: str) -> HttpResponse:
    """Make the approvals that a project needs its network."""
    project = access.visible_project(code, request.actor)
    access.require(request.actor, lifecycle.OFFICERS, project)
    activities, relationships = actions.early_network(project)
    try:
        actions.set_network(project, activities, relationships, by=request.actor, expected=project.version)
    except Invalid as error:
        messages.error(request, _said(error))
    return redirect("projects:schedule", code)


@require_POST
def count_at(request: ActingRequest, code: str) -> HttpResponse:
    """Let a project count, or those below it."""
    project = access.visible_project(code, request.actor)
    children = request.POST.get("level") == "children"
    try:
        actions.count_at(project, children=children, by=request.actor, expected=project.version)
    except Invalid as error:
        messages.error(request, _said(error))
    return redirect("projects:project", code)


def _said(error: Invalid) -> str:
    return " ".join(str(fault.message) for fault in error.faults)


def shares(request: ActingRequest, code: str) -> HttpResponse:
    """Share a project over regions."""
    project = access.visible_project(code, request.actor)
    access.require(request.actor, lifecycle.OFFICERS, project)
    kept = [(one.region, one.share) for one in project.shares.select_related("region")] or [(project.lead_region, 1)]
    now = [{"region": region, "share": round(share * 100, 4)} for region, share in kept]
    form = Shares(request.POST or None, initial=now)
    status = 200
    if request.method == "POST":
        faults, status = _shared(request, project, form)
        if not faults:
            return redirect("projects:project", code)
        for sentence in faults:
            messages.error(request, sentence)
    context = {"project": project, "formset": form, "now": now, "seen": request.POST.get("version", project.version)}
    return render(request, "projects/shares.html", context, status=status)


def _shared(request: ActingRequest, project: Project, form: Any) -> tuple[list[str], int]:
    """Set the shares that were sent; return what is in the way, and the status that tells it."""
    version = request.POST.get("version", "")
    if not form.is_valid() or not version.isdigit():
        return [_("Some share cannot be read. Look at the fields below.")], 422
    rows = [row for row in form.cleaned_data if row.get("region") and row.get("share")]
    given: dict[Region, float] = {row["region"]: float(row["share"]) / 100 for row in rows}
    try:
        actions.set_shares(project, given, by=request.actor, expected=int(version))
    except Invalid as error:
        return [str(fault.message) for fault in error.faults], 422
    except Conflict as error:
        return [str(error)], 409
    return [], 200


def attach(request: ActingRequest, code: str) -> HttpResponse:
    """Attach a file to a project; what is wrong with it stands at its field."""
    project = access.visible_project(code, request.actor)
    access.require(request.actor, lifecycle.REPORTERS, project)
    form = AttachForm(request.POST or None, request.FILES or None)
    if form.is_valid() and _attached(request, project, form):
        return redirect("projects:paperwork", code)
    status = 422 if form.is_bound else 200
    return render(request, "projects/attach.html", {"project": project, "form": form}, status=status)


def _attached(request: ActingRequest, project: Project, form: AttachForm) -> bool:
    given = form.cleaned_data
    upload: UploadedFile[bytes] = given["file"]
    try:
        declared = given["no_state_secret"]
        actions.attach(project, upload, given["title"], by=request.actor, no_state_secret=declared)
    except Invalid as error:
        for fault in error.faults:
            form.add_error(fault.field, fault.message)
        return False
    return True


def file(request: ActingRequest, code: str, file_code: str) -> FileResponse:
    """Hand a file of a project over."""
    return download(actions.take(access.visible_attachment(code, file_code, request.actor), by=request.actor))


@require_POST
def detach(request: ActingRequest, code: str, file_code: str) -> HttpResponse:
    """Take a file off a project."""
    actions.detach(access.visible_attachment(code, file_code, request.actor), by=request.actor)
    return redirect("projects:paperwork", code)
