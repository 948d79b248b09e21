"""What is uncertain about a library: its gate intervals, their classes, age, pace and shared risk."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine.calendar import NONE
from backcast.engine.portable import Floats, log
from backcast.engine.random import stable_id
from backcast.engine.schedule import Schedule
from backcast.engine.simulate import Intervals, Risks, Uncertainty
from backcast.planbook.book import Planbook
from backcast.planbook.networks import Library
from backcast.planbook.priors import ReferenceClass, best_class, reference_classes
from backcast.planbook.regions import Regions
from backcast.planbook.templates import INACTIVE

CORRELATION = 0.25
"""ρ, where history has not taught another: a documented assumption."""
ACTIVITY_NOISE = 0.3
"""Half-width of the noise of single activities within their interval."""
FACTOR_VARIANCE = {"province": 0.4, "region": 0.2, "sector": 0.25, "owner": 0.15}
"""How the shared part of the variance is split; a factor that a project lacks leaves its part to the others."""
PACE_SPREAD, PACE_FLOOR = 0.5, 0.15
"""τ and the least standard deviation of ln(ratio) as a project's own pace tells it (docs/explanation/simulation.md)."""
DEFAULT_INTERVAL = "construction"


@dataclass(slots=True)
class _Columns:
    """The arrays of :class:`Intervals` while they are being filled."""

    identity: list[int] = field(default_factory=list)
    location: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    age: list[float] = field(default_factory=list)
    cancelled: list[float] = field(default_factory=list)
    stretch: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    reference_class: list[int] = field(default_factory=list)
    factor: list[list[int]] = field(default_factory=list)
    weight: list[list[float]] = field(default_factory=list)
    alone: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Interval:
    """One gate interval of one project, with its progress; lengths in days, ``done`` as a share of the work."""

    project: int
    kind: str
    activities: NDArray[np.int64]
    planned: float
    elapsed: float
    left: float
    done: float


def uncertainty(planbook: Planbook, library: Library, schedule: Schedule, data_date: int) -> Uncertainty:
    """Describe what is uncertain about every gate interval that is not finished."""
    classes = reference_classes(planbook)
    regions = Regions(planbook)
    factors = _factors(library.projects, regions)
    columns, used = _Columns(), dict[tuple[str, str], int]()
    interval_of = np.full(len(library.network), -1, np.int32)
    ordered_classes: list[ReferenceClass] = []
    for interval in _intervals(library, schedule, data_date):
        row = library.projects.row(interval.project, named=True)
        reference = best_class(classes, row["class"], interval.kind)
        key = (reference.path, reference.interval)
        if key not in used:
            used[key] = len(ordered_classes)
            ordered_classes.append(reference)
        interval_of[interval.activities] = len(columns.identity)
        columns.identity.append(stable_id(row["code"], interval.kind))
        columns.reference_class.append(used[key])
        _add_distribution(columns, reference, interval, inactive=row["stage"] in INACTIVE)
        _add_factors(columns, factors, interval.project)
    return Uncertainty(
        intervals=_as_intervals(columns),
        interval=interval_of,
        activity_identity=np.array([stable_id(code) for code in library.network.codes], np.uint64),
        class_identity=np.array([stable_id("class", c.path, c.interval) for c in ordered_classes], np.uint64),
        class_error=np.array([c.location_error for c in ordered_classes], float),
        factor_identity=np.array([_factor_id(name) for name in factors.names], np.uint64),
        risks=_risks(planbook, library, regions, interval_of),
        correlation=CORRELATION,
        noise=ACTIVITY_NOISE,
    )


def _intervals(library: Library, schedule: Schedule, data_date: int) -> list[_Interval]:
    """Group unfinished activities by project and interval, in the order of the codes."""
    network = library.network
    frame = library.activities.select(
        pl.col("interval").fill_null(DEFAULT_INTERVAL),
        project=pl.Series(network.project),
        j=pl.int_range(pl.len()),
        unfinished=pl.Series(network.actual_finish == NONE),
        begun=pl.Series(np.where(network.actual_start == NONE, 1 << 29, network.actual_start)),
        work=pl.Series(network.duration),
        done=pl.Series(_work_done(library)),
        planned_start=pl.Series(np.where(library.planned_start == NONE, 1 << 29, library.planned_start)),
        planned_finish=pl.Series(library.planned_finish),
        finish=pl.Series(schedule.early_finish),
        resume=pl.Series(schedule.resume),
    )
    grouped = (
        frame.group_by("project", "interval", maintain_order=True)
        .agg(
            pl.col("j").filter("unfinished"),
            pl.col("begun", "planned_start").min(),
            pl.col("planned_finish", "finish").max(),
            pl.col("resume").filter("unfinished").min(),
            pl.col("work", "done").sum(),
        )
        .filter(pl.col("j").list.len() > 0)
        .sort("project", "interval")
    )
    return [_interval(row, data_date) for row in grouped.iter_rows(named=True)]


