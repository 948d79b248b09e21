"""The engine's schedule against MPXJ's imitations of Primavera P6 and Microsoft Project.

Where a question means the same to both, random networks must get the same dates. Where it does not,
``test_schedule_differences.py`` says how the answers differ.
"""

from dataclasses import dataclass, replace

import mpxj_process
import numpy as np
import pytest
from mpxj_process import CALENDARS
from networks import DATA_DATE, FIVE_DAYS, Case, by_engine
from oracle import Activity, Relationship, advance, next_working_day, working_day_before, working_days_between

pytestmark = pytest.mark.needs("java")

DATES = ("early_start", "early_finish", "late_start", "late_finish", "total_float")
DATES_AND_FREE_FLOAT = (*DATES, "free_float")
CASES = 100


@pytest.fixture(scope="module")
def mpxj():
    with mpxj_process.running() as ask:
        yield ask


def unlike(ours, theirs, case, columns):
    """List what differs: code, column, our day, their day, counted from the data date where it is a day."""
    found = []
    for i, (activity, a, b) in enumerate(zip(case.activities, ours.dates, theirs, strict=True)):
        if activity.finished:
            continue  # our dates are the actual ones, theirs are not
        for column in columns:
            mine, yours = _mine(activity, a, column), b[column]
            if mine is not None and _instant(activity, column, mine) != _instant(activity, column, yours):
                day = 0 if column.endswith("float") else DATA_DATE
                found.append((f"A{i}", column, mine - day, yours - day))
    return found


def _mine(activity, dates, column):
    """Take the dates of the remaining work, as Primavera shows them for started activities."""
    if activity.started and column.endswith("start"):
        return dates.resume if column == "early_start" else None
    return getattr(dates, column)


def _instant(activity, column, value):
    """Friday evening and Monday morning are one instant to whoever works Monday to Friday."""
    calendar = CALENDARS[activity.calendar]
    if column.endswith("start") or activity.work == 0:
        return value if column.endswith("float") else next_working_day(calendar, value)
    return working_day_before(calendar, value) + 1 if column.endswith("finish") else value


# Random networks that mean the same to both


@dataclass(frozen=True)
class Kind:
    """What a random network may hold: lags per relationship type, and a share of milestones and of seven-day weeks."""

    lags: dict[str, tuple[int, ...]]
    milestones: float = 0.0
    seven_days: float = 0.0


ANY = (0, 0, 1, 2, 5, -1, -3)
POSITIVE = (0, 0, 1, 2, 5)
EVERY_TYPE = Kind(dict.fromkeys(("FS", "SS", "FF", "SF"), ANY))
WITH_MILESTONES = replace(EVERY_TYPE, milestones=0.2)
TWO_CALENDARS = Kind({"FS": POSITIVE, "SS": (1, 2, 5)}, seven_days=0.5)
TWO_CALENDARS_WITHOUT_LAG = Kind({"FS": (0,)}, seven_days=0.5)


