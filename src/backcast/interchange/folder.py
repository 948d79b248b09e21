"""A planbook as a folder: ``plan.yaml`` and one CSV or Parquet file for each table."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

import polars as pl

from backcast.interchange.delimited import read_delimited, write_delimited
from backcast.interchange.headings import closest, table_named
from backcast.interchange.planfile import read_plan, write_plan
from backcast.interchange.reading import Reading, assemble
from backcast.interchange.sheet import Sheet, from_columns, numbers, refused
from backcast.language import Message, tr
from backcast.planbook.book import Planbook
from backcast.planbook.columns import Table
from backcast.planbook.problem import PlanbookError, Problem
from backcast.planbook.schema import PLAN, SCHEMA

_SUFFIXES = (".csv", ".parquet")
_FOLDER_MODE = 0o755  # as a folder made by hand; a temporary one is closed to others


def read(path: Path, *, without: Collection[str] = ()) -> Reading:
    """Read a folder.

    Parameters
    ----------
    without
        Names of tables that are left unread.

    Raises
    ------
    PlanbookError
        If the folder holds no table at all.
    """
    files = files_of(path)
    sheets: dict[str, Sheet] = {}
    problems: list[Problem] = []
    for file in files:
        table = table_of(file)
        if table is None:
            problems.extend(_unknown(file))
        elif table.name in without:
            continue
        elif table.name in sheets:
            problems.append(Problem(table.name, 0, "", file.name, _two_files(table, file)))
        else:
            sheets[table.name] = _sheet(table, file)
    if not sheets:
        raise PlanbookError([Problem("", 0, "", path.name, _no_table(path))])
    return assemble(sheets.values(), problems)


def files_of(path: Path) -> list[Path]:
    """Return the files of a folder in the order of their names, without hidden ones and those left by editors."""
    return sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith((".", "~")))


def write(planbook: Planbook, path: Path, *, parquet: bool = False) -> None:
    """Write ``planbook`` as a folder; tables without rows get no file.

    Everything is written beside ``path`` first and then moved, so that a failure changes nothing. Other files
    in the folder stay; files of tables that are now empty go.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        for name, data in _files(planbook, parquet=parquet):
            (beside / name).write_bytes(data)
        _move(beside, path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _files(planbook: Planbook, *, parquet: bool) -> Iterator[tuple[str, bytes]]:
    for name, frame in planbook.tables.items():
        if name == PLAN.name and frame.height == 1:
            yield "plan.yaml", write_plan(frame.row(0, named=True))
        elif frame.height:
            yield (f"{name}.parquet", _parquet(frame)) if parquet else (f"{name}.csv", csv_of(SCHEMA[name], frame))


def csv_of(table: Table, frame: pl.DataFrame) -> bytes:
    """Return a table as CSV, with the required columns and those that hold something."""
    names = [column.name for column in table if column.required or frame[column.name].null_count() < frame.height]
    return write_delimited(frame.select(names))


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def _move(beside: Path, path: Path) -> None:
    """Put the written files in their place and remove those of the same tables that they replace."""
    if not path.exists():
        beside.chmod(_FOLDER_MODE)
        beside.rename(path)
        return
    written = {file.name for file in beside.iterdir()}
    for file in beside.iterdir():
        file.replace(path / file.name)
    for file in path.iterdir():
        if file.is_file() and table_of(file) and file.name not in written:
            file.unlink()


def table_of(file: Path) -> Table | None:
    """Return the table that a file holds by its name; None if it holds none."""
    if file.name in ("plan.yaml", "plan.yml"):
        return PLAN
    return table_named(file.stem) if file.suffix.lower() in _SUFFIXES else None


def _sheet(table: Table, file: Path) -> Sheet:
    if file.suffix.lower() == ".parquet":
        return read_parquet(table, file)
    return read_delimited(table, file.read_bytes()) if file.suffix.lower() == ".csv" else read_plan(file.read_bytes())


def read_parquet(table: Table, file: Path) -> Sheet:
    """Read one table from a Parquet file; its rows are counted as if they had been written under a heading."""
    try:
        frame = pl.read_parquet(file)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):  # damage makes Polars panic
        message = tr("“{file}” is not a Parquet file that can be read. Write it anew.", file=file.name)
        return refused(table, Problem(table.name, 0, "", file.name, message))
    return sheet_of(table, frame, numbers(2, frame.height + 2))


def sheet_of(table: Table, frame: pl.DataFrame, rows: pl.Series) -> Sheet:
    """Return rows of a Parquet file as a sheet; ``rows`` are their numbers."""
    strange = [name for name, kind in frame.schema.items() if kind.is_nested() or kind in (pl.Binary, pl.Object)]
    problems = [Problem(table.name, 1, name, str(frame.schema[name]), _no_values(name)) for name in strange]
    plain = frame.drop(strange)
    sheet = from_columns(table, plain.columns, plain, rows, 1)
    return Sheet(table, sheet.columns, sheet.rows, (*problems, *sheet.problems))


def _unknown(file: Path) -> Iterator[Problem]:
    """Warn of a file that looks like a table and is none."""
    if file.suffix.lower() not in _SUFFIXES:
        return
    close = closest(file.stem, list(SCHEMA))
    if close:
        message = tr(
            "“{file}” is no table of a planbook; it was not read. Did you mean “{close}”?",
            file=file.name,
            close=f"{close}{file.suffix}",
        )
    else:
        message = tr("“{file}” is no table of a planbook; it was not read.", file=file.name)
    yield Problem("", 0, "", file.name, message, "warning")


def _no_values(name: str) -> Message:
    return tr("The column “{name}” holds lists or bytes. Write one value in each cell.", name=name)


def _two_files(table: Table, file: Path) -> Message:
    return tr("“{file}” is a second file of the table “{table}”. Remove one.", file=file.name, table=table.name)


def _no_table(path: Path) -> Message:
    return tr(
        "“{folder}” holds no plan.yaml and no table such as projects.csv. Name the folder of a planbook.",
        folder=path.name,
    )