def _work_done(library: Library) -> Floats:
    """Working days done: all of a finished activity; of a started one the per cent told, or what does not remain."""
    network = library.network
    percent = library.activities["physical_percent_complete"].cast(float).fill_null(np.nan).to_numpy()
    told = np.where(np.isnan(percent), network.duration - network.remaining, network.duration * percent / 100.0)
    done = np.where(network.actual_start != NONE, np.maximum(told, 0), 0)
    return np.where(network.actual_finish != NONE, network.duration, done).astype(float)


def _interval(row: dict[str, int], data_date: int) -> _Interval:
    began = row["begun"] < data_date
    left = max(row["finish"] - (data_date if began else row["resume"]), 1)
    elapsed = max(data_date - row["begun"], 0) if began else 0
    dated = row["planned_finish"] != NONE and row["planned_finish"] > row["planned_start"]
    planned = row["planned_finish"] - row["planned_start"] if dated else elapsed + left
    return _Interval(
        project=row["project"],
        kind=str(row["interval"]),
        activities=np.array(row["j"], np.int64),
        planned=float(planned),
        elapsed=float(elapsed),
        left=float(left),
        done=row["done"] / row["work"] if began and row["work"] > 0 else 0.0,
    )


def _add_distribution(columns: _Columns, reference: ReferenceClass, interval: _Interval, *, inactive: bool) -> None:
    """Add the class's distribution, met by the interval's own pace and conditioned on its age.

    A project that is given up, or rests until somebody takes it up, is certain not to finish: what
    waits for it waits for ever.
    """
    location, scale = _with_own_pace(reference, interval)
    low, high = reference.low * scale, reference.high * scale
    columns.location.append(location)
    columns.low.append(low)
    columns.high.append(high)
    columns.cancelled.append(1.0 if inactive else reference.cancelled)
    certain = reference.spread == 0.0  # a class without spread leaves durations as they are scheduled
    running = interval.elapsed > 0 and not certain
    columns.stretch.append(interval.planned / interval.left if running else 1.0)
    columns.spent.append(interval.elapsed / interval.left if running else 0.0)
    columns.age.append(float(log(interval.elapsed / interval.planned)) if running else -np.inf)


def _with_own_pace(reference: ReferenceClass, interval: _Interval) -> tuple[float, float]:
    """Combine class and own pace in logs by precision; returns location and factor on the spread."""
    done = interval.done
    if not 0.0 < done < 1.0 or interval.elapsed <= 0 or reference.spread == 0.0:
        return reference.location, 1.0
    pace = float(log(interval.elapsed / (done * interval.planned)))
    class_variance = reference.spread * reference.spread
    pace_variance = max(PACE_SPREAD * PACE_SPREAD * (1.0 - done) / done, PACE_FLOOR * PACE_FLOOR)
    weight = class_variance / (class_variance + pace_variance)
    return reference.location + weight * (pace - reference.location), sqrt(1.0 - weight)


def _as_intervals(columns: _Columns) -> Intervals:
    n = len(columns.identity)
    return Intervals(
        identity=np.array(columns.identity, np.uint64),
        location=np.array(columns.location, float),
        low=np.array(columns.low, float),
        high=np.array(columns.high, float),
        age=np.array(columns.age, float),
        cancelled=np.array(columns.cancelled, float),
        stretch=np.array(columns.stretch, float),
        spent=np.array(columns.spent, float),
        reference_class=np.array(columns.reference_class, np.int32),
        factor=np.array(columns.factor, np.int32).reshape(n, len(FACTOR_VARIANCE)),
        weight=np.array(columns.weight, float).reshape(n, len(FACTOR_VARIANCE)),
        alone=np.array(columns.alone, np.uint64),
    )


