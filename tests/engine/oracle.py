"""A second, slow and plain way to find the dates of a network.

This is the schedule of docs/explanation/schedule.md written a second time, by somebody who did
not read the engine, so that two independent answers can be compared. It knows no arrays, no
topological order and no inverse function: a calendar is a set of days, everything is found by
stepping from day to day, and dates are corrected again and again until nothing changes any more.

Time is a whole number of days. An activity occupies ``[start, finish)``: its finish is the first
day on which it no longer works. ``begin`` is where the work that is still to be done begins: the
start of an activity that has not started, the *resume* of one that has. A finished activity has
no begin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Calendar = frozenset[int]
"""The working days, all of them between day 0 and ``LAST_DAY``."""

LAST_DAY = 10_000


@dataclass(frozen=True)
class Activity:
    """One activity; every date is a day, every duration counts working days of ``calendar``."""

    duration: int
    calendar: int = 0
    project: int = 0
    actual_start: int | None = None
    actual_finish: int | None = None
    remaining: int | None = None
    start_no_earlier: int | None = None
    start_no_later: int | None = None
    finish_no_earlier: int | None = None
    finish_no_later: int | None = None

    @property
    def started(self) -> bool:
        return self.actual_start is not None

    @property
    def finished(self) -> bool:
        return self.actual_finish is not None

    @property
    def work(self) -> int:
        """Working days still to be done."""
        if not self.started:
            return self.duration
        assert self.remaining is not None, "a started activity says how much of it remains"
        return self.remaining


@dataclass(frozen=True)
class Relationship:
    """``successor`` waits for ``predecessor``; the lag counts the predecessor's working days unless told."""

    predecessor: int
    successor: int
    type: str = "FS"
    lag: int = 0
    lag_calendar: int | None = None

    @property
    def leaves_start(self) -> bool:
        return self.type[0] == "S"

    @property
    def meets_start(self) -> bool:
        return self.type[1] == "S"


@dataclass
class Dates:
    """What is known about one activity. A finished one has no ``resume`` and no floats."""

    early_start: int
    early_finish: int
    late_start: int
    late_finish: int
    resume: int | None = None
    total_float: int | None = None
    free_float: int | None = None


@dataclass(frozen=True)
class Answer:
    """Dates per activity and, per relationship, whether it drives its successor."""

    dates: list[Dates]
    driving: list[bool]


def advance(calendar: Calendar, instant: int, working_days: int) -> int:
    """Count working days forwards or backwards from an instant.

    Forwards one arrives at the evening of the last counted day, that is at the day after it;
    backwards at the morning of the last counted day. No working days: no move.
    """
    if working_days == 0:
        return instant
    if working_days > 0:
        day = instant - 1
        for _ in range(working_days):
            day = next_working_day(calendar, day + 1)
        return day + 1
    day = instant
    for _ in range(-working_days):
        day = working_day_before(calendar, day)
    return day


def next_working_day(calendar: Calendar, day: int) -> int:
    """Find the first working day that is not before ``day``."""
    while day not in calendar:
        day += 1
        assert day < LAST_DAY, "the calendar ends too early for this network"
    return day


def working_day_before(calendar: Calendar, day: int) -> int:
    """Find the last working day before ``day``."""
    day -= 1
    while day not in calendar:
        day -= 1
        assert day >= 0, "the calendar begins too late for this network"
    return day


def evening_before(calendar: Calendar, morning: int) -> int:
    """Find the end of the last working day before a morning: nobody works in between, so a finish may be there."""
    return working_day_before(calendar, morning) + 1


def working_days_between(calendar: Calendar, first: int, last: int) -> int:
    """Count the working days in ``[first, last)``; negative where last comes before first."""
    if last < first:
        return -working_days_between(calendar, last, first)
    return sum(day in calendar for day in range(first, last))


