"""What is uncertain about a library: its gate intervals, their classes, age, pace and shared risk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine import pace
from backcast.engine.calendar import NONE
from backcast.engine.effects import LARGEST_DOUBLING, LARGEST_SHIFT
from backcast.engine.portable import Floats, log
from backcast.engine.quantiles import LEVELS, given_up, score_of
from backcast.engine.random import stable_id, stable_ids
from backcast.engine.schedule import Schedule
from backcast.engine.simulate import Intervals, Risks, Starts, Uncertainty
from backcast.planbook.book import Planbook
from backcast.planbook.networks import DEFAULT_INTERVAL, Library
from backcast.planbook.priors import ROOT, ReferenceClass, best_class, reference_classes
from backcast.planbook.regions import Regions
from backcast.planbook.starting import late_starts, with_late_starts
from backcast.planbook.templates import INACTIVE

CORRELATION = 0.25
"""ρ, where no root class tells another: a documented assumption."""
ACTIVITY_NOISE = 0.3
"""Half-width of the noise of single activities within their interval."""
FACTOR_VARIANCE = {"province": 0.4, "region": 0.2, "sector": 0.25, "owner": 0.15}
"""How the shared part of the variance is split; a factor that a project lacks leaves its part to the others."""


def uncertainty(planbook: Planbook, library: Library, schedule: Schedule, data_date: int) -> Uncertainty:
    """Describe what is uncertain about every gate interval that is not finished.

    ``planbook`` is the one that people wrote: its projects without activities of their own report
    no remaining durations, whatever their templates say.
    """
    classes, regions = reference_classes(planbook), Regions(planbook)
    factors = _factors(library.projects, regions)
    found = _intervals(planbook, library, schedule, data_date)
    kinds = found.select("class", "interval").rows()
    best_of = {kind: best_class(classes, *kind) for kind in set(kinds)}
    best = [best_of[kind] for kind in kinds]
    used = {reference: k for k, reference in enumerate(dict.fromkeys(best))}
    interval_of = np.full(len(library.network), -1, np.int32)
    interval_of[found["j"].explode().to_numpy()] = np.repeat(np.arange(found.height), found["j"].list.len())
    known = Uncertainty(
        intervals=Intervals(
            identity=np.array([stable_id(*names) for names in found.select("code", "interval").iter_rows()], np.uint64),
            **_standing(found, best),
            reference_class=np.array([used[reference] for reference in best], np.int32),
            **_shared(factors, found["project"].to_numpy()),
        ),
        interval=interval_of,
        starts=Starts.none(len(library.network)),
        activity_identity=stable_ids(library.network.codes),
        class_log_ratio=_log_ratios(list(used)),
        class_identity=np.array([stable_id("class", c.path, c.interval) for c in used], np.uint64),
        class_error=np.array([c.error for c in used], float),
        factor_identity=np.array([_factor_id(name) for name in factors.names], np.uint64),
        risks=_risks(planbook, library, regions, interval_of),
        correlation=_correlation(classes),
        noise=ACTIVITY_NOISE,
    )
    late = late_starts(planbook, library)
    if late.is_empty():
        return known
    return with_late_starts(known, late, _shared(factors, late["project"].to_numpy()), planbook, library, data_date)


def _correlation(classes: dict[tuple[str, str], ReferenceClass]) -> float:
    told = classes[ROOT, ""].correlation
    return CORRELATION if told is None else told


def _intervals(planbook: Planbook, library: Library, schedule: Schedule, data_date: int) -> pl.DataFrame:
    """Unfinished gate intervals by project and interval, one row each; lengths in days.

    ``j`` are their unfinished activities in network order, ``dated`` says whether their length was
    planned, ``done`` is the share of the work that is reported done, NaN where nobody reports it, and
    ``falls`` is the share of the project's returns whose per cent fell.
    """
    network = library.network
    frame = library.activities.select(
        pl.col("interval").fill_null(DEFAULT_INTERVAL),
        project=pl.Series(network.project),
        j=pl.int_range(pl.len()),
        unfinished=pl.Series(network.actual_finish == NONE),
        begun=pl.Series(np.where(network.actual_start == NONE, 1 << 29, network.actual_start)),
        work=pl.Series(network.duration),
        done=pl.Series(_work_done(library, planbook["activities"]["project"])),
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
    projects = library.projects[grouped["project"].to_list()].select("code", "class", "stage", "total_investment")
    falls = projects.join(
        _falls(planbook["returns"]), left_on="code", right_on="project", how="left", maintain_order="left"
    )
    return pl.concat(
        [_with_lengths(grouped, data_date), projects, falls.select(pl.col("falls").fill_null(0.0))],
        how="horizontal",
    )


def _falls(returns: pl.DataFrame) -> pl.DataFrame:
    """Share of each project's returns whose per cent fell below the one before."""
    told = returns.drop_nulls("physical_percent_complete").sort("project", "period")
    return told.group_by("project", maintain_order=True).agg(
        falls=(pl.col("physical_percent_complete").diff() < 0).sum() / pl.len()
    )


