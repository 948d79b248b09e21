"""A planbook of Parquet files as a source: each part is read from them by whoever needs it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from backcast.interchange import folder
from backcast.interchange.door import read_planbook
from backcast.interchange.reading import assemble
from backcast.planbook.book import Planbook
from backcast.planbook.check import check
from backcast.planbook.checks.keys import not_found
from backcast.planbook.parts import BY_PROJECT, components_of
from backcast.planbook.problem import PlanbookError, Problem
from backcast.planbook.schema import SCHEMA
from backcast.planbook.sources import InMemory, Source
from backcast.planbook.timeline import Extent, extent_of

_ROW = "row"
_ELSEWHERE = (("projects", "parent"), ("risks", "project"))
"""Columns that may name projects of another part."""
_NAMING = (*((table, name) for table, names in BY_PROJECT.items() for name in names), ("projects", "parent"))
"""Columns of files that name projects."""


@dataclass(frozen=True)
class ParquetSource:
    """A folder with the tables of projects as Parquet files.

    Attributes
    ----------
    plan
        The planbook without its projects and all that is said of them.
    files
        By table: where it is told of projects.
    """

    plan: Planbook
    files: dict[str, Path]

    def extent(self, data_date: date) -> Extent:
        """Return the first and the last date that matters, of all projects."""
        scans = {name: pl.scan_parquet(file) for name, file in self.files.items()}
        return extent_of(
            {**self.plan.tables, **{name: _with_all(name, scan) for name, scan in scans.items()}}, data_date
        )

    def components(self) -> Iterator[list[str]]:
        """Yield the projects that wait for each other, in the order of their codes.

        Raises
        ------
        PlanbookError
            If a table tells of a project that there is none of.
        """
        codes = pl.read_parquet(self.files["projects"], columns=["code"]).to_series()
        self._refuse_strangers(codes)
        return components_of(codes, self._links())

    def pack(self, projects: Collection[str]) -> ParquetPart:
        """Pack projects by their codes: they are read where the part is opened."""
        return ParquetPart(self, tuple(projects))

    def _links(self) -> pl.DataFrame:
        """Return which projects wait for which others."""
        ends = BY_PROJECT["relationships"]
        if "relationships" not in self.files:
            return pl.DataFrame(schema=dict.fromkeys(ends, pl.String))
        links = pl.scan_parquet(self.files["relationships"]).select(ends)
        return links.filter(pl.col(ends[0]) != pl.col(ends[1])).unique().collect(engine="streaming")

    def _refuse_strangers(self, codes: pl.Series) -> None:
        """Refuse what is said of projects that are none: no part would ever read it."""
        known = codes.to_frame("code").lazy()
        found = {
            (table, column): _named(self.files[table], column).join(known, on="code", how="anti").sort("code")
            for table, column in _NAMING
            if table in self.files and column != "code" and column in pl.read_parquet_schema(self.files[table])
        }
        named = self.plan["risks"].lazy().select(code="project").drop_nulls().unique()
        found["risks", "project"] = named.join(known, on="code", how="anti")
        problems = [
            Problem(table, 0, column, code, not_found("projects", code, []))
            for (table, column), strangers in found.items()
            for code in strangers.collect(engine="streaming").to_series()
        ]
        if problems:
            raise PlanbookError(problems)


@dataclass(frozen=True)
class ParquetPart:
    """Some projects of a folder: calling it reads them, and what is said of them."""

    source: ParquetSource
    projects: tuple[str, ...]

    def __call__(self) -> Planbook:
        """Read and check the part.

        Raises
        ------
        PlanbookError
            If anything in it is an error; all errors are listed.
        """
        sheets = [folder.sheet_of(SCHEMA[name], *self._rows(name)) for name in self.source.files]
        reading = assemble(sheets)
        mine = {name: reading.planbook[name] for name in BY_PROJECT}
        part = Planbook({**self.source.plan.tables, **mine})
        counted = {name: pl.int_range(frame.height, eager=True) for name, frame in self.source.plan.tables.items()}
        rows = counted | {name: reading.rows[name] for name in mine}
        errors = _errors((*reading.problems, *check(part, rows)), of_projects=True)
        if errors:
            raise PlanbookError(errors)
        return part

    def _rows(self, table: str) -> tuple[pl.DataFrame, pl.Series]:
        """Rows of a table and their numbers; files sorted by project are read only where the projects are."""
        column, codes = pl.col(BY_PROJECT[table][0]), pl.Series(self.projects, dtype=pl.String)
        near = column.is_between(pl.lit(codes.min()), pl.lit(codes.max()))
        scan = pl.scan_parquet(self.source.files[table], row_index_name=_ROW, row_index_offset=2)
        frame = scan.filter(near & column.is_in(codes.implode())).collect()
        return frame.drop(_ROW), frame[_ROW].cast(pl.Int64)


def open_planbook(path: Path | str) -> Source:
    """Open a planbook so that its projects need not be read all at once.

    A folder in which all tables of projects are Parquet files, as :func:`backcast.write_planbook` writes
    them, is read part by part. Any other planbook is read into memory.

    Raises
    ------
    PlanbookError
        If there is no planbook, or what it says of the plan has errors. Those of projects come to light
        when their part is opened.
    """
    path = Path(path)
    files = _files(path) if path.is_dir() else None
    if files is None:
        return InMemory(read_planbook(path))
    reading = folder.read(path, without=BY_PROJECT)
    errors = _errors(reading.check(), of_projects=False)
    if errors:
        raise PlanbookError(errors)
    return ParquetSource(reading.planbook, files)


def _files(path: Path) -> dict[str, Path] | None:
    """Files of the tables of projects; None if one is not as Parquet files of Backcast are."""
    files: dict[str, Path] = {}
    for file in folder.files_of(path):
        table = folder.table_of(file)
        if table is None or table.name not in BY_PROJECT:
            continue
        if file.suffix.lower() != ".parquet" or table.name in files or not _is_plain(table.name, file):
            return None
        files[table.name] = file
    return files if "projects" in files else None


def _is_plain(table: str, file: Path) -> bool:
    """Whether a file has the declared columns, of the declared types."""
    declared = SCHEMA[table].polars_schema
    try:
        found = pl.read_parquet_schema(file)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        return False
    return set(BY_PROJECT[table]) <= set(found) and all(declared.get(name) == kind for name, kind in found.items())


def _with_all(table: str, scan: pl.LazyFrame) -> pl.LazyFrame:
    """A scan with every declared column; those that the file leaves out are empty."""
    found = scan.collect_schema()
    missing = {name: kind for name, kind in SCHEMA[table].polars_schema.items() if name not in found}
    return scan.with_columns(pl.lit(None, kind).alias(name) for name, kind in missing.items())


def _named(file: Path, column: str) -> pl.LazyFrame:
    return pl.scan_parquet(file).select(code=column).drop_nulls().unique()


def _errors(problems: Iterable[Problem], *, of_projects: bool) -> list[Problem]:
    """Errors of the tables of projects, or of all others; who names projects of other parts is looked at before."""
    return [
        problem
        for problem in problems
        if problem.severity == "error"
        and (problem.table in BY_PROJECT) == of_projects
        and (problem.table, problem.column) not in _ELSEWHERE
    ]
