"""What the verdicts rest on: problems of the planbook, and how well each indicator is observed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backcast.language import Message, Name
from backcast.planbook.problem import Problem
from backcast.planbook.schema import SCHEMA
from backcast.report.views.facts import Facts

MOST_KINDS, MOST_VALUES = 12, 3
"""Kinds of problems told, and values shown of each."""
OLD_DAYS = 366


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """Problems of one column that say the same.

    Attributes
    ----------
    message
        Of the first of them.
    values
        What was found in the first few.
    """

    table: Name
    column: Name
    message: Message
    values: list[str]
    number: int
    is_error: bool


@dataclass(frozen=True, slots=True)
class Quality:
    """Problems of the planbook, by kind, the errors first."""

    errors: int
    warnings: int
    kinds: list[ProblemKind]
    untold: int


@dataclass(frozen=True, slots=True)
class Completeness:
    """How well one indicator is observed in the plan's own region.

    Attributes
    ----------
    mentions
        Figures that are shown but not fitted.
    elsewhere
        Comparable figures of other regions.
    months
        Age of the last figure.
    """

    indicator: Name
    figures: int
    mentions: int
    elsewhere: int
    last: date | None
    months: int | None
    is_old: bool
    responsible: Name | Message


def quality(problems: Sequence[Problem]) -> Quality:
    """Sort problems by kind: what says the same of the same column is told once, with how often it is so."""
    kinds: dict[tuple[bool, str, str, str], list[Problem]] = {}
    for problem in sorted(problems, key=lambda p: (p.table, p.row, p.column)):
        key = (problem.severity != "error", problem.table, problem.column, problem.message.template)
        kinds.setdefault(key, []).append(problem)
    errors = sum(problem.severity == "error" for problem in problems)
    return Quality(
        errors=errors,
        warnings=len(problems) - errors,
        kinds=[_kind(kinds[key]) for key in sorted(kinds)[:MOST_KINDS]],
        untold=max(len(kinds) - MOST_KINDS, 0),
    )


def completeness(facts: Facts) -> list[Completeness]:
    """Tell how many figures there are of every indicator with a target, and how old the last one is."""
    observations = facts.planbook["observations"]
    mentioned = Counter(observations.filter(use="mention")["indicator"])
    return [_completeness(facts, code, mentioned[code]) for code in facts.aimed]


def _kind(problems: list[Problem]) -> ProblemKind:
    first = problems[0]
    values = dict.fromkeys(problem.value for problem in problems if problem.value)
    return ProblemKind(
        table=_label(first.table),
        column=_label(first.table, first.column),
        message=first.message,
        values=list(values)[:MOST_VALUES],
        number=len(problems),
        is_error=first.severity == "error",
    )


def _completeness(facts: Facts, code: str, mentions: int) -> Completeness:
    own = facts.observed((code, facts.home))
    last = own[-1][0] if own else None
    days = (facts.data_date - last).days if last else 0
    return Completeness(
        indicator=facts.indicator(code),
        figures=len(own),
        mentions=mentions,
        elsewhere=facts.observed_elsewhere(code),
        last=last,
        months=round(days / 30.44) if last else None,
        is_old=last is None or days > OLD_DAYS,
        responsible=facts.responsible(code),
    )


def _label(table: str, column: str | None = None) -> Name:
    """Return the label of a table, or of one of its columns; unknown ones are their own label."""
    if column is None:
        known = SCHEMA.get(table)
        return Name(known.label_zh, known.label) if known else Name(table)
    if table not in SCHEMA or column not in SCHEMA[table].polars_schema:
        return Name(column)
    return Name(SCHEMA[table][column].label_zh, SCHEMA[table][column].label)
