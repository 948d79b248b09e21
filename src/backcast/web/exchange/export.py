"""Take a table out of the library as a file that can be edited and brought back."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import polars as pl
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import get_language

from backcast.interchange.single import Memory, delimited, write_workbook
from backcast.planbook.problem import PlanbookError
from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor
from backcast.web.core.refusals import Fault, Invalid
from backcast.web.exchange.differences import digests, identity
from backcast.web.exchange.reading import KEY, VERSION, chosen, frame_of
from backcast.web.exchange.registry import Home, Rows, home


class Form(StrEnum):
    """What kind of file."""

    XLSX = "xlsx"
    CSV = "csv"
    CSV_GB18030 = "csv-gb18030"


CONTENT_TYPES = {
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.CSV: "text/csv; charset=utf-8",
    Form.CSV_GB18030: "text/csv; charset=gb18030",
}


@dataclass(frozen=True, slots=True)
class Export:
    """A file to hand over."""

    name: str
    content_type: str
    data: bytes
    rows: int


@transaction.atomic
def export(
    table: str, plan: models.Model | None, *, by: Actor, queryset: Rows | None = None, form: Form = Form.XLSX
) -> Export:
    """Write the rows of a table that an actor sees, in the language of the request, and record that it was done.

    Parameters
    ----------
    queryset
        Which rows of those, such as what a list was filtered to; all where it is None.

    Raises
    ------
    Invalid
        If they do not fit into a workbook.
    """
    one = home(table)
    frame = frame_of(one, chosen(one, by, plan, queryset))
    language = "zh_Hans" if (get_language() or "").startswith("zh") else "en"
    code = getattr(plan, "code", "")
    try:
        data = _workbook(one, frame, language, by, plan) if form is Form.XLSX else _text(one, frame, language, form)
    except PlanbookError as error:
        raise Invalid([Fault("", problem.read(language), problem.value) for problem in error.problems]) from error
    detail = {"table": table, "plan": code, "rows": frame.height, "form": form.value}
    audit.note(by, "table.exported", detail, obj=plan)
    suffix = "xlsx" if form is Form.XLSX else "csv"
    name = "-".join(part for part in (table, code, f"{timezone.localdate():%Y%m%d}") if part)
    return Export(f"{name}.{suffix}", CONTENT_TYPES[form], data, frame.height)


def _workbook(one: Home, frame: pl.DataFrame, language: str, by: Actor, plan: models.Model | None) -> bytes:
    kept = frame.drop(KEY, VERSION)
    remembered = zip(frame[VERSION], digests(one.table, kept), strict=True)
    facts = {
        "table": one.table.name,
        "plan": getattr(plan, "code", ""),
        "exported": timezone.now().isoformat(timespec="seconds"),
    }
    memory = Memory(facts, dict(zip(identity(one.table, kept), remembered, strict=True)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        write_workbook(one.table, kept, path, language=language, codes=_codes(one, by, plan), memory=memory)
        return path.read_bytes()


def _text(one: Home, frame: pl.DataFrame, language: str, form: Form) -> bytes:
    encoding = "gb18030" if form is Form.CSV_GB18030 else "utf-8"
    return delimited(one.table, frame.drop(KEY, VERSION), language=language, encoding=encoding)


def _codes(one: Home, by: Actor, plan: models.Model | None) -> dict[str, list[str]]:
    """Return what the drop-down of each column that refers to another table offers."""
    found: dict[str, list[str]] = {}
    for column in one.table:
        if column.refers_to:
            table, _, key = column.refers_to.partition(".")
            there = home(table)
            found[column.name] = list(
                there.scope(by, plan).order_by(there.paths[key]).values_list(there.paths[key], flat=True)
            )
    return found
