"""The track record: what earlier runs said of each target, verdict by verdict, against what came.

A run that was kept while its data date was current tells what was said at the time. Where none was kept,
the ends of the plan's years are computed again from what was known then; a run that was stored later, of
a data date long past, counts as such a one. A verdict is settled by the figures known at the later
data date, by the definition that was in force when it was given (docs/explanation/track-record.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.metadata import version

import numpy as np
import polars as pl

from backcast.language import Message, tr
from backcast.planbook.assembly import data_date_of
from backcast.planbook.book import Planbook
from backcast.planbook.hindsight import CURRENT, PastRun, earlier_runs, year_ends
from backcast.planbook.names import Names
from backcast.planbook.outlook import Progress
from backcast.planbook.results import PastForecast, Records, SettledVerdict, Verdict, WaitingVerdict, place
from backcast.planbook.run import Run
from backcast.planbook.sentences import sentence
from backcast.planbook.settling import WHY, Judge

DRAWS = 2000
"""Enough for a probability to within a percentage point."""
FEW, RARE = 10, 3
"""Fewer settled verdicts than this tell nothing of skill; nor do more, if so few came out one way."""
BINS = ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0))


@dataclass(frozen=True, slots=True)
class TrackScore:
    """How good some settled verdicts were, taken together.

    Attributes
    ----------
    n, n_targets
        Settled verdicts, and the targets that they were about: verdicts on one target stand or fall together.
    n_early
        Those settled by a figure of before the date. They can only be met: a target is not missed before its date.
    base_rate
        Share of the verdicts whose target was met.
    brier
        Mean of (probability − outcome)²: 0 is perfect, 0.25 is what always saying 50% gets.
    skill
        1 − brier ÷ that of always saying the base rate: above 0 is better than it. None below 10 verdicts, or
        where fewer than 3 of them were met, or missed.
    n_bands, held
        Verdicts whose value was published for the target's date, and the share of them between P10 and P90, where
        0.8 is meant.
    """

    n: int
    n_targets: int
    n_early: int
    base_rate: float | None
    brier: float | None
    skill: float | None
    n_bands: int
    held: float | None


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Verdicts that said about the same: their mean probability, and the share whose target was met."""

    low: float
    high: float
    n: int
    said: float
    came: float


@dataclass(frozen=True)
class TrackRecord:
    """What earlier runs said against what came; build it with :func:`track`.

    Attributes
    ----------
    data_date
        What came is told as it is known at this date.
    fingerprint, version
        Of the planbook that tells what came, and of Backcast.
    runs
        The earlier runs, in order of time.
    settled, waiting
        Verdicts that facts have settled, and those that nothing settles yet.
    repeated
        Verdicts left out because a run had said the same target at the same data date before.
    late
        Settled verdicts that were stored too late to count as kept: they count as recomputed.
    """

    data_date: date
    fingerprint: str
    version: str
    runs: tuple[PastRun, ...]
    settled: Records[SettledVerdict]
    waiting: Records[WaitingVerdict]
    repeated: int
    late: int

    def score(self, source: str | None = None, *, due_only: bool = False) -> TrackScore:
        """Return how good the settled verdicts were, or those that were "kept" or "recomputed".

        Parameters
        ----------
        due_only
            Only those on targets whose date has passed: the others could only be met.
        """
        rows = (row for row in self.settled if source in (None, row.source))
        return _score([row for row in rows if not due_only or row.date <= self.data_date])

    @cached_property
    def reliability(self) -> tuple[ReliabilityBin, ...]:
        """What was said against what came, in fifths of probability; those without verdicts are left out."""
        found = [[row for row in self.settled if _bin(row.probability) == k] for k in range(len(BINS))]
        return tuple(
            ReliabilityBin(
                *BINS[k],
                len(rows),
                float(np.mean([row.probability for row in rows])),
                float(np.mean([row.met for row in rows])),
            )
            for k, rows in enumerate(found)
            if rows
        )

    def to_frame(self) -> pl.DataFrame:
        """Return one row per settled verdict."""
        return self.settled.to_frame()

    def __str__(self) -> str:
        return "\n".join(str(line) for line in self._lines())

    def _lines(self) -> Iterator[object]:
        if not self.runs:
            yield NOTHING
            return
        yield from (self.settled, *summary(self)) if self.settled else (NOTHING_SETTLED,)
        for why, rows in self.waiting_by_reason().items():
            yield tr("Not settled: {n}. {reason}", n=len(rows), reason=WHY[why])

    def waiting_by_reason(self) -> dict[str, list[WaitingVerdict]]:
        """Return the verdicts that wait, by why they do."""
        found = {why: [row for row in self.waiting if row.why == why] for why in WHY}
        return {why: rows for why, rows in found.items() if rows}


