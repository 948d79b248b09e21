"""A history, the table that classes are learned from: one CSV, Parquet or Excel file.

A register is rarely free of faults, so a bad cell is reported and left empty, and its row stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from backcast.interchange import folder, workbook
from backcast.interchange.cells import typed
from backcast.interchange.delimited import read_delimited
from backcast.interchange.package import FILE_LIMIT, MEGABYTE, refusal
from backcast.interchange.sheet import Sheet
from backcast.language import Message, tr
from backcast.planbook.checks.findings import ROW
from backcast.planbook.checks.histories import contradictions, replaced
from backcast.planbook.checks.values import percentages_of, values_of
from backcast.planbook.columns import Type
from backcast.planbook.problem import PlanbookError, Problem
from backcast.planbook.schema import HISTORY

_DATES = tuple(column.name for column in HISTORY if column.type is Type.DATE and column.name != "observed_at")
_SHEETS: dict[str, Callable[[Path], Sheet]] = {
    ".csv": lambda path: read_delimited(HISTORY, path.read_bytes()),
    ".parquet": lambda path: folder.read_parquet(HISTORY, path),
    ".xlsx": lambda path: workbook.read_table(HISTORY, path),
}


@dataclass(frozen=True, eq=False)
class HistoryReading:
    """A history as it was read, with the problems met on the way.

    Attributes
    ----------
    frame
        Every column of the table *history*, in the order of its declaration. Cells that could not be read are
        empty; rows without an id, and rows that a later one replaces, are left out.
    problems
        Everything worth a look, by row. Only those of severity "error" keep the history from being used.
    rows
        The row number that Excel shows for each row of ``frame``, shape ``(height,)``.
    """

    frame: pl.DataFrame
    problems: tuple[Problem, ...]
    rows: pl.Series

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Everything that keeps the history from being used."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def read(path: Path | str) -> HistoryReading:
    """Read a history from a CSV, Parquet or Excel file; of a workbook, the sheet *history* or the first one.

    Raises
    ------
    PlanbookError
        If there is no such file, or it is of another kind, too large, or damaged.
    """
    path = Path(path)
    sheet = _sheet(path)
    rows = set(sheet.rows)
    if any(problem.severity == "error" and problem.row not in rows for problem in sheet.problems):
        return _reading(_complete(pl.DataFrame(), sheet.rows.clear()), sheet.problems)
    return _checked(path, sheet)


def read_history(path: Path | str) -> pl.DataFrame:
    """Read a history that can be learned from, with every column of the table *history*.

    Cells that cannot be read are empty; :func:`read` names them.

    Raises
    ------
    PlanbookError
        If the file cannot be read, has no column of project codes, or no row tells of a project and a date.
    """
    reading = read(path)
    if reading.errors:
        raise PlanbookError(reading.errors)
    return reading.frame


def _sheet(path: Path) -> Sheet:
    if not path.exists():
        raise refusal(path, tr("There is no file “{path}”. Check how it is spelled.", path=str(path)))
    reader = _SHEETS.get(path.suffix.lower())
    if reader is None or path.is_dir():
        raise refusal(path, tr("A history is one file: .csv, .parquet or .xlsx. “{path}” is none.", path=str(path)))
    if (size := path.stat().st_size) > FILE_LIMIT:
        raise refusal(path, _too_large(path, size))
    return reader(path)


def _checked(path: Path, sheet: Sheet) -> HistoryReading:
    """Read the cells, empty those that cannot be meant, and look for what contradicts itself."""
    cells, bad = typed(sheet)
    frame = _complete(cells, sheet.rows)
    bad += [*sheet.problems, *_new(values_of(HISTORY, frame), bad)]
    frame = _emptied(frame, bad)
    usable = frame.filter(pl.col("id").is_not_null(), ~pl.col(ROW).is_in(_slipped(sheet)))
    twice = list(replaced(usable))
    usable = usable.filter(~pl.col(ROW).is_in([problem.row for problem in twice]))
    problems = [replace(problem, severity="warning") for problem in bad]
    problems += [*twice, *_new(contradictions(usable), bad), *percentages_of(HISTORY, usable)]
    if usable.select(pl.all_horizontal(pl.col(_DATES).is_null().all())).item():
        problems.append(Problem(HISTORY.name, 0, "", path.name, _nothing(path)))
    return _reading(usable, problems)


def _reading(frame: pl.DataFrame, problems: Iterable[Problem]) -> HistoryReading:
    in_order = sorted(problems, key=lambda problem: (problem.row, problem.column))
    return HistoryReading(frame.drop(ROW), tuple(in_order), frame[ROW])


def _complete(frame: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """Add the columns that the file does not have, empty, and the row numbers."""
    columns = [
        frame[name] if name in frame.columns else pl.repeat(None, rows.len(), dtype=kind, eager=True).alias(name)
        for name, kind in HISTORY.polars_schema.items()
    ]
    return pl.DataFrame([*columns, rows.alias(ROW)])


def _new(found: Iterable[Problem], said: Sequence[Problem]) -> list[Problem]:
    """Leave out what follows from a cell that has its problem already."""
    cells = {(problem.row, problem.column) for problem in said}
    return [problem for problem in found if (problem.row, problem.column) not in cells]


def _emptied(frame: pl.DataFrame, bad: Sequence[Problem]) -> pl.DataFrame:
    """Empty the cells that have a problem."""
    rows: dict[str, list[int]] = {}
    for problem in bad:
        if problem.column in frame.columns and problem.severity == "error":
            rows.setdefault(problem.column, []).append(problem.row)
    return frame.with_columns(
        pl.when(~pl.col(ROW).is_in(numbers)).then(pl.col(name)).alias(name) for name, numbers in rows.items()
    )


def _slipped(sheet: Sheet) -> list[int]:
    """Rows whose values may stand under the wrong headings."""
    return [problem.row for problem in sheet.problems if problem.severity == "error"]


def _too_large(path: Path, size: int) -> Message:
    return tr(
        "“{file}” takes {size} MB, more than the {limit} MB that are read. Leave out the columns and rows that are "
        "not needed, or write it as Parquet.",
        file=path.name,
        size=f"{size // MEGABYTE:,}",
        limit=f"{FILE_LIMIT // MEGABYTE:,}",
    )


def _nothing(path: Path) -> Message:
    return tr(
        "“{file}” has no row with a project's id and a date, so nothing can be learned from it. "
        "The warnings name the cells that could not be read.",
        file=path.name,
    )
