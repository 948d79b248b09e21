"""Read a table that somebody brings back, and compare it with the library."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
from django.db import models

from backcast.interchange.cells import typed
from backcast.interchange.delimited import read_delimited
from backcast.interchange.package import refusal
from backcast.interchange.single import NOTHING, Memory, memory_of
from backcast.interchange.workbook import read_table
from backcast.language import tr
from backcast.planbook.problem import Problem
from backcast.web.core.actor import Actor
from backcast.web.exchange.differences import Changes, changes
from backcast.web.exchange.registry import home

LIMIT = 20 * 1024**2
"""Bytes of an uploaded file."""
MOST_ROWS = 200_000


@dataclass(frozen=True, eq=False)
class Upload:
    """One table as it stands in a file.

    Attributes
    ----------
    frame
        The columns that the file has.
    numbers
        The number of each row, as Excel shows it.
    problems
        Of the file, its headings and its cells.
    memory
        What the file remembers of its export.
    """

    table: str
    frame: pl.DataFrame
    numbers: pl.Series
    problems: tuple[Problem, ...]
    memory: Memory


def read(table: str, path: Path) -> Upload:
    """Read a table from a workbook or a CSV file.

    Raises
    ------
    PlanbookError
        If the file cannot be read, is protected, or is too large.
    """
    one = home(table)
    if path.stat().st_size > LIMIT:
        limit = LIMIT // 1024**2
        raise refusal(path, tr("“{file}” is larger than {limit} MB. Send it in parts.", file=path.name, limit=limit))
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise refusal(path, tr("“{file}” is neither a workbook (.xlsx) nor a CSV file.", file=path.name))
    workbook = path.suffix.lower() == ".xlsx"
    sheet = read_table(one.table, path) if workbook else read_delimited(one.table, path.read_bytes())
    if sheet.rows.len() > MOST_ROWS:
        found, most = f"{sheet.rows.len():,}", f"{MOST_ROWS:,}"
        raise refusal(
            path, tr("The table has {found} rows, more than {most}. Send it in parts.", found=found, most=most)
        )
    frame, bad_cells = typed(sheet)
    memory = memory_of(path) if workbook else NOTHING
    return Upload(table, frame, sheet.rows, (*sheet.problems, *bad_cells), memory)


def compare(upload: Upload, actor: Actor, plan: models.Model | None) -> Changes:
    """Say what importing a file would do, with its own problems first.

    What the library says of a cell that could not be read is left out: the cell is empty only for us.
    """
    found = changes(upload.table, upload.frame, actor, plan, numbers=upload.numbers, exported=upload.memory.rows)
    told = {(problem.row, problem.column) for problem in upload.problems}
    more = (problem for problem in found.problems if (problem.row, problem.column) not in told)
    return replace(found, problems=(*upload.problems, *more))
