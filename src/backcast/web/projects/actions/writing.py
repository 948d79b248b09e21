"""What the actions share: rows are read again, checked, written against a version, and told to the audit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor
from backcast.web.core.models import Versioned
from backcast.web.core.refusals import Conflict, Fault, Invalid
from backcast.web.projects import search, secrecy
from backcast.web.projects.models import Project

Row = TypeVar("Row", bound=Versioned)
Values = Mapping[str, Any]


def current(row: Row, expected: int) -> Row:
    """Return a row as the database has it, if nobody has changed it since ``expected``."""
    now = type(row)._default_manager.get(pk=row.pk)
    if now.version != expected:
        sentence = _("Somebody changed “{what}” while you were editing it.").format(what=now)
        raise Conflict(sentence, now.version, {f.name: getattr(now, f.name) for f in now._meta.concrete_fields})
    return now


def laid(row: Row, values: Values) -> dict[str, Any]:
    """Lay values over a row, and return what they replaced."""
    before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    for name in before:
        setattr(row, name, values[name])
    return before


def checked(row: Versioned) -> None:
    """Raise :class:`Invalid` with everything that the model itself finds wrong."""
    try:
        row.full_clean()
    except ValidationError as error:
        raise Invalid(
            [
                Fault("" if name == NON_FIELD_ERRORS else name, " ".join(sentences))
                for name, sentences in error.message_dict.items()
            ]
        ) from error


def told(row: Versioned, names: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields of a row for the audit."""
    return {name: getattr(row, name) for name in names}


def written(row: Row, before: Values, *, expected: int) -> Row:
    """Save the fields that changed; a row that did not change keeps its version."""
    if before:
        checked(row)
        row.save_changes(before, expected=expected)
        if isinstance(row, Project):
            search.index(row)
    return row


def put(row: Row, values: Values, *, expected: int | None, by: Actor, action: str, part: str) -> Row:
    """Save a part of a project, new where nothing is expected of it; the audit tells it of the project.

    Parameters
    ----------
    part
        How the audit calls the part, such as ``"approvals.site"``.
    """
    project: Project = row.project  # type: ignore[attr-defined]
    if faults := secrecy.marked(values):
        raise Invalid(faults)
    if expected is None:
        for name, value in values.items():
            setattr(row, name, value)
        checked(row)
        row.save()
        audit.record(by, action, project, after=_named(part, told(row, values)))
        return row
    row = current(row, expected)
    before = laid(row, values)
    written(row, before, expected=expected)
    if before:
        audit.record(by, action, project, before=_named(part, before), after=_named(part, told(row, before)))
    return row


def removed(row: Versioned, *, expected: int, by: Actor, action: str, part: str) -> None:
    """Delete a part of a project, if nobody has changed it since ``expected``."""
    now = current(row, expected)
    own = {f.name: getattr(now, f.name) for f in now._meta.concrete_fields if f.name not in _BOOKKEEPING}
    audit.record(by, action, now.project, before=_named(part, own))  # type: ignore[attr-defined]
    now.delete()


_BOOKKEEPING = {"id", "project", "version", "changed_at"}


def _named(part: str, values: Values) -> dict[str, Any]:
    return {f"{part}.{name}": value for name, value in values.items()}
