"""What the office keeps of a project: approvals by route, its entry in the statistics library, and money by source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor
from backcast.web.core.refusals import Fault
from backcast.web.core.roles import Role
from backcast.web.projects import access, approval_items, lifecycle, rules
from backcast.web.projects.actions.writing import put
from backcast.web.projects.models import Approval, Funding, Project, StatisticsEntry


@transaction.atomic
def choose_route(project: Project, way: str, *, by: Actor) -> list[Approval]:
    """List the items that a project needs by its route, beside those that it has already."""
    access.require(by, lifecycle.OFFICERS, project)
    have = set(project.approvals.values_list("item", flat=True))
    new = [Approval(project=project, way=way, item=item.code) for item in approval_items.items_of(way)]
    new = [approval for approval in new if approval.item not in have]
    Approval.objects.bulk_create(new)
    if new:
        audit.record(by, "approvals.listed", project, after={"route": way, "items": [one.item for one in new]})
    return new


@transaction.atomic
def record_approval(
    approval: Approval, values: Mapping[str, Any], *, by: Actor, expected: int | None = None
) -> Approval:
    """Record how far an item is; what is granted has a date and a number, and came after what it waits for."""
    access.require(by, lifecycle.REPORTERS, approval.project)
    rules.require(_wrong_approval(approval, values))
    item = values.get("item", approval.item)
    return put(approval, values, expected=expected, by=by, action="approval.recorded", part=f"approvals.{item}")


def _wrong_approval(approval: Approval, values: Mapping[str, Any]) -> list[Fault]:
    if values.get("state", approval.state) != Approval.State.GRANTED:
        return []
    empty = [name for name in ("date", "number") if not values.get(name, getattr(approval, name))]
    faults = [Fault(name, _("What is granted has a number and a date. Fill this in.")) for name in empty]
    item, way = values.get("item", approval.item), values.get("way", approval.way)
    waiting = _not_granted(approval.project, approval_items.waits_for(item, way))
    if waiting:
        names = _(", ").join(approval_items.label_of(code) for code in waiting)
        faults.append(Fault("state", _("This waits for: {items}. Record those first.").format(items=names)))
    return faults


def _not_granted(project: Project, items: list[str]) -> list[str]:
    """Return those of some items that the project has listed and that are not granted yet."""
    settled = (Approval.State.GRANTED, Approval.State.NOT_NEEDED)
    open_ones = project.approvals.filter(item__in=items).exclude(state__in=settled)
    return list(open_ones.values_list("item", flat=True))


@transaction.atomic
def enter_statistics(
    project: Project, values: Mapping[str, Any], *, by: Actor, expected: int | None = None
) -> StatisticsEntry:
    """Say under which code a project is in the statistics library, or why it is not."""
    access.require(by, lifecycle.REPORTERS, project)
    entry = StatisticsEntry.objects.filter(project=project).first() or StatisticsEntry(project=project)
    code, reason = (values.get(name, getattr(entry, name)) for name in ("code", "reason"))
    if not code and not reason:
        rules.require([Fault("reason", _("Write the statistics code, or why there is none."))])
    if code and not values.get("month", entry.month):
        rules.require([Fault("month", _("Write the month in which it was entered."))])
    expected = expected if entry.pk else None
    return put(entry, values, expected=expected, by=by, action="statistics.entered", part="statistics")


@transaction.atomic
def set_funding(funding: Funding, values: Mapping[str, Any], *, by: Actor, expected: int | None = None) -> Funding:
    """Record the money of one source in one year; what is paid was in place, and what is in place was allotted."""
    access.require(by, lifecycle.OFFICERS | {Role.FINANCE_OFFICER}, funding.project)
    rules.require(_wrong_amounts(funding, values))
    part = f"funding.{values.get('year', funding.year)}.{values.get('source', funding.source)}"
    return put(funding, values, expected=expected, by=by, action="funding.recorded", part=part)


def _wrong_amounts(funding: Funding, values: Mapping[str, Any]) -> list[Fault]:
    def amount(name: str) -> Any:
        return values.get(name, getattr(funding, name))

    faults = [
        Fault(name, _("Write an amount of at least 0."), str(amount(name)))
        for name in ("planned", "allotted", "in_place", "paid")
        if amount(name) is not None and amount(name) < 0
    ]
    if amount("paid") is not None and amount("in_place") is not None and amount("paid") > amount("in_place"):
        sentence = _("More is paid than is in place ({in_place}). Correct one of the two.")
        faults.append(Fault("paid", sentence.format(in_place=amount("in_place")), str(amount("paid"))))
    return faults
