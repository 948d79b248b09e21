"""Keys that appear twice, and references to rows that do not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from functools import partial

import polars as pl

from backcast.language import Message, tr
from backcast.planbook.checks.findings import ROW, Row, Tables, findings, show
from backcast.planbook.columns import Column, Table
from backcast.planbook.problem import Problem
from backcast.planbook.schema import TABLES
from backcast.planbook.templates import TEMPLATES

_SUGGEST_AMONG = 5_000  # beyond, comparing spellings takes too long


def duplicates(tables: Tables) -> Iterator[Problem]:
    """Find rows whose key an earlier row has, and name both."""
    for table in TABLES:
        yield from duplicates_of(table, tables[table.name])


def duplicates_of(table: Table, frame: pl.DataFrame) -> Iterator[Problem]:
    """Find the same in one table; keys that it leaves out are empty."""
    given = [name for name in table.key if name in frame.columns]
    keys = frame.select(ROW, *given).drop_nulls([name for name in given if table[name].required])
    if given and keys.select(given).is_duplicated().any():
        twice = keys.with_columns(first=pl.col(ROW).first().over(given)).filter(pl.col(ROW) != pl.col("first"))
        yield from findings(table.name, twice, table.key[-1], partial(_twice, table))


def references(tables: Tables) -> Iterator[Problem]:
    """Find codes that no row of the table referred to has."""
    for table in TABLES:
        for column in table:
            if column.refers_to:
                yield from _unknown(tables, table, column)


def _unknown(tables: Tables, table: Table, column: Column) -> Iterator[Problem]:
    other, code = column.refers_to.split(".")
    codes = tables[other][code]
    used = tables[table.name].select(ROW, column.name).drop_nulls()
    if used.is_empty():
        return
    missing = used.filter(~pl.col(column.name).is_in(codes.drop_nulls().unique().implode()))
    known = codes.drop_nulls().unique().to_list() if missing.height and codes.len() <= _SUGGEST_AMONG else []
    yield from findings(table.name, missing, column.name, lambda row: not_found(other, row[column.name], known))


def not_found(table: str, found: str, known: Sequence[str]) -> Message:
    """Say that ``table`` has no row ``found``, and which of ``known`` may have been meant."""
    close = difflib.get_close_matches(found, known, n=1)
    if close:
        return tr(
            "There is no “{found}” in the table “{table}”. Did you mean “{close}”?",
            found=found,
            table=table,
            close=close[0],
        )
    return tr(
        "There is no “{found}” in the table “{table}”. Add it there, or correct it here.", found=found, table=table
    )


def _twice(table: Table, row: Row) -> Message:
    return tr(
        "Row {first} already has {key}. Remove or correct one of the two rows.",
        first=row["first"],
        key=", ".join(f"{name} “{show(row.get(name))}”" for name in table.key),
    )


def activity_references(tables: Tables) -> Iterator[Problem]:
    """Find relationships with activities that their project does not have.

    A project without activities of its own has those of its kind's template.
    """
    known = tables["activities"].select("project", "code")
    known = pl.concat([known, _template_codes(tables)])
    projects = tables["projects"].select("code").unique()
    for end in ("predecessor", "successor"):
        project = f"{end}_project"
        used = tables["relationships"].select(ROW, project, end).drop_nulls()
        used = used.join(projects, left_on=project, right_on="code", how="semi")
        missing = used.join(known, left_on=[project, end], right_on=["project", "code"], how="anti")
        if missing.height:
            codes = dict(known.group_by("project").agg("code").iter_rows())
            say = partial(_no_activity, codes, project, end)
            yield from findings("relationships", missing, end, say)


def definition_references(tables: Tables) -> Iterator[Problem]:
    """Find observations of a version that their indicator's definitions do not have."""
    used = tables["observations"].select(ROW, "indicator", "definition").drop_nulls()
    missing = used.join(
        tables["definitions"], left_on=["indicator", "definition"], right_on=["indicator", "version"], how="anti"
    )
    yield from findings("observations", missing, "definition", _no_definition)


def _template_codes(tables: Tables) -> pl.DataFrame:
    """Activities that projects without any of their own are given."""
    steps = [(kind, step.code) for kind, steps in TEMPLATES.items() for step in steps]
    bare = tables["projects"].join(tables["activities"], left_on="code", right_on="project", how="anti")
    kinds = pl.DataFrame(steps, schema={"kind": pl.String, "step": pl.String}, orient="row")
    return bare.select(project="code", kind="kind").join(kinds, on="kind").select("project", code="step")


def _no_activity(codes: dict[str, list[str]], project: str, end: str, row: Row) -> Message:
    known = codes.get(row[project], [])
    close = difflib.get_close_matches(row[end], known, n=1)
    if close:
        return tr(
            "Project “{project}” has no activity “{found}”. Did you mean “{close}”?",
            project=row[project],
            found=row[end],
            close=close[0],
        )
    return tr(
        "Project “{project}” has no activity “{found}”. Add it to the table “activities”, or correct it here.",
        project=row[project],
        found=row[end],
    )


def _no_definition(row: Row) -> Message:
    return tr(
        "Indicator “{indicator}” has no definition “{version}”. Add it to the table “definitions”, or correct it here.",
        indicator=row["indicator"],
        version=row["definition"],
    )
