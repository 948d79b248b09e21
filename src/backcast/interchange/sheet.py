"""One table as it was found in a file: a grid of cells, its heading row, its row numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from backcast.interchange.headings import column_named, layout, unknown_heading
from backcast.language import tr
from backcast.planbook.columns import Table
from backcast.planbook.problem import Problem

ROWS_ABOVE = 10  # titles and notes that people put above the headings
NO_RESULT = "#FORMULA?"  # what stands for a formula whose result a workbook does not hold
_FIELDS = 100  # of a table on its side, how many names down the first column are looked at
_ROW = "row"


@dataclass(frozen=True, eq=False)
class Sheet:
    """The cells of one table, before they are read as dates, numbers and so on.

    Attributes
    ----------
    columns
        The cells of each known column: text, or already of the column's own type.
    rows
        The row number that Excel shows, shape ``(height,)``; blank rows are left out.
    problems
        What is wrong with the file and its headings.
    """

    table: Table
    columns: dict[str, pl.Series]
    rows: pl.Series
    problems: tuple[Problem, ...]


def refused(table: Table, problem: Problem) -> Sheet:
    """Return a table that could not be read at all."""
    return Sheet(table, {}, numbers(0, 0), (problem,))


def numbers(start: int, end: int) -> pl.Series:
    """Return the row numbers from ``start`` to ``end``, which is left out."""
    return pl.int_range(start, end, eager=True).alias(_ROW)


def from_grid(table: Table, grid: pl.DataFrame, *, delimited: bool = False) -> Sheet:
    """Find headings and rows in ``grid``, which holds every cell from row 1, column A, as text or null.

    In ``delimited`` text a row with more cells than there are headings has slipped; in a spreadsheet it has a remark
    beside it.
    """
    top = grid.head(ROWS_ABOVE).rows()
    row = heading_row(table, top)
    if not any(cell and cell.strip() for cells in top for cell in cells) and grid.height <= ROWS_ABOVE:
        return Sheet(table, {}, numbers(0, 0), ())
    if _lies_on_its_side(table, grid, _recognised(table, top[row - 1]) if row else 0):
        return refused(table, _on_its_side(table))
    if not row:
        return refused(table, _no_headings(table))
    return _below(table, grid, row, delimited=delimited)


def heading_row(table: Table, top: Sequence[Sequence[str | None]]) -> int:
    """Return which of the first rows of a file holds the headings, counted from 1; 0 if none does."""
    found = [_recognised(table, cells) for cells in top]
    best = max(found, default=0)
    return found.index(best) + 1 if best else 0


def _below(table: Table, grid: pl.DataFrame, row: int, *, delimited: bool) -> Sheet:
    """Take the headings from ``row`` and the cells from the rows below."""
    headings = [heading or "" for heading in grid.row(row - 1)]
    body = grid.slice(row).with_columns(numbers(row + 1, grid.height + 1))
    if (blank := _blank_rows(body, grid.columns)).len():
        body = body.filter(~pl.col(_ROW).is_in(blank.implode()))
    problems = [_above(table, row)] if row > 1 else []
    if delimited:
        width = max(position for position, heading in enumerate(headings, start=1) if heading.strip())
        problems.extend(_slipped(table, body, width))
        headings = headings[:width]
    sheet = from_columns(table, headings, body.drop(_ROW), body[_ROW], row)
    return Sheet(table, sheet.columns, sheet.rows, (*problems, *sheet.problems))


def from_columns(table: Table, headings: Sequence[str], body: pl.DataFrame, rows: pl.Series, row: int) -> Sheet:
    """Give each column of ``body`` its place in ``table`` by its heading; the headings stand in ``row``."""
    found = layout(table, headings, row)
    filled = [position for position in found.unknown if not body.select(_blank(body.columns[position]).all()).item()]
    unknown = (unknown_heading(table, headings[position], row, position) for position in filled)
    columns = {name: body.to_series(position) for name, position in found.positions.items()}
    return Sheet(table, columns, rows, (*found.problems, *unknown))


def _blank(name: str) -> pl.Expr:
    """Tell which cells of a column hold nothing or only spaces."""
    return pl.col(name).is_null() | (pl.col(name).cast(pl.String).str.strip_chars() == "")


def _blank_rows(body: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """Return the numbers of the rows without any value; each column is asked only about rows blank so far."""
    for name in names:
        if body.is_empty():
            break
        body = body.filter(_blank(name))
    return body[_ROW]


def _recognised(table: Table, cells: Sequence[str | None]) -> int:
    columns = (column_named(table, cell) for cell in cells if cell)
    return len({column.name for column in columns if column})


def _lies_on_its_side(table: Table, grid: pl.DataFrame, recognised: int) -> bool:
    """Tell whether each entry is a column: field names go down the first one, or the grid is wide and strange."""
    if not grid.width:
        return False
    down = _recognised(table, grid.to_series(0).head(_FIELDS).to_list())
    return down > max(recognised, 1) or (not recognised and grid.width > 2 * grid.height)


def _on_its_side(table: Table) -> Problem:
    message = tr(
        "This table lies on its side: the names of the fields go down the first column, and each entry is a column. "
        "Copy it in Excel and use Paste Special → Transpose."
    )
    return Problem(table.name, 1, "", "", message)


def _no_headings(table: Table) -> Problem:
    needed = ", ".join(column.name for column in table if column.required)
    message = tr("Row 1 names no column of this table. Write the headings there, at least: {needed}.", needed=needed)
    return Problem(table.name, 1, "", "", message)


def _above(table: Table, row: int) -> Problem:
    message = tr("The headings are in row {row}; what stands above them was not read.", row=row)
    return Problem(table.name, row, "", "", message, "warning")


def _slipped(table: Table, body: pl.DataFrame, width: int) -> Iterator[Problem]:
    names = body.drop(_ROW).columns[width:]
    if not names:
        return
    slipped = body.filter(~pl.col(_ROW).is_in(_blank_rows(body, names).implode()))
    message = tr(
        "This row has more cells than there are headings, so its values may stand under the wrong ones. "
        "Put a text that holds a separator into quotation marks."
    )
    for row in slipped[_ROW]:
        yield Problem(table.name, row, "", "", message)
