"""What models have in common: versions, codes, money and choices."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Self

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backcast.planbook.columns import Column
from backcast.web.core.refusals import Conflict


def choices_of(column: Column) -> list[tuple[str, Any]]:
    """Return the choices of a column of a planbook, labelled in the reader's language."""
    return [(value, _in_either(value.replace("_", " "), label_zh)) for value, label_zh in column.choices]


def in_either(english: str, chinese: str) -> str:
    """Return what is said in the reader's language."""
    return chinese if (get_language() or "en").startswith("zh") else english


_in_either = lazy(in_either, str)


class AmountField(forms.DecimalField):
    """An amount to be edited, shown without the zeros that the database keeps behind its point."""

    def prepare_value(self, value: Any) -> Any:
        """Return what stands in the field."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class MoneyField(models.DecimalField):  # type: ignore[type-arg]
    """An exact amount in 万元, as planbooks keep it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_digits": 24, "decimal_places": 4, **options})

    def formfield(self, *args: Any, **options: Any) -> Any:
        """Return the field of a form."""
        return super().formfield(*args, **{"form_class": AmountField, **options})


class Versioned(models.Model):
    """Something that two people may edit at once: each change counts up a version, and the later one is told.

    Saving guards against lost updates by :meth:`save_changes`, never by locking a row while somebody thinks.
    """

    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        """No table of its own."""

        abstract = True

    def save_changes(self, fields: Iterable[str], *, expected: int) -> Self:
        """Write some fields if nobody has changed the row since ``expected``, and count up its version.

        Raises
        ------
        Conflict
            With the version and the values that are current.
        """
        values = {name: getattr(self, name) for name in fields}
        now, rows = timezone.now(), type(self)._default_manager
        mine = rows.filter(pk=self.pk, version=expected)
        if not mine.update(**values, version=expected + 1, changed_at=now):
            current = rows.get(pk=self.pk)
            raise Conflict(
                _("Somebody changed “{what}” while you were editing it.").format(what=self),
                current.version,
                {name: getattr(current, name) for name in values},
            )
        self.version, self.changed_at = expected + 1, now
        return self
