"""Convert ten yearly files of the UK's Government Major Projects Portfolio into a history.

    python examples/histories/uk_gmpp.py SOURCE_FOLDER OUT.csv

Every year is another kind of file: on its side or not, separated by commas or semicolons, with its dates in one of
five ways. Dates are brought into one way here; sentences that stand in their place (exemptions) go to the import as
they are, which reports them.

The end is the latest approved one; no file tells an actual end. A project whose approved end had passed when the next
file no longer lists it, or when the last one was written, is taken as finished on that end, and the row that says so
repeats no plan. One that leaves while its end lies ahead was stopped, merged, renamed or let go: it is simply no
longer seen. Classes come from department and name, which every year has; the report category exists only since 2019
and would mark those that lasted.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import keeping

OBSERVED = {  # file → the day it tells of: the second quarter of its financial year, and since 2021 the fourth
    **{year: f"{year - 1}-09-30" for year in range(2014, 2021)},
    **{year: f"{year}-03-31" for year in range(2021, 2024)},
}
ON_ITS_SIDE = range(2014, 2018)
CLASSES = (  # the first whose department and words of the name fit, where it asks for them
    ("defence", ("MOD", "NCA"), ""),
    ("digital", (), r"\bICT\b|\bIT\b|digital|network|broadband|data|system|technolog|online|platform|software|mobile"),
    ("transport", ("DFT",), ""),
    ("transport", (), r"\brail|\broad|airport|crossrail|tunnel"),
    ("energy", ("DECC", "DESNZ"), ""),
    ("energy", (), r"nuclear|energy|carbon|\bheat\b|geological|sellafield|magnox|meter"),
    (
        "building",
        (),
        r"building|prisons?\b|estate|school|hospital|museum|hubs|laborator|\bsite|headquarters|campus|centre|embassy|"
        r"refurbishment|redevelopment",
    ),
    ("service", (), ""),
)
_THIS_CENTURY = "80"  # years of two digits: the files reach from 1987 to 2075
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{2}|\d{4})")


@dataclass(frozen=True, slots=True)
class Record:
    """What one file says of one project; dates as 2025-06-30, or whatever stands in their place."""

    year: int
    number: str
    name: str
    department: str
    start: str
    end: str
    cost: str


def convert(folder: Path) -> Iterator[keeping.Row]:
    """Yield a row for every project in every file, and one for each that can be taken as finished."""
    for records in _projects(record for year in OBSERVED for record in _records(folder, year)).values():
        yield from _rows(records)


# ---- Reading the files.


def _records(folder: Path, year: int) -> Iterator[Record]:
    """Read one file; columns are found by words of their headings, which change from year to year."""
    headings, *entries = _table(folder / f"uk_{year}.csv", year)
    name, department, start, end = (
        _column(headings, words) for words in ("project name", "department", "start date", "end date")
    )
    cost = _column(headings, "whole life cost|wlc")
    number = _column(headings, "project number") if "project_number" in headings else None
    for cells in entries:
        if cells[name]:
            code = cells[number] if number is not None else ""
            dates = (_iso(cells[start]), _iso(cells[end]))
            yield Record(year, code, cells[name], cells[department], *dates, _amount(cells[cost]))


def _table(path: Path, year: int) -> list[list[str]]:
    """Read the cells of one file, a project in each row."""
    data = path.read_bytes()
    text = data.decode("utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "cp1252", errors="replace")
    separator = max(",;", key=text.partition("\n")[0].count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    table = zip(*rows, strict=True) if year in ON_ITS_SIDE else rows
    return [[" ".join(cell.split()) for cell in cells] for cells in table]


def _column(headings: Sequence[str], words: str) -> int:
    plain = [heading.replace("_", " ").casefold() for heading in headings]
    return next(position for position, heading in enumerate(plain) if re.search(words, heading))


def _iso(text: str) -> str:
    """Write 31/12/2040, 31.12.2040 and 31.12.40 as 2040-12-31; leave what is no date."""
    parts = _DAY_FIRST.fullmatch(text)
    if parts is None:
        return text
    day, month, year = parts.groups()
    century = "" if len(year) == 4 else "19" if year > _THIS_CENTURY else "20"
    return f"{century}{year}-{month:0>2}-{day:0>2}"


def _amount(text: str) -> str:
    """Take the currency and the million off “£1,234.50m”."""
    return re.sub(r"^(-?)£([\d.,]+)m?$", r"\1\2", text)


# ---- Telling projects apart, and what became of them.


def _projects(records: Iterator[Record]) -> dict[str, list[Record]]:
    """Group the records by project: the same number, which exists since 2020, or else much the same name."""
    projects: dict[str, list[Record]] = {}
    known: dict[str, str] = {}
    for record in records:
        keys = [key for key in (record.number, _plain(record.name)) if key]
        project = next((known[key] for key in keys if key in known), record.name)
        known.update(dict.fromkeys(keys, project))
        projects.setdefault(project, []).append(record)
    return projects


def _plain(name: str) -> str:
    """Leave out what changes in a name from year to year: brackets, small words, spaces and signs."""
    words = re.findall(r"\w+", re.sub(r"\(.*?\)", " ", name).casefold())
    return "".join(word for word in words if word not in ("the", "programme", "program", "project"))


def _rows(records: Sequence[Record]) -> Iterator[keeping.Row]:
    first, last = records[0], records[-1]
    same = {"id": first.name, "class": _class(first)}
    for position, record in enumerate(records):
        restated = any(_is_date(later.end) and later.end > record.end for later in records[position + 1 :])
        yield same | _row(record, OBSERVED[record.year], may_be_over=not restated)
    next_day = OBSERVED.get(last.year + 1, "")
    if OBSERVED[last.year] < last.end <= next_day:
        yield same | _row(last, next_day, may_be_over=True)


def _row(record: Record, observed_at: str, *, may_be_over: bool) -> keeping.Row:
    over = may_be_over and _is_date(record.end) and record.end <= observed_at
    begun = not _is_date(record.start) or record.start <= observed_at
    return {
        "owner": record.department.upper(),
        "planned_start": record.start if _is_date(record.start) else "",
        "planned_finish": "" if over else record.end,
        "actual_start": record.start if begun else "",
        "actual_finish": record.end if over else "",
        "observed_at": observed_at,
        "status": "finished" if over else "running" if begun else "not_started",
        "baseline_cost": record.cost,
    }


def _class(record: Record) -> str:
    """Tell the class from the department and the name of a project's first record."""
    department = record.department.upper()
    return next(
        name
        for name, departments, words in CLASSES
        if (not departments or department in departments) and re.search(words, record.name, re.IGNORECASE)
    )


def _is_date(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is not None


if __name__ == "__main__":
    keeping.main(convert, __doc__)
