"""How the figures of a plan stand on a day, by the planbook's own rules: what is in force, and what compares.

Nothing is decided here: the rows become the tables of a planbook, and the planbook says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from typing import Any

import polars as pl

from backcast.language import Message
from backcast.planbook.book import Planbook
from backcast.planbook.evidence import comparable_observations, compared_targets, reached, targets_in_force
from backcast.report.figures import Figures
from backcast.report.views.sources import why_not
from backcast.web.exchange.registry import home
from backcast.web.plans.models import Definition, Indicator, Observation, Target
from backcast.web.ui.reading import in_chinese

Place = tuple[str, str]
TARGET, OBSERVATION = ("indicator", "region", "date", "document"), ("indicator", "region", "date", "value", "source")


@dataclass(frozen=True, slots=True)
class Claim:
    """A target of one document, and whether it counts.

    Attributes
    ----------
    comparison
        How a value is compared with it.
    why_not
        Why it does not count; None where it is in force.
    """

    target: Target
    value: str
    comparison: str
    why_not: Message | None

    @property
    def in_force(self) -> bool:
        """Whether it is what counts."""
        return self.why_not is None

    @property
    def why_not_text(self) -> str:
        """The same in the reader's language."""
        return self.why_not.read("zh_Hans" if in_chinese() else "en") if self.why_not else ""

    @property
    def sign(self) -> str:
        """The comparison as mathematics writes it."""
        return SIGNS[self.comparison]


@dataclass(frozen=True, slots=True)
class Aim:
    """A target in force beside the last figure that compares.

    Attributes
    ----------
    share
        Of the target that is reached, at most 1; None where lower is better or nothing was observed.
    met
        Whether the last figure meets it; None without a figure.
    """

    claim: Claim
    last: Observation | None
    figure: str
    share: float | None
    met: bool | None

    @property
    def target(self) -> Target:
        """The target in force."""
        return self.claim.target

    @property
    def percent(self) -> int | None:
        """The share reached in whole per cent, never rounded up to all."""
        return None if self.share is None else 100 if self.share >= 1 else int(self.share * 100)


SIGNS = {"at_least": "≥", "more_than": ">", "at_most": "≤", "less_than": "<"}


class Standing:
    """Targets and observations of some indicators of a plan, as known on a day.

    Parameters
    ----------
    targets, observations, definitions
        Rows of these indicators, each with its region loaded.
    """

    def __init__(
        self,
        on: date,
        indicators: Iterable[Indicator],
        targets: Sequence[Target],
        observations: Sequence[Observation],
        definitions: Sequence[Definition] = (),
    ) -> None:
        self.on, self.rows, self._observations = on, targets, observations
        self._indicators = {indicator.pk: indicator for indicator in indicators}
        rows: list[Any] = [*targets, *observations, *definitions]
        for row in rows:  # so that no row asks for its indicator again
            row.indicator = self._indicators[row.indicator_id]
        tables = {"indicators": self._indicators.values(), "definitions": definitions}
        tables |= {"targets": targets, "observations": observations}
        self._book = Planbook.of({name: _frame(name, rows) for name, rows in tables.items()})
        self._known, self.writing = self._book.known_at(on), Figures(self._book)

    @cached_property
    def claims(self) -> list[Claim]:
        """Every target, in force or not."""
        in_force = set(targets_in_force(self._known, self.on).select(TARGET).rows())
        compared = zip(self.rows, compared_targets(self._book)["comparison"], strict=True)
        return [self._claim(row, how, _key(row, "targets", TARGET) in in_force) for row, how in compared]

    @cached_property
    def aims(self) -> dict[Place, list[Aim]]:
        """The targets in force with the last figure of their indicator and region, in order of their dates."""
        found: dict[Place, list[Aim]] = {}
        for claim in sorted((c for c in self.claims if c.in_force), key=lambda c: c.target.date):
            target = claim.target
            found.setdefault((target.indicator.code, target.region.code), []).append(self._aim(claim))
        return found

    @cached_property
    def series(self) -> dict[Place, list[Observation]]:
        """The observations that compare with each other, in order of time."""
        by_key = {_key(row, "observations", OBSERVATION): row for row in self._observations}
        found: dict[Place, list[Observation]] = {}
        for row in comparable_observations(self._known, self.on).select(OBSERVATION).iter_rows():
            found.setdefault((row[0], row[1]), []).append(by_key[row])
        return found

    def figure(self, indicator: Indicator, value: float) -> str:
        """Write a value in the decimals of its indicator."""
        return self.writing.plain(indicator.code, value)

    def _claim(self, target: Target, comparison: str, in_force: bool) -> Claim:
        known = max(filter(None, (target.issued, target.known_from)), default=None)
        told = {"status": target.status, "issued": known, "valid_to": target.valid_to}
        reason = None if in_force else why_not(told, self.on)
        return Claim(target, self.figure(target.indicator, target.value), comparison, reason)

    def _aim(self, claim: Claim) -> Aim:
        target = claim.target
        series = self.series.get((target.indicator.code, target.region.code), [])
        if not series:
            return Aim(claim, None, "", None, None)
        last = series[-1]
        met = reached(last.value, target.value, claim.comparison)
        grows = target.indicator.direction == "higher" and target.value > 0
        share = min(max(last.value / target.value, 0.0), 1.0) if grows else None
        return Aim(claim, last, self.figure(target.indicator, last.value), share, met)


def _frame(table: str, rows: Iterable[Any]) -> pl.DataFrame:
    """Return rows as a table of a planbook."""
    one = home(table)
    data = [[_at(row, path) for path in one.paths.values()] for row in rows]
    return pl.DataFrame(data, schema=one.table.polars_schema, orient="row")


def _key(row: Any, table: str, columns: Sequence[str]) -> tuple[Any, ...]:
    """Return what tells a row apart, as a planbook keeps it."""
    paths = home(table).paths
    values = (_at(row, paths[column]) for column in columns)
    return tuple((value.strip() or None) if isinstance(value, str) else value for value in values)


def _at(row: Any, path: str) -> Any:
    return reduce(lambda found, name: None if found is None else getattr(found, name), path.split("__"), row)