# ---- Shared risk.


@dataclass(frozen=True, slots=True)
class _Factors:
    """Shared factors by name, and those of each project: indices, -1 where it has none.

    ``alone`` names the factor of an owner who has no other project: with the next one it becomes a
    shared factor, and the draws of the first stay as they are.
    """

    names: list[str]
    of_project: NDArray[np.int32]
    alone: list[str | None]


def factor_names(planbook: Planbook, library: Library) -> list[str]:
    """Return the names of the shared factors, such as ``sector:data_centre``, in engine order."""
    return _factors(library.projects, Regions(planbook)).names


def _factors(projects: pl.DataFrame, regions: Regions) -> _Factors:
    """Name what projects share."""
    several = projects.group_by("owner").len().filter(pl.col("len") > 1)["owner"].drop_nulls().to_list()
    alone = pl.when(~pl.col("owner").is_in(several)).then("owner:" + pl.col("owner"))
    groups = projects.select(
        province=pl.lit("all"),
        region=pl.Series([regions.prefecture(region) for region in projects["lead_region"]], dtype=pl.String),
        sector=pl.coalesce("sector", "class"),
        owner=pl.when(pl.col("owner").is_in(several)).then(pl.col("owner")),
    )
    names = sorted(f"{kind}:{value}" for kind in FACTOR_VARIANCE for value in groups[kind].drop_nulls().unique())
    index = {name: i for i, name in enumerate(names)}
    of_project = [[index.get(f"{k}:{v}", -1) for k, v in row.items()] for row in groups.iter_rows(named=True)]
    return _Factors(
        names=names,
        of_project=np.array(of_project, np.int32).reshape(projects.height, len(FACTOR_VARIANCE)),
        alone=projects.select(alone).to_series().to_list(),
    )


def _factor_id(name: str) -> int:
    return stable_id("factor", name)


def _add_factors(columns: _Columns, factors: _Factors, project: int) -> None:
    mine, alone = factors.of_project[project], factors.alone[project]
    has = mine >= 0
    has[-1] |= alone is not None
    variance = np.where(has, list(FACTOR_VARIANCE.values()), 0.0)
    columns.factor.append(mine.tolist())
    columns.alone.append(_factor_id(alone) if alone else 0)
    columns.weight.append(np.sqrt(variance / variance.sum()).tolist())


# ---- Named risks.


def _risks(planbook: Planbook, library: Library, regions: Regions, interval_of: NDArray[np.int32]) -> Risks:
    """Lay each event on the last unfinished activity of the intervals in its scope."""
    events = planbook["risks"].sort("code")
    if events.is_empty():
        return Risks.none()
    places = library.projects.select("code", "lead_region", "sector")
    activities = (
        library.activities.with_row_index("j")
        .join(places, left_on="project", right_on="code", how="left", maintain_order="left")
        .filter(pl.Series(interval_of >= 0))
        .with_columns(
            pl.col("interval").fill_null(DEFAULT_INTERVAL),
            within=pl.Series(
                [regions.path(region) for region in places["lead_region"]], dtype=pl.List(pl.String)
            ).gather(library.network.project[interval_of >= 0].tolist()),
        )
    )
    touched = [_in_scope(event, activities) for event in events.iter_rows(named=True)]
    return Risks(
        identity=np.array([stable_id("risk", code) for code in events["code"]], np.uint64),
        probability=events["probability"].to_numpy(),
        low=events["days_low"].to_numpy().astype(float),
        high=events["days_high"].to_numpy().astype(float),
        activity=np.concatenate([np.array(rows, np.int64) for rows in touched]),
        risk=np.repeat(np.arange(len(touched)), [len(rows) for rows in touched]),
    )


def _in_scope(event: dict[str, object], activities: pl.DataFrame) -> list[int]:
    """The last unfinished activity of each interval that an event touches."""
    wanted = pl.col("interval") == str(event["interval"] or DEFAULT_INTERVAL)
    if event["project"] is not None:
        wanted &= pl.col("project") == event["project"]
    if event["sector"] is not None:
        wanted &= pl.col("sector") == event["sector"]
    if event["region"] is not None:
        wanted &= pl.col("within").list.contains(str(event["region"]))
    last = activities.filter(wanted).group_by("project", maintain_order=True).agg(pl.col("j").last())
    return last["j"].to_list()
