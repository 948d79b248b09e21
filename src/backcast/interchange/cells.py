"""Cells as text become typed columns; the cells that do not are the problems.

Columns are cast whole, by Polars; Python looks only at cells that did not cast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from backcast.interchange.dates import dates
from backcast.interchange.headings import shorten
from backcast.interchange.sheet import Sheet
from backcast.language import Message, tr
from backcast.planbook.columns import Column, Type
from backcast.planbook.problem import Problem

Complaint = Callable[[str], Message]

_FULL_WIDTH = dict(zip("０１２３４５６７８９．，－＋％／：　", "0123456789.,-+%/: ", strict=True))
_PLAIN = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
_GROUPED = r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$"
_YES = ("yes", "y", "true", "1", "是", "√")
_NO = ("no", "n", "false", "0", "否")


def typed(sheet: Sheet) -> tuple[pl.DataFrame, list[Problem]]:
    """Cast every column of ``sheet`` to its declared type.

    Returns
    -------
    The typed frame, in which a cell that could not be read is empty, and one problem for each of them.
    Money is rounded to 0.0001 万元, that is one yuan.
    """
    columns: dict[str, pl.Series] = {}
    problems: list[Problem] = []
    for name, cells in sheet.columns.items():
        column = sheet.table[name]
        if cells.dtype == column.polars_type:
            columns[name] = cells
            continue
        texts = _stripped(cells.cast(pl.String))
        columns[name], complaint = cast(column, texts)
        problems.extend(_uncast(sheet, column, texts, columns[name], complaint))
    return pl.DataFrame(columns), problems


def cast(column: Column, texts: pl.Series) -> tuple[pl.Series, Complaint]:
    """Read ``texts`` as the type of ``column``; the second result says what is wrong with one that did not cast."""
    if column.type is Type.TEXT:
        return _choices(column, texts), _not_text
    plain = _half_width(texts)
    if column.type is Type.DATE:
        return dates(plain)
    if column.type is Type.FLAG:
        return _flags(plain), _not_a_flag
    return _numbers(column, plain), lambda text: _not_a_number(column, text)


def _uncast(
    sheet: Sheet, column: Column, texts: pl.Series, values: pl.Series, complaint: Complaint
) -> Iterator[Problem]:
    bad = texts.is_not_null() & values.is_null()
    for row, text in zip(sheet.rows.filter(bad), texts.filter(bad), strict=True):
        yield Problem(sheet.table.name, row, column.name, text, complaint(text))


def _stripped(texts: pl.Series) -> pl.Series:
    stripped = texts.str.strip_chars()
    return stripped.set(stripped == "", None)


def _half_width(texts: pl.Series) -> pl.Series:
    """Write full-width digits and signs, as Chinese keyboards give them, in ASCII."""
    if (texts.str.len_bytes() == texts.str.len_chars()).all():
        return texts
    return texts.str.replace_many(_FULL_WIDTH).str.strip_chars()


def _choices(column: Column, texts: pl.Series) -> pl.Series:
    """Turn labels into the values they stand for; other texts stay, for the check to find."""
    if not column.choices:
        return texts
    values = {label: value for value, label in column.choices} | {value.casefold(): value for value in column.allowed}
    return texts.str.to_lowercase().replace_strict(values, default=texts, return_dtype=pl.String)


def _flags(texts: pl.Series) -> pl.Series:
    values = dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)
    return texts.str.to_lowercase().replace_strict(values, default=None, return_dtype=pl.Boolean)


def _numbers(column: Column, texts: pl.Series) -> pl.Series:
    if column.unit == "%":
        texts = texts.str.replace(r"\s*%$", "")
    grouped = texts.str.contains(_GROUPED)
    if grouped.any():
        texts = texts.set(grouped.fill_null(value=False), None).fill_null(texts.str.replace_all(",", "", literal=True))
    sound = texts.set(~texts.str.contains(_PLAIN).fill_null(value=False), None)
    if column.type is Type.WHOLE:
        sound = sound.str.replace(r"\.0*$", "")
    return sound.cast(column.polars_type, strict=False)


def _not_text(text: str) -> Message:
    return tr("“{text}” cannot be read.", text=shorten(text))


def _not_a_flag(text: str) -> Message:
    return tr("“{text}” is neither yes nor no. Write yes or no, or leave the cell empty.", text=shorten(text))


def _not_a_number(column: Column, text: str) -> Message:
    return tr("“{text}” is not a number.", text=shorten(text))
