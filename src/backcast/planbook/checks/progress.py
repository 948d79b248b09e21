"""Stages, percentages and what counts."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from backcast.language import Message, tr
from backcast.planbook.checks.findings import ROW, Row, Tables, findings, show
from backcast.planbook.problem import Problem

_OF_WORKS = ("started", "construction", "completed", "production", "full_effect")
_OF_RECOGNITION = ("applied", "recommended", "reviewed", "recognised", "assessed")
_FINISHED = ("completed", "production", "full_effect")
_PERCENT = "physical_percent_complete"


def kinds_and_stages(tables: Tables) -> Iterator[Problem]:
    """A laboratory is not under construction, and a road is not recognised."""
    stage, recognition = pl.col("stage"), pl.col("kind") == "recognition"
    wrong = (recognition & stage.is_in(_OF_WORKS)) | (~recognition & stage.is_in(_OF_RECOGNITION))
    yield from findings("projects", tables["projects"].filter(wrong), "stage", _odd_stage, "warning")


def unfinished_finishes(tables: Tables) -> Iterator[Problem]:
    """What is complete has an actual finish, and what has one is complete."""
    for table in ("projects", "activities"):
        complete = pl.col(_PERCENT) >= 100
        if table == "projects":
            complete = complete.fill_null(value=False) | pl.col("stage").is_in(_FINISHED)
        undated = tables[table].filter(complete & pl.col("actual_finish").is_null())
        message = tr("It is said to be complete, but has no actual finish. Write the date.")
        yield from findings(table, undated, "actual_finish", message, "warning")
        incomplete = tables[table].filter((pl.col(_PERCENT) < 100) & pl.col("actual_finish").is_not_null())
        yield from findings(table, incomplete, _PERCENT, _finished_at, "warning")


def falling_progress(tables: Tables) -> Iterator[Problem]:
    """Physical progress does not go backwards from return to return."""
    returns = tables["returns"].select(ROW, "project", "period", _PERCENT).drop_nulls().sort("project", "period")
    before = returns.with_columns(
        earlier=pl.col(_PERCENT).shift().over("project"), then=pl.col("period").shift().over("project")
    )
    fallen = before.filter(pl.col(_PERCENT) < pl.col("earlier"))
    yield from findings("returns", fallen, _PERCENT, _fell, "warning")


def counted_twice(tables: Tables) -> Iterator[Problem]:
    """Of a project and its parent, one counts towards an indicator."""
    counting = tables["projects"].filter(pl.col("counts").fill_null(value=True)).select(ROW, "code", "parent")
    given = tables["outputs"].select("project", "indicator").unique()
    children = counting.join(given, left_on="code", right_on="project")
    parents = counting.select(parent="code").join(given, left_on="parent", right_on="project")
    both = children.join(parents, on=["parent", "indicator"]).unique([ROW, "indicator"], maintain_order=True)
    yield from findings("projects", both, "parent", _twice, "warning")


def _odd_stage(row: Row) -> Message:
    return tr(
        "A project of the kind “{kind}” does not pass the stage “{stage}”. Correct the kind or the stage.",
        kind=row["kind"],
        stage=row["stage"],
    )


def _finished_at(row: Row) -> Message:
    return tr(
        "It finished on {finish}, so its progress is not {percent}%. Write 100, or remove the actual finish.",
        finish=show(row["actual_finish"]),
        percent=show(row[_PERCENT]),
    )


def _fell(row: Row) -> Message:
    return tr(
        "Progress fell from {earlier}% on {then} to {now}%. Correct one of the two returns, or note the reason.",
        earlier=show(row["earlier"]),
        then=show(row["then"]),
        now=show(row[_PERCENT]),
    )


def _twice(row: Row) -> Message:
    return tr(
        "Both “{code}” and its parent “{parent}” count towards “{indicator}”. Write “no” under “counts” of one.",
        code=row["code"],
        parent=row["parent"],
        indicator=row["indicator"],
    )
