"""Everyday changes of a planbook, to ask what if: one project comes later or earlier, or is given up."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from backcast.language import Message, tr
from backcast.planbook.book import Planbook
from backcast.planbook.problem import PlanbookError, Problem

GIVEN_UP = "terminated"


def delayed(planbook: Planbook, project: str, days: int, data_date: date) -> Planbook:
    """Return the planbook with all that lies ahead of a project so many days later, or earlier if negative.

    Planned starts move where nothing has started by the data date, planned finishes and constraint dates
    where nothing is finished, and so does the finish that the project forecasts itself. Facts stay.

    Raises
    ------
    PlanbookError
        If there is no such project, it is finished, or it has no such date.
    """
    _refuse_unknown_or_finished(planbook, project, data_date)
    later = {
        "projects": _later(planbook["projects"], pl.col("code") == project, days, data_date),
        "activities": _later(planbook["activities"], pl.col("project") == project, days, data_date),
        "returns": planbook["returns"].with_columns(_moved("forecast_finish", pl.col("project") == project, days)),
    }
    if all(later[name].equals(planbook[name]) for name in later):
        raise _refusal(project, tr("Project “{project}” has no planned date that could be moved.", project=project))
    return planbook.replace(**later)


def given_up(planbook: Planbook, project: str, data_date: date) -> Planbook:
    """Return the planbook with a project that is terminated on the data date: what waits for it waits for ever.

    Raises
    ------
    PlanbookError
        If there is no such project, or it is finished.
    """
    _refuse_unknown_or_finished(planbook, project, data_date)
    mine, reported = pl.col("code") == project, pl.col("project") == project
    return planbook.replace(
        projects=planbook["projects"].with_columns(
            stage=pl.when(mine).then(pl.lit(GIVEN_UP)).otherwise("stage"),
            stage_date=pl.when(mine).then(pl.lit(data_date)).otherwise("stage_date"),
        ),
        returns=planbook["returns"].with_columns(stage=pl.when(~reported).then("stage")),
    )


def _later(frame: pl.DataFrame, mine: pl.Expr, days: int, data_date: date) -> pl.DataFrame:
    unfinished, unbegun = mine & ~_happened("actual_finish", data_date), ~_happened("actual_start", data_date)
    moved = [_moved("planned_start", unfinished & unbegun, days), _moved("planned_finish", unfinished, days)]
    if "constraint_date" in frame.columns:
        moved.append(_moved("constraint_date", unfinished, days))
    return frame.with_columns(moved)


def _happened(name: str, data_date: date) -> pl.Expr:
    return (pl.col(name) <= data_date).fill_null(False)


def _moved(name: str, which: pl.Expr, days: int) -> pl.Expr:
    return pl.when(which).then(pl.col(name) + timedelta(days=days)).otherwise(name).alias(name)


def _refuse_unknown_or_finished(planbook: Planbook, project: str, data_date: date) -> None:
    known = planbook.known_at(data_date)
    row = known["projects"].filter(pl.col("code") == project)
    if row.is_empty():
        what = tr("No project with the code “{project}” was known on {date}.", project=project, date=data_date)
        raise _refusal(project, what)
    told = known["returns"].filter(pl.col("project") == project)
    finished = pl.concat([row["actual_finish"], told["actual_finish"]])
    finished = finished.filter(finished <= data_date)
    if not finished.is_empty():
        what = tr("Project “{project}” was finished on {date}: a fact stays.", project=project, date=finished[0])
        raise _refusal(project, what)


def _refusal(project: str, what: Message) -> PlanbookError:
    return PlanbookError([Problem("projects", 0, "code", project, what)])