def _with_lengths(intervals: pl.DataFrame, data_date: int) -> pl.DataFrame:
    """Add days planned, elapsed and left, and the share of the work that is done."""
    began = pl.col("begun") < data_date
    dated = (pl.col("planned_finish") != NONE) & (pl.col("planned_finish") > pl.col("planned_start"))
    left = pl.col("finish") - pl.when(began).then(data_date).otherwise("resume")
    return intervals.with_columns(
        elapsed=pl.when(began).then(data_date - pl.col("begun")).otherwise(0).cast(float),
        left=pl.max_horizontal(left, 1).cast(float),
        dated=dated,
        done=pl.when(began & (pl.col("work") > 0)).then(pl.col("done") / pl.col("work")).otherwise(0.0),
    ).with_columns(
        planned=pl.when("dated")
        .then(pl.col("planned_finish") - pl.col("planned_start"))
        .otherwise(pl.col("elapsed") + pl.col("left"))
        .cast(float)
    )


def _work_done(library: Library, with_network: pl.Series) -> Floats:
    """Working days done, NaN where nobody says how far a started activity is.

    All of a finished activity is done; of a started one the per cent that is reported, or what does
    not remain by the remaining duration that is. A remaining duration that follows from a plan or
    a forecast is no evidence of pace.
    """
    network = library.network
    percent, remaining = (
        library.activities[name].cast(float).fill_null(np.nan).to_numpy()
        for name in ("physical_percent_complete", "remaining_duration")
    )
    own = library.activities["project"].is_in(with_network.unique().to_list()).to_numpy()
    by_remaining = np.where(own, np.maximum(network.duration - remaining, 0.0), np.nan)
    told = np.where(np.isnan(percent), by_remaining, network.duration * percent / 100.0)
    done = np.where(network.actual_start != NONE, told, 0.0)
    return np.where(network.actual_finish != NONE, network.duration.astype(float), done)


# ---- Where an interval stands in its class.


def _standing(found: pl.DataFrame, best: list[ReferenceClass]) -> dict[str, Any]:
    """Where each interval stands in its class: met by its own pace, and conditioned on its age.

    A project that is given up, or rests until somebody takes it up, is certain not to finish: what
    waits for it waits for ever. A class without spread leaves durations as they are scheduled.
    """
    planned, elapsed, left = (found[name].to_numpy() for name in ("planned", "elapsed", "left"))
    certain = np.array([reference.certain for reference in best], bool)
    running = (elapsed > 0) & ~certain
    shift, scale = _with_own_pace(found, best, _shift(found, best))
    age = score_of(_log_ratios(best), log(np.where(running, elapsed, planned) / planned))
    reached = np.where(running, age - _shift(found, best), -np.inf)
    cancelled = given_up(_told(best, "cancelled", 0.0), _told(best, "cancelled_later", 0.0), reached)
    return {
        "shift": shift,
        "scale": scale,
        "age": np.where(running, age, -np.inf),
        "cancelled": np.where(found["stage"].is_in(INACTIVE), 1.0, cancelled),
        "stretch": np.where(running, planned / left, 1.0),
        "spent": np.where(running, elapsed / left, 0.0),
    }


def _shift(found: pl.DataFrame, best: list[ReferenceClass]) -> Floats:
    """Normal scores by which each interval is later than its class, being as long and as costly as it is."""
    planned = np.where(found["dated"], found["planned"], np.nan)
    cost = found["total_investment"].cast(float).fill_null(np.nan).to_numpy()
    length_effect, cost_effect = _told(best, "length_effect", 0.0), _told(best, "cost_effect", 0.0)
    shift = length_effect * _doublings(planned, _told(best, "typical_length", np.nan))
    shift += cost_effect * _doublings(cost, _told(best, "typical_cost", np.nan))
    return np.clip(shift, -LARGEST_SHIFT, LARGEST_SHIFT)


