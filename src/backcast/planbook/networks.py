"""The planbook's activities and relationships as the engine's network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine.calendar import NONE, Days
from backcast.engine.network import FF, FS, SF, SS, Network
from backcast.planbook.book import Planbook
from backcast.planbook.timeline import Timeline

TYPES = {"FS": FS, "SS": SS, "FF": FF, "SF": SF}
GATE_ORDER = ("start", "completion", "acceptance", "production", "full_effect", "recognition")
DEFAULT_INTERVAL = "construction"
"""Of activities that name none."""
_AFTER_COMPLETION = ("acceptance", "production", "full_effect")


@dataclass(frozen=True, slots=True)
class Library:
    """A network beside the table rows it was built from.

    Attributes
    ----------
    projects
        The projects table, sorted by code: row *p* is project *p* of the network.
    activities
        The activities table in network order: row *j* is activity *j*.
    planned_start, planned_finish
        Shape ``(n_activities,)`` in network order; days, ``NONE`` where not planned.
    required_finish
        Shape ``(n_projects,)``: the day by which each project is to be finished; ``NONE`` where it is
        not planned, or where the plan binds the completion and there are gates after it.
    """

    network: Network
    projects: pl.DataFrame
    activities: pl.DataFrame
    planned_start: Days
    planned_finish: Days
    required_finish: Days

    def gates(self) -> dict[tuple[str, str], int]:
        """Return the activity, in network order, of each project's gates."""
        flagged = self.activities.with_row_index("j").filter(pl.col("gate").is_not_null())
        return {(p, gate): j for p, gate, j in flagged.select("project", "gate", "j").iter_rows()}


def library(planbook: Planbook, timeline: Timeline, now: int, forecasts: Mapping[str, date]) -> Library:
    """Build the network of all projects.

    Parameters
    ----------
    now
        The data date as an instant.
    forecasts
        By project: the finish that it last forecast itself.

    Raises
    ------
    CycleError
        If activities wait for each other.
    """
    projects = planbook["projects"].sort("code")
    activities = planbook["activities"].sort("project", "code")
    calendars = timeline.indices(_calendar_of(activities, projects))
    links = planbook["relationships"].sort(
        "predecessor_project", "predecessor", "successor_project", "successor", "type", nulls_last=True
    )
    ends = [_position(activities, links, f"{end}_project", end) for end in ("predecessor", "successor")]
    project_index = {code: i for i, code in enumerate(projects["code"])}
    network = Network.build(
        (activities["project"] + "/" + activities["code"]).to_list(),
        np.array([project_index[project] for project in activities["project"].to_list()], np.int32),
        activities["duration"].to_numpy(),
        calendars,
        calendars=timeline.calendars,
        predecessor=ends[0],
        successor=ends[1],
        type=np.array([TYPES[t] for t in links["type"].fill_null("FS").to_list()], np.int8),
        lag=links["lag"].fill_null(0).to_numpy(),
        lag_calendar=_lag_calendars(links, calendars[ends[0]], timeline),
        remaining=_remaining(activities, calendars, timeline, now, forecasts),
        actual_start=timeline.start_of(activities["actual_start"]),
        actual_finish=timeline.after(activities["actual_finish"]),
        **_constraints(activities, links, timeline, _bound(projects, activities)),
    )
    ordered = activities[network.position.tolist()]
    return Library(
        network=network,
        projects=projects,
        activities=ordered,
        planned_start=timeline.start_of(ordered["planned_start"]),
        planned_finish=timeline.after(ordered["planned_finish"]),
        required_finish=timeline.after(_required(projects, activities)),
    )


def _position(activities: pl.DataFrame, links: pl.DataFrame, project: str, code: str) -> NDArray[np.int64]:
    """Where the activity at one end of each relationship stands in the table."""
    keys = activities.select(pl.int_range(pl.len()).alias("i"), "project", "code")
    found = links.join(keys, left_on=[project, code], right_on=["project", "code"], how="left", maintain_order="left")
    if found["i"].has_nulls():
        row = found.filter(pl.col("i").is_null()).row(0, named=True)
        raise KeyError((row[project], row[code]))
    return found["i"].to_numpy().astype(np.int64)


def _calendar_of(activities: pl.DataFrame, projects: pl.DataFrame) -> pl.Series:
    """The activity's own calendar, else its project's."""
    own = activities.join(
        projects.select("code", project_calendar="calendar"),
        left_on="project",
        right_on="code",
        how="left",
        maintain_order="left",
    )
    return own.select(pl.coalesce("calendar", "project_calendar")).to_series()


