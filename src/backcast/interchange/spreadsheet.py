"""How a planbook looks in Excel: a sheet for each table, headings in two languages, notes, drop-downs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache, partial
from itertools import zip_longest
from math import isfinite
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from backcast.language import Message, tr
from backcast.planbook.book import Planbook
from backcast.planbook.columns import Column, Table, Type
from backcast.planbook.problem import Problem
from backcast.planbook.schema import SCHEMA, TABLES

SCHEMA_VERSION = 1
META = "_meta"
_CHOICES = "_choices"
_READ_ME = "填写说明 Read me"

MOST_ROWS = 1_048_575  # of data; Excel has one more, for the headings
MOST_CHARACTERS = 32_767
LAST_ROW = 1_048_575  # counted from 0
SPARE_ROWS = 1_000  # that a drop-down of codes reaches beyond the rows that exist
_BIG = 500_000  # cells; beyond, rows go to disk as they come
_EXACT = 2**53  # whole numbers beyond are not exact in Excel
_FIRST_DAY, _LAST_DAY = date(1949, 1, 1), date(2100, 12, 31)
_FIRST_EXCEL_DAY = date(1900, 3, 1)  # Excel believes in 29 February 1900
_OPTIONS = {
    **{"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False},
    "default_format_properties": {"locked": False},
}
_FORMATS = {Type.TEXT: "@", Type.DATE: "yyyy-mm-dd", Type.MONEY: "#,##0.####"}
_WIDTHS = {Type.TEXT: 24}
_REQUIRED, _OPTIONAL = "#FDE9D9", "#DCE6F1"
# The headings are locked; everything else may be done.
_ALLOWED = (
    *("format_cells", "format_columns", "format_rows", "insert_columns", "insert_rows", "insert_hyperlinks"),
    *("delete_columns", "delete_rows", "sort", "autofilter", "objects"),
)

Writer = Callable[[int, int, Any], object]
Rule = Callable[[Column], dict[str, Any]]
"""What tells how Excel helps to fill in a column; nothing where it does not."""


def sheet_name(table: Table) -> str:
    """Return the name of a table's sheet: 项目 projects."""
    return f"{table.label_zh} {table.name}"


def heading(column: Column, language: str = "zh_Hans") -> str:
    """Return a column's heading, on two lines: 总投资（万元） and total_investment."""
    unit = f"（{column.unit}）" if column.unit == "%" or not column.unit.isascii() else ""
    label = column.label if language == "en" else column.label_zh
    return f"{label}{unit}\n{column.name}"


def unfit(planbook: Planbook) -> Iterator[Problem]:
    """Find what Excel cannot hold."""
    for name, frame in planbook.tables.items():
        yield from unfit_rows(name, frame)


def unfit_rows(table: str, frame: pl.DataFrame) -> Iterator[Problem]:
    """Find what Excel cannot hold of one table."""
    if frame.height > MOST_ROWS:
        yield Problem(table, 0, "", str(frame.height), _too_many(frame.height))
    for column in frame.select(pl.col(pl.String)):
        lengths = column.str.len_chars()
        for position in (lengths > MOST_CHARACTERS).arg_true():
            text = str(column[position])[:100]
            yield Problem(table, position + 2, column.name, text, _too_long(int(lengths[position])))


def fill(planbook: Planbook, path: Path) -> None:
    """Write every table of ``planbook``, the explanations and the lists behind the drop-downs."""
    with new_book(path, sum(frame.height * frame.width for frame in planbook.tables.values())) as book:
        _read_me(book)
        for table in TABLES:
            write_sheet(book, sheet_name(table), table, planbook[table.name], partial(_rule, planbook))
        _write_choices(book)
        meta = book.add_worksheet(META)
        meta.write_row(0, 0, ["schema", SCHEMA_VERSION])
        meta.very_hidden()


