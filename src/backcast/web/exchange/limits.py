"""How large a file may be that somebody uploads; what is larger is refused with a sentence before it is opened."""

from __future__ import annotations

import zipfile
from pathlib import Path

import polars as pl
from django.utils.translation import gettext as _

from backcast.web.core.refusals import Fault, Invalid

ENDINGS = (".xlsx", ".csv")
MOST_ROWS = 100_000
MOST_COLUMNS = 500
MOST_UNPACKED = 400 * 2**20
"""Bytes of a workbook once it is unpacked; how many a zip file says, which its reader holds it to."""
AT_ONCE = 2_000
"""So many rows are written while the page waits; more are written in the background."""


def require_ending(name: str) -> None:
    """Refuse files that are neither a workbook nor delimited text."""
    if not name.lower().endswith(ENDINGS):
        raise _refused(_("This is neither an Excel workbook (.xlsx) nor a CSV file. Save it as one of them."), name)


def require_unpacked(path: Path, name: str) -> None:
    """Refuse a workbook that would take too much memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError):
        return  # whoever reads it says what is wrong with it
    if size > MOST_UNPACKED:
        told = _("The workbook unpacks to {size} MB; at most {most} MB are opened. Divide it, or copy its cells anew.")
        raise _refused(told.format(size=f"{size / 2**20:,.0f}", most=MOST_UNPACKED // 2**20), name)


def require_shape(grid: pl.DataFrame, name: str) -> None:
    """Refuse tables with too many rows or columns."""
    if grid.height > MOST_ROWS + 1:
        told = _("The table has {rows} rows; at most {most} are taken at once. Divide it over several files.")
        raise _refused(told.format(rows=f"{grid.height:,}", most=f"{MOST_ROWS:,}"), name)
    if grid.width > MOST_COLUMNS:
        told = _("The table has {columns} columns; at most {most} are taken. Remove those that are not needed.")
        raise _refused(told.format(columns=f"{grid.width:,}", most=MOST_COLUMNS), name)


def _refused(sentence: str, name: str) -> Invalid:
    return Invalid([Fault("file", sentence, name)])