NOTHING = tr(
    "No run of an earlier data date is kept, and nothing later is known. Run the planbook monthly: each run is "
    "kept, and scored when its targets' dates are reached."
)
NOTHING_SETTLED = tr("No verdict is settled yet: a later data date, with figures of the targets' dates, will tell.")


def summary(record: TrackRecord) -> Iterator[Message]:
    """Say how good the settled verdicts were, and what that is worth."""
    score, due = record.score(), record.score(due_only=True)
    yield tr(
        "Verdicts settled: {n}, on {targets} different targets, {base} met. Brier score {brier}, where 0 is perfect "
        "and always saying 50% gets 0.250; skill against always saying {base}: {skill}.",
        n=score.n,
        targets=score.n_targets,
        base=_share(score.base_rate),
        brier=_number(score.brier),
        skill=_share(score.skill),
    )
    if score.n_bands:
        yield tr(
            "Of {n} values published for the date itself, {held} came within P10–P90, where 80% is meant.",
            n=score.n_bands,
            held=_share(score.held),
        )
    if score.n_early:
        yield tr(
            "{n} of the verdicts were settled before the date, which can only be by being met: while others wait, "
            "the share met is too high.",
            n=score.n_early,
        )
    if 0 < due.n < score.n:
        yield tr(
            "Of targets whose date has passed: {n} verdicts on {targets} different targets, {base} met, "
            "Brier score {brier}.",
            n=due.n,
            targets=due.n_targets,
            base=_share(due.base_rate),
            brier=_number(due.brier),
        )
    yield from _sources(record)


def _sources(record: TrackRecord) -> Iterator[Message]:
    """Tell kept and recomputed verdicts apart where there are both, and how many were stored too late."""
    kept, again = record.score("kept"), record.score("recomputed")
    if kept.n and again.n:
        yield tr(
            "Brier score of {kept} kept verdicts {kept_brier}, of {again} recomputed ones {again_brier}.",
            kept=kept.n,
            kept_brier=_number(kept.brier),
            again=again.n,
            again_brier=_number(again.brier),
        )
    if record.late:
        yield tr(
            "{n} of the recomputed verdicts were stored, but with hindsight: more than {days} days after their data "
            "date, or once the figure that settles them was known.",
            n=record.late,
            days=CURRENT,
        )


def track(
    planbook: Planbook,
    kept: Iterable[PastRun] = (),
    *,
    data_date: date | str | None = None,
    recompute: bool = True,
    draws: int = DRAWS,
    seed: int = 0,
    threads: int = 1,
    progress: Progress | None = None,
) -> TrackRecord:
    """Score earlier verdicts by what came.

    Parameters
    ----------
    kept
        Runs that were kept: ``bc.read_kept(path)``.
    data_date
        What came is told as it is known at this date, given as a date or as 2023-08-31; the plan's own where not
        given. Runs of this date and later ones are not looked at.
    recompute
        Run again at the ends of those years of the plan in which no run was kept.
    draws, seed, threads, progress
        Of the runs that are computed again, as for :func:`backcast.planbook.run.run`.

    Raises
    ------
    PlanbookError
        If no data date is given and the plan has none.
    """
    when, said = data_date_of(planbook, data_date), tuple(kept)
    ends = [day for day in year_ends(planbook, when) if recompute and day.year not in _years(said)]
    again = earlier_runs(planbook, when, ends, draws=draws, seed=seed, threads=threads, progress=progress)
    return look_back(planbook, when, again, said)[1]