def _remaining(
    activities: pl.DataFrame, calendars: NDArray[np.int32], timeline: Timeline, now: int, forecasts: Mapping[str, date]
) -> Days:
    """Working days left: as reported, else by physical per cent, by the date expected, or by the days gone."""
    ends = timeline.after(_expected_finish(activities, forecasts))
    starts = timeline.start_of(activities["actual_start"])
    days_between = timeline.calendars.working_days_between
    present = np.full(activities.height, now, np.int32)
    duration, done = activities["duration"], activities["physical_percent_complete"]
    by_date = pl.Series(np.maximum(days_between(calendars, present, ends), 1))
    by_days_gone = pl.Series(np.maximum(duration.to_numpy() - days_between(calendars, starts, present), 1))
    started = activities["actual_start"].is_not_null() & activities["actual_finish"].is_null()
    return (
        activities.select(
            pl.when(pl.lit(started)).then(
                pl.coalesce(
                    "remaining_duration",
                    (duration * (100 - done) / 100).ceil().cast(pl.Int64),
                    pl.when(pl.lit(ends != NONE)).then(pl.lit(by_date)),
                    pl.lit(by_days_gone),
                )
            )
        )
        .to_series()
        .fill_null(NONE)
        .to_numpy()
        .astype(np.int32)
    )


def _expected_finish(activities: pl.DataFrame, forecasts: Mapping[str, date]) -> pl.Series:
    """The planned finish; what the project last forecast, for the only activity that it has left."""
    left = activities.filter(pl.col("actual_finish").is_null()).group_by("project").len().filter(pl.col("len") == 1)
    own = pl.Series([forecasts.get(project) for project in activities["project"].to_list()], dtype=pl.Date)
    alone = activities["project"].is_in(left["project"].to_list())
    return activities.select(pl.coalesce(pl.when(pl.lit(alone)).then(pl.lit(own)), "planned_finish")).to_series()


def _lag_calendars(links: pl.DataFrame, default: NDArray[np.int32], timeline: Timeline) -> NDArray[np.int32]:
    named = links["lag_calendar"].is_not_null().to_numpy()
    return np.where(named, timeline.indices(links["lag_calendar"]), default)


def _goes_on(activities: pl.DataFrame) -> list[str]:
    """Projects that have gates after their completion."""
    gates = activities.group_by("project").agg("gate").filter(pl.col("gate").list.contains("completion"))
    later = pl.col("gate").list.eval(pl.element().is_in(_AFTER_COMPLETION).fill_null(False)).list.any()
    return gates.filter(later)["project"].to_list()


def _required(projects: pl.DataFrame, activities: pl.DataFrame) -> pl.Series:
    """Planned finish of projects that end with it: trial running and ramp may come after the works."""
    ends = ~pl.col("code").is_in(_goes_on(activities))
    return projects.select(pl.when(ends).then("planned_finish").alias("planned_finish")).to_series()


def _bound(projects: pl.DataFrame, activities: pl.DataFrame) -> pl.Series:
    """Planned finish of the project, for a completion that has gates after it."""
    bound = (pl.col("gate") == "completion") & pl.col("project").is_in(_goes_on(activities))
    planned = projects.select("code", bound="planned_finish")
    joined = activities.join(planned, left_on="project", right_on="code", how="left", maintain_order="left")
    return joined.select(pl.when(bound).then("bound").alias("bound")).to_series()


def _constraints(
    activities: pl.DataFrame, links: pl.DataFrame, timeline: Timeline, bound: pl.Series
) -> dict[str, Days]:
    """Split the planner's constraints into bounds on start and finish; "must" bounds both sides.

    ``bound`` are days by which activities are to be finished anyway, null for none.
    An activity that waits for none, and has no constraint, starts no earlier than it is planned:
    else every future project would begin today.
    """
    start, finish = timeline.start_of(activities["constraint_date"]), timeline.after(activities["constraint_date"])
    waiting = links.select(project="successor_project", code="successor").unique()
    waits = activities.select("project", "code").join(
        waiting.with_columns(waits=True), on=["project", "code"], how="left", maintain_order="left"
    )
    free = waits["waits"].is_null() & activities["constraint"].is_null()

    def where(days: Days, *kinds: str) -> Days:
        chosen = activities["constraint"].is_in(kinds).fill_null(False).to_numpy()
        return np.where(chosen, days, NONE).astype(np.int32)

    no_earlier = where(start, "start_no_earlier_than", "must_start_on")
    finish_no_later, bounds = where(finish, "finish_no_later_than", "must_finish_on"), timeline.after(bound)
    both = (finish_no_later != NONE) & (bounds != NONE)
    return {
        "start_no_earlier": np.where(free.to_numpy(), timeline.start_of(activities["planned_start"]), no_earlier),
        "start_no_later": where(start, "start_no_later_than", "must_start_on"),
        "finish_no_earlier": where(finish, "finish_no_earlier_than", "must_finish_on"),
        "finish_no_later": np.where(
            both, np.minimum(finish_no_later, bounds), np.where(bounds == NONE, finish_no_later, bounds)
        ).astype(np.int32),
    }
