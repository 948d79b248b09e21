"""What decides a target: its projects and its shared risks (docs/explanation/drivers.md)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from backcast.engine.calendar import NEVER, NONE, Days
from backcast.engine.drivers import Effect, Question, effect, factor_effects, project_effects, thirds
from backcast.engine.network import Network
from backcast.engine.parallel import run_all
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


@dataclass(slots=True)
class Drivers:
    """Finds drivers of targets; simulations of linked projects are kept, as many targets ask for them."""

    simulation: Simulation
    library: Library
    setting: Setting
    factor_names: list[str]
    _drawn: dict[tuple[int, bool], Days] = field(default_factory=dict)
    _component: NDArray[np.int64] = field(init=False)
    _followers: _Followers = field(init=False)
    _planned: Days = field(init=False)
    _component_of_row: NDArray[np.int64] = field(init=False)
    _thirds: Floats = field(init=False)

    def __post_init__(self) -> None:
        network = self.library.network
        self._component = np.zeros(network.n_projects, np.int64)
        self._component[network.project] = self.simulation.component_of(np.arange(len(network)))
        self._followers = _Followers.of(network)
        self._planned = _planned(self.library, self.simulation)
        self._component_of_row = self.simulation.component_of(self.setting.contributions.watched)
        self._thirds = thirds(self.simulation.factor_draws)

    def of(self, target: Target, cell: Cell, time: int) -> list[Driver]:
        """Return what one target's projects and shared factors cost it and are worth to it.

        Parameters
        ----------
        time
            Index of the target's date among the days of the forecast.
        """
        if cell.values is None or not cell.sources:
            return []
        question = Question(
            values=cell.values[time],
            scale=cell.scale[time] if cell.scale is not None else np.ones(self.setting.draws),
            day=int(self.setting.days[time]),
            target=target.value,
            comparison=target.comparison,
        )
        found = [d for d in (*self._projects(target, cell, question), *self._factors(target, cell, question))
                 if d.cost or d.worth]  # fmt: skip
        found.sort(key=_weight)
        return found[:MOST_TOLD]

    def _projects(self, target: Target, cell: Cell, question: Question) -> list[Driver]:
        owner = self.setting.contributions.table["project"].to_numpy()[cell.counted]
        linked = self._linked_by_weight(owner, cell)
        self._draw_if(linked)
        numbers = sorted({*owner.tolist(), *linked})
        drivers = []
        for number, own in zip(numbers, self._own_effects(numbers, owner, cell, question), strict=True):
            whole = self._linked_effect(cell, question, number) if number in linked else own
            code = self.library.projects["code"][number]
            drivers.append(_driver(target, code, "project", whole, whole.worth - own.worth))
        return drivers

    def _own_effects(
        self, numbers: list[int], owner: NDArray[np.int64], cell: Cell, question: Question
    ) -> list[Effect]:
        """Effects of projects' own outputs on the draws as they are."""
        since = np.concatenate([np.full(which.size, day, np.int64) for which, day in cell.sources])
        order = np.argsort(owner, kind="stable")
        ends = np.searchsorted(owner[order], numbers, side="right").tolist()
        begins = np.searchsorted(owner[order], numbers).tolist()
        mine = [order[begin:end] for begin, end in zip(begins, ends, strict=True)]
        return project_effects(
            question,
            self.setting.contributions.outputs,
            self.setting.gates,
            [cell.counted[which] for which in mine],
            [since[which] for which in mine],
            threads=self.setting.threads,
        )

    def _linked_by_weight(self, owner: NDArray[np.int64], cell: Cell) -> set[int]:
        """Of the projects that outputs of others wait for, those whose own and following outputs are largest."""
        amount = self.setting.contributions.outputs.amount[cell.counted]
        weight = np.bincount(owner, np.abs(amount), self._component.size)
        first, after = self._followers.first, self._followers.after
        behind = np.add.reduceat(weight[after], first) if first.size else np.zeros(0)
        followed = np.flatnonzero(behind > 0)
        projects = self._followers.project[followed]
        heaviest = np.lexsort((projects, -(weight[projects] + behind[followed])))
        return set(projects[heaviest[:MOST_LINKED]].tolist())

    def _linked_effect(self, cell: Cell, question: Question, project: int) -> Effect:
        """Effect of a project and of those that wait for it, simulated again on the same draws."""
        contributions = self.setting.contributions
        component = self._component[project]
        together = self._component[contributions.table["project"].to_numpy()] == component
        rows = self._rows_of(component)
        outputs = contributions.outputs.waiting_for(rows)

        def delivered(gates: Days) -> Floats:
            added = cell.deliver(outputs, gates, [question.day], together)
            return np.asarray(added[0] * question.scale)

        now = delivered(self.setting.gates[rows])
        planned, never = (delivered(self._drawn[project, kept]) for kept in (True, False))
        values = question.values
        return effect(values, values + (planned - now), values + (never - now), question.target, question.comparison)

    def _rows_of(self, component: int) -> NDArray[np.int64]:
        """Rows of the drawn finishes that belong to a component."""
        return np.flatnonzero(self._component_of_row == component)

    def _draw_if(self, projects: set[int]) -> None:
        """Draw what was not drawn yet: components with one project on its plan from today, or never begun."""
        wanted = [(p, kept) for p in sorted(projects) for kept in (True, False) if (p, kept) not in self._drawn]
        found = run_all(lambda case: self._gates_if(*case), wanted, self.setting.threads)
        self._drawn |= dict(zip(wanted, found, strict=True))

    def _gates_if(self, project: int, kept: bool) -> Days:
        """Draw the finishes of a component with one project on its plan from today, or never begun."""
        mine = (self.library.network.project == project) & (self.library.network.actual_finish == NONE)
        imposed = self._planned if kept else np.full_like(self._planned, NEVER)
        forced = np.where(mine, imposed, np.int32(NONE))
        rows = self._rows_of(self._component[project])
        return self.simulation.finishes(self.setting.contributions.watched[rows], forced=forced)

    def _factors(self, target: Target, cell: Cell, question: Question) -> list[Driver]:
        """What the shared factors of the target's projects decide."""
        used = self._factors_of(cell)
        found = factor_effects(question, self.simulation.factor_draws, used, self._thirds)
        return [
            _driver(target, self.factor_names[f], "factor", effect, 0.0)
            for f, effect in zip(used.tolist(), found, strict=True)
        ]

    def _factors_of(self, cell: Cell) -> NDArray[np.int64]:
        """Factors that the unfinished intervals behind a target load on."""
        table, uncertainty = self.setting.contributions.table, self.simulation.uncertainty
        projects = table["project"].to_numpy()[cell.counted]
        mine = np.isin(self.library.network.project, projects) & (uncertainty.interval >= 0)
        factors = uncertainty.intervals.factor[np.unique(uncertainty.interval[mine])]
        used = np.unique(factors).astype(np.int64)
        return used[used >= 0]


