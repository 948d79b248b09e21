"""What comes out of reading a file: a planbook, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from backcast.interchange.cells import typed
from backcast.interchange.sheet import Sheet
from backcast.planbook.book import Planbook
from backcast.planbook.check import check
from backcast.planbook.problem import Problem
from backcast.planbook.schema import SCHEMA

_ORDER = {name: position for position, name in enumerate(SCHEMA)}


@dataclass(frozen=True, eq=False)
class Reading:
    """A planbook as it was read, with the problems met on the way.

    Attributes
    ----------
    planbook
        What could be read. A cell that could not be read is empty here and is a problem below.
    problems
        What was wrong with the file and its cells; :meth:`check` adds what is wrong with the planbook.
    rows
        For each table, the row number that Excel shows for each kept row, shape ``(height,)``.
        Blank rows are left out of the planbook, and the numbers of the others stay true.
    """

    planbook: Planbook
    problems: tuple[Problem, ...]
    rows: Mapping[str, pl.Series]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Everything that keeps the planbook from being used, cells and cross-checks together."""
        return tuple(problem for problem in self._checked if problem.severity == "error")

    def check(self) -> list[Problem]:
        """Return every problem of cells, tables and their references, sorted by table and row."""
        return list(self._checked)

    @cached_property
    def _checked(self) -> tuple[Problem, ...]:
        return tuple(sorted([*self.problems, *self._cross_checks()], key=_place))

    def _cross_checks(self) -> list[Problem]:
        """Check the tables, leaving out what follows from a cell or a whole column that could not be read."""
        cells = {(problem.table, problem.row, problem.column) for problem in self.problems}
        first = {name: int(rows[0]) for name, rows in self.rows.items() if rows.len()}
        columns = {(table, column) for table, row, column in cells if column and row < first.get(table, 0)}
        return [
            problem
            for problem in check(self.planbook, self.rows)
            if (problem.table, problem.row, problem.column) not in cells
            and (problem.table, problem.column) not in columns
        ]


def _place(problem: Problem) -> tuple[int, int, str]:
    return _ORDER.get(problem.table, len(_ORDER)), problem.row, problem.column


def assemble(sheets: Iterable[Sheet], problems: Iterable[Problem] = ()) -> Reading:
    """Read the cells of every sheet and put the tables together."""
    tables: dict[str, pl.DataFrame] = {}
    rows = {name: pl.Series("row", [], pl.Int64) for name in SCHEMA}
    found = list(problems)
    for sheet in sheets:
        frame, bad_cells = typed(sheet)
        if frame.width:
            tables[sheet.table.name], rows[sheet.table.name] = frame, sheet.rows
        found.extend((*sheet.problems, *bad_cells))
    return Reading(Planbook.of(tables), tuple(found), rows)
