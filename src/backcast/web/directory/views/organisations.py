"""The list of organisations, the page of each, and merging those entered twice."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backcast.web.accounts.models import Grant
from backcast.web.core.editing import submit
from backcast.web.core.refusals import Invalid
from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import PLANNERS
from backcast.web.directory import actions, merging
from backcast.web.directory.forms import FilterForm, MergeForm, OrganisationForm
from backcast.web.directory.models import Organisation
from backcast.web.ui import panels

PAGE = 100


def organisations(request: ActingRequest) -> HttpResponse:
    """Show the organisations, narrowed by name and kind, a page at a time in the order of their codes."""
    form = FilterForm(request.GET)
    rows = Organisation.objects.visible_to(request.actor).current().select_related("region")
    if form.is_valid():
        rows = rows.told(form.cleaned_data["q"])
        rows = rows.filter(kind=form.cleaned_data["kind"]) if form.cleaned_data["kind"] else rows
    count, after, before = rows.count(), request.GET.get("after", ""), request.GET.get("before", "")
    if before:
        page = list(rows.filter(code__lt=before).order_by("-code")[: PAGE + 1])
        more_before, more_after, page = len(page) > PAGE, True, page[:PAGE][::-1]
    else:
        page = list(rows.filter(code__gt=after).order_by("code")[: PAGE + 1])
        more_before, more_after, page = bool(after), len(page) > PAGE, page[:PAGE]
    shown = {
        "form": form,
        "rows": page,
        "count": count,
        "before": page[0].code if page and more_before else "",
        "after": page[-1].code if page and more_after else "",
        "may_change": request.actor.has(PLANNERS),
    }
    return render(request, "directory/organisations.html", shown)


def organisation(request: ActingRequest, code: str) -> HttpResponse:
    """Show one organisation, what rooms above say of it, and which others it may be the same as."""
    found = _found(request, code)
    may_change = request.actor.has(PLANNERS, actions.place_of(found))
    shown = {
        "organisation": found,
        "merged": found.merged.all(),
        "alike": merging.likely_same(found) if may_change and not found.merged_into else [],
        "panels": panels.rendered("organisation", request, request.actor.roles, found),
        "may_change": may_change,
    }
    return render(request, "directory/organisation.html", shown)


def edit_organisation(request: ActingRequest, code: str) -> HttpResponse:
    """Change what is said of an organisation."""
    found = _found(request, code)
    request.actor.require(PLANNERS, actions.place_of(found))
    form = OrganisationForm(request.POST or None, instance=found)
    edit = submit(form, lambda: actions.change_organisation(found, form.changes, expected=form.seen, by=request.actor))
    if edit.done:
        messages.success(request, _("Saved."))
        return redirect("directory:organisation", code)
    shown = {"edit": edit, "what": found, "back": request.path.removesuffix("edit/")}
    return render(request, "directory/edit.html", shown, status=edit.status)


def add_organisation(request: ActingRequest) -> HttpResponse:
    """Add an organisation."""
    request.actor.require(PLANNERS)
    form = OrganisationForm(request.POST or None)
    edit = submit(form, lambda: actions.add_organisation(Organisation(**form.changes), by=request.actor))
    if edit.done:
        return redirect("directory:organisation", form.cleaned_data["code"])
    return render(request, "directory/edit.html", {"edit": edit, "title": _("Add an organisation")}, status=edit.status)


def duplicates(request: ActingRequest) -> HttpResponse:
    """Show which organisations were likely entered twice."""
    request.actor.require(PLANNERS)
    return render(request, "directory/duplicates.html", {"pairs": merging.likely_duplicates()})


def merge(request: ActingRequest, code: str) -> HttpResponse:
    """Show what would name the survivor, and merge when that is confirmed."""
    found = _found(request, code)
    request.actor.require(PLANNERS, actions.place_of(found))
    form = MergeForm(request.POST or request.GET or None, duplicate=found)
    survivor = form.cleaned_data["into"] if form.is_valid() else None
    if request.method == "POST" and survivor:
        try:
            merging.merge(found, survivor, by=request.actor)
        except Invalid as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("“{name}” was merged.").format(name=found))
            return redirect("directory:organisation", survivor.code)
    shown = {
        "organisation": found,
        "form": form,
        "survivor": survivor,
        "uses": merging.uses_of(found),
        "grants": Grant.objects.filter(organisation=found.code).count(),
        "alike": merging.likely_same(found),
    }
    return render(request, "directory/merge.html", shown, status=422 if request.method == "POST" else 200)


@require_POST
def unmerge(request: ActingRequest, code: str) -> HttpResponse:
    """Take a merged organisation apart again."""
    found = _found(request, code)
    if found.merged_into is None:
        raise Http404
    merging.unmerge(found, by=request.actor)
    messages.success(request, _("“{name}” stands for itself again.").format(name=found))
    return redirect("directory:organisation", code)


def _found(request: ActingRequest, code: str) -> Organisation:
    rows = Organisation.objects.visible_to(request.actor).select_related("region", "merged_into")
    found: Organisation = get_object_or_404(rows, code=code)
    return found
