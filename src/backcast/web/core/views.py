"""Whether the server lives, and whether it can do its work."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse

BLOCK = 4_096
"""Bytes that are written to see whether anything can be."""


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that the process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether the database answers and is up to date, and whether files can be kept; 503 where not."""
    reasons = [*_of_database(), *_of_folder(settings.ENVIRONMENT.home)]
    if reasons:
        return JsonResponse({"status": "unavailable", "reasons": reasons}, status=503)
    return JsonResponse({"status": "ok"})


def _of_database() -> Iterator[str]:
    """Yield what is wrong with the database; whoever asks is not signed in, so no more than that."""
    try:
        pending = known_migrations() - MigrationRecorder(connection).applied_migrations().keys()
    except DatabaseError:
        yield "The database does not answer."
        return
    if pending:
        yield "The database is older than this version: migrations are pending."


def _of_folder(home: Path) -> Iterator[str]:
    """Yield that nothing can be written into the folder of the data: no right, or no room."""
    try:
        with TemporaryFile(dir=home, buffering=0) as file:
            file.write(bytes(BLOCK))
    except OSError:
        yield "The folder of the data cannot be written to."


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """Return the migrations of this version; they do not change while it runs."""
    return frozenset(MigrationLoader(None).disk_migrations)
