"""Set one field of many projects at once, and take it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor
from backcast.web.core.refusals import Fault, Invalid
from backcast.web.projects import access, lifecycle, rules, secrecy
from backcast.web.projects.models import BulkEdit, Project

FIELDS = ("task", "sector", "owner_organisation", "leader", "task_team", "confidentiality")
"""What may be set for many at once; a stage changes by its transitions alone."""
MOST = 5_000
BATCH = 500


@dataclass(frozen=True, slots=True)
class Preview:
    """What a bulk edit would do.

    Attributes
    ----------
    changed
        Projects that would change.
    same
        How many have the value already.
    refused
        How many the actor may not change; they stay as they are.
    """

    changed: tuple[Project, ...]
    same: int
    refused: int


def preview(rows: models.QuerySet[Project], field: str, value: Any, *, by: Actor) -> Preview:
    """Say what setting a field of some projects would do.

    Raises
    ------
    Invalid
        If there are too many of them, or the value cannot be set.
    """
    found = list(rows.select_related("lead_region", "owner_organisation").order_by("code")[: MOST + 1])
    rules.require(_wrong(found, field, value))
    own = [project for project in found if access.may(by, lifecycle.OFFICERS, project)]
    attribute = Project._meta.get_field(field).attname  # type: ignore[union-attr]
    changed = tuple(project for project in own if getattr(project, attribute) != _key(value))
    return Preview(changed, len(own) - len(changed), len(found) - len(own))


@transaction.atomic
def set_field(rows: models.QuerySet[Project], field: str, value: Any, *, by: Actor) -> BulkEdit:
    """Set a field of those projects that :func:`preview` names, all of them or none."""
    by.require(lifecycle.OFFICERS)
    changed = preview(rows.select_for_update(of=("self",)), field, value, by=by).changed
    before = {project.pk: _key(getattr(project, field)) for project in changed}
    told = [(project, {field: getattr(project, field)}, {field: value}) for project in changed]
    _write([(project, value) for project in changed], field)
    audit.record_many(by, "project.changed", told)
    kept = [[project.pk, before[project.pk], project.version] for project in changed]
    return BulkEdit.objects.create(made_by=by.name, field=field, rows=kept)


@transaction.atomic
def undo(edit: BulkEdit, *, by: Actor) -> int:
    """Give the projects of a bulk edit their old values back; those changed since are left. Return how many went back.

    Raises
    ------
    Invalid
        If it was undone already.
    """
    by.require(lifecycle.OFFICERS)
    if not BulkEdit.objects.filter(pk=edit.pk, undone=False).update(undone=True):
        raise Invalid([Fault("", _("This was undone already."))])
    kept = {key: (before, version) for key, before, version in edit.rows}
    rows = Project.objects.select_related("lead_region", "owner_organisation").select_for_update(of=("self",))
    now = [project for project in rows.filter(pk__in=kept) if project.version == kept[project.pk][1]]
    own = [project for project in now if access.may(by, lifecycle.OFFICERS, project)]
    old = _values(edit.field, {kept[project.pk][0] for project in own})
    told = [(p, {edit.field: getattr(p, edit.field)}, {edit.field: old[kept[p.pk][0]]}) for p in own]
    _write([(project, old[kept[project.pk][0]]) for project in own], edit.field)
    audit.record_many(by, "project.changed", told)
    return len(own)


def _wrong(found: Sequence[Project], field: str, value: Any) -> list[Fault]:
    """Return what is in the way of setting a field."""
    if field not in FIELDS:
        return [Fault("field", _("This field cannot be set for many projects at once."), field)]
    faults = secrecy.marked({"value": value})
    if len(found) > MOST:
        sentence = _("These are more than {most} projects. Narrow them down, and change them in several steps.")
        faults.append(Fault("field", sentence.format(most=f"{MOST:,}")))
    plans = {project.plan_id for project in found}
    if field == "task" and value is not None and plans - {value.plan_id}:
        faults.append(Fault("value", _("Some of these projects belong to another plan than this task.")))
    return faults


def _write(changed: Sequence[tuple[Project, Any]], field: str) -> None:
    now = timezone.now()
    for project, value in changed:
        setattr(project, field, value)
        project.version, project.changed_at = project.version + 1, now
    Project.objects.bulk_update([p for p, _value in changed], [field, "version", "changed_at"], batch_size=BATCH)


def _key(value: Any) -> Any:
    """Return a value as it is kept: of another row, its key."""
    return value.pk if isinstance(value, models.Model) else value


def _values(field: str, keys: set[Any]) -> dict[Any, Any]:
    """Return kept values as fields take them."""
    related = Project._meta.get_field(field).related_model
    if related is None:
        return {key: key for key in keys}
    return {None: None, **related._default_manager.in_bulk(keys - {None})}
