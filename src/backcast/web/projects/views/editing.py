"""Taking in, editing and moving projects."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from backcast.web.core.editing import Edit, submit
from backcast.web.core.refusals import Conflict
from backcast.web.core.requests import ActingRequest
from backcast.web.plans.models import Plan
from backcast.web.projects import access, actions, codes, lifecycle
from backcast.web.projects.duplicates import Candidate
from backcast.web.projects.forms import NewProjectForm, ProjectForm, advance_form, form_for
from backcast.web.projects.models import Project


def add(request: ActingRequest) -> HttpResponse:
    """Take in a project; those that it looks like are shown before it is saved."""
    request.actor.require(lifecycle.OFFICERS)
    plans = Plan.objects.visible_to(request.actor)
    plan = plans.filter(code=request.GET.get("plan")).first() or (plans.first() if len(plans) == 1 else None)
    if plan is None:
        return render(request, "projects/choose_plan.html", {"plans": plans})
    form = form_for(NewProjectForm, request.actor, plan)(request.POST or None, instance=Project(plan=plan))
    edit, alike = _added(request, form, plan)
    if edit.done:
        return redirect("projects:project", form.cleaned_data["code"])
    return render(request, "projects/add.html", {"edit": edit, "plan": plan, "alike": alike}, status=edit.status)


def _added(request: ActingRequest, form: NewProjectForm, plan: Plan) -> tuple[Edit, tuple[Candidate, ...]]:
    alike: tuple[Candidate, ...] = ()

    def save() -> None:
        nonlocal alike
        declared = {name: form.cleaned_data[name] for name in ("no_state_secret", "anyway")}
        try:
            project = actions.add(plan, form.values, by=request.actor, **declared)
        except actions.LikelyDuplicate as error:
            alike = error.found
            form.offer_anyway()
            raise
        _tell(request, project)

    return submit(form, save), alike


def edit_project(request: ActingRequest, code: str) -> HttpResponse:
    """Change the profile of a project."""
    project = access.visible_project(code, request.actor)
    access.require(request.actor, lifecycle.REPORTERS, project)
    form = form_for(ProjectForm, request.actor, project.plan)(request.POST or None, instance=project)
    edit = submit(form, lambda: actions.change(project, form.changes, by=request.actor, expected=form.seen))
    if edit.done:
        _tell(request, access.visible_project(code, request.actor))
        return redirect("projects:project", code)
    return render(request, "projects/edit.html", {"edit": edit, "project": project}, status=edit.status)


def _tell(request: ActingRequest, project: Project) -> None:
    """Say that it is saved, and what is odd about its code."""
    messages.success(request, _("Saved. Who changed what is in the history."))
    if codes.is_national(project.code):
        for sentence in codes.warnings(project.code, project.lead_region):
            messages.warning(request, sentence)


def advance(request: ActingRequest, code: str, to: str) -> HttpResponse:
    """Move a project to another stage."""
    project = access.visible_project(code, request.actor)
    step = lifecycle.way_to(project.kind, project.stage, to)
    if step is None:
        raise _no_way_now(project, to)
    access.require(request.actor, step.roles, project)
    form = advance_form(step)(request.POST or None, instance=project)
    edit = submit(
        form, lambda: actions.advance(project, to, by=request.actor, expected=form.seen, **_asked(form.cleaned_data))
    )
    if edit.done:
        messages.success(request, _("{step}: done.").format(step=step.label))
        return redirect("projects:project", code)
    return render(
        request, "projects/advance.html", {"edit": edit, "project": project, "step": step}, status=edit.status
    )


def _asked(given: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in given.items() if name != "version"}


def _no_way_now(project: Project, to: str) -> Exception:
    """Tell a stage that cannot be reached from one that could be before somebody else moved the project."""
    if not any(project.kind in step.kinds and step.target == to for step in lifecycle.TRANSITIONS):
        return Http404()
    sentence = _("There is no way there from the stage “{stage}”, in which this project is now.")
    told = sentence.format(stage=project.get_stage_display())
    return Conflict(told, project.version, {_("stage"): project.get_stage_display()})
