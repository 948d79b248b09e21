"""Stages, percentages and what counts."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from backcast.language import Message, tr
from backcast.planbook.checks.findings import ROW, Row, Tables, findings, show
from backcast.planbook.problem import Problem
from backcast.planbook.templates import INACTIVE

_OF_WORKS = ("started", "construction", "completed", "production", "full_effect")
_OF_RECOGNITION = ("applied", "recommended", "reviewed", "recognised", "assessed")
_FINISHED = ("completed", "production", "full_effect")
_UNFINISHED = ("concept", "reserve", "preparation", "started", "construction", "applied", "recommended", "reviewed")
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


def finished_in_an_old_stage(tables: Tables) -> Iterator[Problem]:
    """A project with an actual finish is past its works."""
    behind = tables["projects"].filter(pl.col("actual_finish").is_not_null() & pl.col("stage").is_in(_UNFINISHED))
    yield from findings("projects", behind, "stage", _stage_is_old, "warning")


def waiting_in_vain(tables: Tables) -> Iterator[Problem]:
    """Nothing waits for a project that is given up or rests."""
    stages = tables["projects"].select("code", "stage").unique("code", keep="first")
    gone = stages.filter(pl.col("stage").is_in(INACTIVE))
    done = tables["activities"].filter(pl.col("actual_finish").is_not_null())
    waiting = (
        tables["relationships"]
        .filter(pl.col("predecessor_project") != pl.col("successor_project"))
        .join(gone, left_on="predecessor_project", right_on="code", maintain_order="left")
        .join(done, left_on=["predecessor_project", "predecessor"], right_on=["project", "code"], how="anti")
    )
    yield from findings("relationships", waiting, "predecessor_project", _waits_in_vain, "warning")


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


def _stage_is_old(row: Row) -> Message:
    return tr(
        "It finished on {finish}, but its stage is still “{stage}”. The date counts. Correct the stage.",
        finish=show(row["actual_finish"]),
        stage=row["stage"],
    )


def _waits_in_vain(row: Row) -> Message:
    return tr(
        "Project “{successor}” waits for “{predecessor}”, whose stage is “{stage}”, so it would never finish. "
        "Remove the relationship, or correct the stage.",
        successor=row["successor_project"],
        predecessor=row["predecessor_project"],
        stage=row["stage"],
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
