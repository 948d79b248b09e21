"""One run: from a planbook and a data date to verdicts, trajectories, drivers and latest dates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from importlib.metadata import version

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine.backcast import Questions, latest_responsible
from backcast.engine.calendar import NEVER, NONE
from backcast.engine.delivery import UNIT
from backcast.engine.portable import Floats
from backcast.engine.schedule import Schedule, schedule
from backcast.engine.scores import crps
from backcast.engine.simulate import Simulation, prepare
from backcast.engine.verdict import quantile
from backcast.language import Message, tr
from backcast.planbook.book import Planbook
from backcast.planbook.contributions import Contributions, contributions
from backcast.planbook.driving import Drivers
from backcast.planbook.evidence import comparable_observations, targets_in_force
from backcast.planbook.forecast import Cell, Series, Setting, forecast_indicator, observed_pace
from backcast.planbook.judging import Target, verdict
from backcast.planbook.names import Names
from backcast.planbook.networks import Library, library
from backcast.planbook.problem import PlanbookError, Problem
from backcast.planbook.progress import with_returns
from backcast.planbook.regions import Regions
from backcast.planbook.results import Driver, LatestDate, PastForecast, Record, Records, TrajectoryPoint, Verdict
from backcast.planbook.sentences import sentence
from backcast.planbook.templates import with_templates
from backcast.planbook.timeline import Timeline, timeline
from backcast.planbook.uncertainty import factor_names, uncertainty

DRAWS = 10_000
_OBSERVED = ("indicator", "region", "date", "value")
YEARS_BEYOND = 3
"""How far beyond the last target a forecast looks for the date on which a target is first met."""

Progress = Callable[[Message, int, int], None]


@dataclass(frozen=True)
class Run:
    """What a planbook says at a data date; build it with :func:`run`.

    Attributes
    ----------
    planbook
        As it was known at the data date.
    fingerprint
        Of the planbook that was given.
    """

    planbook: Planbook
    fingerprint: str
    data_date: date
    draws: int
    seed: int
    version: str
    verdicts: Records[Verdict]
    trajectories: Records[TrajectoryPoint]
    past: Records[PastForecast]
    timeline: Timeline = field(repr=False)
    library: Library = field(repr=False)
    schedule: Schedule = field(repr=False)
    _simulation: Simulation = field(repr=False)
    _contributions: Contributions = field(repr=False)
    _drivers: tuple[Driver, ...] = field(repr=False)
    _threads: int = field(repr=False)
    _latest: dict[float, Records[LatestDate]] = field(repr=False, default_factory=dict)

    def drivers(self, indicator: str | None = None, region: str | None = None) -> Records[Driver]:
        """Return what decides the targets, or those of one indicator and region."""
        return self._records([d for d in self._drivers if _matches(d, indicator, region)])

    def trajectory(self, indicator: str, region: str) -> Records[TrajectoryPoint]:
        """Return the months of one indicator in one region."""
        return self._records([point for point in self.trajectories if _matches(point, indicator, region)])

    def latest_dates(self, confidence: float = 0.8) -> Records[LatestDate]:
        """Return the latest responsible date of every gate behind a target that is still open.

        Simulates every project backwards from its targets' dates, once per confidence.

        Raises
        ------
        ValueError
            If ``confidence`` is not between 0 and 1.
        """
        if not 0.0 < confidence < 1.0:
            raise ValueError(f"Confidence is a share between 0 and 1, such as 0.8, not {confidence}.")
        if confidence not in self._latest:
            self._latest[confidence] = self._records(_latest_dates(self, confidence))
        return self._latest[confidence]

    @cached_property
    def names(self) -> Names:
        """Names of indicators, regions, organisations and projects."""
        return Names(self.planbook)

    def _records(self, records: list[Record]) -> Records[Record]:
        return Records(records, lambda record: sentence(record, self.names))

    def __str__(self) -> str:
        return f"{self.data_date}, {self.draws:,} draws\n{self.verdicts}"


def run(
    planbook: Planbook,
    *,
    data_date: date | str | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    threads: int = 1,
    came: pl.DataFrame | None = None,
    progress: Progress | None = None,
) -> Run:
    """Say how likely each target in force is at a data date, and what decides it.

    Parameters
    ----------
    data_date
        The last day whose facts count, as a date or as 2023-08-31; the plan's own where not given.
        Rows known later are not seen.
    draws
        Simulated futures; the standard error of a probability of one half is ½ ÷ √draws.
    threads
        Threads to draw with; they change no digit.
    came
        Observations that came later, to score the forecast by; see :mod:`backcast.planbook.hindsight`.
    progress
        Called with what is being done, how much of it is done, and how much there is.

    Raises
    ------
    PlanbookError
        If no data date is given and the plan has none.
    CycleError
        If activities wait for each other.
    """
    when = date.fromisoformat(data_date) if isinstance(data_date, str) else data_date or own_data_date(planbook)
    known = planbook.known_at(when)
    reported, forecasts = with_returns(known, when)
    complete = with_templates(reported, when, forecasts)
    dates = timeline(complete, when)
    now = dates.day_after(when)
    projects = library(complete, dates)
    plan = schedule(projects.network, now, projects.required_finish)
    simulation = prepare(
        projects.network, plan, uncertainty(complete, projects, plan, now), now, draws=draws, seed=seed
    )
    added = contributions(complete, projects, plan)
    gates = simulation.finishes(added.watched, threads=threads, progress=_step(progress, tr("Simulating delivery")))
    forecast = _Forecast(complete, when, dates, projects, plan, simulation, added, gates, came)
    verdicts, points, drivers = forecast.judge_all(threads, progress)
    names = forecast.names

    def say(record: Verdict | TrajectoryPoint | PastForecast) -> Message:
        return sentence(record, names)

    return Run(
        planbook=known,
        fingerprint=planbook.fingerprint,
        data_date=when,
        draws=draws,
        seed=seed,
        version=version("backcast"),
        verdicts=Records(verdicts, say),
        trajectories=Records(points, say),
        past=Records(forecast.past, say),
        timeline=dates,
        library=projects,
        schedule=plan,
        _simulation=simulation,
        _contributions=added,
        _drivers=tuple(drivers),
        _threads=threads,
    )


def own_data_date(planbook: Planbook) -> date:
    """Return the plan's own data date.

    Raises
    ------
    PlanbookError
        If it has none.
    """
    dates: list[date] = planbook["plan"]["data_date"].drop_nulls().to_list()
    if not dates:
        message = tr("The plan has no data date. Give one: the last day whose facts count, such as 2023-08-31.")
        raise PlanbookError([Problem("plan", 0, "data_date", "", message)])
    return dates[0]


def _step(progress: Progress | None, what: Message) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, of: progress(what, done, of)


class _Forecast:
    """Everything that the verdicts of one run are taken from."""

    def __init__(
        self,
        planbook: Planbook,
        data_date: date,
        dates: Timeline,
        projects: Library,
        plan: Schedule,
        simulation: Simulation,
        added: Contributions,
        gates: NDArray[np.int32],
        came: pl.DataFrame | None,
    ) -> None:
        self.planbook, self.data_date, self.timeline = planbook, data_date, dates
        self.projects, self.plan, self.simulation = projects, plan, simulation
        self.targets = targets_in_force(planbook, data_date)
        self.dates = _forecast_dates(self.targets, data_date, [] if came is None else came["date"])
        self.series = _series(planbook, data_date, dates)
        starts = planbook["plan"]["starts"].drop_nulls().to_list()
        self.setting = Setting(
            contributions=added,
            regions=Regions(planbook),
            gates=gates,
            expected_gates=plan.early_finish[added.watched][:, None],
            days=np.array([dates.day_after(day) for day in self.dates], np.int64),
            plan_start=dates.day_after(starts[0] - timedelta(days=1)) if starts else 0,
            seed=simulation.seed,
            largest_target={
                (i, r): v
                for i, r, v in self.targets.group_by("indicator", "region").agg(pl.col("value").max()).iter_rows()
            },
        )
        self.names = Names(planbook)
        self.came = {} if came is None else {(i, r, d): v for i, r, d, v in came.select(*_OBSERVED).iter_rows()}
        self.past: list[PastForecast] = []

    def judge_all(
        self, threads: int, progress: Progress | None
    ) -> tuple[list[Verdict], list[TrajectoryPoint], list[Driver]]:
        """Forecast one indicator at a time, so that only its own draws are held."""
        verdicts: list[Verdict] = []
        points: list[TrajectoryPoint] = []
        found: list[Driver] = []
        names = factor_names(self.planbook, self.projects)
        drivers = Drivers(self.simulation, self.projects, self.setting, names, threads)
        kept: dict[tuple[str, str], Cell] = {}
        parts = set(self.planbook["indicators"].select("numerator", "denominator").unpivot()["value"].drop_nulls())
        paces = self._paces()
        ordered = self.planbook["indicators"].sort(pl.col("numerator").is_not_null(), "code")
        for done, indicator in enumerate(ordered.iter_rows(named=True), 1):
            code = indicator["code"]
            rows = self.targets.filter(pl.col("indicator") == code)
            series = {region: s for (i, region), s in self.series.items() if i == code}
            wanted = set(rows["region"])
            cells = forecast_indicator(indicator, series, wanted, self.setting, paces, kept)
            kept |= {(code, region): cell for region, cell in cells.items() if code in parts}
            for row in rows.iter_rows(named=True):
                target, cell = self._target(row, indicator), cells.get(row["region"])
                verdicts.append(verdict(target, cell, self.timeline, self.dates, self.data_date))
                if verdicts[-1].state == "forecast" and cell is not None:
                    found += drivers.of(target, cell, self.dates.index(target.date))
            self.past += [scored for cell in cells.values() for scored in self._scores(cell)]
            for region, cell in cells.items():
                points += self._points(cell, rows.filter(pl.col("region") == region))
            if progress:
                progress(tr("Judging targets"), done, ordered.height)
        return sorted(verdicts, key=_place), sorted(points, key=_place), sorted(found, key=_by_weight)

    def _paces(self) -> dict[tuple[str, str], float]:
        """Observed pace of every indicator and region seen twice, to be pooled."""
        paces = {key: observed_pace(series) for key, series in sorted(self.series.items())}
        return {key: pace for key, pace in paces.items() if pace is not None}

    def _target(self, row: dict[str, object], indicator: dict[str, object]) -> Target:
        stale = self.planbook["observations"].filter(
            (pl.col("indicator") == row["indicator"]) & (pl.col("region") == row["region"])
        )
        return Target(
            row=row,
            indicator=indicator,
            indicator_name=self.names("indicators", indicator["code"]),
            region_name=self.names("regions", row["region"]),
            department=self.names("organisations", indicator["responsible"])
            if indicator["responsible"]
            else tr("the responsible department"),
            has_stale_figures=stale.height > 0,
        )

    def _points(self, cell: Cell, targets: pl.DataFrame) -> list[TrajectoryPoint]:
        """Tell the months of a cell up to a year beyond its last target, or the plan's end."""
        if cell.values is None:
            return []
        ends = [*targets["date"], *self.planbook["plan"]["ends"].drop_nulls()]
        last = max([day for day in ends if day > self.data_date], default=self.dates[0]) + timedelta(days=366)
        bands = [quantile(cell.values, q) for q in (0.1, 0.5, 0.9)]
        early, late = self._envelope(cell)
        return [
            TrajectoryPoint(
                cell.indicator,
                cell.region,
                day,
                *(None if band is None else float(band[t]) for band in (*bands, early, late)),
            )
            for t, day in enumerate(self.dates)
            if day <= last
        ]

    def _scores(self, cell: Cell) -> Iterator[PastForecast]:
        """Hold a forecast against what came."""
        if cell.values is None:
            return
        for t, day in enumerate(self.dates):
            observed = self.came.get((cell.indicator, cell.region, day))
            if observed is not None:
                p10, p50, p90 = (float(quantile(cell.values[t], q)) for q in (0.1, 0.5, 0.9))
                held, score = p10 <= observed <= p90, crps(cell.values[t], observed)
                yield PastForecast(
                    self.data_date, cell.indicator, cell.region, day, p10, p50, p90, observed, held, score
                )

    def _envelope(self, cell: Cell) -> tuple[Floats | None, Floats | None]:
        """Values if every output came at its early, or late, date, with the median of all else."""
        added, outputs = self.setting.contributions, self.setting.contributions.outputs
        if not cell.which.size or cell.basis not in ("projects", "both") or cell.values is None:
            return None, None
        drawn = outputs.delivered(cell.which, self.setting.gates, self.setting.days, cell.since) / UNIT
        rest = quantile(cell.values / (1.0 if cell.scale is None else cell.scale) - drawn, 0.5)
        early, late = (
            outputs.delivered(cell.which, dates[added.watched][:, None], self.setting.days, cell.since)[:, 0] / UNIT
            for dates in (self.plan.early_finish, self.plan.late_finish)
        )
        return rest + early, rest + late


