"""The whole plan at a glance: its tasks with their indicators and measures, and how far each is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backcast.planbook import schema
from backcast.web.core.models import choices_of
from backcast.web.directory.models import Region
from backcast.web.plans.models import Definition, Indicator, Measure, Observation, Plan, Target, Task
from backcast.web.plans.standing import Aim, Standing

FINISHED = frozenset({"done", "dropped"})
INDICATORS = Indicator.objects.select_related("task", "responsible", "numerator", "denominator")
MEASURES = Measure.objects.select_related("lead")


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator with what the plan aims at by its end, and beyond.

    Attributes
    ----------
    aim
        The target in force at the end of the plan, or the last before it; of the highest region that has any.
    later
        Targets in force beyond the end of the plan, such as those of its vision.
    others
        How many further targets are in force: of other years and of regions below.
    """

    indicator: Indicator
    aim: Aim | None
    later: tuple[Aim, ...]
    others: int


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure, and whether its deadline has passed."""

    measure: Measure
    overdue: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A task with what stands directly under it; None is what stands under no task."""

    task: Task | None
    depth: int
    indicators: tuple[IndicatorRow, ...]
    measures: tuple[MeasureRow, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """A plan on a day."""

    plan: Plan
    on: date
    sections: tuple[Section, ...]

    @property
    def aims(self) -> list[Aim]:
        """The aims of all indicators that have one."""
        return [row.aim for section in self.sections for row in section.indicators if row.aim]

    @property
    def met(self) -> int:
        """How many aims the last figure meets."""
        return sum(bool(aim.met) for aim in self.aims)

    @property
    def silent(self) -> int:
        """How many aims have no figure that compares."""
        return sum(aim.met is None for aim in self.aims)

    @property
    def measures(self) -> list[MeasureRow]:
        """All measures."""
        return [row for section in self.sections for row in section.measures]

    @property
    def states(self) -> list[tuple[Any, int]]:
        """How many measures are in each state that any is in, with its label."""
        counts = Counter(row.measure.state for row in self.measures)
        labels = [*choices_of(schema.MEASURES["state"]), ("", "–")]
        return [(label, counts[state]) for state, label in labels if counts[state]]

    @property
    def overdue(self) -> int:
        """How many measures are past their deadline and neither done nor dropped."""
        return sum(row.overdue for row in self.measures)


def overview_of(plan: Plan, on: date) -> Overview:
    """Return a plan as it stands on a day, in seven queries whatever its size."""
    tasks = list(Task.objects.filter(plan=plan))
    under: dict[int | None, tuple[list[IndicatorRow], list[MeasureRow]]] = defaultdict(lambda: ([], []))
    for row in indicator_rows(plan, list(INDICATORS.filter(plan=plan)), on):
        under[row.indicator.task_id][0].append(row)
    for measure in MEASURES.filter(plan=plan):
        under[measure.task_id][1].append(measure_row(measure, on))
    sections = [_section(task, depth, under[task.pk]) for task, depth in in_order(tasks)]
    if under.get(None):
        sections.append(_section(None, 0, under[None]))
    return Overview(plan, on, tuple(sections))


def indicator_rows(plan: Plan, indicators: Sequence[Indicator], on: date) -> list[IndicatorRow]:
    """Return indicators with what is aimed at, and the last figures there."""
    targets = list(Target.objects.filter(indicator__in=indicators).select_related("region"))
    definitions = list(Definition.objects.filter(indicator__in=indicators))
    places = {target.region_id for target in targets}
    seen = Observation.objects.filter(indicator__in=indicators, region__in=places)
    standing = Standing(on, indicators, targets, list(seen.select_related("region")), definitions)
    aims: dict[str, list[Aim]] = defaultdict(list)
    for (code, _region), found in standing.aims.items():
        aims[code] += found
    return [_indicator_row(plan, indicator, aims[indicator.code]) for indicator in indicators]


def measure_row(measure: Measure, on: date) -> MeasureRow:
    """Return a measure as it stands on a day."""
    passed = measure.deadline is not None and measure.deadline < on
    return MeasureRow(measure, passed and measure.state not in FINISHED)


def in_order(tasks: Iterable[Task]) -> list[tuple[Task, int]]:
    """Return tasks with their depth in the tree, each before those below it."""
    below: dict[int | None, list[Task]] = defaultdict(list)
    for task in tasks:
        below[task.parent_id].append(task)
    ordered, waiting = [], [(task, 0) for task in reversed(below[None])]
    while waiting:
        task, depth = waiting.pop()
        ordered.append((task, depth))
        waiting += [(child, depth + 1) for child in reversed(below[task.pk])]
    return ordered


def _section(task: Task | None, depth: int, under: tuple[list[IndicatorRow], list[MeasureRow]]) -> Section:
    indicators, measures = under
    return Section(task, depth, tuple(indicators), tuple(measures))


def _indicator_row(plan: Plan, indicator: Indicator, aims: list[Aim]) -> IndicatorRow:
    """Choose what stands for an indicator: its highest region, and the end of the plan."""
    if not aims:
        return IndicatorRow(indicator, None, (), 0)
    top = min((aim.target.region for aim in aims), key=height)
    here = [aim for aim in aims if aim.target.region == top]
    later = tuple(aim for aim in here if aim.target.date > plan.ends)
    aim = aim_at_end(here, plan.ends) if len(later) < len(here) else None
    return IndicatorRow(indicator, aim, later, len(aims) - len(later) - bool(aim))


def aim_at_end(aims: Sequence[Aim], ends: date) -> Aim | None:
    """Return the aim at the end of a plan: the last one by then, else the first after it."""
    within = [aim for aim in aims if aim.target.date <= ends]
    return within[-1] if within else aims[0] if aims else None


def height(region: Region) -> tuple[bool, int, str]:
    """Return where a region stands among others: the highest first, those that cut across the tree last."""
    return region.level == "area", region.path.count("/"), region.path
