"""Files that pages of import and export hand over."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404

from backcast.interchange import workbook
from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import BUSINESS
from backcast.web.exchange import packing, staging
from backcast.web.exchange.export import CONTENT_TYPES, Export, Form, export
from backcast.web.exchange.models import Import
from backcast.web.exchange.registry import home, homes
from backcast.web.files.views import download

FORMS = {"xlsx": Form.XLSX, "csv": Form.CSV, "gb18030": Form.CSV_GB18030}


def table(request: ActingRequest, plan: str, table: str, form: str) -> FileResponse:
    """Hand over the rows of a table that the reader sees."""
    request.actor.require(BUSINESS)
    found = get_object_or_404(home("plan").scope(request.actor, None), code=plan)
    if form not in FORMS or table not in {one.table.name for one in homes()}:
        raise Http404
    return _answer(export(table, found, by=request.actor, form=FORMS[form]))


def template(request: ActingRequest, plan: str, table: str) -> FileResponse:
    """Hand over an empty workbook whose drop-downs offer the codes of a plan."""
    request.actor.require(BUSINESS)
    found = get_object_or_404(home("plan").scope(request.actor, None), code=plan)
    if table not in {one.table.name for one in homes()}:
        raise Http404
    nothing = home(table).model._default_manager.none()
    return _answer(export(table, found, by=request.actor, queryset=nothing))


def uploaded(request: ActingRequest, code: str) -> FileResponse:
    """Hand over a file as it was uploaded."""
    return download(_found(request, code).file)


def marked(request: ActingRequest, code: str) -> FileResponse:
    """Hand over the uploaded workbook with every bad cell red, its problem beside it, and a list of all."""
    taken = _found(request, code)
    problems = list(packing.problems_of(taken.problems))
    columns = taken.names.columns if taken.names else {}
    with staging.on_disk(taken.file) as path, TemporaryDirectory() as folder:
        out = Path(folder) / f"{path.stem}.xlsx"
        workbook.mark_table(taken.schema, path, problems, out, columns)
        return _answer(Export(out.name, CONTENT_TYPES[Form.XLSX], out.read_bytes(), 0))


def _answer(file: Export) -> FileResponse:
    response = FileResponse(BytesIO(file.data), as_attachment=True, filename=file.name, content_type=file.content_type)
    response["Cache-Control"] = "private, no-store"
    return response


def _found(request: ActingRequest, code: str) -> Import:
    found: Import = get_object_or_404(Import.objects.visible_to(request.actor), code=code)
    return found
