"""The practice province: a simulated project library on a real plan's targets, regions and seasons.

Drivers, latest dates and envelopes need thousands of projects with networks and returns, which no
province publishes. :func:`practice` makes them up, says so in every row, and keeps what is real.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from backcast.language import tr
from backcast.planbook.book import Planbook
from backcast.planbook.practice.activities import activity_table, relationship_table
from backcast.planbook.practice.calendars import calendar_tables
from backcast.planbook.practice.evidence import city_target_table, observation_table, risk_table
from backcast.planbook.practice.kept import kept, stamped
from backcast.planbook.practice.library import draw_library, draw_shares
from backcast.planbook.practice.links import link_works
from backcast.planbook.practice.networks import plan_works
from backcast.planbook.practice.progress import Progress
from backcast.planbook.practice.projects import listing_table, output_table, project_table, share_table
from backcast.planbook.practice.province import Province, province_of
from backcast.planbook.practice.returns import file_returns
from backcast.planbook.practice.truth import class_table, live_through
from backcast.planbook.timeline import extent_of, timeline

__all__ = ["practice"]

DATA_DATE = date(2023, 8, 31)
"""Where the library stands unless told otherwise: in the middle of the plan."""
MOST_PROJECTS = 100_000
"""Largest library: the stress case of a province."""
LARGEST_SEED = 2**63 - 1

Tables = dict[str, pl.DataFrame]


def practice(plan: Planbook, *, projects: int = 3000, seed: int = 0, data_date: date | None = None) -> Planbook:
    """Make up a project library, its history and its evidence on a plan's real targets and regions.

    Kept are the plan, its tasks, measures, indicators, targets, regions and departments, and the
    last real observation of each indicator in the year before the plan. Everything else is
    simulated and says so.

    Parameters
    ----------
    projects
        Size of the library, programmes included.
    seed
        The same plan, size, seed (0 to 2⁶³ − 1) and data date give the same planbook.
    data_date
        Projects and activities stand as at its end, by default 2023-08-31. Returns and observations
        go on to the end of the plan; each row says from when it is known.

    Raises
    ------
    ValueError
        If ``projects`` or ``seed`` is out of bounds, or the data date is not within the plan.
    PlanbookError
        If the plan has no cities, or no target that the practice knows how to deliver.
    """
    province = province_of(plan)
    data_date = data_date or DATA_DATE
    _refuse(province, projects, seed, data_date)
    weeks, exceptions = calendar_tables(plan)
    real = kept(plan, province, data_date, seed).replace(calendars=weeks, calendar_days=exceptions)
    time = timeline(real, extent_of(real.tables, data_date))
    library = draw_library(province, time, projects, seed)
    works = link_works(plan_works(province, library, time, seed), library, time, seed)
    progress = Progress(library, works, live_through(works, library, time, seed), time)
    return real.replace(**_simulated(real, province, progress, data_date, seed))


def _refuse(province: Province, projects: int, seed: int, data_date: date) -> None:
    """Say what cannot be simulated."""
    sentence = None
    if not 1 <= projects <= MOST_PROJECTS:
        sentence = tr("A practice province has 1 to {most} projects, not {found}.", most=MOST_PROJECTS, found=projects)
    elif not 0 <= seed <= LARGEST_SEED:
        sentence = tr("A seed is a whole number from 0 to {most}, not {found}.", most=LARGEST_SEED, found=seed)
    elif not province.starts <= data_date <= province.ends:
        sentence = tr(
            "The practice province lives from {starts} to {ends}. Choose a data date in between, not {found}.",
            starts=province.starts,
            ends=province.ends,
            found=data_date,
        )
    if sentence:
        raise ValueError(str(sentence))


def _simulated(plan: Planbook, province: Province, progress: Progress, data_date: date, seed: int) -> Tables:
    """Return the tables that are made up, stamped where they have a column for it."""
    library = progress.library
    codes, now = library.codes(), progress.timeline.day_after(data_date)
    made_up = {
        "projects": project_table(province, progress, set(plan["tasks"]["code"]), now, seed),
        "listings": listing_table(province, progress, seed),
        "outputs": output_table(library),
        "risks": risk_table(province),
        "classes": class_table(),
        "observations": observation_table(plan, province, progress, seed),
        "targets": city_target_table(province),
    }
    tables = {name: stamped(frame, seed) for name, frame in made_up.items()} | {
        "shares": share_table(draw_shares(province, library, seed), codes),
        "activities": activity_table(progress, codes, now),
        "relationships": relationship_table(progress.works, codes),
        "returns": file_returns(province, progress, codes, seed),
    }
    return {name: pl.concat([plan[name], _whole(name, frame)]) for name, frame in tables.items()}


def _whole(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    return Planbook.of({name: frame})[name]
