"""Files that people attach: what each is, and where it is kept."""

from __future__ import annotations

import secrets

from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _


def new_code() -> str:
    """Return a code that nobody guesses."""
    return secrets.token_hex(12)


def place_of(kept: StoredFile, name: str) -> str:
    """Return where a file is kept; the name that somebody gave it is no part of the path."""
    return f"attachments/{kept.code[:2]}/{kept.code}"


def home_files() -> Storage:
    """Return the storage in the folder of this installation."""
    return storages["default"]


class StoredFile(models.Model):
    """A file as it came in; it never changes. Whoever attaches it says who may have it."""

    code = models.CharField(max_length=32, unique=True, default=new_code, editable=False)
    name = models.CharField(_("file name"), max_length=200)
    kind = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    content = models.FileField(upload_to=place_of, storage=home_files)
    kept_by = models.CharField(_("attached by"), max_length=64)
    kept_at = models.DateTimeField(_("attached at"), auto_now_add=True)

    class Meta:
        """The latest first."""

        ordering = ("-kept_at",)

    def __str__(self) -> str:
        return self.name
