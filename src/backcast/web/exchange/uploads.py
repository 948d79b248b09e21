"""From an uploaded file to typed rows, with all problems of its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from backcast.interchange import delimited, workbook
from backcast.interchange.cells import typed
from backcast.interchange.sheet import Sheet, from_grid
from backcast.interchange.single import NOTHING, memory_of
from backcast.planbook.columns import Table
from backcast.planbook.problem import PlanbookError, Problem
from backcast.web.core.refusals import Fault, Invalid
from backcast.web.exchange.differences import Exported, identity
from backcast.web.exchange.foreign import with_our_headings
from backcast.web.exchange.limits import require_shape, require_unpacked
from backcast.web.files.models import StoredFile
from backcast.web.ui.reading import in_chinese

NUMBER, VERSION_THEN, DIGEST_THEN = "#row", "#version", "#digest"
"""Columns of staged rows beside those of the table: number in the file, version and digest when it was exported."""


@dataclass(frozen=True, eq=False)
class Reading:
    """What an uploaded file holds.

    Attributes
    ----------
    rows
        Its rows, typed, each with its number.
    problems
        Of the file, its headings and its cells.
    is_foreign
        Whether it names the columns of the key otherwise, so that somebody has to say which is which.
    """

    rows: pl.DataFrame
    problems: tuple[Problem, ...]
    is_foreign: bool


@contextmanager
def on_disk(file: StoredFile) -> Iterator[Path]:
    """Give a file its own name in a folder of its own, as readers want it and sentences name it."""
    with TemporaryDirectory(prefix="import-") as folder:
        path = Path(folder) / file.name
        with file.content.open("rb") as content:
            path.write_bytes(content.read())
        yield path


def grid_of(table: Table, path: Path) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """Return the cells of a file as text, and what was doubtful in reading it.

    Raises
    ------
    Invalid
        If it is too large, or no workbook; the sentence says what to do.
    """
    require_unpacked(path, path.name)
    try:
        grid, problems = _grid(table, path)
    except PlanbookError as error:
        language = "zh_Hans" if in_chinese() else "en"
        raise Invalid([Fault("file", one.read(language), path.name) for one in error.problems]) from error
    require_shape(grid, path.name)
    return grid, problems


def _grid(table: Table, path: Path) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    if path.suffix.lower() == ".xlsx":
        return workbook.grid_of(table, path), ()
    return delimited.grid_of(table, path.read_bytes())


def read(table: Table, path: Path, names: Mapping[str, str]) -> Reading:
    """Read the rows of one table, and what the file remembers of its export.

    Parameters
    ----------
    names
        Heading of the file → column of the table, for files that call them otherwise.
    """
    grid, doubts = grid_of(table, path)
    is_workbook = path.suffix.lower() == ".xlsx"
    sheet = from_grid(table, with_our_headings(grid, names), delimited=not is_workbook)
    memory = memory_of(path) if is_workbook else NOTHING
    frame, problems = typed(sheet)
    keys = {column.name for column in table if column.name in table.key and column.required}
    if frame.is_empty() and not frame.width:
        frame = table.empty()
    frame = frame.with_columns(sheet.rows.cast(pl.Int64).alias(NUMBER))
    found = (*doubts, *(one for one in sheet.problems if not _may_be_left_out(table, sheet, one)), *problems)
    then = memory.rows if memory.facts.get("table") == table.name else {}
    return Reading(_remembered(table, frame, then), found, grid.height > 1 and not keys <= set(sheet.columns))


def _may_be_left_out(table: Table, sheet: Sheet, problem: Problem) -> bool:
    """Whether a problem is a missing column that only new rows need: each of them is told then."""
    missing = not problem.value and problem.column not in sheet.columns
    return missing and problem.column in table.polars_schema and problem.column not in table.key


def exported_of(table: Table, rows: pl.DataFrame) -> Exported:
    """Return what staged rows remember of their export."""
    if VERSION_THEN not in rows.columns:
        return {}
    known = rows.drop_nulls(VERSION_THEN)
    then = zip(known[VERSION_THEN], known[DIGEST_THEN], strict=True)
    return dict(zip(identity(table, _with_keys(table, known)), then, strict=True))


def _remembered(table: Table, rows: pl.DataFrame, exported: Exported) -> pl.DataFrame:
    """Put version and digest of the export beside each row."""
    if not exported or rows.is_empty():
        return rows
    then = [exported.get(name, (None, None)) for name in identity(table, _with_keys(table, rows))]
    return rows.with_columns(
        pl.Series(VERSION_THEN, [version for version, _ in then], pl.Int64),
        pl.Series(DIGEST_THEN, [digest for _, digest in then], pl.String),
    )


def _with_keys(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Add the columns of the key that a file leaves out, empty."""
    return rows.with_columns(
        pl.lit(None, table[name].polars_type).alias(name) for name in table.key if name not in rows.columns
    )