def _doublings(size: Floats, typical: Floats) -> Floats:
    """How often the typical size is doubled; 0 where one of the two is not known."""
    known = (size > 0) & (typical > 0)
    doublings = log(np.where(known, size, 1.0) / np.where(known, typical, 1.0)) / log(2.0)
    return np.where(known, np.clip(doublings, -LARGEST_DOUBLING, LARGEST_DOUBLING), 0.0)


def _with_own_pace(found: pl.DataFrame, best: list[ReferenceClass], shift: Floats) -> tuple[Floats, Floats]:
    """Shift and scale of each interval, once its own pace has met its class."""
    planned, elapsed, done, falls = (found[name].to_numpy() for name in ("planned", "elapsed", "done", "falls"))
    assumed = {"pace_spread": pace.SPREAD, "pace_floor": pace.FLOOR, "curve_slope": pace.STRAIGHT}
    curve = pace.Curve(*(_told(best, name, otherwise) for name, otherwise in assumed.items()))
    reported = pace.Progress(done, elapsed, falls)
    return pace.combined(_log_ratios(best), planned, reported, curve, shift, np.ones_like(shift))


def _log_ratios(classes: list[ReferenceClass]) -> Floats:
    return np.array([reference.log_ratio for reference in classes], float).reshape(-1, len(LEVELS))


def _told(classes: list[ReferenceClass], name: str, otherwise: float) -> Floats:
    """One number of each class, or another where it is not told."""
    told = (getattr(reference, name) for reference in classes)
    return np.array([otherwise if number is None else number for number in told], float)


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
        region=pl.col("lead_region").replace_strict(
            {region: regions.prefecture(region) for region in projects["lead_region"].unique()}, return_dtype=pl.String
        ),
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


def _shared(factors: _Factors, projects: NDArray[np.int32]) -> dict[str, Any]:
    """Factors that projects share, their weights, and the factors of theirs alone."""
    alone = [factors.alone[project] for project in projects]
    factor = factors.of_project[projects]
    has = factor >= 0
    has[:, -1] |= np.array([name is not None for name in alone], bool)
    variance = np.where(has, list(FACTOR_VARIANCE.values()), 0.0)
    return {
        "factor": factor,
        "weight": np.sqrt(variance / variance.sum(axis=1, keepdims=True)),
        "alone": np.array([_factor_id(name) if name else 0 for name in alone], np.uint64),
    }


# ---- Named risks.


def _risks(planbook: Planbook, library: Library, regions: Regions, interval_of: NDArray[np.int32]) -> Risks:
    """Lay each event on the last unfinished activity of the intervals in its scope."""
    events = planbook["risks"].sort("code")
    if events.is_empty():
        return Risks.none()
    places = library.projects.select("code", "lead_region", "sector")
    activities = (
        library.activities.select("project", pl.col("interval").fill_null(DEFAULT_INTERVAL))
        .with_row_index("j")
        .filter(pl.Series(interval_of >= 0))
        .join(places, left_on="project", right_on="code", how="left", maintain_order="left")
    )
    touched = [_in_scope(event, activities, regions) for event in events.iter_rows(named=True)]
    return Risks(
        identity=np.array([stable_id("risk", code) for code in events["code"]], np.uint64),
        probability=events["probability"].to_numpy(),
        low=events["days_low"].to_numpy().astype(float),
        high=events["days_high"].to_numpy().astype(float),
        activity=np.concatenate([np.array(rows, np.int64) for rows in touched]),
        risk=np.repeat(np.arange(len(touched)), [len(rows) for rows in touched]),
    )


def _in_scope(event: dict[str, object], activities: pl.DataFrame, regions: Regions) -> list[int]:
    """The last unfinished activity of each interval that an event touches."""
    wanted = pl.col("interval") == str(event["interval"] or DEFAULT_INTERVAL)
    if event["project"] is not None:
        wanted &= pl.col("project") == event["project"]
    if event["sector"] is not None:
        wanted &= pl.col("sector") == event["sector"]
    if event["region"] is not None:
        wanted &= pl.col("lead_region").is_in(
            [place for place in regions.parent if event["region"] in regions.path(place)]
        )
    last = activities.filter(wanted).group_by("project", maintain_order=True).agg(pl.col("j").last())
    return last["j"].to_list()
