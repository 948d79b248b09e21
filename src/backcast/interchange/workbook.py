"""A planbook as one Excel workbook, a sheet for each table."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import polars as pl
import xlsxwriter
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from backcast.interchange import delimited
from backcast.interchange.headings import closest, table_named
from backcast.interchange.marking import LIST, mark_cells
from backcast.interchange.package import Lost, inspect, refusal
from backcast.interchange.reading import Reading, assemble
from backcast.interchange.sheet import Sheet, from_grid
from backcast.interchange.spreadsheet import META, SCHEMA_VERSION, fill, unfit
from backcast.language import Message, tr
from backcast.planbook.book import Planbook
from backcast.planbook.columns import Table
from backcast.planbook.problem import PlanbookError, Problem
from backcast.planbook.schema import TABLES

_SUFFIX = ".xlsx"
_TEXTS_STAY = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
_WHOLE_BELOW = 1e15  # numbers beyond are not written without an exponent


def read(path: Path) -> Reading:
    """Read a workbook; its sheets carry the name or a label of their table, in any order.

    Raises
    ------
    PlanbookError
        If the file is no workbook, is protected by a password, is too large, or holds no table.
    """
    lost = inspect(path, lambda name: name == META or table_named(name) is not None)
    try:
        book = CalamineWorkbook.from_path(path)
        return _read(path, book, lost)
    except CalamineError as error:
        raise refusal(path, _unreadable(path)) from error


def read_table(table: Table, path: Path) -> Sheet:
    """Read one table: the sheet that carries its name or label, or else the first sheet.

    Raises
    ------
    PlanbookError
        If the file is no workbook, is protected by a password, or is too large.
    """
    return from_grid(table, grid_of(table, path))


def grid_of(table: Table, path: Path) -> pl.DataFrame:
    """Return every cell, as text, of the sheet that carries a table's name or label, or else of the first sheet.

    Raises
    ------
    PlanbookError
        If the file is no workbook, is protected by a password, or is too large.
    """
    lost = inspect(path, lambda _: True)
    try:
        book = CalamineWorkbook.from_path(path)
        own = [name for name in book.sheet_names if name != LIST]
        name = next((name for name in own if _carries(table, name)), own[0])
        return _grid(book.get_sheet_by_name(name), lost.get(name, []))
    except CalamineError as error:
        raise refusal(path, _unreadable(path)) from error


def _carries(table: Table, sheet: str) -> bool:
    """Whether a sheet is named after a table."""
    words = {table.name.casefold(), table.label.casefold(), table.label_zh}
    return sheet.strip().casefold() in words or table_named(sheet) == table


def write(planbook: Planbook, path: Path) -> None:
    """Write a workbook with a sheet for each table, notes on every heading, and drop-downs.

    It is written beside ``path`` and then moved, so that a failure changes nothing. Numbers keep every digit: those
    that a cell of Excel cannot hold exactly become text.

    Raises
    ------
    PlanbookError
        If a table has more rows, or a text more characters, than Excel holds.
    """
    if problems := list(unfit(planbook)):
        raise PlanbookError(problems)
    _put(path, partial(fill, planbook))


def template(path: Path | str) -> None:
    """Write an empty workbook to fill in, with explanations in both languages."""
    write(Planbook.of({}), Path(path))


def mark(path: Path | str, problems: Iterable[Problem], out: Path | str) -> None:
    """Copy the workbook at ``path`` to ``out`` with every bad cell red, its problem beside it, and a list of all.

    Raises
    ------
    PlanbookError
        If the file is no workbook; see :func:`read`.
    """
    inspect(Path(path), lambda _: False)
    _put(Path(out), partial(mark_cells, Path(path), list(problems)))


def mark_table(
    table: Table, path: Path | str, problems: Iterable[Problem], out: Path | str, names: Mapping[str, str] | None = None
) -> None:
    """Do the same with a file of one table, which may also be delimited text; the copy is a workbook.

    Parameters
    ----------
    names
        Heading → column, where the file calls them otherwise.

    Raises
    ------
    PlanbookError
        If the file cannot be read; see :func:`read_table`.
    """
    path = Path(path)
    with tempfile.TemporaryDirectory(prefix="marking-") as folder:
        if path.suffix.lower() != _SUFFIX:
            path = _as_workbook(table, path, Path(folder) / f"{path.stem}{_SUFFIX}")
        inspect(path, lambda _: False)
        _put(Path(out), partial(mark_cells, path, list(problems), only=table, names=names))


def _as_workbook(table: Table, path: Path, out: Path) -> Path:
    """Write the cells of delimited text as a workbook, in the same places."""
    grid, _ = delimited.grid_of(table, path.read_bytes())
    with xlsxwriter.Workbook(str(out), _TEXTS_STAY) as book:
        sheet = book.add_worksheet(table.label_zh)
        for row, cells in enumerate(grid.iter_rows()):
            sheet.write_row(row, 0, cells)
    return out


def _put(path: Path, write_to: Callable[[Path], None]) -> None:
    """Write a file beside its place and move it there when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as beside:
        written = Path(beside) / path.name
        write_to(written)
        written.replace(path)


