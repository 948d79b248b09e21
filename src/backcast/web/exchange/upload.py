"""Read a table that somebody brings back, and compare it with the library."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from backcast.interchange import delimited, workbook
from backcast.interchange.cells import typed
from backcast.interchange.package import refusal
from backcast.interchange.sheet import Sheet, from_grid
from backcast.interchange.single import NOTHING, Memory, memory_of
from backcast.language import tr
from backcast.planbook.columns import Table
from backcast.planbook.problem import Problem
from backcast.web.exchange.foreign import with_our_headings
from backcast.web.exchange.registry import home

MEGABYTE = 1024**2
LIMIT = 20 * MEGABYTE
"""Bytes of an uploaded file."""
UNPACKED_LIMIT = 400 * MEGABYTE
"""Bytes of a workbook once it is unpacked: so many as its zip file says, to which the reader holds it."""
MOST_ROWS = 200_000
MOST_COLUMNS = 500


@dataclass(frozen=True, eq=False)
class Upload:
    """One table as it stands in a file.

    Attributes
    ----------
    frame
        The columns that the file has.
    numbers
        The number of each row, as Excel shows it.
    problems
        Of the file, its headings and its cells.
    memory
        What the file remembers of its export.
    is_foreign
        Whether it calls the columns of the key otherwise, so that somebody has to say which is which.
    """

    table: str
    frame: pl.DataFrame
    numbers: pl.Series
    problems: tuple[Problem, ...]
    memory: Memory
    is_foreign: bool = False


def read(table: str, path: Path, names: Mapping[str, str] | None = None) -> Upload:
    """Read a table from a workbook or a CSV file.

    Parameters
    ----------
    names
        Heading of the file → column of the table, for files that call them otherwise.

    Raises
    ------
    PlanbookError
        If the file cannot be read, is protected, or is too large.
    """
    one = home(table).table
    grid, doubts = grid_of(one, path)
    is_workbook = path.suffix.lower() == ".xlsx"
    sheet = from_grid(one, with_our_headings(grid, names or {}), delimited=not is_workbook)
    frame, bad_cells = typed(sheet)
    problems = (*doubts, *(found for found in sheet.problems if not _may_be_missing(one, sheet, found)), *bad_cells)
    memory = memory_of(path) if is_workbook else NOTHING
    keys = {column.name for column in one if column.name in one.key and column.required}
    is_foreign = grid.height > 1 and not keys <= set(sheet.columns)
    return Upload(table, frame if frame.width else one.empty(), sheet.rows, problems, memory, is_foreign)


def grid_of(table: Table, path: Path) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """Return the cells of a file as text, and what was doubtful in reading it.

    Raises
    ------
    PlanbookError
        If the file cannot be read, is protected, or is too large.
    """
    _refuse_too_much(path)
    grid, doubts = _cells(table, path)
    if grid.height > MOST_ROWS + 1:
        found, most = f"{grid.height - 1:,}", f"{MOST_ROWS:,}"
        raise refusal(
            path, tr("The table has {found} rows, more than {most}. Send it in parts.", found=found, most=most)
        )
    if grid.width > MOST_COLUMNS:
        told = tr("The table has {found} columns, more than {most}. Remove some.", found=grid.width, most=MOST_COLUMNS)
        raise refusal(path, told)
    return grid, doubts


def _cells(table: Table, path: Path) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    if path.suffix.lower() == ".xlsx":
        return workbook.grid_of(table, path), ()
    return delimited.grid_of(table, path.read_bytes())


def _refuse_too_much(path: Path) -> None:
    """Refuse a file that is no table, or would take too much memory."""
    if path.stat().st_size > LIMIT:
        limit = LIMIT // MEGABYTE
        raise refusal(path, tr("“{file}” is larger than {limit} MB. Send it in parts.", file=path.name, limit=limit))
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise refusal(path, tr("“{file}” is neither a workbook (.xlsx) nor a CSV file.", file=path.name))
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > UNPACKED_LIMIT:
            told = tr(
                "“{file}” unpacks to {size} MB, more than {limit}. Send it in parts, or copy its cells anew.",
                file=path.name,
                size=f"{size // MEGABYTE:,}",
                limit=UNPACKED_LIMIT // MEGABYTE,
            )
            raise refusal(path, told)


def _may_be_missing(table: Table, sheet: Sheet, problem: Problem) -> bool:
    """Whether a problem is a missing column that only new rows need: each of them is told then."""
    missing = not problem.value and problem.column not in sheet.columns
    return missing and problem.column in table.polars_schema and problem.column not in table.key
