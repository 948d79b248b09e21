"""The planbook's outputs as the engine's, with the gates that they wait for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from backcast.engine.calendar import NONE, Days
from backcast.engine.delivery import LARGEST, Outputs, Spread
from backcast.engine.schedule import Schedule
from backcast.language import tr
from backcast.planbook.book import Planbook
from backcast.planbook.networks import GATE_ORDER, Library
from backcast.planbook.problem import PlanbookError, Problem
from backcast.planbook.regions import Regions
from backcast.planbook.templates import INACTIVE

SPREADS = {"at_once": Spread.AT_ONCE, "linear": Spread.LINEAR, "ramp": Spread.RAMP}
DEFAULT_GATE = {"construction": "production", "rollout": "completion", "recognition": "recognition"}


@dataclass(frozen=True)
class Contributions:
    """Outputs beside the table rows they were built from.

    Attributes
    ----------
    outputs
        One entry per row of ``table``.
    table
        Columns ``project`` (index), ``indicator``, ``region`` (of the output itself) and ``amount``.
    watched
        Activities, in network order, whose finishes the outputs wait for: row *r* of the drawn
        finishes is activity ``watched[r]``.
    """

    outputs: Outputs
    table: pl.DataFrame
    watched: NDArray[np.int64]

    @cached_property
    def places(self) -> dict[str, list[tuple[int, str]]]:
        """Outputs of each indicator, with their regions."""
        found: dict[str, list[tuple[int, str]]] = {}
        for k, (indicator, region) in enumerate(self.table.select("indicator", "region").iter_rows()):
            found.setdefault(indicator, []).append((k, region))
        return found

    def within(self, indicator: str, region: str, regions: Regions) -> NDArray[np.int64]:
        """Return the outputs that add to an indicator in a region or below it."""
        mine = self.places.get(indicator, [])
        return np.array([k for k, place in mine if region in regions.path(place)], np.int64)

    def groups(self, indicators: Iterable[str], most: int) -> Iterator[list[str]]:
        """Yield indicators that together wait for no more than ``most`` activities, but never less than one."""
        group, rows = list[str](), 0
        waiting = dict(self.table.group_by("indicator").len().iter_rows())
        for indicator in indicators:
            needed = 2 * waiting.get(indicator, 0)  # at most a gate and a start for each output
            if group and rows + needed > most:
                yield group
                group, rows = [], 0
            group.append(indicator)
            rows += needed
        if group:
            yield group

    def to(self, indicators: Iterable[str]) -> Contributions:
        """Return them with only those activities watched that some indicators wait for."""
        rows = self._rows(self.table["indicator"].is_in(list(indicators)).to_numpy())
        return replace(self, outputs=self.outputs.waiting_for(rows), watched=self.watched[rows])

    def of(self, projects: ArrayLike) -> Contributions:
        """Return those of some projects, told by their indices, and no others."""
        mine = np.isin(self.table["project"].to_numpy(), projects)
        rows = self._rows(mine)
        return Contributions(self.outputs.take(mine).waiting_for(rows), self.table.filter(mine), self.watched[rows])

    def _rows(self, mine: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Rows of the drawn finishes that some outputs wait for."""
        rows = np.unique(np.concatenate([self.outputs.gate_row[mine], self.outputs.start_row[mine]]))
        return rows[rows >= 0]


def contributions(planbook: Planbook, library: Library, schedule: Schedule, data_date: int) -> Contributions:
    """Give every output of a project that counts and is not given up its gates.

    An output names its gate, or the indicator does, or the kind of project: production for
    construction, completion for a roll-out, recognition for a recognition. A project without that
    gate counts from the next later one it has, or from its last activity.
    """
    table = _shared_out(planbook)
    refuse_too_large(totals(table))
    gate_of = _GateFinder(library)
    gate = np.array([gate_of(p, g) for p, g in table.select("code", "gate").iter_rows()], np.int64)
    start = np.array([gate_of.start(p) for p in table["code"]], np.int64)
    spread = np.array([SPREADS[s] for s in table["spread"].fill_null("at_once")], np.int8)
    start = np.where((spread == Spread.LINEAR) & (start != gate), start, -1)
    watched = np.unique(np.concatenate([gate, start[start >= 0]]))
    planned = _as_planned_from(data_date, library, schedule)
    index = {code: i for i, code in enumerate(library.projects["code"])}
    outputs = Outputs(
        amount=table["amount"].to_numpy(),
        spread=spread,
        ramp_days=np.where(spread == Spread.RAMP, table["ramp_days"].fill_null(0), 0).astype(np.int32),
        gate_row=np.searchsorted(watched, gate),
        start_row=np.where(start >= 0, np.searchsorted(watched, start), -1),
        start_day=schedule.early_start[gate].astype(np.int32),
        known_gate=schedule.early_finish[gate].astype(np.int32),
        known_start=np.where(start >= 0, schedule.early_finish[start], schedule.early_start[gate]).astype(np.int32),
        planned_gate=planned[gate],
        planned_start=np.where(start >= 0, planned[start], schedule.early_start[gate]).astype(np.int32),
    )
    rows = table.select(
        pl.col("code").replace_strict(index, return_dtype=pl.Int64).alias("project"), "indicator", "region", "amount"
    )
    return Contributions(outputs, rows, watched)