def _read(path: Path, book: CalamineWorkbook, lost: dict[str, list[Lost]]) -> Reading:
    sheets: dict[str, Sheet] = {}
    problems: list[Problem] = []
    for name in book.sheet_names:
        table = table_named(name)
        if table is None:
            problems.extend(_not_a_table(book, name))
        elif table.name in sheets:
            message = tr("The sheet “{sheet}” is a second one for this table. Remove one of them.", sheet=name)
            problems.append(Problem(table.name, 0, "", name, message))
        else:
            sheets[table.name] = from_grid(table, _grid(book.get_sheet_by_name(name), lost.get(name, [])))
    if not sheets:
        raise refusal(
            path, tr("“{file}” has no sheet named after a table, such as “projects” or “项目”.", file=path.name)
        )
    return assemble(sheets.values(), problems)


def _grid(sheet: CalamineSheet, lost: Sequence[Lost]) -> pl.DataFrame:
    """Return every cell from A1 as text, with what the reader left out put back."""
    cells = sheet.to_python(skip_empty_area=False)
    height = max([len(cells), *(cell.row + 1 for cell in lost)])
    width = max([len(cells[0]) if cells else 0, *(cell.position + 1 for cell in lost)])
    if lost:
        cells = [row + [""] * (width - len(row)) for row in [*cells, *([] for _ in range(height - len(cells)))]]
    for cell in lost:
        cells[cell.row][cell.position] = cell.text
    return pl.DataFrame([_texts(str(position), column) for position, column in enumerate(zip(*cells, strict=True))])


def _texts(name: str, cells: tuple[object, ...]) -> pl.Series:
    """Write the cells of one column as text: whole numbers without a point, dates as 2025-06-30."""
    kinds = set(map(type, cells))
    if float not in kinds:
        return pl.Series(name, cells, pl.String, strict=False)
    numbers = pl.Series([cell if type(cell) is float else None for cell in cells], dtype=pl.Float64)
    texts = numbers.cast(pl.String)
    whole = ((numbers == numbers.floor()) & (numbers.abs() < _WHOLE_BELOW) & (texts != "-0.0")).fill_null(value=False)
    texts = numbers.set(~whole, 0.0).fill_null(0.0).cast(pl.Int64).cast(pl.String).zip_with(whole, texts)
    others = pl.Series([None if type(cell) is float else cell for cell in cells], dtype=pl.String, strict=False)
    return texts.fill_null(others).alias(name)


def _not_a_table(book: CalamineWorkbook, name: str) -> Iterator[Problem]:
    """Warn of a sheet that looks like a table, and of a workbook that a newer version wrote."""
    close = closest(name, [word for table in TABLES for word in (table.name, table.label, table.label_zh)])
    if name == META and _schema_version(book) > SCHEMA_VERSION:
        message = tr("A newer version of Backcast wrote this workbook; update this one, or columns may be missed.")
        yield Problem("", 0, "", name, message, "warning")
    elif close:
        message = tr("The sheet “{sheet}” was not read. Did you mean “{close}”?", sheet=name, close=close)
        yield Problem("", 0, "", name, message, "warning")


def _schema_version(book: CalamineWorkbook) -> float:
    rows = book.get_sheet_by_name(META).to_python()
    return next((row[1] for row in rows if row[0] == "schema" and isinstance(row[1], float)), 0.0)


def _unreadable(path: Path) -> Message:
    return tr("“{file}” cannot be read as a workbook. Open it in Excel and save it again as .xlsx.", file=path.name)
