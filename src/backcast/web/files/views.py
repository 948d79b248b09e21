"""Handing a file over: always as a file to save, never as a page of ours."""

from __future__ import annotations

from django.http import FileResponse

from backcast.web.files.models import StoredFile


def download(kept: StoredFile) -> FileResponse:
    """Return a file to be saved under its name; whoever calls this has asked whether the reader may have it."""
    response = FileResponse(kept.content.open("rb"), as_attachment=True, filename=kept.name, content_type=kept.kind)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
