"""The user's own workbook with its problems marked in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast
from xml.etree import ElementTree
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from backcast.interchange.headings import column_named, table_named
from backcast.interchange.package import refusal
from backcast.interchange.sheet import ROWS_ABOVE, heading_row
from backcast.language import Message, tr
from backcast.planbook.columns import Table
from backcast.planbook.problem import Problem

LIST = "问题清单 Problems"
_AUTHOR = "Backcast"
_NOTHING = PatternFill()
_FILLS = {"error": PatternFill("solid", fgColor="FFC7CE"), "warning": PatternFill("solid", fgColor="FFEB9C")}
_WIDTHS = (24, 8, 24, 24, 12, 70, 70)
_LARGE = (320, 160)  # points, width and height of a comment


def mark_cells(
    path: Path,
    problems: Sequence[Problem],
    out: Path,
    *,
    only: Table | None = None,
    names: Mapping[str, str] | None = None,
) -> None:
    """Copy the workbook at ``path`` to ``out``; marks of an earlier time are taken away first.

    Parameters
    ----------
    only
        The one table that was read; it may stand on a sheet of another name, the first one then.
    names
        Heading → column, where the file calls them otherwise.

    Raises
    ------
    PlanbookError
        If openpyxl cannot load the workbook.
    """
    try:
        book = load_workbook(path)
    except (BadZipFile, ElementTree.ParseError, KeyError, TypeError, ValueError) as error:
        raise refusal(path, _cannot_be_marked(path)) from error
    if LIST in book.sheetnames:
        del book[LIST]
    places = _Places(book, only, names or {})
    for sheet in places.sheets.values():
        _unmark(sheet)
    cells = [places.cell(problem) for problem in problems]
    for cell, problem in zip(cells, problems, strict=True):
        if cell is not None:
            _mark(cell, problem)
    _list(book.create_sheet(LIST, 0), problems, cells)
    book.active = 0
    book.save(out)


class _Places:
    """Where the columns of each table stand in a workbook."""

    def __init__(self, book: Workbook, only: Table | None, names: Mapping[str, str]) -> None:
        self.sheets: dict[str, Worksheet] = {}
        self._columns: dict[str, dict[str, int]] = {}
        for sheet in book.worksheets:
            if (table := table_named(sheet.title)) and table.name not in self.sheets:
                self._add(table, sheet, names)
        if only and only.name not in self.sheets:
            self._add(only, book.worksheets[0], names)

    def _add(self, table: Table, sheet: Worksheet, names: Mapping[str, str]) -> None:
        self.sheets[table.name] = sheet
        self._columns[table.name] = _columns(table, sheet, names)

    def cell(self, problem: Problem) -> Cell | None:
        """Return the cell that a problem means: that of its column, or the first of its row."""
        sheet = self.sheets.get(problem.table)
        if sheet is None or not problem.row:
            return None
        cell = sheet.cell(problem.row, self._columns[problem.table].get(problem.column, 1))
        if isinstance(cell, Cell):
            return cell
        merged = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
        return cast("Cell", sheet.cell(merged.min_row, merged.min_col))


def _columns(table: Table, sheet: Worksheet, names: Mapping[str, str]) -> dict[str, int]:
    """Return the position of each column, counted from 1."""
    rows = sheet.iter_rows(max_row=ROWS_ABOVE, values_only=True)
    top = [["" if value is None else names.get(str(value).strip(), str(value)) for value in row] for row in rows]
    row = heading_row(table, top)
    found = {position: column_named(table, text) for position, text in enumerate(top[row - 1] if row else [], start=1)}
    return {column.name: position for position, column in reversed(found.items()) if column}


def _mark(cell: Cell, problem: Problem) -> None:
    cell.fill = _FILLS[problem.severity]
    sentence = f"{problem.message.read('zh_Hans')}\n{problem.message.read('en')}"
    before = f"{cell.comment.text}\n\n" if cell.comment else ""
    cell.comment = Comment(before + sentence, _AUTHOR, *reversed(_LARGE))


def _unmark(sheet: Worksheet) -> None:
    colours = {fill.fgColor.rgb for fill in _FILLS.values()}
    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment and cell.comment.author == _AUTHOR and cell.fill.fgColor.rgb in colours:
                cell.comment, cell.fill = None, _NOTHING


def _list(sheet: Worksheet, problems: Sequence[Problem], cells: Sequence[Cell | None]) -> None:
    """Write every problem on one sheet, each with a link to its cell."""
    for position, (title, width) in enumerate(zip(_titles(), _WIDTHS, strict=True), start=1):
        sheet.cell(1, position, f"{title.read('zh_Hans')}\n{title.read('en')}").font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(position)].width = width
    for row, (problem, cell) in enumerate(zip(problems, cells, strict=True), start=2):
        texts = (problem.column, problem.value, problem.severity, *map(problem.message.read, ("zh_Hans", "en")))
        for position, text in enumerate((problem.table, problem.row or None, *texts), start=1):
            written = sheet.cell(row, position, text)
            written.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(text, str):
                written.data_type = "s"  # a value such as =1+1 stays a text
        sheet.cell(row, 1).fill = _FILLS[problem.severity]
        if cell is not None:
            sheet.cell(row, 2).hyperlink = f"#'{cell.parent.title}'!{cell.coordinate}"
    sheet.freeze_panes = "A2"


def _cannot_be_marked(path: Path) -> Message:
    return tr("“{file}” cannot be marked. Open it in Excel and save it again as .xlsx.", file=path.name)


def _titles() -> tuple[Message, ...]:
    return (
        tr("Table"),
        tr("Row"),
        tr("Column"),
        tr("Found"),
        tr("Severity"),
        tr("What to do (Chinese)"),
        tr("What to do"),
    )
