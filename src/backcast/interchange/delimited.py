"""Delimited text, as spreadsheets save it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import zip_longest

import polars as pl

from backcast.interchange.encoding import Decoded, decode
from backcast.interchange.headings import column_named
from backcast.interchange.sheet import Sheet, from_grid
from backcast.language import tr
from backcast.planbook.columns import Table
from backcast.planbook.problem import Problem

_SEPARATORS = (",", ";", "\t")
# A spreadsheet runs a text that starts like a formula. An apostrophe before it keeps it text.
_FORMULA = r"^('*[=+\-@＝＋－＠])"
_GUARDED = r"^'('*[=+\-@＝＋－＠])"


def read_delimited(table: Table, data: bytes) -> Sheet:
    """Read the bytes of one delimited file; a record's row is the row in which Excel shows it."""
    decoded = decode(data)
    separator = _separator(table, decoded.text)
    try:
        grid = _grid(decoded.text, separator)
    except _BrokenQuote as broken:
        return Sheet(table, {}, pl.Series("row", [], pl.Int64), 1, (_broken_quote(table, broken),))
    grid = grid.with_columns(pl.all().str.replace(_GUARDED, "${1}"))
    sheet = from_grid(table, grid)
    problems = (*_encoding(table, decoded), *_unreadable(table, grid), *sheet.problems)
    return Sheet(table, sheet.columns, sheet.rows, sheet.heading_row, problems)


def write_delimited(frame: pl.DataFrame) -> bytes:
    """Return ``frame`` as comma-separated UTF-8 with the mark by which Excel knows it."""
    texts = pl.col(pl.String).str.replace(_FORMULA, "'${1}")
    return frame.with_columns(texts).write_csv(include_bom=True).encode()


class _BrokenQuote(Exception):
    def __init__(self, row: int) -> None:
        self.row = row


def _grid(text: str, separator: str) -> pl.DataFrame:
    """Return every cell from row 1 as text, blank rows included.

    Without quotation marks a record is a line, and Polars reads it; with them, Python's reader does, which knows
    where a quoted text ends.
    """
    if not text.strip():
        return pl.DataFrame()
    if '"' not in text and "\0" not in text and "\r" not in text.replace("\r\n", ""):
        width = max(line.count(separator) for line in io.StringIO(text)) + 1
        schema = {str(position): pl.String for position in range(width)}
        return pl.read_csv(
            io.BytesIO(text.encode()), has_header=False, schema=schema, separator=separator, quote_char=None
        )
    columns = zip_longest(*_records(text, separator))
    return pl.DataFrame({str(position): cells for position, cells in enumerate(columns)}, schema_overrides=None)


def _records(text: str, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    row = 0
    try:
        for row, record in enumerate(reader, start=1):  # noqa: B007
            yield record
    except csv.Error as error:
        raise _BrokenQuote(row + 1) from error


def _separator(table: Table, text: str) -> str:
    """Return the separator that makes most of the first line's parts columns of this table."""
    line = text.split("\n", maxsplit=1)[0]

    def score(separator: str) -> tuple[int, int]:
        cells = [cell.strip().strip('"') for cell in line.split(separator)]
        return sum(column_named(table, cell) is not None for cell in cells), len(cells)

    return max(_SEPARATORS, key=score)


def _encoding(table: Table, decoded: Decoded) -> Iterator[Problem]:
    if decoded.encoding == "cp1252" or decoded.replaced:
        message = tr(
            "The file is not UTF-8; it was read as {encoding}, and {count} characters could not be read. "
            "Save it from Excel as “CSV UTF-8” and look at its names.",
            encoding=decoded.encoding,
            count=decoded.replaced,
        )
        yield Problem(table.name, 0, "", "", message, "warning")


def _unreadable(table: Table, grid: pl.DataFrame) -> Iterator[Problem]:
    return iter(())


def _broken_quote(table: Table, broken: _BrokenQuote) -> Problem:
    message = tr(
        "The quotation marks in this row do not pair, so no one can tell where its cells end. "
        "Write a quotation mark inside a cell twice, and close every quoted cell."
    )
    return Problem(table.name, broken.row, "", "", message)