def random_network(kind, seed):
    """Draw up to 8 activities, all of them behind a first one of six weeks that keeps leads in the future."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 9))
    activities = [
        Activity(0 if rng.random() < kind.milestones else int(rng.integers(1, 9)), int(rng.random() < kind.seven_days))
        for _ in range(n)
    ]
    order, links = rng.permutation(n), {}
    for _ in range(int(rng.integers(1, 2 * n))):
        pair = tuple(order[np.sort(rng.choice(n, 2, replace=False))].tolist())
        kinds = list(kind.lags)
        chosen = kinds[int(rng.integers(len(kinds)))]
        links[pair] = Relationship(*pair, chosen, int(rng.choice(kind.lags[chosen])))
    first = [Relationship(n, i) for i in range(n)]
    return Case([*activities, Activity(30)], [*links.values(), *first], CALENDARS)


AGREEMENTS = {
    "every type": ("Primavera", EVERY_TYPE, DATES_AND_FREE_FLOAT),
    "every type in MS Project": ("Microsoft", EVERY_TYPE, DATES_AND_FREE_FLOAT),
    "milestones": ("Primavera", WITH_MILESTONES, DATES),
    "milestones in MS Project": ("Microsoft", WITH_MILESTONES, DATES),
    "two calendars": ("Primavera", TWO_CALENDARS, DATES_AND_FREE_FLOAT),
    "two calendars in MS Project": ("Microsoft", TWO_CALENDARS_WITHOUT_LAG, DATES_AND_FREE_FLOAT),
}


@pytest.mark.parametrize(("scheduler", "kind", "columns"), AGREEMENTS.values(), ids=AGREEMENTS)
def test_random_networks_get_the_same_dates(mpxj, scheduler, kind, columns):
    for seed in range(CASES):
        case = random_network(kind, seed)
        assert not unlike(by_engine(case), mpxj(scheduler, case), case, columns), f"random_network(…, {seed})"


@pytest.mark.parametrize("weeks", [-1, 2])
def test_required_finish_gives_the_same_late_dates_as_primavera(mpxj, weeks):
    """Every activity leads to the last one here: in P6 a required finish binds only what has no successor."""
    for seed in range(CASES):
        case = random_network(Kind({"FS": POSITIVE}), seed)
        n = len(case.activities)
        to_the_last = [Relationship(i, n) for i in range(n)]
        case = replace(
            case, activities=[*case.activities, Activity(1)], relationships=[*case.relationships, *to_the_last]
        )
        end = max(dates.early_finish for dates in by_engine(case).dates)
        case = replace(case, required_finish={0: end + 7 * weeks})
        assert not unlike(by_engine(case), mpxj("Primavera", case), case, DATES), f"seed {seed}"


def random_progress(case, seed):
    """Start and finish activities before the data date; a third of those that should still wait have started too."""
    rng = np.random.default_rng(10**6 + seed)
    activities = list(case.activities)
    for i, activity in enumerate(activities):
        start = next_working_day(FIVE_DAYS, DATA_DATE - int(rng.integers(3, 40)))
        elapsed = working_days_between(FIVE_DAYS, start, DATA_DATE)
        waiting = any(not activities[r.predecessor].finished for r in case.relationships if r.successor == i)
        fate = rng.random()
        if elapsed == 0 or activity.duration == 0 or (waiting and fate < 0.67):
            continue
        if not waiting and fate < 0.4:
            finish = advance(FIVE_DAYS, start, elapsed // 2 + 1)
            done = working_days_between(FIVE_DAYS, start, finish)
            activities[i] = replace(activity, duration=done, actual_start=start, actual_finish=finish)
        elif fate > 0.6:
            left = int(rng.integers(1, 9))
            activities[i] = replace(activity, duration=elapsed + left, actual_start=start, remaining=left)
    return replace(case, activities=activities)


def in_order(case):
    """Renumber nothing, but turn every relationship so that it leads to a later activity, and drop the first one."""
    last = len(case.activities) - 1
    links = [r for r in case.relationships if last not in (r.predecessor, r.successor)]
    turned = [
        replace(r, predecessor=min(r.predecessor, r.successor), successor=max(r.predecessor, r.successor))
        for r in links
    ]
    return replace(case, activities=case.activities[:-1], relationships=turned)


def test_progress_by_retained_logic_agrees_with_primavera(mpxj):
    """Finished, started in and out of sequence, and not started, joined by FS with lags and by FF."""
    kind, out_of_sequence = Kind({"FS": (0, 0, 1, 2, 5), "FF": (0,)}, milestones=0.1), 0
    for seed in range(2 * CASES):
        case = random_progress(in_order(random_network(kind, seed)), seed)
        out_of_sequence += sum(
            case.activities[r.successor].started and not case.activities[r.predecessor].finished
            for r in case.relationships
        )
        assert not unlike(by_engine(case), mpxj("Primavera", case), case, DATES), f"seed {seed}"
    assert out_of_sequence > 100


# P6's "start on" and "finish on" are our must_start_on and must_finish_on: bounds that logic can overrule.
CONSTRAINTS = {
    "START_NO_EARLIER_THAN": ("start_no_earlier",),
    "FINISH_NO_EARLIER_THAN": ("finish_no_earlier",),
    "FINISH_NO_LATER_THAN": ("finish_no_later",),
    "START_ON": ("start_no_earlier", "start_no_later"),
    "FINISH_ON": ("finish_no_earlier", "finish_no_later"),
}


@pytest.mark.parametrize(
    ("scheduler", "constraint"),
    [
        ("Microsoft", "START_NO_EARLIER_THAN"),
        ("Microsoft", "FINISH_NO_EARLIER_THAN"),
        ("Primavera", "FINISH_NO_EARLIER_THAN"),
        ("Primavera", "FINISH_NO_LATER_THAN"),
        ("Primavera", "FINISH_ON"),
        ("Primavera", "START_ON"),
    ],
)
def test_constraints_give_the_same_dates(mpxj, scheduler, constraint):
    for seed in range(CASES):
        case = random_network(Kind({"FS": ANY, "SS": ANY}), seed)
        rng = np.random.default_rng(2 * 10**6 + seed)
        i = int(rng.integers(len(case.activities) - 1))
        day = next_working_day(FIVE_DAYS, DATA_DATE + int(rng.integers(40, 75))) + ("FINISH" in constraint)
        held = replace(case.activities[i], **dict.fromkeys(CONSTRAINTS[constraint], day))
        case = replace(case, activities=[held if k == i else a for k, a in enumerate(case.activities)])
        theirs = mpxj(scheduler, case, {i: (constraint, day)})
        assert not unlike(by_engine(case), theirs, case, DATES), f"seed {seed}"
