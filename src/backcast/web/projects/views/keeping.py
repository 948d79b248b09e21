"""What people keep of the list, and what they take away: columns, views, and files of what is filtered."""

from __future__ import annotations

from io import BytesIO

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backcast.web.core.refusals import Invalid
from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import BUSINESS
from backcast.web.exchange.export import Form, export
from backcast.web.plans.models import Plan
from backcast.web.projects import actions, columns, listing
from backcast.web.projects.filters import FilterForm
from backcast.web.projects.models import SavedView
from backcast.web.projects.views.library import address, lasting

FORMS = {"xlsx": Form.XLSX, "csv": Form.CSV, "gb18030": Form.CSV_GB18030}


@require_POST
def choose_columns(request: ActingRequest) -> HttpResponse:
    """Keep which columns the reader likes, and go back to the list."""
    chosen = ",".join(name for name in columns.COLUMNS if name in request.POST.getlist("column"))
    actions.choose_columns(chosen, by=request.actor)
    return redirect(_list(request))


@require_POST
def save_view(request: ActingRequest) -> HttpResponse:
    """Keep what is asked under a name."""
    shared, query = "shared" in request.POST, lasting(QueryDict(request.POST.get("query", ""))).urlencode()
    try:
        chosen = request.POST.get("columns", "")
        view = actions.save_view(request.POST.get("name", ""), query, chosen, shared=shared, by=request.actor)
    except Invalid as error:
        messages.error(request, _("The view was not saved: {why}").format(why=error))
        return redirect(_list(request))
    messages.success(request, _("The view “{name}” is kept.").format(name=view))
    return redirect(reverse("projects:list") + address(view))


@require_POST
def remove_view(request: ActingRequest, code: str) -> HttpResponse:
    """Remove a view."""
    actions.remove_view(get_object_or_404(SavedView.objects.visible_to(request.actor), code=code), by=request.actor)
    return redirect(reverse("projects:list") + "?view=none")


@require_POST
def open_with(request: ActingRequest, code: str) -> HttpResponse:
    """Let the list open with a view, or with everything."""
    views = SavedView.objects.visible_to(request.actor)
    actions.open_with(None if code == "none" else get_object_or_404(views, code=code), by=request.actor)
    return redirect(reverse("projects:list") + f"?view={code}")


def export_projects(request: ActingRequest, form: str) -> FileResponse | HttpResponse:
    """Hand over the projects that are filtered in the form of an import; if they are of several plans, ask of which."""
    request.actor.require(BUSINESS)
    if form not in FORMS:
        raise Http404
    form_asked = FilterForm(request.GET, actor=request.actor)
    rows = listing.chosen(listing.asked_for(request.actor, form_asked.asked, form_asked.known))
    plans = Plan.objects.filter(pk__in=rows.values_list("plan", flat=True).distinct())
    if len(plans) > 1:
        return render(request, "projects/export.html", {"choices": [(one, _of_plan(request, one)) for one in plans]})
    made = export("projects", plans.first(), by=request.actor, queryset=rows, form=FORMS[form])
    return FileResponse(BytesIO(made.data), as_attachment=True, filename=made.name, content_type=made.content_type)


def _of_plan(request: ActingRequest, plan: Plan) -> str:
    """Return the address at which what is filtered is handed over of one plan."""
    query = request.GET.copy()
    query["plan"] = plan.code
    return f"?{query.urlencode()}"


def _list(request: ActingRequest) -> str:
    """Return the address of the list as it was."""
    query = lasting(QueryDict(request.POST.get("query", ""))).urlencode()
    return reverse("projects:list") + ("?" + query if query else "")