def _forecast_dates(targets: pl.DataFrame, data_date: date, also: Iterable[date]) -> list[date]:
    """Month ends from the data date to some years beyond the last target, and the targets' own dates."""
    last = max([*targets["date"], data_date])
    months = pl.date_range(
        data_date.replace(day=1), date(last.year + YEARS_BEYOND, last.month, 1), interval="1mo", eager=True
    ).dt.month_end()
    return sorted({day for day in (*months, *targets["date"], *also) if day > data_date})


def _series(planbook: Planbook, data_date: date, dates: Timeline) -> dict[tuple[str, str], Series]:
    observations = comparable_observations(planbook, data_date)
    return {
        (str(code), str(region)): Series(dates.after(rows["date"]).astype(np.int64), rows["value"].to_numpy())
        for (code, region), rows in observations.group_by("indicator", "region", maintain_order=True)
    }


# ---- Latest dates.


def _latest_dates(found: Run, confidence: float) -> list[LatestDate]:
    """Ask for every gate of the projects behind each open target."""
    projects = found.library
    flags = projects.activities.with_row_index("j").filter(
        pl.col("gate").is_not_null() & pl.Series(projects.network.actual_finish == NONE)
    )
    flags_of = {
        int(projects.network.project[js[0]]): js
        for (js,) in flags.group_by("project").agg(pl.col("j")).select("j").rows()
    }
    gate, required, asked, purposes = _questions(found, flags_of)
    if not gate:
        return []
    questions = Questions(
        gate=np.array(gate, np.int64),
        required=np.array(required, np.int32),
        activity=np.array([j for js in asked for j in js], np.int64),
        first_row=np.concatenate([[0], np.cumsum([len(js) for js in asked])]).astype(np.int64),
    )
    latest, median = latest_responsible(found._simulation, questions, confidence, threads=found._threads)
    rows: list[LatestDate] = []
    for p, targets in enumerate(purposes):
        for row in range(questions.first_row[p], questions.first_row[p + 1]):
            if latest[row] != NEVER:
                rows += _latest_rows(
                    found, targets, int(questions.activity[row]), int(latest[row]), int(median[row]), confidence
                )
    return sorted(
        rows, key=lambda r: (*_place(r), r.days_left if r.days_left is not None else -(10**9), r.project, r.activity)
    )


