"""Change what is versioned, and tell the audit, in one go; actions of every app do it this way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from backcast.web.audit import recording
from backcast.web.core.actor import Actor
from backcast.web.core.editing import faults_of
from backcast.web.core.models import Versioned

Row = TypeVar("Row", bound=models.Model)
Edited = TypeVar("Edited", bound=Versioned)


@transaction.atomic
def add(by: Actor, action: str, row: Row) -> Row:
    """Save a new row that holds, and record every field that says something.

    Raises
    ------
    Invalid
        With a fault for each field that does not hold.
    """
    _check(row)
    row.save(force_insert=True)
    after = {name: getattr(row, name) for name in _told(row)}
    recording.record(by, action, row, after={name: value for name, value in after.items() if value not in (None, "")})
    return row


@transaction.atomic
def change(by: Actor, action: str, row: Edited, values: Mapping[str, Any], *, expected: int) -> Edited:
    """Change some fields of a row that nobody has changed since version ``expected``, and record what was and what is.

    Nothing is written where nothing differs.

    Raises
    ------
    Invalid
        With a fault for each field that does not hold.
    Conflict
        If somebody was faster.
    """
    current = type(row)._default_manager.get(pk=row.pk)
    before = {name: getattr(current, name) for name, value in values.items() if getattr(current, name) != value}
    for name, value in values.items():
        setattr(current, name, value)
    if not before and current.version == expected:
        return current
    _check(current)
    current.save_changes(values, expected=expected)
    recording.record(by, action, current, before=before, after={name: values[name] for name in before})
    return current


def _check(row: models.Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise faults_of(error) from error


def _told(row: models.Model) -> list[str]:
    """Return the fields that people fill in."""
    return [field.name for field in row._meta.concrete_fields if field.editable and not field.primary_key]
