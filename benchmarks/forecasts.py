"""How right the forecasts would have been on four real registers, as docs/explanation/reference-classes.md tells.

Prints a table and writes it to ``forecasts.json`` beside this file. Each register is learned from what was known
on a day, and scored by what came after it; no prior is learned from what it forecasts. New York's capital projects
lean on those registers that tell of real finishes: in its first reports nothing of its own can be learned.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from math import isnan
from pathlib import Path
from typing import Any

import polars as pl

import backcast as bc
from backcast.planbook.scoring import Estimate, Score

HERE = Path(__file__).parent
HISTORIES = HERE.parent / "examples" / "histories"
NONE = pl.DataFrame()
SCHOOLS_LEARNED, MAJOR_LEARNED, BANK_LEARNED = "2024-09-30", "2018-09-30", "2022-09-22"
SKILLS = f"{'skill: plan':22}{'skill: KM':22}in P10–P90"
HEAD = f"{'':28}{'n':>6}{'came':>6}{'due':>6}{'CRPS':>8}{'plan':>8}{'KM':>8}  {SKILLS}"


def main() -> None:
    """Score every register, print the table and save it."""
    told = []
    for register, title, rows in registers():
        sys.stdout.write(f"\n{title}\n{HEAD}\n")
        for name, found in rows:
            sys.stdout.write(f"{line(name, found)}\n")
            sys.stdout.flush()
            told.append({"register": register, "cases": name} | figures(found))
    text = json.dumps(told, indent=1, ensure_ascii=False)
    (HERE / "forecasts.json").write_text(text + "\n", encoding="utf-8")


def registers() -> Iterator[tuple[str, str, Iterator[tuple[str, Score]]]]:
    """Yield what is scored: each register, a title, and the scores of all its cases and of parts of them."""
    yield "schools", f"New York, school construction: learned at {SCHOOLS_LEARNED}, scored at 2025-06-30", schools()
    yield "capital", "New York, capital projects: each stated completion against the last one stated", capital()
    yield "major", f"United Kingdom, major projects: learned at {MAJOR_LEARNED}, scored to 2023-03-31", major_projects()
    yield "bank", f"World Bank: learned at {BANK_LEARNED} on a prior of the UK's, scored at 2025-03-31", world_bank()


def schools() -> Iterator[tuple[str, Score]]:
    """Score phases that were running, all and by phase."""
    yield from parts(bc.backtest(history("nyc-schools.parquet"), SCHOOLS_LEARNED, prior=NONE))


def capital() -> Iterator[tuple[str, Score]]:
    """Score the statements of every report, by class, and then those of each report."""
    table, prior = history("nyc-capital.csv"), other_registers()
    days = sorted(table["observed_at"].unique())[1:-1]
    yield from parts(bc.backtest(table, days, prior=prior, stated=True), "every report")
    for day in days:
        yield f"report of {day}", bc.backtest(table, day, prior=prior, stated=True).overall


def other_registers() -> pl.DataFrame:
    """Learn from schools and major projects together, as one register."""
    both = pl.concat([history("nyc-schools.parquet"), history("uk-gmpp.csv")])
    return bc.learn(both.with_columns(interval=pl.lit(None, pl.String)), prior=NONE).to_frame()


def major_projects() -> Iterator[tuple[str, Score]]:
    """Score projects that were running, all and by class."""
    yield from parts(bc.backtest(history("uk-gmpp.csv"), MAJOR_LEARNED, prior=NONE))


def world_bank() -> Iterator[tuple[str, Score]]:
    """Score projects that were running; what the bank's own register told by then is not enough to learn from."""
    prior = bc.learn(history("uk-gmpp.csv"), day=BANK_LEARNED, prior=NONE).to_frame()
    yield "all", bc.backtest(history("worldbank.parquet"), BANK_LEARNED, prior=prior).overall


def parts(found: bc.Backtest, name: str = "all") -> Iterator[tuple[str, Score]]:
    """Yield the score of all cases, and of each class."""
    yield name, found.overall
    for score in found.by_class:
        yield f"  {score.name}", score


def history(name: str) -> pl.DataFrame:
    """Read one of the registers."""
    return bc.read_history(HISTORIES / name)


def line(name: str, found: Score) -> str:
    """Return one line of the table."""
    counts = f"{found.n_scored:6,}{found.n_scored - found.n_censored:6,}{found.expected:6,.0f}"
    means = f"{found.crps:8.2f}{found.planned:8.2f}{found.kaplan_meier:8.2f}"
    skills = "".join(
        f"{between(skill, '+.2f'):22}" for skill in (found.crps_skill.planned, found.crps_skill.kaplan_meier)
    )
    return f"{name:28}{counts}{means}  {skills}{between(found.coverage_80, '.0%')}"


def between(found: Estimate, form: str) -> str:
    """Return an estimate with its interval; a dash where it cannot be told."""
    if isnan(found.value):
        return "–"
    return f"{found.value:{form}} [{found.low:{form}}, {found.high:{form}}]"


def figures(found: Score) -> dict[str, Any]:
    """Return what is kept of a score: rounded, so that the last digits of a sum are nobody's business."""
    skill = found.crps_skill
    return {
        "n_scored": found.n_scored,
        "n_finished": found.n_scored - found.n_censored,
        "expected": _rounded(found.expected, 0),
        "crps": _rounded(found.crps),
        "crps_of": {"planned": _rounded(found.planned), "kaplan_meier": _rounded(found.kaplan_meier)},
        "crps_skill": {"planned": _interval(skill.planned), "kaplan_meier": _interval(skill.kaplan_meier)},
        "coverage_80": _interval(found.coverage_80),
        "coverage_50": _interval(found.coverage_50),
        "brier": _rounded(found.brier, 3),
    }


def _interval(found: Estimate) -> list[float | None]:
    return [_rounded(value) for value in (found.value, found.low, found.high)]


def _rounded(value: float, digits: int = 2) -> float | None:
    return None if isnan(value) else round(value, digits)


if __name__ == "__main__":
    main()
