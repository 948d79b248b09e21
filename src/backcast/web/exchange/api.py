"""Tables and imports by the API: a file goes out, comes back, is looked at, and then imported or not."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import polars as pl
from django.http import FileResponse
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, Schema, Status
from pydantic import Field

from backcast.planbook.schema import SCHEMA
from backcast.web.core.api import READ, WRITE, Pages, Paging, Upload, named, one, page, place, sends_file, unknown_code
from backcast.web.core.refusals import Fault, Invalid
from backcast.web.core.requests import ActingRequest
from backcast.web.core.shapes import LINE, Code, Given, Shape
from backcast.web.exchange import actions, downloads, packing, undoing
from backcast.web.exchange.export import CONTENT_TYPES
from backcast.web.exchange.models import ColumnNames, Import
from backcast.web.exchange.registry import home
from backcast.web.ui.reading import in_chinese

IMPORT = Shape(
    "Import",
    Import,
    (
        "code", "plan", "table", "stage", "owner", "uploaded_at", "done_at", "undone_at", "undone_by",
        "created", "changed", "unchanged", "conflicts", "errors", "warnings", "shown", "job",
    ),
    extra=(("file_name", str),),
)  # fmt: skip
TABLE: Any = Literal[tuple(SCHEMA)]
Identity = Annotated[str, Field(pattern=LINE, max_length=300)]

router = Router(tags=["exchange"])


class Cell(Schema):
    """A cell that would become another."""

    effect: Annotated[str, Field(description="What becomes of its row: new, changed, conflict, or mine.")]
    row: int
    identity: Annotated[str, Field(description="The key of its row as one text.")]
    column: str
    before: str | None
    after: str | None


class CellPage(Schema):
    """Some cells, and after what the next ones come."""

    items: list[Cell]
    next: str | None


class CellProblem(Schema):
    """Something that is wrong or doubtful in a file."""

    row: int
    column: str
    value: str
    severity: Literal["error", "warning"]
    message: str


class CellProblemPage(Schema):
    """Some problems, and after what the next ones come."""

    items: list[CellProblem]
    next: str | None


class Seen(Given):
    """What somebody saw and agrees to."""

    seen: Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="The field “shown” of the import.")]


class Decision(Given):
    """In which conflicts the file wins, and in which what stands there."""

    mine: Annotated[list[Identity], Field(max_length=200)]
    theirs: Annotated[list[Identity], Field(max_length=200)]


class Names(Given):
    """How the columns of a foreign file are called."""

    name: Annotated[str, Field(pattern=LINE, min_length=1, max_length=64)]
    columns: Annotated[
        dict[str, str], Field(max_length=200, description="Heading → column of the table; an empty one is left out.")
    ]


class Taken(Schema):
    """What belongs to a file that is uploaded."""

    plan: Code
    table: TABLE
    names: Annotated[str, Field(pattern=LINE, max_length=64, description="Names of columns that were kept.")] = ""


@router.get(
    "/plans/{plan}/tables/{table}",
    response={200: None, **READ},
    openapi_extra=sends_file(*(kind.split(";")[0] for kind in CONTENT_TYPES.values())),
)
def take_table(
    request: ActingRequest, plan: Code, table: TABLE, form: Query[Literal["xlsx", "csv", "gb18030"]] = "xlsx"
) -> FileResponse:
    """Hand over the rows of a table that somebody sees, to be edited and brought back."""
    return downloads.table(request, plan, table, form)


@router.get("/imports", response={200: IMPORT.page, **READ})
def imports(request: ActingRequest, paging: Pages) -> Any:
    """List one's own imports, and for plan officers all within their reach."""
    return page(IMPORT, Import.objects.visible_to(request.actor), paging, by="pk", file_name="file__name")


@router.post("/imports", response={201: IMPORT.one, **WRITE})
def upload_import(request: ActingRequest, given: Form[Taken], file: File[Upload]) -> Any:
    """Upload a workbook or a CSV file; what it would do can then be looked at, and nothing is changed."""
    plan = named(home("plan").scope(request.actor, None), given.plan)
    names = _names(given)
    taken = actions.take(file, given.table, plan.code, names=names, by=request.actor)
    return Status(201, _told(taken))


