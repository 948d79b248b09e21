"""A project's network of activities, and the baselines that freeze its dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor
from backcast.web.core.refusals import Fault
from backcast.web.projects import access, approval_items, lifecycle, rules, secrecy
from backcast.web.projects.actions.writing import checked, current, put
from backcast.web.projects.models import Activity, Approval, Baseline, BaselineActivity, Project, Relationship

Values = Mapping[str, Any]
APPROVAL_DAYS = 30
"""Working days that an approval takes where nobody has said otherwise: an assumption to be replaced."""


@transaction.atomic
def set_network(
    project: Project, activities: Sequence[Values], relationships: Sequence[Values], *, by: Actor, expected: int
) -> Project:
    """Replace a project's activities and the relationships among them.

    Activities keep their row where they keep their code, so relationships with other projects stay.

    Parameters
    ----------
    activities
        Fields of each, with its ``code``.
    relationships
        ``predecessor`` and ``successor`` as codes of activities, ``type`` and ``lag``.

    Raises
    ------
    Invalid
        If activities would wait for each other; the sentence names the loop.
    """
    project = current(project, expected)
    access.require(by, lifecycle.OFFICERS, project)
    rules.require([fault for row in activities for fault in secrecy.marked(row)])
    rules.require(_wrong_network(activities, relationships))
    before = _network_of(project)
    kept = {activity.code: activity for activity in project.activities.all()}
    wanted = {str(row["code"]): _activity(project, kept, row) for row in activities}
    project.activities.exclude(code__in=wanted).delete()
    _relate(project, wanted, relationships)
    project.save_changes((), expected=expected)
    audit.record(by, "network.changed", project, before=before, after=_network_of(project))
    return project


def _activity(project: Project, kept: Mapping[str, Activity], row: Values) -> Activity:
    """Save one activity; its version counts up where it was there before."""
    activity = kept.get(row["code"]) or Activity(project=project)
    for name, value in row.items():
        setattr(activity, name, value)
    checked(activity)
    activity.version += activity.pk is not None
    activity.save()
    return activity


def _relate(project: Project, activities: Mapping[str, Activity], relationships: Sequence[Values]) -> None:
    """Replace the relationships within a project; one that stays keeps its row, and since when it is known."""
    links = Relationship.objects.filter(predecessor__project=project, successor__project=project)
    kept = {(link.predecessor_id, link.successor_id, link.type): link for link in links}
    for row in relationships:
        ends = {end: activities[row[end]] for end in ("predecessor", "successor")}
        given = {"type": "FS", "lag": None, **row, **ends}
        link = kept.pop((ends["predecessor"].pk, ends["successor"].pk, given["type"]), None) or Relationship(**ends)
        if link.pk is None or link.lag != given["lag"]:
            link.type, link.lag, link.version = given["type"], given["lag"], link.version + (link.pk is not None)
            link.save()
    Relationship.objects.filter(pk__in=[link.pk for link in kept.values()]).delete()


def _wrong_network(activities: Sequence[Values], relationships: Iterable[Values]) -> list[Fault]:
    codes = [str(row["code"]) for row in activities]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    faults = [Fault("activities", _("Two activities have the code “{code}”.").format(code=code)) for code in twice]
    waits: dict[str, set[str]] = {code: set() for code in codes}
    for row in relationships:
        ends = (row["predecessor"], row["successor"])
        unknown = [end for end in ends if end not in waits]
        sentence = _("There is no activity “{code}” in this project. Correct the relationship.")
        faults += [Fault("relationships", sentence.format(code=code), code) for code in unknown]
        if not unknown:
            waits[row["successor"]].add(row["predecessor"])
    return faults + _loops(waits)


def _loops(waits: Mapping[str, set[str]]) -> list[Fault]:
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        loop = " → ".join(error.args[1])
        sentence = _("Activities wait for each other: {loop}. Remove one of these relationships.")
        return [Fault("relationships", sentence.format(loop=loop))]
    return []


def _network_of(project: Project) -> dict[str, Any]:
    """Tell a network for the audit: one line per activity and relationship."""
    links = Relationship.objects.filter(successor__project=project).select_related("predecessor", "successor")
    return {
        **{f"activities.{one.code}": _told(one) for one in project.activities.all()},
        "relationships": sorted(
            f"{link.predecessor.code} {link.type or 'FS'} {link.successor.code} {link.lag or 0:+d}" for link in links
        ),
    }


def _told(activity: Activity) -> str:
    dates = (activity.planned_start, activity.planned_finish, activity.actual_start, activity.actual_finish)
    return f"{activity.name} {activity.duration} {' '.join(str(day or '-') for day in dates)}"


@transaction.atomic
def report_activity(activity: Activity, values: Values, *, by: Actor, expected: int) -> Activity:
    """Report dates and progress of one activity."""
    access.require(by, lifecycle.REPORTERS, activity.project)
    begins, ends = (values.get(name, getattr(activity, name)) for name in ("actual_start", "actual_finish"))
    if begins and ends and ends < begins:
        rules.require([Fault("actual_finish", _("It would end before it begins, on {begins}.").format(begins=begins))])
    part = f"activities.{activity.code}"
    return put(activity, values, expected=expected, by=by, action="activity.reported", part=part)


def early_network(project: Project) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return activities and relationships of the approvals that a project has listed, for :func:`set_network`."""
    needed = project.approvals.exclude(state=Approval.State.NOT_NEEDED)
    items = {approval.item: approval for approval in needed.order_by("pk")}
    activities = [
        {
            "code": code,
            "name": approval_items.label_of(code),
            "duration": APPROVAL_DAYS,
            "interval": "preparation",
            "actual_finish": approval.date if approval.state == Approval.State.GRANTED else None,
        }
        for code, approval in items.items()
    ]
    relationships = [
        {"predecessor": before, "successor": code, "type": "FS"}
        for code, approval in items.items()
        for before in approval_items.waits_for(code, approval.way)
        if before in items
    ]
    return activities, relationships


@transaction.atomic
def freeze_baseline(project: Project, reason: str, *, by: Actor) -> Baseline:
    """Freeze the planned dates of a project and its activities as its next baseline."""
    access.require(by, lifecycle.OFFICERS, project)
    project = type(project).objects.select_for_update().get(pk=project.pk)
    rules.require(secrecy.marked({"reason": reason}))
    if not reason.strip():
        rules.require(
            [Fault("reason", _("Say why the dates are frozen now: approved, adjusted, or by which document."))]
        )
    last = project.baselines.aggregate(last=Max("number"))["last"] or 0
    dates = {"planned_start": project.planned_start, "planned_finish": project.planned_finish}
    baseline = Baseline.objects.create(project=project, number=last + 1, reason=reason, frozen_by=by.name, **dates)
    fields = ("code", "planned_start", "planned_finish", "duration")
    BaselineActivity.objects.bulk_create(
        BaselineActivity(baseline=baseline, **row) for row in project.activities.values(*fields)
    )
    audit.record(by, "baseline.frozen", project, after={"number": baseline.number, "reason": reason, **dates})
    return baseline
