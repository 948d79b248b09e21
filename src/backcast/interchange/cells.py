"""Cells as text become typed columns; the cells that do not are the problems.

Columns are cast whole, by Polars; Python looks only at the cells that did not cast.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import polars as pl

from backcast.interchange.dates import dates
from backcast.interchange.headings import shorten
from backcast.interchange.numbers import not_a_number, numbers
from backcast.interchange.sheet import NO_RESULT, Sheet
from backcast.language import Message, tr
from backcast.planbook.columns import Column, Type
from backcast.planbook.problem import Problem

Complaint = Callable[[str], Message]

_EXCEL_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", NO_RESULT)
_DAMAGE = "|".join(["\0", "\N{REPLACEMENT CHARACTER}", *(f"^{re.escape(error)}$" for error in _EXCEL_ERRORS)])
_SIGNS = ["\0", "\N{REPLACEMENT CHARACTER}", "#"]

_FULL_WIDTH = dict(zip("０１２３４５６７８９．，－＋％／：　", "0123456789.,-+%/: ", strict=True))
_FLAGS = dict.fromkeys(("yes", "y", "true", "1", "是", "√"), True) | dict.fromkeys(
    ("no", "n", "false", "0", "否"), False
)


def typed(sheet: Sheet) -> tuple[pl.DataFrame, list[Problem]]:
    """Cast every column of ``sheet`` to its declared type.

    Returns
    -------
    The typed frame, in which a cell that could not be read is empty, and a problem for each such cell. Labels of
    choices have become their values; a text that is no choice stays, for the planbook's check to report. Money is
    rounded to 0.0001 万元, which is one yuan.
    """
    columns = {name: _as_it_is(sheet.table[name], cells) for name, cells in sheet.columns.items()}
    problems: list[Problem] = []
    for texts in _texts({name: cells for name, cells in sheet.columns.items() if columns[name] is None}):
        column = sheet.table[texts.name]
        if column.type is Type.TEXT:
            columns[column.name] = _choices(column, texts)
            problems.extend(_damaged(sheet, column, texts))
        else:
            values, complaint = cast(column, texts)
            columns[column.name] = values
            problems.extend(_uncast(sheet, column, texts, values, complaint))
    return pl.DataFrame(columns), problems


def _as_it_is(column: Column, cells: pl.Series) -> pl.Series | None:
    """Return cells that need not be read as text."""
    if cells.null_count() == cells.len() or (cells.dtype == column.polars_type and column.type is not Type.TEXT):
        return cells.cast(column.polars_type)
    return cells.dt.date() if column.type is Type.DATE and cells.dtype == pl.Datetime else None


def _texts(columns: dict[str, pl.Series]) -> list[pl.Series]:
    """Return all cells as text, without spaces around it."""
    return pl.DataFrame(columns).select(pl.all().cast(pl.String).str.strip_chars().replace("", None)).get_columns()


def cast(column: Column, texts: pl.Series) -> tuple[pl.Series, Complaint]:
    """Read ``texts`` as dates, numbers or flags; the second result says what is wrong with one that did not cast."""
    plain = _half_width(texts)
    if column.type is Type.DATE:
        return dates(plain)
    if column.type is Type.FLAG:
        return plain.str.to_lowercase().replace_strict(_FLAGS, default=None, return_dtype=pl.Boolean), _not_a_flag
    return numbers(column, plain), lambda text: not_a_number(column, text)


def _uncast(
    sheet: Sheet, column: Column, texts: pl.Series, values: pl.Series, complaint: Complaint
) -> Iterator[Problem]:
    bad = texts.is_not_null() & values.is_null()
    if bad.any():
        for row, text in zip(sheet.rows.filter(bad), texts.filter(bad), strict=True):
            yield Problem(sheet.table.name, row, column.name, text, _excel_error(text) or complaint(text))


def _damaged(sheet: Sheet, column: Column, texts: pl.Series) -> Iterator[Problem]:
    """Find texts that lost a character on their way, hold a NUL, or are an error of Excel."""
    if not texts.str.contains_any(_SIGNS).any():  # quickly said of nearly every column
        return
    hit = texts.str.contains(_DAMAGE).fill_null(value=False)
    for row, text in zip(sheet.rows.filter(hit), texts.filter(hit), strict=True):
        if "\N{REPLACEMENT CHARACTER}" in text:
            message = tr("A character of this text could not be read. Write it anew.")
            yield Problem(sheet.table.name, row, column.name, text, message, "warning")
        else:
            yield Problem(sheet.table.name, row, column.name, text, _excel_error(text) or _has_nul())


def _half_width(texts: pl.Series) -> pl.Series:
    """Write full-width digits and signs, as Chinese keyboards give them, in ASCII."""
    if (texts.str.len_bytes() == texts.str.len_chars()).all():
        return texts
    return texts.str.replace_many(_FULL_WIDTH).str.strip_chars()


def _choices(column: Column, texts: pl.Series) -> pl.Series:
    """Turn labels into the values they stand for; “not started” and “Not-started” are not_started."""
    if not column.choices:
        return texts
    values = {label: value for value, label in column.choices} | {value.casefold(): value for value in column.allowed}
    folded = texts.str.to_lowercase().str.replace_all(r"[\s-]+", "_")
    return folded.replace_strict(values, default=texts, return_dtype=pl.String)


def _not_a_flag(text: str) -> Message:
    return tr("“{text}” is neither yes nor no. Write yes or no, or leave the cell empty.", text=shorten(text))


def _has_nul() -> Message:
    return tr("This text holds a NUL character. Write it anew.")


def _excel_error(text: str) -> Message | None:
    """Say what to do about an error that Excel shows in a cell; None if ``text`` is not one."""
    if text == NO_RESULT:
        return tr("The formula in this cell has no result yet. Open the file in Excel, save it, and read it again.")
    if text in _EXCEL_ERRORS:
        return tr("The cell shows the Excel error {error}. Correct its formula, or write the value.", error=text)
    return None
