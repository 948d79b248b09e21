"""Who changed what of a project, field by field, as the audit tells it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from backcast.planbook.schema import DECLARED
from backcast.web.audit.models import Event
from backcast.web.audit.recording import history_of
from backcast.web.core.models import in_either
from backcast.web.projects.approval_items import label_of
from backcast.web.projects.models import Approval, Project
from backcast.web.ui.reading import NOTHING

PAGE = 50


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one event."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """One event with the fields that it changed."""

    number: int
    at: datetime
    actor: str
    route: str
    action: str
    changes: tuple[Change, ...]


def history(project: Project, before: int | None = None) -> tuple[list[Told], int | None]:
    """Return a page of events, the latest first, and the number before which the next page goes on.

    Events of the project's parts that came by an import stand under the parts' own objects; those that people
    made on its pages stand here.
    """
    events = history_of(project)
    if before is not None:
        events = events.filter(number__lt=before)
    page = list(events[: PAGE + 1])
    shown = [_told(event) for event in page[:PAGE]]
    return shown, (shown[-1].number if len(page) > PAGE else None)


def _told(event: Event) -> Told:
    return Told(event.number, event.at, event.actor, event.route, event.action, tuple(_changes(event)))


def _changes(event: Event) -> Iterator[Change]:
    """Yield the fields that differ; fields of something new that are empty say nothing."""
    old, new = event.values_before, event.values_after
    for name in [*new, *(name for name in old if name not in new)]:
        before, after = _read(name, old.get(name)), _read(name, new.get(name))
        if before != after:
            yield Change(field_label(name), before, after)


def field_label(name: str) -> str:
    """Return what a field is called: ``total_investment``, or ``approvals.site.state`` of a part."""
    part, _dot, rest = name.partition(".")
    if rest:
        middle, _dot, last = rest.rpartition(".")
        about = label_of(middle) if part == "approvals" else middle
        return " · ".join(text for text in (_part(part), about, _label(part, last)) if text)
    return _label("projects", name)


def _part(part: str) -> str:
    table = DECLARED.get(part)
    if table:
        return in_either(table.label, table.label_zh)
    named = {"approvals": _("approvals"), "statistics": _("statistics library"), "funding": _("funding")}
    return named.get(part, part)


def _label(table: str, column: str) -> str:
    """Return the label of a column of a planbook, else of a field of the model, else its name."""
    declared = DECLARED.get(table)
    if declared and column in {one.name for one in declared}:
        found = declared[column]
        return in_either(found.label, found.label_zh)
    model = {"projects": Project, "approvals": Approval}.get(table)
    if model:
        try:
            return str(getattr(model._meta.get_field(column), "verbose_name", column))
        except FieldDoesNotExist:
            pass
    return column.replace("_", " ")


def _read(name: str, value: Any) -> str:
    """Return a value as people read it: choices by their label."""
    if value in (None, "", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return _choices(name).get(str(value), str(value))


def _choices(name: str) -> dict[str, str]:
    part, _dot, rest = name.partition(".")
    model, column = (
        (Project, part) if not rest else (Approval if part == "approvals" else None, rest.rpartition(".")[2])
    )
    field = next((one for one in model._meta.concrete_fields if one.name == column), None) if model else None
    return {str(key): str(label) for key, label in (field.flatchoices if field else ())}
