"""What decides a target: its projects and its shared risks (docs/explanation/drivers.md)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from backcast.engine.calendar import NEVER, NONE, Days
from backcast.engine.drivers import Effect, effect, factor_effect
from backcast.engine.network import Network
from backcast.engine.portable import Floats
from backcast.engine.simulate import Simulation
from backcast.planbook.forecast import Cell, Setting
from backcast.planbook.judging import Target
from backcast.planbook.networks import Library
from backcast.planbook.results import Driver

MOST_LINKED = 200
"""Linked projects that are simulated again for each target; the rest are told without their links."""
MOST_TOLD = 100
"""Drivers told for each target, by what they cost or are worth."""


@dataclass(frozen=True, slots=True)
class _Question:
    """One target, with the draws of its value and the outputs that feed it."""

    target: Target
    cell: Cell
    values: Floats
    scale: Floats
    day: int


@dataclass(slots=True)
class Drivers:
    """Finds drivers of targets; simulations of linked projects are kept, as many targets ask for them."""

    simulation: Simulation
    library: Library
    setting: Setting
    factor_names: list[str]
    threads: int = 1
    _drawn: dict[tuple[int, bool], Days] = field(default_factory=dict)
    _component: NDArray[np.int64] = field(init=False)
    _followers: dict[int, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        network = self.library.network
        self._component = np.zeros(network.n_projects, np.int64)
        self._component[network.project] = self.simulation.component_of(np.arange(len(network)))
        self._followers = _followers(network)

    def of(self, target: Target, cell: Cell, time: int) -> list[Driver]:
        """Return what one target's projects and shared factors cost it and are worth to it.

        Parameters
        ----------
        time
            Index of the target's date among the days of the forecast.
        """
        if cell.values is None or not cell.sources:
            return []
        scale = cell.scale[time] if cell.scale is not None else np.ones(self.setting.draws)
        question = _Question(target, cell, cell.values[time], scale, int(self.setting.days[time]))
        found = [d for d in (*self._projects(question), *self._factors(question)) if d.cost or d.worth]
        found.sort(key=_weight)
        return found[:MOST_TOLD]

    def _projects(self, question: _Question) -> list[Driver]:
        owner = self.setting.contributions.table["project"].to_numpy()
        project = owner[question.cell.counted]
        linked = self._linked_by_weight(project, question)
        drivers = []
        for number in sorted({*project.tolist(), *linked}):
            own = self._own_effect(question, owner == number)
            through = 0.0
            if number in linked:
                whole = self._linked_effect(question, number)
                own, through = whole, whole.worth - own.worth
            code = self.library.projects["code"][number]
            drivers.append(_driver(question.target, code, "project", own, through))
        return drivers

    def _own_effect(self, question: _Question, own: NDArray[np.bool_]) -> Effect:
        """Effect of a project's ``own`` outputs on the draws as they are."""
        outputs, cell = self.setting.contributions.outputs, question.cell
        drawn = cell.delivered(outputs, self.setting.gates, [question.day], own)[0] * question.scale
        planned = cell.delivered_as_planned(outputs, question.day, own) * question.scale
        values, target = question.values, question.target
        return effect(values, values + (planned - drawn), values - drawn, target.value, target.comparison)

    def _linked_by_weight(self, project: NDArray[np.int64], question: _Question) -> set[int]:
        """Of the projects that outputs of others wait for, those whose own and following outputs are largest."""
        amount = self.setting.contributions.outputs.amount[question.cell.counted]
        weight = np.bincount(project, np.abs(amount), self._component.size)
        heft = {p: weight[[p, *after]].sum() for p, after in self._followers.items() if weight[after].any()}
        return set(sorted(heft, key=lambda p: (-heft[p], p))[:MOST_LINKED])

    def _linked_effect(self, question: _Question, project: int) -> Effect:
        """Effect of a project and of those that wait for it, simulated again on the same draws."""
        contributions = self.setting.contributions
        component = self._component[project]
        together = self._component[contributions.table["project"].to_numpy()] == component
        rows = np.flatnonzero(self.simulation.component_of(contributions.watched) == component)
        outputs = contributions.outputs.waiting_for(rows)

        def delivered(gates: Days) -> Floats:
            added = question.cell.delivered(outputs, gates, [question.day], together)
            return np.asarray(added[0] * question.scale)

        now = delivered(self.setting.gates[rows])
        planned = delivered(self._gates_if(project, rows, kept=True))
        never = delivered(self._gates_if(project, rows, kept=False))
        values, target = question.values, question.target
        return effect(values, values + (planned - now), values + (never - now), target.value, target.comparison)

    def _gates_if(self, project: int, rows: NDArray[np.int64], *, kept: bool) -> Days:
        """Draw a component's finishes again with one project on its plan from today, or never begun."""
        key = (project, kept)
        if key not in self._drawn:
            library, network, schedule = self.library, self.library.network, self.simulation.schedule
            mine = (network.project == project) & (network.actual_finish == NONE)
            starts = np.where(library.planned_start == NONE, schedule.early_start, library.planned_start)
            finishes = np.where(library.planned_finish == NONE, schedule.early_finish, library.planned_finish)
            today = self.simulation.data_date
            planned = np.stack([np.maximum(starts, today), np.maximum(finishes, today + 1)])
            imposed = planned if kept else np.full_like(planned, NEVER)
            forced = np.where(mine, imposed, NONE).astype(np.int32)
            watched = self.setting.contributions.watched[rows]
            self._drawn[key] = self.simulation.finishes(watched, threads=self.threads, forced=forced)
        return self._drawn[key]

    def _factors(self, question: _Question) -> list[Driver]:
        """What the shared factors of the target's projects decide."""
        used = self._factors_of(question)
        draws, target = self.simulation.factor_draws, question.target
        return [
            _driver(
                target,
                self.factor_names[f],
                "factor",
                factor_effect(question.values, draws[f], target.value, target.comparison),
                0.0,
            )
            for f in used
        ]

    def _factors_of(self, question: _Question) -> list[int]:
        """Factors that the unfinished intervals behind a target load on."""
        table, uncertainty = self.setting.contributions.table, self.simulation.uncertainty
        projects = table["project"].to_numpy()[question.cell.counted]
        mine = np.isin(self.library.network.project, projects) & (uncertainty.interval >= 0)
        factors = uncertainty.intervals.factor[np.unique(uncertainty.interval[mine])]
        return [int(f) for f in np.unique(factors) if f >= 0]


def _followers(network: Network) -> dict[int, list[int]]:
    """By project, the other projects that wait for it, directly or not."""
    successor = np.repeat(np.arange(len(network)), np.diff(network.first_predecessor))
    links = np.unique(network.project[np.stack([network.predecessor, successor])], axis=1).T.tolist()
    directly: dict[int, list[int]] = {}
    for before, after in links:
        directly.setdefault(before, []).append(after)
    followers = {}
    for project in directly:
        reached, todo = {project}, [project]
        while todo:
            new = set(directly.get(todo.pop(), ())) - reached
            reached |= new
            todo += new
        followers[project] = sorted(reached - {project})
    return followers


def _driver(target: Target, name: str, kind: str, found: Effect, through_links: float) -> Driver:
    return Driver(
        indicator=str(target.row["indicator"]),
        region=str(target.row["region"]),
        date=target.date,
        project=name,
        kind=kind,
        cost=found.cost,
        worth=found.worth,
        probability_change=found.probability_change,
        standard_error=found.standard_error,
        through_links=through_links,
    )


def _weight(driver: Driver) -> tuple[float, str]:
    return -max(driver.cost, driver.worth), driver.project
