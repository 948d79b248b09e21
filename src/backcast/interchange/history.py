"""A history, the table that classes are learned from: one CSV, Parquet or Excel file.

A register is rarely free of faults, so a bad cell is reported and left empty, and its row stays. Only a status that
cannot be read takes its row along: the dates of a project given up look like those of one that is finished.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from backcast.interchange import folder, workbook
from backcast.interchange.cells import typed
from backcast.interchange.delimited import read_delimited
from backcast.interchange.headings import shorten
from backcast.interchange.package import FILE_LIMIT, MEGABYTE, refusal
from backcast.interchange.sheet import Sheet
from backcast.language import Message, tr
from backcast.planbook.checks.findings import ROW, findings
from backcast.planbook.checks.histories import contradictions, replaced
from backcast.planbook.checks.values import percentages_of, values_of
from backcast.planbook.columns import Type
from backcast.planbook.problem import PlanbookError, Problem
from backcast.planbook.schema import HISTORY, HISTORY_STATES

_DATES = tuple(column.name for column in HISTORY if column.type is Type.DATE and column.name != "observed_at")
_SHEETS: dict[str, Callable[[Path], Sheet]] = {
    ".csv": lambda path: read_delimited(HISTORY, path.read_bytes()),
    ".parquet": lambda path: folder.read_parquet(HISTORY, path),
    ".xlsx": lambda path: workbook.read_table(HISTORY, path),
}
_STATE_WORDS = {  # what registers write, in lower case and with one underscore between words
    "finished": ("complete", "completed", "done", "closed", "已完工", "完成", "竣工"),
    "running": ("in_progress", "ongoing", "active", "started", "在建", "进行", "建设中"),
    "not_started": ("planned", "pipeline", "pns", "未开工", "待开工"),
    "cancelled": ("canceled", "dropped", "terminated", "withdrawn", "终止", "取消", "退库"),
}
_STATE_OF = {word: state for state, words in _STATE_WORDS.items() for word in words}
_ALLOWED = ", ".join(f"{state} ({label})" for state, label in HISTORY_STATES)
_NAMED = 8  # of the columns that were not read, where the one of project codes is missing


@dataclass(frozen=True, eq=False)
class HistoryReading:
    """A history as it was read, with the problems met on the way.

    Attributes
    ----------
    frame
        Every column of the table *history*, in the order of its declaration. Cells that could not be read are
        empty; rows without an id, rows whose status could not be read, and rows that a later one replaces, are left
        out.
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
        return _reading(_complete(pl.DataFrame(), sheet.rows.clear()), _with_unread_columns(sheet.problems))
    return _checked(path, sheet)


def read_history(path: Path | str) -> pl.DataFrame:
    """Read a history that can be learned from, with every column of the table *history*.

    Cells that cannot be read are empty, and rows whose status cannot be read are left out; :func:`read` names them.

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
    cells, bad = typed(_in_our_words(sheet))
    frame = _complete(cells, sheet.rows)
    unread = list(_unread_states(frame))
    bad += [*sheet.problems, *_new(values_of(HISTORY, frame), bad)]
    bad = [*unread, *_new(bad, unread)]
    left_out = [*_slipped(sheet), *(problem.row for problem in unread)]
    usable = _emptied(frame, bad).filter(pl.col("id").is_not_null(), ~pl.col(ROW).is_in(left_out))
    twice = list(replaced(usable))
    usable = usable.filter(~pl.col(ROW).is_in([problem.row for problem in twice]))
    problems = [replace(problem, severity="warning") for problem in bad]
    problems += [*twice, *_new(contradictions(usable), bad), *percentages_of(HISTORY, usable)]
    if usable.select(pl.all_horizontal(pl.col(_DATES).is_null().all())).item():
        problems.append(Problem(HISTORY.name, 0, "", path.name, _nothing(path, unread)))
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


def _in_our_words(sheet: Sheet) -> Sheet:
    """Turn the words that registers use for a status into ours."""
    if "status" not in sheet.columns:
        return sheet
    texts = sheet.columns["status"].cast(pl.String)
    folded = texts.str.strip_chars().str.to_lowercase().str.replace_all(r"[\s_-]+", "_")
    states = folded.replace_strict(_STATE_OF, default=texts, return_dtype=pl.String)
    return replace(sheet, columns=sheet.columns | {"status": states})


def _unread_states(frame: pl.DataFrame) -> Iterator[Problem]:
    """Find rows that tell a status in words that are not understood."""
    unread = frame.filter(~pl.col("status").is_in(HISTORY["status"].allowed))
    yield from findings(HISTORY.name, unread, "status", lambda row: _not_understood(row["status"]), "warning")


def _with_unread_columns(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Where the column of project codes is missing, name those that were not read: it may be among them."""
    problems = tuple(problems)
    known = {"", *HISTORY.polars_schema}
    unread = [shorten(problem.column) for problem in problems if problem.column not in known]
    for problem in problems:
        missing = problem.severity == "error" and problem.column == "id" and not problem.value
        yield replace(problem, message=_id_among(unread)) if missing and unread else problem


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


def _not_understood(found: str) -> Message:
    return tr(
        "“{found}” is not understood as a status, so this row is left out. Write one of: {allowed}.",
        found=shorten(found),
        allowed=_ALLOWED,
    )


def _id_among(unread: Sequence[str]) -> Message:
    return tr(
        "The column “{name}” ({label_zh}) is missing. Add it, or rename the one that is meant. "
        "Not read were: {unread}.",
        name="id",
        label_zh=HISTORY["id"].label_zh,
        unread=", ".join(unread[:_NAMED]) + (", …" if len(unread) > _NAMED else ""),
    )


def _nothing(path: Path, unread: Sequence[Problem]) -> Message:
    if unread:
        return tr(
            "“{file}” has no row left to learn from. Rows whose status is not understood are left out, the first of "
            "them row {row} with “{found}”. Write one of: {allowed}.",
            file=path.name,
            row=unread[0].row,
            found=shorten(unread[0].value),
            allowed=_ALLOWED,
        )
    return tr("“{file}” has no row with a project's id and a date, so nothing can be learned from it.", file=path.name)
