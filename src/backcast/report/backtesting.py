"""A backtest as one screen of the terminal, and as one JSON document (docs/reference/backtest.schema.json)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from math import isfinite

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from backcast.language import Message, tr
from backcast.planbook.backtest import Backtest
from backcast.planbook.scoring import Estimate, Score
from backcast.report.views.scored import (
    BASELINES,
    HOW_TO_READ,
    answer,
    comparisons,
    learned_from,
    left_out,
    name_of,
    ranged,
    rounded,
    worse,
)


def backtest_document(found: Backtest, *, by_class: bool = True) -> dict[str, object]:
    """Return a backtest as plain values; what cannot be told is None, dates are ISO texts.

    Parameters
    ----------
    by_class
        Whether ``by_class`` holds the scores of each class; it is empty otherwise.
    """
    return {
        "version": version("backcast"),
        "cutoffs": [day.isoformat() for day in found.cutoffs],
        "cutoffs_left_out": [
            {"cutoff": absent.cutoff.isoformat(), "why": absent.why.read("en"), "why_zh": absent.why.read("zh_Hans")}
            for absent in found.left_out
        ],
        **_score(found.overall),
        "unrecorded": found.unrecorded,
        "lost": found.lost,
        "half_lives": {
            learned.day.isoformat(): {interval: _number(days) for interval, days in learned.half_lives.items()}
            for learned in found.learned
        },
        "by_class": {score.name: _score(score) for score in found.by_class} if by_class else {},
    }


def backtest_dumps(found: Backtest, *, by_class: bool = True) -> str:
    """Return the document as text."""
    return json.dumps(backtest_document(found, by_class=by_class), ensure_ascii=False, allow_nan=False, indent=1)


def _score(score: Score) -> dict[str, object]:
    skills = {name: getattr(score.crps_skill, name) for name in BASELINES}
    return {
        "n": score.n,
        "n_scored": score.n_scored,
        "n_censored": score.n_censored,
        "crps": _number(score.crps),
        "crps_of": {name: _number(getattr(score, name)) for name in skills},
        "crps_skill": {name: _number(skill.value) for name, skill in skills.items()},
        "crps_skill_interval": {name: _interval(skill) for name, skill in skills.items()},
        "pinball": _number(score.pinball),
        "coverage_80": _number(score.coverage_80.value),
        "coverage_80_interval": _interval(score.coverage_80),
        "coverage_50": _number(score.coverage_50.value),
        "coverage_50_interval": _interval(score.coverage_50),
        "brier": _number(score.brier),
        "expected": _number(score.expected),
        "pit": [_number(share) for share in score.pit],
    }


def _number(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _interval(estimate: Estimate) -> list[float] | None:
    return [estimate.low, estimate.high] if isfinite(estimate.low) and isfinite(estimate.high) else None


def print_backtest(found: Backtest, console: Console | None = None, *, by_class: bool = True) -> None:
    """Print the scores with what they are compared with, and what to make of them."""
    console = console or Console()
    console.print(Text(str(answer(found.overall)), style="bold"))
    console.print(Text(str(learned_from(found)), style="dim"))
    scores = [found.overall, *(found.by_class if by_class else ())]
    console.print(_table(scores))
    for line in (*comparisons(found.overall), *worse(scores), *left_out(found)):
        console.print(Text(str(line)))
    for line in HOW_TO_READ:
        console.print(Padding(Text(str(line), style="dim"), (0, 0, 0, 2)))


def _table(scores: Sequence[Score]) -> Table:
    """One line of scores for each class; headings break, so that all fits into 80 columns."""
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column(str(tr("Class")), overflow="fold")
    for heading in (tr("Scored"), tr("Finished"), tr("Forecast"), tr("CRPS"), tr("Planned date"), tr("Kaplan–Meier")):
        table.add_column(_broken(heading), justify="right", no_wrap=True)
    for heading in (tr("Better by"), tr("P10–P90")):
        table.add_column(_broken(heading), justify="right", min_width=8)
    table.add_column(_broken(tr("Brier score")), justify="right", no_wrap=True)
    for score in scores:
        table.add_row(*_cells(score), style="" if score.name else "bold")
    return table


def _broken(heading: Message) -> str:
    return str(heading).replace(" ", "\n").replace("–M", "–\nM")


def _cells(score: Score) -> tuple[str | Text, ...]:
    return (
        Text(str(name_of(score))),
        f"{score.n_scored:,}",
        f"{score.n_scored - score.n_censored:,}",
        f"{score.expected:,.0f}",
        *(rounded(value, 1) for value in (score.crps, score.planned, score.kaplan_meier)),
        ranged(score.crps_skill.kaplan_meier),
        ranged(score.coverage_80),
        rounded(score.brier, 3),
    )
