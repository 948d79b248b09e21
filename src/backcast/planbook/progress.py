"""What the latest returns say of each project, laid over the library."""

from __future__ import annotations

from datetime import date

import polars as pl

from backcast.planbook.book import Planbook

_REPORTED = ("stage", "physical_percent_complete", "actual_start", "actual_finish", "forecast_finish")


def with_returns(planbook: Planbook, data_date: date) -> tuple[Planbook, dict[str, date]]:
    """Lay the last reported stage, progress and actual dates over projects and activities.

    Dates after the data date have not happened yet and are taken away. Where a return says that a
    project has started or finished, so have the activities up to its start gate, or all of them.

    Returns
    -------
    The planbook, and by project the finish it last forecast itself.
    """
    reported = _last_reported(planbook, data_date)
    projects = planbook["projects"].join(
        reported, left_on="code", right_on="project", how="left", maintain_order="left"
    )
    happened = ("actual_start", "actual_finish")
    projects = projects.with_columns(
        *(pl.coalesce(f"{name}_reported", name).alias(name) for name in _REPORTED if name in planbook["projects"])
    ).with_columns(_happened(name, data_date) for name in happened)
    activities = planbook["activities"].with_columns(_happened(name, data_date) for name in happened)
    overlaid = planbook.replace(
        projects=projects.select(planbook["projects"].columns), activities=_carry_over(activities, projects, data_date)
    )
    forecasts = reported.filter(pl.col("forecast_finish_reported").is_not_null())
    return overlaid, dict(forecasts.select("project", "forecast_finish_reported").iter_rows())


def _last_reported(planbook: Planbook, data_date: date) -> pl.DataFrame:
    """The last value that each project reported in each column."""
    returns = planbook["returns"].filter(pl.col("period") <= data_date).sort("project", "period")
    return returns.group_by("project", maintain_order=True).agg(
        pl.col(name).drop_nulls().last().alias(f"{name}_reported") for name in _REPORTED
    )


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
