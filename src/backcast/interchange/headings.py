"""Which table or column a heading means.

A heading may be the name, the English or the Chinese label, or two of them together, in any case, with or without
the unit: ``planned_finish``, ``Planned finish``, ``计划完工``, ``总投资（万元）``, ``计划完工 planned_finish``.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from backcast.language import Message, tr
from backcast.planbook.columns import Column, Table
from backcast.planbook.problem import Problem
from backcast.planbook.schema import DECLARED, SCHEMA, TABLES

_WITH_UNIT = re.compile(r"(.+)\((.+)\)")
_SYNONYMS = {  # other words for a heading, the likeliest first; each counts where no heading says it in our words
    "history": {
        **dict.fromkeys(("项目编码", "项目代码", "项目编号", "编号"), "id"),
        "类别": "class",
        "计划开工": "planned_start",
        **dict.fromkeys(("计划完工", "计划竣工"), "planned_finish"),
        "实际开工": "actual_start",
        **dict.fromkeys(("实际完工", "实际竣工"), "actual_finish"),
    },
    "projects": {
        **dict.fromkeys(("计划完成", "计划竣工"), "planned_finish"),
        **dict.fromkeys(("实际完成", "实际竣工"), "actual_finish"),
    },
    "returns": {"预计完成": "forecast_finish", **dict.fromkeys(("实际完成", "实际竣工"), "actual_finish")},
}
_MARKS = ("(必填)", "(required)", "*")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns of a table stand in a file, and what is wrong with its headings."""

    positions: dict[str, int]
    unknown: tuple[int, ...]
    problems: tuple[Problem, ...]


def table_named(text: str) -> Table | None:
    """Return the table whose name or label ``text`` is, or None."""
    pieces = [_plain(text)] if _plain(text) in _tables() else _pieces(text)
    names = {_tables().get(piece, "") for piece in pieces}
    return SCHEMA.get(names.pop()) if len(names) == 1 else None


def column_named(table: Table, text: str) -> Column | None:
    """Return the column of ``table`` that a heading means, or None."""
    column, _ = _column_and_unit(table, text)
    synonym = _SYNONYMS.get(table.name, {}).get(_plain(text))
    return table[synonym] if column is None and synonym else column


def layout(table: Table, headings: Sequence[str], row: int) -> Layout:
    """Find the columns of ``table`` among ``headings``, which stand in ``row``."""
    positions: dict[str, int] = {}
    unknown: list[int] = []
    problems: list[Problem] = []
    for position, heading in enumerate(headings):
        column, unit = _column_and_unit(table, heading)
        if column is None:
            unknown.append(position)
        elif unit:
            problems.append(Problem(table.name, row, column.name, heading, _other_unit(column, unit)))
        elif column.name in positions:
            problems.append(Problem(table.name, row, column.name, heading, _twice(positions[column.name], position)))
        else:
            positions[column.name] = position
    _place_synonyms(table, headings, positions, unknown)
    problems.extend(_missing(table, row, {*positions, *(problem.column for problem in problems)}))
    return Layout(positions, tuple(unknown), tuple(problems))


def unknown_heading(table: Table, heading: str, row: int, position: int) -> Problem:
    """Return the warning for a column at ``position`` that holds values but is not known."""
    found = shorten(heading)
    close = closest(heading, [name for column in table for name in (column.name, column.label, column.label_zh)])
    if not found:
        message = tr("Column {letters} has values but no heading; it was not read.", letters=letters(position))
    elif close:
        message = tr(
            "There is no column “{found}” in this table; it was not read. Did you mean “{close}”?",
            found=found,
            close=close,
        )
    else:
        message = tr("There is no column “{found}” in this table; it was not read.", found=found)
    return Problem(table.name, row, heading, heading, message, "warning")


def closest(text: str, words: Sequence[str]) -> str | None:
    """Return the word that ``text`` was most likely meant to be, or None."""
    plain = {_plain(word): word for word in reversed(words)}
    found = difflib.get_close_matches(_plain(text), list(plain), n=1, cutoff=0.6)
    return plain[found[0]] if found else None


def letters(position: int) -> str:
    """Return the letters that Excel shows above the column at ``position``, counted from 0."""
    text = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def shorten(text: str, length: int = 60) -> str:
    """Return ``text`` on one line and short enough to stand in a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def _place_synonyms(table: Table, headings: Sequence[str], positions: dict[str, int], unknown: list[int]) -> None:
    """Move the unknown headings that are another word for a column which has none yet to ``positions``."""
    places = {_plain(headings[position]): position for position in reversed(unknown)}
    for word, name in _SYNONYMS.get(table.name, {}).items():
        if word in places and name not in positions:
            positions[name] = places[word]
            unknown.remove(places[word])


def _column_and_unit(table: Table, text: str) -> tuple[Column | None, str]:
    """Return the column and, where the heading names a unit that is not the column's, that unit."""
    column, unit = _meaning(table, _plain(text))
    if column is None:
        meanings = [_meaning(table, piece) for piece in _pieces(text)]
        if len({column.name if column else "" for column, _ in meanings}) == 1:
            column, unit = max(meanings, key=lambda meaning: meaning[1])
    return column, unit


def _meaning(table: Table, plain: str) -> tuple[Column | None, str]:
    known = _columns(table.name)
    if plain in known:
        return known[plain], ""
    split = _WITH_UNIT.fullmatch(plain)
    column = known.get(split[1]) if split else None
    if split is None or column is None or not column.unit:
        return None, ""
    return column, "" if split[2] == _plain(column.unit) else split[2]


def _pieces(text: str) -> list[str]:
    """Return the two names that a heading in two languages is made of: its lines, or its first word and the rest."""
    lines = text.strip().splitlines()
    return [_plain(piece) for piece in (lines if len(lines) > 1 else text.split(maxsplit=1)) if piece.strip()]


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    folded = re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", text).casefold())
    for mark in _MARKS:
        folded = folded.removesuffix(mark)
    return folded


def _missing(table: Table, row: int, found: set[str]) -> Iterator[Problem]:
    for column in table:
        if column.required and column.name not in found:
            message = tr(
                "The column “{name}” ({label_zh}) is missing. Add it.", name=column.name, label_zh=column.label_zh
            )
            yield Problem(table.name, row, column.name, "", message)


def _twice(first: int, second: int) -> Message:
    return tr(
        "This column is here twice, as columns {first} and {second}. Remove one of them.",
        first=letters(first),
        second=letters(second),
    )


def _other_unit(column: Column, unit: str) -> Message:
    return tr(
        "The heading says “{unit}”, but this column is in {right}. Convert the numbers, then write “{right}” there.",
        unit=unit,
        right=column.unit,
    )


@cache
def _columns(table: str) -> dict[str, Column]:
    return {_plain(name): column for column in DECLARED[table] for name in (column.label_zh, column.label, column.name)}


@cache
def _tables() -> dict[str, str]:
    return {_plain(name): table.name for table in TABLES for name in (table.label_zh, table.label, table.name)}
