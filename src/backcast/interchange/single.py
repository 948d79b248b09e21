"""One table as a file of its own, as people take it out of the library, edit it and bring it back.

Headings, choices and flags are in the reader's language. A workbook remembers, out of sight, what each row was when it
was written, so that on its way back rows that nobody touched can be told from rows that were edited.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from python_calamine import CalamineWorkbook
from xlsxwriter.utility import xl_range_abs

from backcast.interchange.delimited import write_delimited
from backcast.interchange.spreadsheet import (
    LAST_ROW,
    META,
    SCHEMA_VERSION,
    SPARE_ROWS,
    bounds,
    heading,
    new_book,
    unfit_rows,
    write_sheet,
)
from backcast.planbook.columns import Column, Table, Type
from backcast.planbook.problem import PlanbookError

_LISTS = "_lists"
_FLAGS = {"zh_Hans": {True: "是", False: "否"}, "en": {True: "yes", False: "no"}}


@dataclass(frozen=True, slots=True)
class Memory:
    """What a workbook remembers of its export.

    Attributes
    ----------
    facts
        Such as the table and the plan.
    rows
        Identity of a row → its version and digest at the time.
    """

    facts: Mapping[str, str]
    rows: Mapping[str, tuple[int, str]]


NOTHING = Memory({}, {})


def write_workbook(
    table: Table, frame: pl.DataFrame, path: Path, *, language: str, codes: Mapping[str, Iterable[str]], memory: Memory
) -> None:
    """Write one table as a workbook.

    Parameters
    ----------
    codes
        For each column that refers to another table: the codes that its drop-down offers.

    Raises
    ------
    PlanbookError
        If it does not fit into a sheet of Excel.
    """
    if problems := list(unfit_rows(table.name, frame)):
        raise PlanbookError(problems)
    words = {name: list(lists) for name, lists in codes.items()}
    words |= {column.name: list(_words(column, language).values()) for column in table if column.choices}
    words |= {column.name: list(_FLAGS[language].values()) for column in table if column.type is Type.FLAG}
    with new_book(path, frame.height * frame.width) as book:
        name = table.label if language == "en" else table.label_zh
        write_sheet(
            book, name, _as_text(table), in_words(table, frame, language), lambda column: _rule(column, words), language
        )
        _write_lists(book, words)
        _write_memory(book, memory)


def delimited(table: Table, frame: pl.DataFrame, *, language: str, encoding: str) -> bytes:
    """Return one table as comma-separated text in UTF-8 or GB18030."""
    headings = {column.name: heading(column, language).partition("\n")[0] for column in table}
    return write_delimited(in_words(table, frame, language).rename(headings), encoding)


def memory_of(path: Path) -> Memory:
    """Return what a workbook remembers; nothing where somebody else made it.

    Read the table first: that looks whether the file is safe to open.
    """
    book = CalamineWorkbook.from_path(path)
    if META not in book.sheet_names:
        return NOTHING
    lines = [[*map(str, line), "", ""] for line in book.get_sheet_by_name(META).to_python()]
    start = next((number for number, line in enumerate(lines) if line[0] == "identity"), len(lines))
    facts = {line[0]: line[1] for line in lines[:start]}
    return Memory(facts, {line[0]: (int(line[1]), line[2]) for line in lines[start + 1 :] if line[1].isdigit()})


def in_words(table: Table, frame: pl.DataFrame, language: str) -> pl.DataFrame:
    """Write choices and flags as their words; a value that is no choice stays."""
    flags = _FLAGS[language]
    return frame.with_columns(
        pl.col(column.name).replace(_words(column, language))
        if column.choices
        else pl.col(column.name).replace_strict(flags, return_dtype=pl.String)
        for column in table
        if column.choices or column.type is Type.FLAG
    )


def _words(column: Column, language: str) -> dict[str, str]:
    return {value: value if language == "en" else label for value, label in column.choices}


def _as_text(table: Table) -> Table:
    """Return a table whose flags are texts, as they are written here."""
    columns = (replace(column, type=Type.TEXT) if column.type is Type.FLAG else column for column in table)
    return replace(table, columns=tuple(columns))


def _rule(column: Column, words: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the rule by which Excel helps to fill in a column."""
    if column.name not in words:
        return bounds(column)
    position = list(words).index(column.name)
    spare = SPARE_ROWS if column.refers_to else 0
    last = min(max(len(words[column.name]) - 1, 0) + spare, LAST_ROW)
    rule = {"validate": "list", "source": f"='{_LISTS}'!{xl_range_abs(0, position, last, position)}"}
    return rule | ({"error_type": "warning"} if column.refers_to else {})


def _write_lists(book: xlsxwriter.Workbook, words: Mapping[str, list[str]]) -> None:
    sheet = book.add_worksheet(_LISTS)
    for position, lists in enumerate(words.values()):
        for row, word in enumerate(lists):
            sheet.write_string(row, position, word)
    sheet.hide()


def _write_memory(book: xlsxwriter.Workbook, memory: Memory) -> None:
    sheet = book.add_worksheet(META)
    facts = {"schema": str(SCHEMA_VERSION), **memory.facts}
    lines = [*facts.items(), ("identity", "version", "digest")]
    lines += [(identity, str(version), digest) for identity, (version, digest) in memory.rows.items()]
    for row, line in enumerate(lines):
        for position, text in enumerate(line):
            sheet.write_string(row, position, text)
    sheet.very_hidden()