@router.get("/imports/{code}", response={200: IMPORT.one, **READ})
def show_import(request: ActingRequest, code: Code) -> Any:
    """Show how an import stands."""
    return _told(_import(request, code))


@router.get("/imports/{code}/problems", response={200: CellProblemPage, **READ})
def import_problems(request: ActingRequest, code: Code, paging: Pages) -> Any:
    """List everything that is wrong or doubtful in the cells of a file."""
    frame = packing.unpacked(_import(request, code).problems)
    told = ("row", "column", "value", "severity", pl.col("zh" if in_chinese() else "en").alias("message"))
    return _cut(frame.select(told) if frame.width else frame, paging)


@router.get("/imports/{code}/effects", response={200: CellPage, **READ})
def import_effects(request: ActingRequest, code: Code, paging: Pages) -> Any:
    """List every cell that would become another."""
    frame = packing.unpacked(_import(request, code).effects)
    return _cut(frame.drop("version") if frame.width else frame, paging)


@router.post("/imports/{code}/names", response={200: IMPORT.one, **WRITE})
def name_import_columns(request: ActingRequest, code: Code, body: Names) -> Any:
    """Say which column of a foreign file is which of ours, and keep that under a name."""
    taken = _open(request, code)
    if unknown := [column for column in body.columns.values() if column and column not in taken.schema.polars_schema]:
        raise Invalid([unknown_code("columns", column) for column in unknown])
    actions.name_columns(taken, body.name, body.columns, by=request.actor)
    return _told(taken)


@router.post("/imports/{code}/again", response={200: IMPORT.one, **WRITE})
def look_again_at_import(request: ActingRequest, code: Code) -> Any:
    """Compare the file with the library as it is now."""
    taken = _import(request, code)
    if taken.is_open or taken.is_stuck:
        actions.again(taken, by=request.actor)
    return _told(taken)


@router.post("/imports/{code}/decide", response={200: IMPORT.one, **WRITE})
def decide_import(request: ActingRequest, code: Code, body: Decision) -> Any:
    """Say for conflicts which version stays."""
    taken = _open(request, code)
    actions.decide(taken, [*body.mine, *body.theirs], body.mine, by=request.actor)
    return _told(taken)


@router.post("/imports/{code}/confirm", response={200: IMPORT.one, **WRITE})
def confirm_import(request: ActingRequest, code: Code, body: Seen) -> Any:
    """Import what was seen; where it is much, a job does so."""
    taken = _import(request, code)
    actions.confirm(taken, seen=body.seen, by=request.actor)
    return _told(taken)


@router.post("/imports/{code}/discard", response={200: IMPORT.one, **WRITE})
def discard_import(request: ActingRequest, code: Code) -> Any:
    """Put an import aside; its file is kept."""
    taken = _import(request, code)
    actions.discard(taken, by=request.actor)
    return _told(taken)


@router.post("/imports/{code}/undo", response={200: IMPORT.one, **WRITE})
def undo_import(request: ActingRequest, code: Code) -> Any:
    """Give every row back what it was, unless somebody built on the import."""
    taken = _import(request, code)
    undoing.undo(taken, by=request.actor)
    return _told(taken)


def _names(given: Taken) -> ColumnNames | None:
    """Return the names of columns that were kept under a name."""
    if not given.names:
        return None
    kept = ColumnNames.objects.filter(table=given.table, name=given.names).first()
    if kept is None:
        raise Invalid([unknown_code("names", given.names)])
    return kept


def _import(request: ActingRequest, code: str) -> Import:
    found: Import = named(Import.objects.visible_to(request.actor).select_related("file", "names"), code)
    return found


def _open(request: ActingRequest, code: str) -> Import:
    """Return an import of which something can still become."""
    found = _import(request, code)
    if not found.is_open:
        raise Invalid([Fault("", _("Nothing can become of this import any more. Upload the file again."))])
    return found


def _cut(frame: pl.DataFrame, paging: Paging) -> dict[str, Any]:
    """Return some rows of a frame; the next page begins after so many."""
    start = int(place("row", paging.after or "0"))
    following = start + paging.limit
    items = frame.slice(start, paging.limit).to_dicts()
    return {"items": items, "next": str(following) if following < frame.height else None}


def _told(taken: Import) -> dict[str, Any]:
    return one(IMPORT, Import.objects.all(), taken, file_name="file__name")