class Oracle:
    """A network that answers questions about its dates."""

    def __init__(
        self,
        activities: Sequence[Activity],
        relationships: Sequence[Relationship],
        calendars: Sequence[Calendar],
        data_date: int,
        required_finish: Mapping[int, int] | None = None,
    ) -> None:
        self.activities = activities
        self.relationships = relationships
        self.calendars = calendars
        self.data_date = data_date
        self.required_finish = required_finish or {}
        self.waiting = [i for i, activity in enumerate(activities) if not activity.finished]

    def solve(self) -> Answer:
        """Find every date, every float and every driving relationship."""
        early = self.early_begins()
        ends = self.project_ends(early)
        late = self.late_begins(ends)
        dates = [self.dates_of(i, early, late, ends) for i in range(len(self.activities))]
        return Answer(dates, [self.drives(relationship, early) for relationship in self.relationships])

    def calendar_of(self, i: int) -> Calendar:
        return self.calendars[self.activities[i].calendar]

    def on_a_working_day(self, i: int, day: int) -> int:
        """Begin of the work at ``day`` or as soon as possible after it; a milestone begins at any instant."""
        return next_working_day(self.calendar_of(i), day) if self.activities[i].work > 0 else day

    def one_step_earlier(self, i: int, begin: int) -> int:
        return working_day_before(self.calendar_of(i), begin) if self.activities[i].work > 0 else begin - 1

    def one_step_later(self, i: int, begin: int) -> int:
        return self.on_a_working_day(i, begin + 1)

    def start(self, i: int, begin: int | None) -> int:
        activity = self.activities[i]
        if activity.started:
            return activity.actual_start
        return begin

    def finish(self, i: int, begin: int | None) -> int:
        activity = self.activities[i]
        if activity.finished:
            return activity.actual_finish
        return advance(self.calendar_of(i), begin, activity.work)

    def begin_for_start(self, i: int, bound: int) -> int:
        """Find the earliest begin of the work that is not before ``bound``."""
        return self.on_a_working_day(i, bound)

    def begin_for_finish(self, i: int, bound: int) -> int:
        """Find the earliest begin with which the activity does not finish before ``bound``."""
        begin = self.on_a_working_day(i, bound)
        while self.finish(i, self.one_step_earlier(i, begin)) >= bound:
            begin = self.one_step_earlier(i, begin)
        return begin

    def asked_begin(self, relationship: Relationship, begin: int | None) -> int:
        """Find the begin of the successor that the relationship asks for, if its predecessor begins at ``begin``."""
        i, j = relationship.predecessor, relationship.successor
        leaves = self.start(i, begin) if relationship.leaves_start else self.finish(i, begin)
        calendar = relationship.lag_calendar
        lag_calendar = self.calendar_of(i) if calendar is None else self.calendars[calendar]
        bound = advance(lag_calendar, leaves, relationship.lag)
        if relationship.meets_start:
            return self.begin_for_start(j, bound)
        if relationship.lag < 0 or (relationship.leaves_start and relationship.lag == 0):
            bound = evening_before(lag_calendar, bound)
        return self.begin_for_finish(j, bound)

    def drives(self, relationship: Relationship, early: Mapping[int, int]) -> bool:
        """Tell whether the relationship alone would put its successor where it is."""
        j = relationship.successor
        if self.activities[j].finished:
            return False
        return self.asked_begin(relationship, early.get(relationship.predecessor)) == early[j]

    def relationships_to_work(self) -> Iterable[Relationship]:
        """Go through the relationships that bind: what a finished successor waited for no longer matters."""
        return (relationship for relationship in self.relationships if relationship.successor in self.waiting)

    def early_begins(self) -> dict[int, int]:
        """Begin as early as data date and constraints allow, then push on until nothing moves."""
        early = {i: self.first_possible_begin(i) for i in self.waiting}
        changed = True
        while changed:
            changed = False
            for relationship in self.relationships_to_work():
                asked = self.asked_begin(relationship, early.get(relationship.predecessor))
                if asked > early[relationship.successor]:
                    early[relationship.successor] = asked
                    changed = True
        return early

    def first_possible_begin(self, i: int) -> int:
        activity = self.activities[i]
        begin = self.begin_for_start(i, self.data_date)
        if activity.start_no_earlier is not None and not activity.started:
            begin = max(begin, self.begin_for_start(i, activity.start_no_earlier))
        if activity.finish_no_earlier is not None:
            begin = max(begin, self.begin_for_finish(i, activity.finish_no_earlier))
        return begin

    def project_ends(self, early: Mapping[int, int]) -> dict[int, int]:
        """Find the latest early finish of each project."""
        ends: dict[int, int] = {}
        for i, activity in enumerate(self.activities):
            finish = self.finish(i, early.get(i))
            ends[activity.project] = max(finish, ends.get(activity.project, finish))
        return ends

    def late_begins(self, ends: Mapping[int, int]) -> dict[int, int]:
        """Begin as late as required finish and constraints allow, then pull back until nothing is pushed too far."""
        late = {i: self.last_possible_begin(i, ends) for i in self.waiting}
        changed = True
        while changed:
            changed = False
            for relationship in self.relationships_that_move():
                i, j = relationship.predecessor, relationship.successor
                while self.asked_begin(relationship, late[i]) > late[j]:
                    late[i] = self.one_step_earlier(i, late[i])
                    changed = True
        return late

    def relationships_that_move(self) -> list[Relationship]:
        """List the relationships that push something when their predecessor's work moves: what happened stays."""

        def has_happened(relationship: Relationship) -> bool:
            predecessor = self.activities[relationship.predecessor]
            return predecessor.started if relationship.leaves_start else predecessor.finished

        return [relationship for relationship in self.relationships_to_work() if not has_happened(relationship)]

    def last_possible_begin(self, i: int, ends: Mapping[int, int]) -> int:
        activity = self.activities[i]
        last_finish = self.required_finish.get(activity.project, ends[activity.project])
        if activity.finish_no_later is not None:
            last_finish = min(last_finish, activity.finish_no_later)
        begin = self.on_a_working_day(i, last_finish)
        while self.finish(i, begin) > last_finish:
            begin = self.one_step_earlier(i, begin)
        if activity.start_no_later is not None and not activity.started:
            while begin > activity.start_no_later:
                begin = self.one_step_earlier(i, begin)
        return begin

    def dates_of(self, i: int, early: Mapping[int, int], late: Mapping[int, int], ends: Mapping[int, int]) -> Dates:
        start, finish = self.start(i, early.get(i)), self.finish(i, early.get(i))
        if self.activities[i].finished:
            return Dates(start, finish, start, finish)
        late_finish = self.finish(i, late[i])
        total_float = working_days_between(self.calendar_of(i), finish, late_finish)
        free_float = self.free_float(i, early, ends)
        return Dates(start, finish, self.start(i, late[i]), late_finish, early[i], total_float, free_float)

    def free_float(self, i: int, early: Mapping[int, int], ends: Mapping[int, int]) -> int:
        """Count the working days that the finish can move before a successor (without one: the project's end) moves."""
        outgoing = [r for r in self.relationships_that_move() if r.predecessor == i]
        project_end = ends[self.activities[i].project]

        def moves_something(begin: int) -> bool:
            if not outgoing:
                return self.finish(i, begin) > project_end
            return any(self.asked_begin(r, begin) > early[r.successor] for r in outgoing)

        begin = early[i]
        while not moves_something(self.one_step_later(i, begin)):
            begin = self.one_step_later(i, begin)
        return working_days_between(self.calendar_of(i), self.finish(i, early[i]), self.finish(i, begin))
