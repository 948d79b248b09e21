"""Delimited text, as spreadsheets save it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import zip_longest

import numpy as np
import polars as pl

from backcast.interchange.encoding import Decoded, decode
from backcast.interchange.headings import column_named
from backcast.interchange.sheet import ROWS_ABOVE, Sheet, from_grid, refused
from backcast.language import Message, tr
from backcast.planbook.columns import Table
from backcast.planbook.problem import PlanbookError, Problem

_SEPARATORS = (",", ";", "\t")
# A spreadsheet runs a text that starts like a formula. An apostrophe before it keeps it text.
_FORMULA = r"^('*[=+\-@＝＋－＠])"
_GUARDED = r"^'('*[=+\-@＝＋－＠])"


def read_delimited(table: Table, data: bytes) -> Sheet:
    """Read the bytes of one delimited file; a record's row is the row in which Excel shows it."""
    try:
        grid, problems = grid_of(table, data)
    except PlanbookError as error:
        return refused(table, *error.problems)
    sheet = from_grid(table, grid, delimited=True)
    return Sheet(table, sheet.columns, sheet.rows, (*problems, *sheet.problems))


def grid_of(table: Table, data: bytes) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """Return every cell of a delimited file as text, and what was doubtful in reading it.

    Raises
    ------
    PlanbookError
        If its cells cannot be told apart.
    """
    decoded = decode(data)
    try:
        grid = _grid(decoded.text, _separator(table, decoded.text))
    except _BrokenQuoteError as error:
        raise PlanbookError([Problem(table.name, error.row, "", "", _broken_quote())]) from error
    if "'" in decoded.text:
        grid = grid.with_columns(pl.all().str.replace(_GUARDED, "${1}"))
    return grid, tuple(_encoding(table, decoded))


def write_delimited(frame: pl.DataFrame, encoding: str = "utf-8") -> bytes:
    """Return ``frame`` as comma-separated text: UTF-8 with the mark by which Excel knows it, or GB18030."""
    texts = pl.col(pl.String).str.replace(_FORMULA, "'${1}")
    return frame.with_columns(texts).write_csv(include_bom=encoding == "utf-8").encode(encoding)


class _BrokenQuoteError(Exception):
    def __init__(self, row: int) -> None:
        self.row = row


def _grid(text: str, separator: str) -> pl.DataFrame:
    """Return every cell from row 1 as text, blank rows included.

    Where each record is a line, and quotation marks stand around whole cells, Polars reads it; otherwise Python's
    reader does, which knows where a quoted text ends.
    """
    if not text.strip():
        return pl.DataFrame()
    bare = _without_quoted_cells(text, separator)
    if '"' in bare or "\0" in text or "\r" in text.replace("\r\n", "\n"):
        columns = zip_longest(*_records(text, separator))
        return pl.DataFrame([pl.Series(str(position), cells, pl.String) for position, cells in enumerate(columns)])
    schema = {str(position): pl.String for position in range(_width(bare, separator))}
    return pl.read_csv(
        text.encode(),
        has_header=False,
        schema=schema,
        separator=separator,
        quote_char=None if bare is text else '"',
        missing_columns="insert",
    )


def _without_quoted_cells(text: str, separator: str) -> str:
    """Empty the cells that begin and end with a quotation mark on one line; marks inside them stand in pairs."""
    if '"' not in text:
        return text
    edge = rf"[^{separator}\r\n]"
    return re.sub(rf'"(?<!{edge}")[^"\r\n]*(?:""[^"\r\n]*)*"(?!{edge})', "", text)


def _width(text: str, separator: str) -> int:
    """Return the number of cells in the longest line."""
    characters = np.frombuffer(f"{text}\n".encode(), np.uint8)
    before = np.searchsorted(np.flatnonzero(characters == ord(separator)), np.flatnonzero(characters == ord("\n")))
    return int(np.diff(before, prepend=0).max()) + 1


def _records(text: str, separator: str) -> list[list[str]]:
    records: list[list[str]] = []
    try:
        records.extend(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise _BrokenQuoteError(len(records) + 1) from error
    return records


def _separator(table: Table, text: str) -> str:
    """Return the separator that makes most parts of one of the first lines columns of this table."""
    lines = text.split("\n", maxsplit=ROWS_ABOVE)[:ROWS_ABOVE]

    def score(separator: str) -> tuple[int, int]:
        rows = [[cell.strip().strip('"') for cell in line.split(separator)] for line in lines]
        known = max(sum(column_named(table, cell) is not None for cell in cells) for cells in rows)
        return known, max(map(len, rows))

    return max(_SEPARATORS, key=score)


def _encoding(table: Table, decoded: Decoded) -> Iterator[Problem]:
    if decoded.encoding != "cp1252" and not decoded.replaced:
        return
    message = tr(
        "The file is not UTF-8. It was read as {encoding}, and {count} of its characters could not be read. "
        "Save it in Excel as “CSV UTF-8”, and look whether names have kept their letters.",
        encoding=decoded.encoding,
        count=decoded.replaced,
    )
    yield Problem(table.name, 0, "", "", message, "warning")


def _broken_quote() -> Message:
    return tr(
        "The quotation marks in this row do not pair, so its cells cannot be told apart and the table was not read. "
        "Write a quotation mark inside a cell twice, and close every cell that opens with one."
    )