def _planned(library: Library, simulation: Simulation) -> Days:
    """Starts and finishes if all goes as planned from the data date, shape ``(2, n_activities)``."""
    schedule, today = simulation.schedule, simulation.data_date
    starts = np.where(library.planned_start == NONE, schedule.early_start, library.planned_start)
    finishes = np.where(library.planned_finish == NONE, schedule.early_finish, library.planned_finish)
    return np.stack([np.maximum(starts, today), np.maximum(finishes, today + 1)]).astype(np.int32)


@dataclass(frozen=True, slots=True)
class _Followers:
    """The projects that wait for ``project[k]``, directly or not, are ``after[first[k]]`` up to the next ``first``."""

    project: NDArray[np.int64]
    first: NDArray[np.int64]
    after: NDArray[np.int64]

    @classmethod
    def of(cls, network: Network) -> _Followers:
        """Find who waits for whom."""
        successor = np.repeat(np.arange(len(network)), np.diff(network.first_predecessor))
        links = network.project[np.stack([network.predecessor, successor])]
        directly: dict[int, list[int]] = {}
        for before, after in np.unique(links[:, links[0] != links[1]], axis=1).T.tolist():
            directly.setdefault(before, []).append(after)
        lists = {project: _reached(directly, project) for project in directly}
        first = np.cumsum([0, *(len(after) for after in lists.values())])[:-1]
        flat = [project for after in lists.values() for project in after]
        return cls(np.array(list(lists), np.int64), first, np.array(flat, np.int64))


def _reached(directly: dict[int, list[int]], project: int) -> list[int]:
    """The other projects that wait for one, directly or not."""
    reached, todo = {project}, [project]
    while todo:
        new = set(directly.get(todo.pop(), ())) - reached
        reached |= new
        todo += new
    return sorted(reached - {project})


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
