"""What the latest returns say of each project, laid over the library."""

from __future__ import annotations

from datetime import date

import polars as pl

from backcast.planbook.book import Planbook

_REPORTED = ("stage", "physical_percent_complete", "actual_start", "actual_finish", "forecast_finish")
_OVERLAID = ("physical_percent_complete", "actual_start", "actual_finish")
_HAPPENED = ("actual_start", "actual_finish")
_STANDING = ("physical_percent_complete", "remaining_duration")
"""What activities and projects tell as it stands at the plan's own data date, without a date of its own."""


def with_returns(planbook: Planbook, data_date: date) -> tuple[Planbook, dict[str, date]]:
    """Lay the last reported stage, progress and actual dates over projects and activities.

    What had not happened by the data date is taken away: later dates and stages, and progress as it
    stands in the tables, if they were drawn up for a later data date. Where a return says that a
    project has started or finished, so have the activities up to its start gate, or all of them.
    A stage without a date counts as long as nothing says that the tables were drawn up later.

    Returns
    -------
    The planbook, and by project the finish it last forecast itself.
    """
    reported = _last_reported(planbook, data_date)
    projects = (
        _as_of(data_date, planbook, "projects")
        .join(reported, left_on="code", right_on="project", how="left", maintain_order="left")
        .with_columns(_drawn_up_later(planbook, data_date).alias("later"))
        .with_columns(pl.coalesce(f"{name}_reported", name).alias(name) for name in _OVERLAID)
        .with_columns(_happened(name, data_date) for name in _HAPPENED)
        .with_columns(_stage(data_date))
    )
    activities = _as_of(data_date, planbook, "activities").with_columns(
        _happened(name, data_date) for name in _HAPPENED
    )
    overlaid = planbook.replace(
        projects=projects.select(planbook["projects"].columns), activities=_carry_over(activities, projects, data_date)
    )
    forecasts = reported.filter(pl.col("forecast_finish_reported").is_not_null())
    return overlaid, dict(forecasts.select("project", "forecast_finish_reported").iter_rows())


def _last_reported(planbook: Planbook, data_date: date) -> pl.DataFrame:
    """The last value that each project reported in each column."""
    returns = planbook["returns"].filter(pl.col("period") <= data_date).sort("project", "period")
    last = returns.group_by("project", maintain_order=True).agg(
        pl.col(name).drop_nulls().last().alias(f"{name}_reported") for name in _REPORTED
    )
    return last.join(_stage_since(returns), on="project", how="left", maintain_order="left")


def _stage_since(returns: pl.DataFrame) -> pl.DataFrame:
    """The first and the last period in which each project reported the stage that it reported last."""
    stages = returns.filter(pl.col("stage").is_not_null()).with_columns(run=pl.col("stage").rle_id().over("project"))
    last = stages.filter(pl.col("run") == pl.col("run").max().over("project"))
    return last.group_by("project").agg(
        stage_date_reported=pl.col("period").min(), stage_last_reported=pl.col("period").max()
    )


def _as_of(data_date: date, planbook: Planbook, table: str) -> pl.DataFrame:
    """A table without the progress that it tells of a later data date."""
    later = _plan_is_later(planbook, data_date)
    told = [name for name in _STANDING if later and name in planbook[table].columns]
    return planbook[table].with_columns(pl.when(False).then(name).alias(name) for name in told)


def _plan_is_later(planbook: Planbook, data_date: date) -> bool:
    drawn_up = planbook["plan"]["data_date"].drop_nulls().to_list()
    return bool(drawn_up) and data_date < drawn_up[0]


def _drawn_up_later(planbook: Planbook, data_date: date) -> pl.Expr:
    """Whether a project's row tells of days after the data date, so that an undated stage may be of then."""
    of_then = pl.any_horizontal((pl.col(name) > data_date).fill_null(False) for name in _HAPPENED)
    return of_then | pl.lit(_plan_is_later(planbook, data_date))


def _stage(data_date: date) -> list[pl.Expr]:
    """The later of the stage last reported and the project's own, if reached, else the one that dates tell."""
    dated = pl.col("stage_date").is_not_null()
    reached = pl.when(dated).then(pl.col("stage_date") <= data_date).otherwise(~pl.col("later"))
    overtaken = (dated & reached & (pl.col("stage_last_reported") < pl.col("stage_date"))).fill_null(False)
    at_work = pl.when(pl.col("kind") == "recognition").then(pl.lit("applied")).otherwise(pl.lit("construction"))
    told_by_dates = pl.when(pl.col("actual_start").is_not_null()).then(at_work).otherwise(pl.lit("preparation"))
    stage = pl.coalesce(pl.when(~overtaken).then("stage_reported"), pl.when(reached).then("stage"), told_by_dates)
    since = pl.coalesce(pl.when(reached & (stage == pl.col("stage"))).then("stage_date"), "stage_date_reported")
    return [stage.alias("stage"), since.alias("stage_date")]


def _happened(name: str, data_date: date) -> pl.Expr:
    return pl.when(pl.col(name) <= data_date).then(pl.col(name)).alias(name)


def _carry_over(activities: pl.DataFrame, projects: pl.DataFrame, data_date: date) -> pl.DataFrame:
    """Give activities the actual dates that follow from their project's."""
    dates = projects.select("code", project_start="actual_start", project_finish="actual_finish")
    joined = activities.join(dates, left_on="project", right_on="code", how="left", maintain_order="left")
    before_start = pl.col("interval") == "preparation"
    implied_finish = pl.coalesce(
        "project_finish", pl.when(before_start).then(pl.col("project_start").dt.offset_by("-1d"))
    )
    finish = pl.coalesce("actual_finish", implied_finish)
    planned_start = pl.when(pl.col("planned_start") <= finish).then(pl.col("planned_start"))
    start = pl.coalesce("actual_start", pl.when(finish.is_not_null()).then(pl.coalesce(planned_start, finish)))
    return joined.with_columns(actual_start=start, actual_finish=finish).select(activities.columns)
