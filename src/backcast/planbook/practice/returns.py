"""Monthly returns of the practice province, with the errors that real registers have."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.planbook.practice.library import lognormal, stream
from backcast.planbook.practice.progress import Progress
from backcast.planbook.practice.province import Floats, Province, Whole
from backcast.planbook.timeline import Timeline

MISSING = 0.05
"""Share of returns that are never filed; owners differ widely."""
OVERSTATED = 0.04
"""Share of returns that say more per cent than there is, so that the next one may go back."""
WRONG_UNIT = 0.001
"""Share of returns whose investment is in 亿元 where 万元 is asked for."""
WRONG_YEAR = 1 / 2259
"""Share of returns with two digits of the forecast year swapped."""
LATE = 0.08
"""Share of returns filed up to six weeks after they are due."""
BELIEVED_FROM = 60.0
"""Per cent complete up to which the forecast finish sticks to the plan."""

_DUE_DAYS = 5
_NOTES = ("模拟 simulated", "模拟 simulated；更正上期形象进度 (corrects the last per cent)")
_GIVEN_UP = ("terminated", "withdrawn")
_BLOCKERS = tuple(
    f"【模拟】{blocker}"
    for blocker in (
        "用地手续未办结", "林地手续未办结", "能耗指标未落实", "环评批复滞后", "资金到位不足", "劳务人员不足",
        "征地拆迁受阻", "供电接入滞后", "设备到货延迟", "站址协调困难",
    )
)  # fmt: skip


def file_returns(province: Province, progress: Progress, codes: list[str], seed: int) -> pl.DataFrame:
    """Return one row for each month in which a project was active and filed, to the end of the plan.

    A row is known from the fifth day after its month, or later where it was late. Rows after the
    data date are in the table too: a run sees them when its data date has come.
    """
    rng = stream(seed, 6)
    ends = month_ends(province, progress.timeline)
    project, month = _active_months(progress, ends)
    filed = rng.random(project.size) >= _missing_rates(progress, rng)[project]
    project, instant = project[filed], ends[month[filed]]
    stage, _ = progress.stage(project, instant)
    percent, overstated = _reported_percent(progress, project, instant, rng)
    corrects = np.append(False, overstated[:-1] & (project[1:] == project[:-1]))
    money = _investment(progress, project, instant, percent, rng)
    late = np.where(rng.random(project.size) < LATE, rng.integers(5, 42, project.size), 0)
    opened = progress.opening[project] <= progress.lived(project, instant)
    closed = progress.last[project] <= progress.lived(project, instant)
    dates = {
        "period": instant - 1,
        "actual_start": progress.opening[project] - 1,
        "forecast_finish": _forecast(progress, project, instant, percent, rng),
        "actual_finish": progress.last[project] - 1,
        "known_from": instant - 1 + _DUE_DAYS + late,
    }
    hidden = {"actual_start": ~opened, "actual_finish": ~closed, "forecast_finish": closed | np.isin(stage, _GIVEN_UP)}
    return pl.DataFrame(
        {
            "project": pl.Series(codes).gather(project),
            "stage": stage,
            "physical_percent_complete": percent,
            **{name: pl.Series(values).cast(pl.Decimal(24, 4)) for name, values in money.items()},
            **{name: pl.Series(progress.dates(days)) for name, days in dates.items()},
            "problem": _problems(progress, project, instant, rng),
            "note": pl.Series(_NOTES).gather(corrects.astype(int)),
        }
    ).with_columns(
        pl.when(pl.Series(mask)).then(None).otherwise(pl.col(name)).alias(name) for name, mask in hidden.items()
    )


def month_ends(province: Province, timeline: Timeline) -> Whole:
    """Instants at which the months of the plan end."""
    first, last = province.starts, province.ends
    months = range(first.year * 12 + first.month, last.year * 12 + last.month + 1)
    return np.array([(date(m // 12, m % 12 + 1, 1) - timeline.epoch).days for m in months])


def _active_months(progress: Progress, ends: Whole) -> tuple[Whole, Whole]:
    """Projects and months, from each project's first activity to its last or to its end."""
    begin = np.searchsorted(ends, progress.truth.start[progress.works.first[:-1]], side="right")
    end = np.minimum(np.searchsorted(ends, np.minimum(progress.last, progress.truth.cancelled)), ends.size - 1)
    count = np.maximum(0, end - begin + 1)
    project = np.repeat(np.arange(count.size), count)
    month = np.arange(project.size) - np.repeat(np.cumsum(count) - count, count) + begin[project]
    return project, month


