"""A backtest for its page: the answer, its figures and its charts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan, sqrt
from typing import Any

import numpy as np
import polars as pl

from backcast.language import Message, tr
from backcast.planbook.backtest import Backtest
from backcast.planbook.learning import Learned
from backcast.planbook.priors import NOT_RATIOS_OF_TIME, ROOT
from backcast.planbook.scoring import Score
from backcast.report.charts.histogram import Histogram
from backcast.report.charts.ranges import Range
from backcast.report.charts.reliability import Reliability
from backcast.report.charts.skills import Compared, Skills
from backcast.report.learned import INTERVALS, chosen, ratio
from backcast.report.views.scored import interval, joined, much, name_of, rounded, share, uses_own_pace

MOST_CLASSES = 30
"""Lines of a table; JSON and the table of classes hold them all."""
SHORT = {
    "planned": tr("Planned date"),
    "class_only": tr("Class without own pace"),
    "kaplan_meier": tr("Kaplan–Meier alone"),
}
"""What the chart calls that with which forecasts are compared."""
TENTHS = 10


@dataclass(frozen=True, slots=True)
class Count:
    """One of the large figures at the top, and what it means."""

    number: str
    word: Message
    meaning: Message


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """The scores of one class: each under its heading, with its interval where it has one."""

    name: Message | str
    cells: list[tuple[Message, str, str]]


@dataclass(frozen=True, slots=True)
class BinRow:
    """Cases whose probability of finishing by the end was about the same."""

    span: str
    said: str
    came: str
    n: str


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class that was learned; ``chart`` is empty where it tells no ratio of times."""

    name: Message | str
    interval: Message | str
    p10: str
    p50: str
    p90: str
    cancelled: str
    n: str
    chart: Range | None


def counts(score: Score) -> list[Count]:
    """Return the figures that tell most."""
    finished = score.n_scored - score.n_censored
    return [
        Count(f"{score.n_scored:,}", tr("forecasts scored"), tr("running at the cut-off, and seen later")),
        Count(f"{finished:,}", tr("finished"), tr("forecast: {n}", n=f"{score.expected:,.0f}")),
        Count(share(score.coverage_80.value), tr("within P10–P90"), _meant(score)),
        Count(
            rounded(score.crps, 1),
            tr("days off (CRPS)"),
            tr("planned date {planned}, Kaplan–Meier {kaplan_meier}", planned=rounded(score.planned, 1),
               kaplan_meier=rounded(score.kaplan_meier, 1)),
        ),
        Count(rounded(score.brier, 2), tr("Brier score"), tr("of “finished by the end”; always 50% gets 0.25")),
    ]  # fmt: skip


def _meant(score: Score) -> Message:
    held = score.coverage_80
    if isnan(held.value):
        return tr("too little to tell")
    return tr("where 80% is meant; interval {low}–{high}", low=share(held.low), high=share(held.high))


def skills(score: Score) -> Skills:
    """Compare the score with the baselines; without own pace there is nothing to compare it with."""
    rows = [
        Compared(
            tr("{baseline}: {days} days", baseline=baseline, days=rounded(getattr(score, name), 1)),
            much(getattr(score.crps_skill, name).value),
            getattr(score.crps_skill, name),
        )
        for name, baseline in SHORT.items()
        if name != "class_only" or uses_own_pace(score)
    ]
    return Skills(joined([tr("{label}: {told}", label=row.label, told=row.told) for row in rows]), rows)


def histogram(score: Score) -> Histogram | None:
    """Show where in the forecast the finishes fell; None where nothing finished."""
    if score.n_censored == score.n_scored:
        return None
    told = tr("Share of the finishes in each tenth of the forecast: {shares}",
              shares=", ".join(f"{part:.0%}" for part in score.pit))  # fmt: skip
    return Histogram(told, score.pit, tr("sooner than forecast"), tr("later than forecast"))


def said_and_came(found: Backtest) -> list[tuple[float, float, int, int]]:
    """Return, for each tenth of probability that was said, its mean, the share that finished, cases and tenth."""
    said = found.cases["probability"].to_numpy()
    came = found.cases["after"].is_not_null().to_numpy()
    tenth = np.minimum((said * TENTHS).astype(int), TENTHS - 1)
    groups = ((k, tenth == k) for k in range(TENTHS))
    return [
        (float(said[mine].mean()), float(came[mine].mean()), int(mine.sum()), k) for k, mine in groups if mine.any()
    ]


