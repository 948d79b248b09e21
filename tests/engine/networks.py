"""Networks to schedule: random ones, and one door to either implementation.

A :class:`Case` is a whole question (activities, relationships, calendars, data date, required
finishes). :func:`by_engine` and :func:`by_oracle` answer it in the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from oracle import Activity, Answer, Calendar, Dates, Oracle, Relationship

from backcast.engine import network as engine_network
from backcast.engine.calendar import NONE, Calendars
from backcast.engine.network import Network
from backcast.engine.schedule import schedule

HORIZON = 1_400
"""Days of the test calendars, far beyond every date in the tests: nothing may depend on the horizon."""

DATA_DATE = 504
"""A Monday: every calendar begins on Monday, day 0."""


def weekly(days: Iterable[int], without: Iterable[int] = ()) -> Calendar:
    """Work on these days of the week (Monday is 0), except on the days ``without``."""
    days = set(days)
    return frozenset(day for day in range(HORIZON) if day % 7 in days) - frozenset(without)


FIVE_DAYS = weekly(range(5))
SEVEN_DAYS = weekly(range(7))
WINTER_STOPS = frozenset(day for day in range(HORIZON) if day % 365 >= 319 or day % 365 < 74)
HOLIDAYS = frozenset(range(480, HORIZON, 61)) | frozenset(range(481, HORIZON, 61))
SIX_DAYS = weekly(range(6), without=WINTER_STOPS | HOLIDAYS)
CALENDARS = (FIVE_DAYS, SEVEN_DAYS, SIX_DAYS)


@dataclass(frozen=True)
class Case:
    """A network and what is asked of it."""

    activities: Sequence[Activity]
    relationships: Sequence[Relationship]
    calendars: Sequence[Calendar] = CALENDARS
    data_date: int = DATA_DATE
    required_finish: Mapping[int, int] = field(default_factory=dict)


def by_oracle(case: Case) -> Answer:
    """Answer by the slow and plain implementation."""
    return Oracle(case.activities, case.relationships, case.calendars, case.data_date, case.required_finish).solve()


def by_engine(case: Case) -> Answer:
    """Answer by the engine, in the order in which the activities were given."""
    required = [case.required_finish.get(project, NONE) for project in range(_n_projects(case))]
    found = schedule(network_of(case), case.data_date, required)
    order = np.argsort(found.network.position)

    def dates(i: int, activity: Activity) -> Dates:
        start_and_finish = (found.early_start, found.early_finish, found.late_start, found.late_finish)
        of_work = (found.resume, found.total_float, found.free_float)
        known = [int(values[i]) for values in start_and_finish]
        return Dates(*known) if activity.finished else Dates(*known, *(int(values[i]) for values in of_work))

    return Answer([dates(i, case.activities[k]) for k, i in enumerate(order)], [bool(flag) for flag in found.driving])


def network_of(case: Case) -> Network:
    """Translate a case into the engine's arrays."""

    def dates(name: str) -> list[int]:
        values = (getattr(activity, name) for activity in case.activities)
        return [NONE if value is None else value for value in values]

    return Network.build(
        [f"A{i}" for i in range(len(case.activities))],
        [activity.project for activity in case.activities],
        [activity.duration for activity in case.activities],
        [activity.calendar for activity in case.activities],
        calendars=_look_up(tuple(case.calendars)),
        predecessor=[relationship.predecessor for relationship in case.relationships],
        successor=[relationship.successor for relationship in case.relationships],
        type=[getattr(engine_network, relationship.type) for relationship in case.relationships],
        lag=[relationship.lag for relationship in case.relationships],
        lag_calendar=_lag_calendars(case),
        remaining=dates("remaining"),
        actual_start=dates("actual_start"),
        actual_finish=dates("actual_finish"),
        start_no_earlier=dates("start_no_earlier"),
        start_no_later=dates("start_no_later"),
        finish_no_earlier=dates("finish_no_earlier"),
        finish_no_later=dates("finish_no_later"),
    )


@cache
def _look_up(calendars: tuple[Calendar, ...]) -> Calendars:
    return Calendars.of(np.array([[day in calendar for day in range(HORIZON)] for calendar in calendars]))


def _lag_calendars(case: Case) -> list[int] | None:
    """Name a calendar for every lag if one is named at all; otherwise leave the default to the engine."""
    if all(relationship.lag_calendar is None for relationship in case.relationships):
        return None
    return [
        case.activities[relationship.predecessor].calendar
        if relationship.lag_calendar is None
        else relationship.lag_calendar
        for relationship in case.relationships
    ]


def _n_projects(case: Case) -> int:
    return 1 + max((activity.project for activity in case.activities), default=-1)


def random_case(seed: int) -> Case:
    """Draw a network of 2 to 12 activities, now and then of 40; the same seed gives the same network."""
    rng = np.random.default_rng(seed)
    n_activities, n_projects = int(rng.integers(2, 13)) if rng.random() < 0.97 else 40, int(rng.integers(1, 4))
    progress = rng.choice([0.0, 0.3, 0.6])
    constrained = rng.choice([0.0, 0.08, 0.25])
    order = rng.permutation(n_activities)
    activities = [_random_activity(rng, n_projects, progress, constrained) for _ in range(n_activities)]
    relationships = [_random_relationship(rng, order) for _ in range(int(rng.integers(0, 2 * n_activities)))]
    required = {p: DATA_DATE + int(rng.integers(-15, 150)) for p in range(n_projects) if rng.random() < 0.3}
    return Case(activities, relationships, data_date=DATA_DATE + int(rng.integers(0, 7)), required_finish=required)


def _random_activity(rng: np.random.Generator, n_projects: int, progress: float, constrained: float) -> Activity:
    duration = 0 if rng.random() < 0.2 else int(rng.integers(1, 16))
    activity = Activity(duration, calendar=int(rng.integers(3)), project=int(rng.integers(n_projects)))
    names = ("start_no_earlier", "start_no_later", "finish_no_earlier", "finish_no_later")
    limits = {name: DATA_DATE + int(rng.integers(-20, 90)) for name in names if rng.random() < constrained}
    return replace(activity, **limits, **_random_progress(rng, duration, progress))


def _random_progress(rng: np.random.Generator, duration: int, progress: float) -> dict[str, int]:
    """Start some activities before the data date, whatever their logic says, and finish half of them."""
    if rng.random() >= progress:
        return {}
    start = DATA_DATE - int(rng.integers(1, 60))
    if rng.random() < 0.5:
        return {"actual_start": start, "actual_finish": int(rng.integers(start, DATA_DATE + 1))}
    return {"actual_start": start, "remaining": int(rng.integers(0, duration + 2))}


def _random_relationship(rng: np.random.Generator, order: NDArray[np.int64]) -> Relationship:
    """Draw a relationship of any type that follows the given order of the activities, so that no loop can arise."""
    predecessor, successor = order[np.sort(rng.choice(len(order), 2, replace=False))].tolist()
    lag = 0 if rng.random() < 0.4 else int(rng.integers(-8, 11))
    calendar = int(rng.integers(3)) if rng.random() < 0.3 else None
    return Relationship(predecessor, successor, str(rng.choice(["FS", "SS", "FF", "SF"])), lag, calendar)
