"""Keeping a file that somebody attaches."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from backcast.web.core.actor import Actor
from backcast.web.core.refusals import Fault, Invalid
from backcast.web.files.kinds import ENDINGS, LARGEST, kind_of
from backcast.web.files.models import StoredFile


@transaction.atomic
def keep(upload: UploadedFile[bytes], *, by: Actor) -> StoredFile:
    """Keep a file, if it is of a kind that we take and not too large.

    The caller has asked whether the actor may, and records what it is attached to.

    Raises
    ------
    Invalid
        With a fault at ``file``.
    """
    name = _plain(upload.name or "")
    size = upload.size or 0
    if size > LARGEST:
        sentence = _("The file has {size} MB; at most {most} MB are taken. Compress it, or attach parts of it.")
        raise _refused(sentence.format(size=f"{size / 2**20:.0f}", most=LARGEST // 2**20), name)
    kind = kind_of(name, upload) if size else None
    if kind is None:
        sentence = _("Its content is none of the types that are taken: {endings}. Save it as one of these.")
        raise _refused(sentence.format(endings=" ".join(ENDINGS)), name)
    kept = StoredFile(name=name, kind=kind.mime, size=size, sha256=_digest(upload), kept_by=by.name)
    kept.content.save(name, upload)
    return kept


def _plain(name: str) -> str:
    """Return a name without folders and characters that do not print, its end kept where it is too long."""
    printable = "".join(c for c in PurePosixPath(name.replace("\\", "/")).name if c.isprintable())
    return printable[-200:]


def _digest(upload: UploadedFile[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _refused(sentence: str, name: str) -> Invalid:
    return Invalid([Fault("file", sentence, name)])