def _questions(
    found: Run, flags_of: dict[int, list[int]]
) -> tuple[list[int], list[int], list[list[int]], list[list[Verdict]]]:
    """Each gate that an output of an open target waits for, with the day by which it must be passed."""
    added, regions = found._contributions, Regions(found.planbook)
    outputs = added.outputs
    by_question: dict[tuple[int, int], list[Verdict]] = {}
    for judged in found.verdicts:
        if judged.state != "forecast" or judged.basis == "trend":
            continue
        mine = added.table.with_row_index("k").filter(pl.col("indicator") == judged.indicator)
        for k, region in mine.select("k", "region").iter_rows():
            gate = int(added.watched[outputs.gate_row[k]])
            if judged.region in regions.path(region) and found.library.network.actual_finish[gate] == NONE:
                day = found.timeline.day_after(judged.date) - int(outputs.ramp_days[k])
                targets = by_question.setdefault((gate, day), [])
                if judged not in targets:
                    targets.append(judged)
    keys = sorted(by_question)
    project = found.library.network.project
    asked = [[j for j in flags_of.get(int(project[gate]), []) if j <= gate] for gate, _ in keys]
    return [g for g, _ in keys], [d for _, d in keys], asked, [by_question[key] for key in keys]


def _latest_rows(
    found: Run, targets: list[Verdict], activity: int, latest: int, median: int, confidence: float
) -> list[LatestDate]:
    row = found.library.activities.row(activity, named=True)
    day = found.timeline.finish_date(latest)
    return [
        LatestDate(
            indicator=target.indicator,
            region=target.region,
            date=target.date,
            project=row["project"],
            activity=row["code"],
            gate=row["gate"],
            confidence=confidence,
            latest=day,
            planned=row["planned_finish"],
            forecast=found.timeline.finish_date(median),
            days_left=None if day is None else (day - found.data_date).days,
        )
        for target in targets
    ]


def _matches(record: Driver | TrajectoryPoint, indicator: str | None, region: str | None) -> bool:
    return (indicator is None or record.indicator == indicator) and (region is None or record.region == region)


def _place(record: Verdict | TrajectoryPoint | LatestDate | Driver) -> tuple[str, str, date]:
    return record.indicator, record.region, record.date


def _by_weight(driver: Driver) -> tuple[str, str, date, float, str]:
    return (*_place(driver), -max(driver.cost, driver.worth), driver.project)