def _missing_rates(progress: Progress, rng: np.random.Generator) -> Floats:
    """Draw each project's share of missing returns, which is its owner's."""
    owner = progress.library.owner
    return rng.beta(1.0, (1 - MISSING) / MISSING, int(owner.max()) + 1)[owner]


def _reported_percent(
    progress: Progress, project: Whole, instant: Whole, rng: np.random.Generator
) -> tuple[Floats, NDArray[np.bool_]]:
    """Round the true per cent, and overstate some of it; only what is finished is at 100."""
    true = progress.percent(project, instant)
    overstated = (rng.random(project.size) < OVERSTATED) & (true > 5)
    told = np.rint(true + np.where(overstated, rng.uniform(3, 15, project.size), 0))
    return np.where(true < 100, np.minimum(told, 99), 100.0), overstated & (true < 100)


def _investment(
    progress: Progress, project: Whole, instant: Whole, percent: Floats, rng: np.random.Generator
) -> dict[str, Floats]:
    """Money follows work, with a cost that is not quite the planned one; a few cells are in the wrong unit."""
    cost = progress.library.investment * lognormal(rng, 0.1, len(progress.library))
    since_start = cost[project] * percent / 100
    new_year = progress.new_year(instant)
    before = cost[project] * progress.percent(project, new_year) / 100
    this_year = np.maximum(0, since_start - before)
    unit = np.where(rng.random(project.size) < WRONG_UNIT, 1e4, 1.0)
    return {
        "investment_this_year": np.round(this_year / unit, 2),
        "investment_since_start": np.round(since_start / unit, 2),
    }


def _forecast(progress: Progress, project: Whole, instant: Whole, percent: Floats, rng: np.random.Generator) -> Whole:
    """Forecast the finish as reporters do: the plan until late, then slowly the truth, and never in the past."""
    planned = progress.planned_last[project]
    slip = progress.last[project] - planned
    belief = np.where(slip > 0, np.clip((percent - BELIEVED_FROM) / (100 - BELIEVED_FROM), 0, 1), 1.0)
    told = (planned + belief * slip).astype(np.int64)
    told = np.where(told <= instant, instant + rng.integers(20, 90, project.size), told) - 1
    return np.where(rng.random(project.size) < WRONG_YEAR, _with_digits_swapped(progress, told), told)


def _with_digits_swapped(progress: Progress, day: Whole) -> Whole:
    """Write 2052 for 2025; years whose swap would be earlier stay."""
    year = progress.years(day)
    years = np.maximum(0, 9 * (year % 10 - year // 10 % 10))
    return np.asarray(day + np.rint(years * 365.25), np.int64)


def _problems(progress: Progress, project: Whole, instant: Whole, rng: np.random.Generator) -> pl.Series:
    """Name a blocker in a quarter of the returns of projects that are late."""
    waits = instant < progress.opening[project]
    planned = np.where(
        waits, progress.works.planned_finish[progress.opening_gate][project], progress.planned_last[project]
    )
    late = (planned < instant) & (waits | (progress.last[project] > instant))
    named = late & (rng.random(project.size) < 0.25)
    texts = pl.Series([*_BLOCKERS, None], dtype=pl.String)
    return texts.gather(np.where(named, rng.integers(len(_BLOCKERS), size=project.size), len(_BLOCKERS)))
