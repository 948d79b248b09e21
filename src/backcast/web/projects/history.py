"""Who changed what of a project, field by field, as the audit tells it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.planbook.schema import DECLARED
from backcast.web.audit import wording
from backcast.web.audit.models import Event
from backcast.web.audit.recording import history_of
from backcast.web.core.models import MoneyField, in_either
from backcast.web.projects.approval_items import label_of
from backcast.web.projects.models import Activity, Approval, Funding, Listing, Output, Project, StatisticsEntry
from backcast.web.projects.sectors import sector_name
from backcast.web.ui.reading import NOTHING, money, number

PAGE = 50


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one event."""

    field: str
    before: str
    after: str

    @property
    def was(self) -> bool:
        """Whether there was anything before."""
        return self.before != NOTHING


@dataclass(frozen=True, slots=True)
class Told:
    """One event with the fields that it changed."""

    number: int
    at: datetime
    actor: str
    route: str
    what: str
    changes: tuple[Change, ...]

    @property
    def via(self) -> str:
        """By what way it came."""
        return wording.route(self.route)


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
    return Told(event.number, event.at, event.actor, event.route, _what(event.action), tuple(_changes(event)))


def _changes(event: Event) -> Iterator[Change]:
    """Yield the fields that differ; fields of something new that are empty say nothing, nor do those of its name."""
    old, new = event.values_before, event.values_after
    for name in [*new, *(name for name in old if name not in new)]:
        if name.rpartition(".")[2] in _IN_THE_NAME.get(name.partition(".")[0], ()):
            continue
        before, after = _read(name, old.get(name)), _read(name, new.get(name))
        if before != after:
            yield Change(field_label(name), before, after)


_IN_THE_NAME = {
    "approvals": ("item", "way"),
    "funding": ("year", "source"),
    "listings": ("year", "tier"),
    "outputs": ("indicator",),
}
"""Fields of parts by which a part is called: they would be told twice."""


def _what(action: str) -> str:
    """Return what was done in words."""
    return str(ACTIONS.get(action, action.replace(".", " ").replace("_", " ")))


ACTIONS = {
    "project.added": gettext_lazy("Taken in"),
    "project.changed": gettext_lazy("Changed"),
    "project.advanced": gettext_lazy("Moved to another stage"),
    "project.shared": gettext_lazy("Shared over regions"),
    "listing.added": gettext_lazy("Put on a list"),
    "listing.changed": gettext_lazy("Listing changed"),
    "output.added": gettext_lazy("Output added"),
    "output.changed": gettext_lazy("Output changed"),
    "output.removed": gettext_lazy("Output removed"),
    "approvals.listed": gettext_lazy("Approvals listed"),
    "approval.recorded": gettext_lazy("Approval recorded"),
    "statistics.entered": gettext_lazy("Statistics library"),
    "funding.recorded": gettext_lazy("Funds recorded"),
    "network.changed": gettext_lazy("Network changed"),
    "activity.reported": gettext_lazy("Activity reported"),
    "baseline.frozen": gettext_lazy("Baseline frozen"),
    "attachment.added": gettext_lazy("File attached"),
    "attachment.removed": gettext_lazy("File removed"),
    "attachment.taken": gettext_lazy("File downloaded"),
}
"""What actions of this app are called."""


def field_label(name: str) -> str:
    """Return what a field is called: ``total_investment``, or ``approvals.site.state`` of a part."""
    part, _dot, rest = name.partition(".")
    if not rest:
        return _label(Project, part)
    middle, dot, last = rest.rpartition(".")
    if part in PARTS and (dot or part == "statistics"):
        return " · ".join([*_pieces(part, middle), _label(PARTS[part], last)])
    return rest


def _pieces(part: str, key: str) -> list[str]:
    """Return the pieces of a part's key as people read them."""
    if part == "approvals":
        return [label_of(key)]
    model = PARTS[part]
    labels = {str(k): str(v) for field in model._meta.concrete_fields for k, v in field.flatchoices}
    return [labels.get(piece, piece) for piece in key.split(".") if piece]


PARTS: dict[str, type[models.Model]] = {
    "approvals": Approval,
    "listings": Listing,
    "funding": Funding,
    "statistics": StatisticsEntry,
    "outputs": Output,
    "activities": Activity,
}
"""Parts whose fields the audit tells of the project, by how it calls them."""


def _label(model: type[models.Model], column: str) -> str:
    """Return the label of a column of a planbook, else of a field of the model, else its name."""
    declared = DECLARED["projects"] if model is Project else None
    if declared and column in {one.name for one in declared}:
        found = declared[column]
        return in_either(found.label, found.label_zh)
    field = _field(model, column)
    return str(field.verbose_name).capitalize() if field else column.replace("_", " ")


def _field(model: type[models.Model], column: str) -> Any:
    return next((one for one in model._meta.concrete_fields if one.name == column), None)


def _read(name: str, value: Any) -> str:
    """Return a value as people read it: choices by their label, amounts as pages show them."""
    if value in (None, "", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "; ".join(label_of(str(one)) for one in value)
    field = _field_named(name)
    if isinstance(field, MoneyField):
        return number(value) if "." in name else money(value)  # labels of parts say the unit
    if name == "sector":
        return sector_name(str(value))
    return {str(key): str(label) for key, label in (field.flatchoices if field else ())}.get(str(value), str(value))


def _field_named(name: str) -> Any:
    """Return the field that the audit calls so, if the project or its parts have it."""
    part, _dot, rest = name.partition(".")
    return _field(PARTS.get(part, Project), rest.rpartition(".")[2]) if rest else _field(Project, part)