def new_book(path: Path, cells: int) -> xlsxwriter.Workbook:
    """Begin a workbook that will hold so many cells; texts stay texts, whatever they look like."""
    return xlsxwriter.Workbook(str(path), {**_OPTIONS, "constant_memory": cells > _BIG})


def note(column: Column) -> str:
    """Return what a heading's note says, in Chinese and then in English."""
    lines = []
    for language, label, about in (("zh_Hans", column.label_zh, column.about_zh), ("en", column.label, column.about)):
        parts = [tr("{label} (required)", label=label) if column.required else label, about, *_hints(column)]
        lines.append("\n".join(_read(part, language) for part in parts if part))
    return "\n\n".join(lines)


def _hints(column: Column) -> Iterator[Message]:
    if column.unit:
        yield tr("Unit: {unit}", unit=column.unit)
    if column.choices:
        yield tr("One of: {choices}", choices="; ".join(f"{label} {value}" for value, label in column.choices))
    if column.refers_to:
        yield tr("A code from the sheet “{sheet}”", sheet=sheet_name(SCHEMA[column.refers_to.split(".")[0]]))
    if column.type is Type.DATE:
        yield tr("A date like 2025-06-30")


def write_sheet(
    book: xlsxwriter.Workbook, name: str, table: Table, frame: pl.DataFrame, rule: Rule, language: str = "zh_Hans"
) -> None:
    """Write one table with headings, notes, formats and drop-downs."""
    sheet = book.add_worksheet(name)
    writers = [_prepare(book, sheet, column, position, rule, language) for position, column in enumerate(table)]
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(frame.height, 1), len(writers) - 1)
    sheet.protect("", dict.fromkeys(_ALLOWED, True))
    for row, values in enumerate(frame.iter_rows(), start=1):
        for position, (write, value) in enumerate(zip(writers, values, strict=True)):
            if value is not None:
                write(row, position, value)


def _prepare(
    book: xlsxwriter.Workbook, sheet: Worksheet, column: Column, position: int, rule: Rule, language: str
) -> Writer:
    """Write one column's heading, note, format and drop-down; return what writes its cells."""
    colour = _REQUIRED if column.required else _OPTIONAL
    style = {"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": colour, "locked": True}
    sheet.write_string(0, position, heading(column, language), book.add_format(style))
    sheet.write_comment(0, position, note(column), {"author": "Backcast", "x_scale": 2.5, "y_scale": 2})
    cells = book.add_format({"num_format": _FORMATS.get(column.type, "General")})
    sheet.set_column(position, position, _WIDTHS.get(column.type, 14), cells)
    if found := rule(column):
        sheet.data_validation(1, position, LAST_ROW, position, {"ignore_blank": True, **found})
    return _writer(sheet, column, cells)


def _writer(sheet: Worksheet, column: Column, cells: Format) -> Writer:
    """Return what writes a value of ``column``; a value that Excel does not hold exactly is written as text."""

    def text(row: int, position: int, value: object) -> object:
        return sheet.write_string(row, position, str(value), cells)

    def number(row: int, position: int, value: float | Decimal) -> object:
        exact = _AllDigits(value)
        fits = isfinite(exact) and Decimal(repr(exact)) == Decimal(str(value))
        return sheet.write_number(row, position, exact, cells) if fits else text(row, position, value)

    def day(row: int, position: int, value: date) -> object:
        late = value >= _FIRST_EXCEL_DAY
        return sheet.write_datetime(row, position, value, cells) if late else text(row, position, value)

    def flag(row: int, position: int, value: bool) -> object:
        return text(row, position, "yes" if value else "no")

    writers: dict[Type, Writer] = {Type.TEXT: text, Type.DATE: day, Type.FLAG: flag}
    return writers.get(column.type, number)


class _AllDigits(float):
    """A number that is written with all its digits; XlsxWriter formats with 16, and a float may need 17."""

    def __format__(self, _: str) -> str:
        return float.__repr__(self)


