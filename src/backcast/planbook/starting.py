"""When projects begin that have not begun: late by what the planbook's own classes of start delays say.

A delay counts from the planned start of a project's first interval, of those that are planned the one
that begins first, to the activities that open it. It shares risk as lengths do, is known to exceed the
days by which the start is late already, and may be negative; nothing begins before the data date, nor
before a day that the planner's own constraint names. A project of which anything has begun has none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine.calendar import NONE
from backcast.engine.quantiles import score_of
from backcast.engine.random import stable_id
from backcast.engine.simulate import Intervals, Starts, Uncertainty
from backcast.planbook.book import Planbook
from backcast.planbook.networks import DEFAULT_INTERVAL, Library
from backcast.planbook.priors import START_DELAY, best_class, covering_class, start_delay_classes


def late_starts(planbook: Planbook, library: Library) -> pl.DataFrame:
    """Return the projects whose start is drawn: nothing of them has begun, and a class of start delays covers them.

    Returns
    -------
    One row per project: ``project`` (its index), ``code``, ``class``, ``planned`` (day) and ``j``: the
    activities, in network order, that open its first interval.
    """
    network, classes = library.network, start_delay_classes(planbook)
    drawn = np.array(
        [covering_class(classes, path, START_DELAY) is not None for path in library.projects["class"]], bool
    )
    drawn[network.project[(network.actual_start != NONE) | (network.actual_finish != NONE)]] = False
    activities = library.activities.select(
        pl.col("interval").fill_null(DEFAULT_INTERVAL),
        project=pl.Series(network.project),
        j=pl.int_range(pl.len()),
        planned=pl.Series(library.planned_start).replace(NONE, None),
        opens=pl.Series(_opens(library)),
        drawn=pl.Series(drawn[network.project]),
    )
    opening = (
        activities.filter("drawn")
        .with_columns(begins=pl.col("planned").min().over("project", "interval"))
        .sort("project", "begins", "interval", "j", nulls_last=True)
        .filter(
            "opens", pl.col("begins").is_not_null(), pl.col("interval") == pl.col("interval").first().over("project")
        )
        .group_by("project", maintain_order=True)
        .agg("j", planned=pl.col("begins").first())
    )
    return pl.concat(
        [opening, library.projects[opening["project"].to_list()].select("code", "class")], how="horizontal"
    )


def with_late_starts(
    known: Uncertainty, late: pl.DataFrame, shared: dict[str, Any], planbook: Planbook, library: Library, data_date: int
) -> Uncertainty:
    """Add start delays to what is uncertain.

    Parameters
    ----------
    late
        See :func:`late_starts`.
    shared
        Factors and weights of each of its projects, as :class:`Intervals` takes them.
    data_date
        An instant: what has not begun begins on that day or later.
    """
    classes, n, height = start_delay_classes(planbook), len(known.intervals), late.height
    best = [best_class(classes, path, START_DELAY) for path in late["class"]]
    used = {reference: k for k, reference in enumerate(dict.fromkeys(best))}
    days = np.array([reference.log_ratio for reference in used])
    of_class = np.array([used[reference] for reference in best])
    certain = np.array([reference.certain for reference in best], bool)
    age = score_of(days[of_class], data_date - late["planned"].to_numpy() - 0.5)
    delays = Intervals(
        identity=np.array([stable_id(code, START_DELAY) for code in late["code"]], np.uint64),
        shift=np.zeros(height),
        scale=np.ones(height),
        age=np.where(certain, -np.inf, age),
        cancelled=np.array([reference.cancelled for reference in best], float),
        stretch=np.ones(height),
        spent=np.zeros(height),
        reference_class=(len(known.class_log_ratio) + of_class).astype(np.int32),
        **shared,
    )
    both = (known.intervals, delays)
    return replace(
        known,
        intervals=Intervals(*(np.concatenate([getattr(of, name) for of in both]) for name in Intervals.__slots__)),
        starts=_starts(late, library, n),
        class_log_ratio=np.concatenate([known.class_log_ratio, days]),
        class_identity=np.append(
            known.class_identity, np.array([stable_id("class", c.path, c.interval) for c in used], np.uint64)
        ),
        class_error=np.append(known.class_error, [reference.error for reference in used]),
    )


def _starts(late: pl.DataFrame, library: Library, first: int) -> Starts:
    """Lay the delays, numbered from ``first`` on, on the activities that open the first intervals."""
    interval = np.full(len(library.network), -1, np.int32)
    planned = np.full(len(library.network), NONE, np.int32)
    for k, (activities, day) in enumerate(late.select("j", "planned").iter_rows()):
        own = library.planned_start[activities]
        interval[activities], planned[activities] = first + k, np.where(own == NONE, day, own)
    constrained = library.activities["constraint"].is_not_null().to_numpy()
    return Starts(interval, planned, np.where(constrained, library.network.start_no_earlier, NONE).astype(np.int32))


def _opens(library: Library) -> NDArray[np.bool_]:
    """Activities that wait for no other one of their own project and interval."""
    network = library.network
    interval = library.activities["interval"].fill_null(DEFAULT_INTERVAL).to_numpy()
    before, after = network.predecessor, np.repeat(np.arange(len(network)), np.diff(network.first_predecessor))
    within = (network.project[before] == network.project[after]) & (interval[before] == interval[after])
    opens = np.ones(len(network), bool)
    opens[after[within]] = False
    return opens
