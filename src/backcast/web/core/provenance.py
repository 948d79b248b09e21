"""Where a row comes from, as every table of a planbook says."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from backcast.planbook import schema
from backcast.web.core.models import choices_of


class AddressField(models.URLField):  # type: ignore[type-arg]
    """An address of the web, by https where none is said."""

    def formfield(self, *args: Any, **options: Any) -> Any:
        """Return the field of a form."""
        return super().formfield(*args, **{"assume_scheme": "https", **options})


class Provenance(models.Model):
    """How well a row is founded, where it comes from, and since when it is known."""

    status = models.CharField(_("evidence"), max_length=16, choices=choices_of(schema.PLAN["status"]), blank=True)
    source = models.CharField(_("source"), max_length=500, blank=True)
    url = AddressField(_("address"), max_length=500, blank=True)
    note = models.TextField(_("note"), blank=True)
    known_from = models.DateField(_("known from"), null=True, blank=True)

    class Meta:
        """No table of its own."""

        abstract = True

    @property
    def link(self) -> str:
        """The address, where it is that of a web page and nothing else."""
        return self.url if self.url.startswith(("https://", "http://")) else ""

    @property
    def founded(self) -> bool:
        """Whether anything is said of where the row comes from."""
        return bool(self.status or self.source or self.url or self.note)
