"""Pages of import and export."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backcast.web.core.refusals import Conflict, Invalid
from backcast.web.core.requests import ActingRequest
from backcast.web.exchange import actions, foreign, showing, staging, undoing
from backcast.web.exchange.effects import CHANGED, CONFLICT, MINE, NEW
from backcast.web.exchange.forms import ChooseForm, NamesForm, UploadForm
from backcast.web.exchange.models import Import, Stage
from backcast.web.exchange.registry import home
from backcast.web.exchange.upload import grid_of
from backcast.web.ui.reading import in_either

RECENT = 20
SEVERITIES = {"errors": "error", "warnings": "warning"}
EFFECTS = {"changed": (CHANGED, MINE), "new": (NEW,), "conflicts": (CONFLICT, MINE)}
"""What the parts of the page of an import show."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page of an import, and whether it is shown."""

    name: str
    title: str
    count: int
    current: bool = False


def begin(request: ActingRequest) -> HttpResponse:
    """Choose a table, take it out, bring it back, and see what was imported lately."""
    return _begin(request, ChooseForm(request.GET, request.actor), None)


def _begin(request: ActingRequest, choose: ChooseForm, upload: UploadForm | None) -> HttpResponse:
    chosen = choose.cleaned_data if choose.is_valid() else None
    one = home(chosen["table"]) if chosen else None
    shown = {
        "choose": choose,
        "chosen": chosen,
        "table": one.table if one else None,
        "about": in_either(one.table.about, one.table.about_zh) if one else "",
        "may_import": one is not None and request.actor.has(one.importers),
        "upload": upload or UploadForm(chosen["table"] if chosen else ""),
        "imports": Import.objects.visible_to(request.actor).light()[:RECENT],
    }
    return render(request, "exchange/begin.html", shown, status=422 if upload else 200)


@require_POST
def upload(request: ActingRequest) -> HttpResponse:
    """Take a file, and lead to what is in it."""
    choose = ChooseForm(request.POST, request.actor)
    if not choose.is_valid():
        raise Http404
    table, plan = choose.cleaned_data["table"], choose.cleaned_data["plan"]
    form = UploadForm(table, request.POST, request.FILES)
    if form.is_valid():
        names = form.cleaned_data.get("names")
        try:
            return redirect(actions.take(form.cleaned_data["file"], table, plan, names=names, by=request.actor))
        except Invalid as error:
            for fault in error.faults:
                form.add_error("file", fault.message)
    return _begin(request, choose, form)


def imported(request: ActingRequest, code: str) -> HttpResponse:
    """Show an import as it stands: what to correct, what to confirm, how far it is, or what it did."""
    taken = _found(request, code)
    if taken.stage == Stage.MAPPING:
        return redirect("exchange:names", code)
    return _page(request, taken)


def _page(request: ActingRequest, taken: Import, status: int = 200, **more: Any) -> HttpResponse:
    parts = _parts(taken)
    part = next((one for one in parts if one.name == request.GET.get("show")), parts[0] if parts else None)
    start, problems, effects = showing.start_of(request.GET), None, None
    if part and part.name in SEVERITIES:
        problems = showing.problems(taken, start, SEVERITIES[part.name])
    elif part:
        effects = showing.effects(taken, start, EFFECTS[part.name])
    job = taken.its_job()
    shown = {
        "import": taken,
        "table": taken.schema,
        "simulated": getattr(taken.its_plan(), "simulated", False),
        "parts": [replace(one, current=one is part) for one in parts],
        "part": part,
        "problems": problems,
        "effects": effects,
        "upload": UploadForm(taken.table, initial={"names": taken.names}),
        "job": job,
        "may_import": request.actor.has(taken.home.importers),
        **more,
    }
    return render(request, "exchange/import.html", shown, status=status)


def _parts(taken: Import) -> list[Part]:
    """Return what there is to show of an import, in the order in which somebody wants to see it."""
    parts = [
        Part("errors", _("To be corrected"), taken.errors),
        Part("conflicts", _("Conflicts"), taken.conflicts + len(taken.mine)),
        Part("warnings", _("To be looked at"), taken.warnings),
        Part("changed", _("Changed"), taken.changed),
        Part("new", _("New"), taken.created),
    ]
    return [part for part in parts if part.count]


def names(request: ActingRequest, code: str) -> HttpResponse:
    """Say which column of a foreign file is which of ours."""
    taken = _found(request, code)
    request.actor.require(taken.home.importers)
    if not taken.is_open:
        return redirect(taken)
    with staging.on_disk(taken.file) as path, actions.legible():
        grid, _doubts = grid_of(taken.schema, path)
    headings = foreign.headings_of(taken.schema, grid)
    initial = {"name": taken.names.name} if taken.names else {}
    form = NamesForm(taken.schema, headings, request.POST or None, initial=initial)
    if form.is_valid():
        actions.name_columns(taken, form.cleaned_data["name"], form.columns, by=request.actor)
        return redirect(taken)
    shown = {"form": form, "import": taken, "table": taken.schema}
    return render(request, "exchange/names.html", shown, status=422 if form.is_bound else 200)


@require_POST
def look_again(request: ActingRequest, code: str) -> HttpResponse:
    """Compare the file with the library as it is now."""
    taken = _found(request, code)
    if taken.is_open or taken.is_stuck:
        actions.again(taken, by=request.actor)
    return redirect(taken)


@require_POST
def decide(request: ActingRequest, code: str) -> HttpResponse:
    """Say for each conflict which version stays."""
    taken = _found(request, code)
    mine = [name for name in request.POST.getlist("row") if request.POST.get(f"keep-{name}") == "mine"]
    if taken.is_open:
        actions.decide(taken, request.POST.getlist("row"), mine, by=request.actor)
    return redirect(taken)


@require_POST
def confirm(request: ActingRequest, code: str) -> HttpResponse:
    """Import what was shown."""
    taken = _found(request, code)
    try:
        actions.confirm(taken, seen=request.POST.get("seen", ""), by=request.actor)
    except (Invalid, Conflict) as error:
        taken.refresh_from_db()
        return _page(request, taken, status=409, told=str(error))
    return redirect(taken)


@require_POST
def discard(request: ActingRequest, code: str) -> HttpResponse:
    """Put an import aside."""
    taken = _found(request, code)
    if not actions.discard(taken, by=request.actor):
        return redirect(taken)
    messages.info(request, _("Put aside. Nothing was changed."))
    return redirect("exchange:home")


@require_POST
def undo(request: ActingRequest, code: str) -> HttpResponse:
    """Undo an import, or list the rows because of which it cannot be undone."""
    taken = _found(request, code)
    try:
        undoing.undo(taken, by=request.actor)
    except undoing.CannotBeUndone as error:
        return _page(request, taken, status=409, blockers=error.blockers)
    messages.success(request, _("Undone: every row is as it was before."))
    return redirect(taken)


def _found(request: ActingRequest, code: str) -> Import:
    rows = Import.objects.visible_to(request.actor).select_related("file", "names")
    found: Import = get_object_or_404(rows, code=code)
    return found