def _rule(planbook: Planbook, column: Column) -> dict[str, object]:
    """Return the rule by which Excel helps to fill in a column."""
    if column.choices:
        position = _lists().index(column.choices)
        cells = xl_range_abs(0, position, 2 * len(column.choices) - 1, position)
        return {"validate": "list", "source": f"='{_CHOICES}'!{cells}"}
    if column.refers_to:
        table, name = column.refers_to.split(".")
        position = list(SCHEMA[table].polars_schema).index(name)
        cells = xl_range_abs(1, position, min(planbook[table].height + SPARE_ROWS, LAST_ROW), position)
        return {"validate": "list", "source": f"='{sheet_name(SCHEMA[table])}'!{cells}", "error_type": "warning"}
    if column.type is Type.FLAG:
        return {"validate": "list", "source": ["是", "否", "yes", "no"]}
    return bounds(column)


def bounds(column: Column) -> dict[str, object]:
    """Return the rule that keeps dates and numbers within what makes sense."""
    if column.type is Type.DATE:
        return {"validate": "date", "criteria": "between", "minimum": _FIRST_DAY, "maximum": _LAST_DAY}
    if column.type not in (Type.WHOLE, Type.NUMBER, Type.MONEY):
        return {}
    low = -_EXACT if column.minimum is None else column.minimum
    high = _EXACT if column.maximum is None else column.maximum
    kind = "integer" if column.type is Type.WHOLE else "decimal"
    return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}


@cache
def _lists() -> list[tuple[tuple[str, str], ...]]:
    """Return every set of choices once."""
    return list(dict.fromkeys(column.choices for table in TABLES for column in table if column.choices))


def _write_choices(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet(_CHOICES)
    lists = [[*(label for _, label in choices), *(value for value, _ in choices)] for choices in _lists()]
    for row, words in enumerate(zip_longest(*lists)):
        for position, word in enumerate(words):
            if word is not None:
                sheet.write_string(row, position, word)
    sheet.hide()


def _read_me(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet(_READ_ME)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 1, 70)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    title = book.add_format({"bold": True, "font_size": 14})
    for row, sentence in enumerate(_explanations()):
        for position, language in enumerate(("zh_Hans", "en")):
            sheet.write_string(row, position, sentence.read(language), wrapped if row else title)
    for row, table in enumerate(TABLES, start=len(_explanations()) + 1):
        link = f"internal:'{sheet_name(table)}'!A1"
        sheet.write_url(row, 0, link, string=f"{sheet_name(table)}：{table.about_zh}")
        sheet.write_string(row, 1, f"{table.name}: {table.about}", wrapped)


def _explanations() -> tuple[Message, ...]:
    return (
        tr("How to fill in this planbook"),
        tr("Each sheet is one table and each row one entry. Fill in the sheets that you need; the others stay empty."),
        tr("Orange headings are required, blue ones may stay empty. Point at a heading to read what belongs there."),
        tr("Keep the names of sheets and headings. Columns may change places; columns of your own are not read."),
        tr("Write dates like 2025-06-30, and leave the cell empty where a date is not known."),
        tr("Money is in 万元. Progress is a number from 0 to 100: write 85, not 85%, which Excel stores as 0.85."),
        tr("Codes are texts, 007 stays 007. A code must be the same wherever it is used; the drop-downs offer it."),
        tr("Where there are choices, the English and the Chinese word mean the same."),
        tr("Then let Backcast check the workbook: it names every cell that needs correcting, all at once."),
    )


def _read(part: Message | str, language: str) -> str:
    return part.read(language) if isinstance(part, Message) else part


def _too_many(rows: int) -> Message:
    return tr(
        "The table has {rows} rows, and an Excel sheet holds {most}. Write a folder of CSV or Parquet files instead.",
        rows=f"{rows:,}",
        most=f"{MOST_ROWS:,}",
    )


def _too_long(length: int) -> Message:
    return tr(
        "The text has {length} characters, and a cell of Excel holds {most}. Shorten it, or write a folder instead.",
        length=f"{length:,}",
        most=f"{MOST_CHARACTERS:,}",
    )