def totals(table: pl.DataFrame) -> pl.DataFrame:
    """Return what all outputs for each ``indicator`` come to: ``total``, whatever their signs."""
    return table.group_by("indicator").agg(total=pl.col("amount").abs().sum())


def refuse_too_large(totals: pl.DataFrame) -> None:
    """Refuse outputs too large to be counted: sums are exact up to some limit; beyond it lies a wrong unit.

    Raises
    ------
    PlanbookError
        If the outputs for an indicator add up to more.
    """
    too_large = totals.filter(pl.col("total") >= LARGEST)
    if too_large.height:
        raise PlanbookError(
            [
                Problem(
                    "outputs",
                    0,
                    "amount",
                    f"{total:,.0f}",
                    tr(
                        "The outputs for “{indicator}” add up to {total}, more than can be counted with. "
                        "Use a larger unit.",
                        indicator=indicator,
                        total=f"{total:,.0f}",
                    ),
                )
                for indicator, total in too_large.sort("indicator").iter_rows()
            ]
        )


def _as_planned_from(data_date: int, library: Library, schedule: Schedule) -> Days:
    """Finish of every activity if all goes as planned from the data date; what is finished stays so.

    What is overdue is finished on the first day to come: a day that is over cannot be used any more.
    """
    planned = np.where(library.planned_finish == NONE, schedule.early_finish, library.planned_finish)
    finished = library.network.actual_finish
    return np.where(finished == NONE, np.maximum(planned, data_date + 1), finished).astype(np.int32)


def _shared_out(planbook: Planbook) -> pl.DataFrame:
    """Outputs of projects that count, one row per region, with the gate that their indicator asks for."""
    projects = planbook["projects"].filter(pl.col("counts").fill_null(True) & ~pl.col("stage").is_in(INACTIVE))
    shares = planbook["shares"].select("project", shared_region="region", share="share")
    indicators = planbook["indicators"].select("code", "counts_from")
    default_gate = pl.col("kind").replace_strict(DEFAULT_GATE, return_dtype=pl.String)
    without_region = pl.col("region").is_null()
    return (
        planbook["outputs"]
        .join(projects.select("code", "kind", "lead_region"), left_on="project", right_on="code")
        .join(indicators, left_on="indicator", right_on="code")
        .join(
            shares.with_columns(region=pl.lit(None, pl.String)), on=["project", "region"], how="left", nulls_equal=True
        )
        .select(
            "indicator",
            "spread",
            "ramp_days",
            code="project",
            gate=pl.coalesce("gate", "counts_from", default_gate),
            region=pl.when(without_region).then(pl.coalesce("shared_region", "lead_region")).otherwise("region"),
            amount=pl.col("amount") * pl.when(without_region).then(pl.col("share")).fill_null(1.0),
        )
        .sort("code", "indicator", "region", "gate", "amount", "spread", "ramp_days")
    )


class _GateFinder:
    """Finds the activity whose finish is a project's gate, or stands in for it."""

    def __init__(self, library: Library) -> None:
        self._gates = library.gates()
        self._last = dict(library.activities.with_row_index("j").group_by("project").agg(pl.col("j").max()).iter_rows())

    def __call__(self, project: str, gate: str) -> int:
        later = GATE_ORDER[GATE_ORDER.index(gate) :]
        found = (self._gates.get((project, candidate)) for candidate in later)
        return next((j for j in found if j is not None), self._last[project])

    def start(self, project: str) -> int:
        """Return the activity of the start gate, or -1 where the project has none."""
        return self._gates.get((project, "start"), -1)
