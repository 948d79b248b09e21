"""What pages show of an import: its problems, and its effects row by row, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from backcast.planbook.columns import Column, Table, Type
from backcast.planbook.schema import DECLARED
from backcast.web.exchange import packing
from backcast.web.exchange.effects import NEW
from backcast.web.exchange.models import Import
from backcast.web.ui.reading import NOTHING, in_chinese, in_either, number

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some of many things.

    Attributes
    ----------
    before, after
        Where the neighbouring pages begin, as :class:`c-pager` asks for them; empty where there is none.
    """

    items: list[Any]
    total: int
    start: int
    before: str
    after: str

    @property
    def first(self) -> int:
        """Number of the first thing shown."""
        return min(self.start + 1, self.total)

    @property
    def last(self) -> int:
        """Number of the last thing shown."""
        return self.start + len(self.items)


@dataclass(frozen=True, slots=True)
class Told:
    """One problem as a page shows it."""

    sheet: str
    row: int
    column: str
    value: str
    sentence: str
    severity: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that becomes another."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of one row."""

    effect: str
    row: int
    identity: str
    name: str
    cells: list[Cell]

    @property
    def is_new(self) -> bool:
        """Whether the row does not exist yet."""
        return self.effect == NEW


def start_of(query: Mapping[str, str]) -> int:
    """Return from which thing on a page shows, as its pager says."""
    after, before = query.get("after", ""), query.get("before", "")
    if before.isdecimal():
        return max(int(before[:9]) - PAGE, 0)
    return int(after[:9]) if after.isdecimal() else 0


def problems(taken: Import, start: int, severity: str) -> Page:
    """Return a page of the problems of one severity."""
    frame = packing.unpacked(taken.problems)
    frame = frame.filter(pl.col("severity") == severity) if frame.width else frame
    told = [_told(*row) for row in frame.slice(start, PAGE).iter_rows()]
    return _page(told, frame.height, start)


def effects(taken: Import, start: int, kinds: tuple[str, ...]) -> Page:
    """Return a page of the rows of which something becomes."""
    frame = packing.unpacked(taken.effects)
    frame = frame.filter(pl.col("effect").is_in(kinds)) if frame.width else frame
    if frame.is_empty():
        return _page([], 0, 0)
    rows = frame.select("row").unique(maintain_order=True)["row"]
    shown = frame.filter(pl.col("row").is_in(rows.slice(start, PAGE).implode()))
    names = _names(taken)
    found = [_effect(taken.schema, part, names) for part in shown.partition_by("row", maintain_order=True)]
    return _page(found, rows.len(), start)


def shown(column: Column, text: str | None) -> str:
    """Return a value as people read it."""
    if text is None or text == "":
        return NOTHING
    if column.choices:
        label = next((label for value, label in column.choices if value == text), text)
        return in_either(text.replace("_", " "), label)
    if column.type is Type.FLAG:
        return in_either({"true": "yes", "false": "no"}.get(text, text), {"true": "是", "false": "否"}.get(text, text))
    return number(text) if column.type in (Type.MONEY, Type.NUMBER, Type.WHOLE) and _is_number(text) else text


def label(column: Column) -> str:
    """Return what a column is called, with its unit."""
    told = in_either(column.label, column.label_zh)
    return f"{told}（{column.unit}）" if column.unit and in_chinese() else told


def _told(table: str, row: int, column: str, value: str, severity: str, en: str, zh: str) -> Told:
    declared = DECLARED.get(table)
    known = {one.name: label(one) for one in declared} if declared else {}
    sheet = in_either(declared.label, declared.label_zh) if declared else table
    return Told(sheet, row, known.get(column, column), value, zh if in_chinese() else en, severity)


def _effect(table: Table, part: pl.DataFrame, names: Mapping[int, str]) -> Effect:
    first = part.row(0, named=True)
    return Effect(
        first["effect"],
        first["row"],
        first["identity"],
        names.get(first["row"], ""),
        list(_cells(table, part)),
    )


def _cells(table: Table, part: pl.DataFrame) -> Iterator[Cell]:
    for name, before, after in part.select("column", "before", "after").iter_rows():
        column = table[name]
        yield Cell(label(column), shown(column, before), shown(column, after))


def _names(taken: Import) -> dict[int, str]:
    """Return what rows of the file are called, where the table has names."""
    rows = packing.unpacked(taken.staged)
    columns = ["name"] if in_chinese() else ["name_en", "name"]
    known = [pl.col(column).replace("", None) for column in columns if column in rows.columns]
    if not known:
        return {}
    return {row: name for row, name in rows.select("#row", pl.coalesce(known)).iter_rows() if name}


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).lstrip("-").isdecimal()


def _page(items: list[Any], total: int, start: int) -> Page:
    after = str(start + PAGE) if start + PAGE < total else ""
    return Page(items, total, start, str(start) if start else "", after)
