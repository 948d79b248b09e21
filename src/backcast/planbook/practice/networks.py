"""Networks of the practice province: the activities of every project, and their planned dates."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from backcast.engine.calendar import NONE
from backcast.engine.network import Network
from backcast.engine.schedule import schedule
from backcast.planbook.practice.calendars import calendar_of
from backcast.planbook.practice.library import Library, lognormal, stream
from backcast.planbook.practice.province import Province, Whole
from backcast.planbook.practice.sorts import SORTS
from backcast.planbook.practice.templates import TEMPLATES
from backcast.planbook.timeline import Timeline

_WORKS = ("office", "indoor", "site")
_LEAD_DAYS = 700
_CORRECTIONS = 4


@dataclass(frozen=True, slots=True)
class Works:
    """Activities and relationships of all projects.

    Attributes
    ----------
    template
        Shape ``(n_projects,)``: index into ``TEMPLATES``.
    first
        Shape ``(n_projects + 1,)``: the activities of project *p* are those from ``first[p]`` up to
        ``first[p + 1]``, in the order of its template.
    project, step, calendar, duration
        Shape ``(n_activities,)``; the calendar is an index into the timeline's.
    predecessor, successor, type, lag
        Shape ``(n_relationships,)``: indices of activities.
    planned_start, planned_finish
        Shape ``(n_activities,)``: an activity is planned for ``[start, finish)``.
    """

    template: Whole
    first: Whole
    project: Whole
    step: Whole
    calendar: Whole
    duration: Whole
    predecessor: Whole
    successor: Whole
    type: Whole
    lag: Whole
    planned_start: Whole
    planned_finish: Whole

    def activity(self, project: Whole, position: Whole) -> Whole:
        """Index of the activity at a position of a project's template; -1 where ``position`` is -1."""
        return np.where(position < 0, -1, self.first[project] + position)

    def gate(self, name: str) -> Whole:
        """Index of each project's activity for a gate; -1 where its template has none."""
        positions = np.array([template.gates.get(name, -1) for template in TEMPLATES])
        return self.activity(np.arange(self.template.size), positions[self.template])


def plan_works(province: Province, library: Library, timeline: Timeline, seed: int) -> Works:
    """Give every project its activities, and plan them so that its output's gate falls on its anchor."""
    works = _unplanned(province, library, timeline, seed)
    network = network_of(works, timeline)
    gate = np.zeros(len(library), np.int64)
    for s, sort in enumerate(SORTS):
        gate = np.where(library.sort == s, works.gate(sort.gate or "completion"), gate)
    begin = library.anchor - _LEAD_DAYS
    for _ in range(_CORRECTIONS):
        _, finish = pass_forward(network, works, works.duration, begin)
        begin = begin - (finish[gate] - 1 - library.anchor)
    return planned(works, timeline, begin)


def planned(works: Works, timeline: Timeline, begin: Whole) -> Works:
    """Give every activity its planned dates, if each project begins on its day ``begin``."""
    start, finish = pass_forward(network_of(works, timeline), works, works.duration, begin)
    return replace(works, planned_start=start, planned_finish=finish)


def network_of(works: Works, timeline: Timeline) -> Network:
    """Return activities and relationships as the engine schedules them."""
    return Network.build(
        [f"{p} {s}" for p, s in zip(works.project.tolist(), works.step.tolist(), strict=True)],
        works.project,
        works.duration,
        works.calendar,
        calendars=timeline.calendars,
        predecessor=works.predecessor,
        successor=works.successor,
        type=works.type,
        lag=works.lag,
    )


def pass_forward(network: Network, works: Works, duration: Whole, begin: Whole) -> tuple[Whole, Whole]:
    """Return starts and finishes if each project begins no earlier than ``begin`` and work lasts ``duration``."""
    release = np.full(works.project.size, NONE, np.int32)
    release[works.first[:-1]] = begin
    days = duration.astype(np.int32)[network.position]
    network = replace(network, duration=days, remaining=days, start_no_earlier=release[network.position])
    early = schedule(network, data_date=0)
    start, finish = np.empty_like(works.project), np.empty_like(works.project)
    start[network.position], finish[network.position] = early.early_start, early.early_finish
    return start, finish


def _unplanned(province: Province, library: Library, timeline: Timeline, seed: int) -> Works:
    template = np.array([TEMPLATES.index(sort.template) for sort in SORTS])[library.sort]
    sizes = np.array([len(t.steps) for t in TEMPLATES])
    first = np.concatenate([[0], np.cumsum(sizes[template])])
    project = np.repeat(np.arange(len(library)), sizes[template])
    step = np.arange(project.size) - first[project]
    days, works = np.zeros((2, len(TEMPLATES), sizes.max()), np.int64)
    for t, each in enumerate(TEMPLATES):
        days[t, : sizes[t]] = [s.days for s in each.steps]
        works[t, : sizes[t]] = [_WORKS.index(s.works) for s in each.steps]
    index = timeline.calendar_index
    calendar = np.array([[index[calendar_of(w, city)] for city in province.cities] for w in _WORKS])
    median = days[template[project], step]
    drawn = np.rint(median * library.size[project] * lognormal(stream(seed, 3), 0.15, project.size))
    edges = [_edges(t, first[:-1][template == t]) for t in range(len(TEMPLATES))]
    predecessor, successor, kind, lag = np.concatenate(edges, axis=1)
    return Works(
        template=template,
        first=first,
        project=project,
        step=step,
        calendar=calendar[works[template[project], step], library.city[project]],
        duration=np.where(median == 1, 1, np.maximum(2, drawn)).astype(np.int64),
        predecessor=predecessor,
        successor=successor,
        type=kind,
        lag=lag,
        planned_start=np.zeros_like(project),
        planned_finish=np.zeros_like(project),
    )


def _edges(template: int, first: Whole) -> Whole:
    """Relationships of all projects of a template, shape ``(4, n)``."""
    i, j, kind, lag = np.array(TEMPLATES[template].relationships).T
    ends = [np.add.outer(first, position).ravel() for position in (i, j)]
    return np.stack([*ends, np.tile(kind, first.size), np.tile(lag, first.size)])