def look_back(
    planbook: Planbook, data_date: date, again: Iterable[Run], kept: Sequence[PastRun] = ()
) -> tuple[list[PastForecast], TrackRecord]:
    """Return how earlier forecasts compare with the figures that came, and the track record, from the same runs.

    Parameters
    ----------
    again
        Runs of earlier data dates, as :func:`backcast.planbook.hindsight.earlier_runs` makes them; one at the end
        of a year in which a run was kept is not counted in the track record.
    """
    said, covered = list(kept), _years(kept)
    past: list[PastForecast] = []
    for run in again:  # one at a time: a run of a province is large, and what it said is small
        past += run.past
        if run.data_date.year not in covered:
            said.append(PastRun.of(run))
    return past, scored(planbook, said, data_date)


def _years(runs: Iterable[PastRun]) -> set[int]:
    """Years that need no run at their end, because a run was kept in them."""
    return {run.data_date.year for run in runs}


def scored(planbook: Planbook, said: Iterable[PastRun], data_date: date) -> TrackRecord:
    """Score what runs before a data date said by what is known at it.

    What was said first at a data date counts; no run that was made afterwards improves it.
    """
    runs = sorted((run for run in said if run.data_date < data_date), key=_by_moment)
    known = planbook.known_at(data_date)
    judge, names = Judge(known, data_date), Names(known)
    first = {_about(run, verdict): (run, verdict) for run, verdict in reversed(list(_forecasts(runs)))}
    given = sorted(first.values(), key=_by_target)
    found = [judge(run, verdict) for run, verdict in given]
    stored = [row for row, (run, _) in zip(found, given, strict=True) if run.kept_at]

    def say(record: SettledVerdict | WaitingVerdict) -> Message:
        return sentence(record, names)

    return TrackRecord(
        data_date=data_date,
        fingerprint=planbook.fingerprint,
        version=version("backcast"),
        runs=tuple(runs),
        settled=Records([row for row in found if isinstance(row, SettledVerdict)], say),
        waiting=Records([row for row in found if isinstance(row, WaitingVerdict)], say),
        repeated=sum(1 for _ in _forecasts(runs)) - len(found),
        late=sum(isinstance(row, SettledVerdict) and row.source == "recomputed" for row in stored),
    )


def _forecasts(runs: Iterable[PastRun]) -> Iterator[tuple[PastRun, Verdict]]:
    return ((run, verdict) for run in runs for verdict in run.verdicts if verdict.state == "forecast")


def _about(run: PastRun, verdict: Verdict) -> tuple[object, ...]:
    """What a verdict is about, and the data date at which it was given."""
    return run.data_date, *place(verdict), verdict.target, verdict.comparison


def _by_target(given: tuple[PastRun, Verdict]) -> tuple[object, ...]:
    return _about(*given)


def _by_moment(run: PastRun) -> tuple[object, ...]:
    """Earlier data dates first, and what was stored first; what is computed only now stands behind it."""
    moment = run.kept_at.timestamp() if run.kept_at else float("inf")
    return run.data_date, moment, run.fingerprint, run.seed, run.draws


def _score(rows: Sequence[SettledVerdict]) -> TrackScore:
    base, brier = _mean(rows, lambda row: row.met), _mean(rows, lambda row: row.brier)
    bands = [row for row in rows if row.held is not None]
    return TrackScore(
        n=len(rows),
        n_targets=len({(row.indicator, row.region, row.date, row.target, row.comparison) for row in rows}),
        n_early=sum(row.came_on < row.date for row in rows),
        base_rate=base,
        brier=brier,
        skill=_skill(len(rows), base, brier),
        n_bands=len(bands),
        held=_mean(bands, lambda row: bool(row.held)),
    )


def _skill(n: int, base: float | None, brier: float | None) -> float | None:
    """How much better than always saying the base rate; None where that says nothing."""
    if n < FEW or base is None or brier is None or min(base, 1.0 - base) * n < RARE - 0.5:
        return None
    return 1.0 - brier / (base * (1.0 - base))


def _mean(rows: Sequence[SettledVerdict], of: Callable[[SettledVerdict], float]) -> float | None:
    return float(np.mean([of(row) for row in rows])) if rows else None


def _bin(probability: float) -> int:
    return next(k for k, (_, high) in enumerate(BINS) if probability <= high)


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _number(score: float | None) -> str:
    return "–" if score is None else f"{score:.3f}"