def reliability(found: Backtest) -> Reliability:
    """Show what was said of finishing by the end against what came."""
    points = [(said, came, n) for said, came, n, _ in said_and_came(found)]
    told = joined([tr("said {said}, came {came} of {n}", said=share(said), came=share(came), n=f"{n:,}")
                         for said, came, n in points])  # fmt: skip
    return Reliability(told, points, tr("said: finished by the end"), tr("came"))


def bins(found: Backtest) -> list[BinRow]:
    """Return the same as a table."""
    return [
        BinRow(f"{k / TENTHS:.0%}–{(k + 1) / TENTHS:.0%}", share(said), share(came), f"{n:,}")
        for said, came, n, k in said_and_came(found)
    ]


def score_rows(found: Backtest) -> list[ScoreRow]:
    """Return the scores of all and of the classes with the most cases."""
    largest = sorted(found.by_class, key=lambda score: -score.n_scored)[:MOST_CLASSES]
    return [_score_row(score) for score in (found.overall, *largest)]


def _score_row(score: Score) -> ScoreRow:
    skill, held = score.crps_skill.kaplan_meier, score.coverage_80
    cells = [
        (tr("Scored"), f"{score.n_scored:,}", ""),
        (tr("Finished"), f"{score.n_scored - score.n_censored:,}", ""),
        (tr("Forecast"), f"{score.expected:,.0f}", ""),
        (tr("CRPS, days"), rounded(score.crps, 1), ""),
        (tr("Planned date"), rounded(score.planned, 1), ""),
        (tr("Kaplan–Meier"), rounded(score.kaplan_meier, 1), ""),
        (tr("Better by"), share(skill.value), interval(skill)),
        (tr("Within P10–P90"), share(held.value), interval(held)),
    ]
    return ScoreRow(name_of(score), cells)


def class_rows(learned: Learned) -> list[ClassRow]:
    """Return the classes that have cases of their own, of many those with the most."""
    with_cases = learned.to_frame().filter(pl.col("n") > 0)
    return [_class_row(row) for row in chosen(with_cases, MOST_CLASSES).iter_rows(named=True)]


def _class_row(row: dict[str, Any]) -> ClassRow:
    p10, p50, p90 = (ratio(row[name], row["interval"]) for name in ("p10", "p50", "p90"))
    title = tr("P10 {p10}, P50 {p50}, P90 {p90}", p10=p10, p50=p50, p90=p90)
    drawn = row["interval"] not in NOT_RATIOS_OF_TIME
    return ClassRow(
        name=tr("All") if row["class"] == ROOT else row["class"],
        interval=INTERVALS.get(row["interval"], row["interval"]) if row["interval"] else "",
        p10=p10,
        p50=p50,
        p90=p90,
        cancelled=share(np.nan if row["cancelled"] is None else row["cancelled"]),
        n=f"{row['n'] or 0:,}",
        chart=Range(title, row["p10"], row["p50"], row["p90"]) if drawn else None,
    )


def verdicts(score: Score) -> Iterator[Message]:
    """Say what the coverage and the histogram mean."""
    held = score.coverage_80
    if isnan(held.value):
        yield tr("Too few had finished, or none was followed far enough, to tell whether the bands hold.")
    elif held.low <= 0.8 <= held.high:
        yield tr("The bands hold: 80% is meant to fall within P10–P90, and what came does not contradict it.")
    elif held.high < 0.8:
        yield tr(
            "Fewer finishes than the 80% that are meant fell within P10–P90: the bands were too narrow, or misplaced."
        )
    else:
        yield tr(
            "More finishes than the 80% that are meant fell within P10–P90: the bands were wider than they need be."
        )
    yield from _counted(score)


def _counted(score: Score) -> Iterator[Message]:
    """Say whether more, or fewer, finished than was forecast, beyond what counts differ by chance."""
    finished = score.n_scored - score.n_censored
    figures = {"n": f"{finished:,}", "expected": f"{score.expected:,.0f}"}
    if abs(score.expected - finished) <= 2.0 * sqrt(max(score.expected, 1.0)):
        return
    if finished > score.expected:
        yield tr("More finished than was forecast ({n} against {expected}): the forecasts were too late.", **figures)
    else:
        yield tr("Fewer finished than was forecast ({n} against {expected}): the forecasts were too early.", **figures)
