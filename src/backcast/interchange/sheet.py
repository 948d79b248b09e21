"""One table as it was found in a file: a grid of cells, its heading row, its row numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from backcast.interchange.headings import column_named, layout, unknown_heading
from backcast.language import tr
from backcast.planbook.columns import Table
from backcast.planbook.problem import Problem

_ROWS_ABOVE = 10  # titles and notes that people put above the headings


@dataclass(frozen=True, eq=False)
class Sheet:
    """The cells of one table, before they are read as dates, numbers and so on.

    Attributes
    ----------
    columns
        The cells of each known column: text, or already of the column's own type.
    rows
        The row number that Excel shows, shape ``(height,)``; blank rows are left out.
    heading_row
        The row of the headings; 0 where the file has none, as in Parquet.
    """

    table: Table
    columns: dict[str, pl.Series]
    rows: pl.Series
    heading_row: int
    problems: tuple[Problem, ...]


def from_grid(table: Table, grid: pl.DataFrame) -> Sheet:
    """Find headings and rows in ``grid``, every cell of a file from its row 1, column A, as text or null."""
    found = [_recognised(table, grid.row(row)) for row in range(min(grid.height, _ROWS_ABOVE))]
    best = max(found, default=0)
    if problem := _refusal(table, grid, best):
        return Sheet(table, {}, _numbers(0, 0), 1, (problem,))
    heading_row = found.index(best) + 1 if found else 1
    headings = grid.row(heading_row - 1) if grid.height else ()
    body = grid.slice(heading_row).with_columns(_numbers(heading_row + 1, grid.height + 1))
    body = body.filter(~pl.all_horizontal(blank(name) for name in grid.columns)) if grid.width else body
    sheet = from_columns(table, [heading or "" for heading in headings], body.drop("row"), body["row"], heading_row)
    return sheet if heading_row == 1 else _with_note(sheet)


def from_columns(table: Table, headings: Sequence[str], body: pl.DataFrame, rows: pl.Series, heading_row: int) -> Sheet:
    """Give each column of ``body`` its place in ``table`` by its heading."""
    found = layout(table, headings, heading_row)
    filled = [position for position in found.unknown if not body.select(blank(body.columns[position]).all()).item()]
    unknown = (unknown_heading(table, headings[position], heading_row, position) for position in filled)
    columns = {name: body.to_series(position) for name, position in found.positions.items()}
    return Sheet(table, columns, rows, heading_row, (*found.problems, *unknown))


def blank(name: str) -> pl.Expr:
    """Return an expression that tells which cells of a column hold nothing or only spaces."""
    return pl.col(name).is_null() | (pl.col(name).cast(pl.String).str.strip_chars() == "")


def _recognised(table: Table, cells: Sequence[str | None]) -> int:
    columns = (column_named(table, cell) for cell in cells if cell)
    return len({column.name for column in columns if column})


def _refusal(table: Table, grid: pl.DataFrame, recognised: int) -> Problem | None:
    """Return why a grid cannot be this table at all, or None."""
    if not grid.height or (recognised and not _is_transposed(table, grid, recognised)):
        return None
    if _is_transposed(table, grid, recognised):
        message = tr(
            "This table lies on its side: the names of the fields go down the first column. "
            "In Excel, copy it and use Paste Special → Transpose, so that each row is one entry."
        )
    else:
        names = ", ".join(column.name for column in table if column.required)
        message = tr("Row 1 names no column of this table. It must hold the headings, at least: {names}.", names=names)
    return Problem(table.name, 1, "", "", message)


def _is_transposed(table: Table, grid: pl.DataFrame, recognised: int) -> bool:
    down = _recognised(table, grid.to_series(0).head(100).to_list()) if grid.width else 0
    return down > max(recognised, 1) or (not recognised and grid.width > 2 * grid.height)


def _with_note(sheet: Sheet) -> Sheet:
    message = tr("The headings are in row {row}; what stands above them was not read.", row=sheet.heading_row)
    note = Problem(sheet.table.name, sheet.heading_row, "", "", message, "warning")
    return Sheet(sheet.table, sheet.columns, sheet.rows, sheet.heading_row, (note, *sheet.problems))


def _numbers(start: int, end: int) -> pl.Series:
    return pl.int_range(start, end, eager=True).alias("row")
