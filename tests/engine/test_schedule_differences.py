"""Each difference between Backcast's schedule and the schedulers of MPXJ, with its example.

docs/explanation/schedule-differences.md explains them under the same titles.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import mpxj_process
import pytest
from mpxj_process import CALENDARS, FIVE, SEVEN
from networks import DATA_DATE, FIVE_DAYS, Case, by_engine
from oracle import Activity, Relationship, working_days_between

DOCUMENT = Path(__file__).parents[2] / "docs" / "explanation" / "schedule-differences.md"


@pytest.fixture(scope="module")
def mpxj():
    with mpxj_process.running() as ask:
        yield ask


@dataclass(frozen=True)
class Difference:
    """A network in which one value differs; days count from the data date, a Monday."""

    title: str
    schedulers: str
    activities: list[Activity]
    links: list[tuple]
    activity: int
    column: str
    ours: int
    theirs: int
    constraints: dict[int, tuple[str, int]] = field(default_factory=dict)


def work(duration, calendar=FIVE, **dates):
    """Make an activity whose dates count from the data date."""
    return Activity(duration, calendar, **{k: v if k == "remaining" else DATA_DATE + v for k, v in dates.items()})


def done(start, finish):
    days = working_days_between(FIVE_DAYS, DATA_DATE + start, DATA_DATE + finish)
    return work(days, actual_start=start, actual_finish=finish)


def running(start, remaining):
    elapsed = working_days_between(FIVE_DAYS, DATA_DATE + start, DATA_DATE)
    return work(elapsed + remaining, actual_start=start, remaining=remaining)


BOTH = "Primavera Microsoft"
DIFFERENCES = [
    Difference(
        "A milestone may stand on a day off",
        BOTH,
        [work(6, SEVEN), work(0), work(7, SEVEN)],
        [(0, 1)],
        *(0, "total_float", 1, -1),
    ),
    Difference(
        "A milestone that moves over a weekend has moved",
        BOTH,
        [work(5), work(0), work(1)],
        [(0, 1), (0, 2), (2, 1, "SS", -1)],
        *(2, "free_float", 0, 1),
    ),
    Difference(
        "A finish waits for the instant itself",
        BOTH,
        [work(7, SEVEN), work(1)],
        [(0, 1, "FF", 0)],
        *(1, "early_start", 7, 4),
    ),
    Difference(
        "The late start lies before a day off, not after it",
        BOTH,
        [work(2), work(3, SEVEN), work(2, SEVEN), work(10, SEVEN)],
        [(0, 1, "SS"), (1, 2)],
        *(0, "total_float", 4, 5),
    ),
    Difference(
        "Without a successor, free float ends with the project",
        BOTH,
        [work(4, finish_no_later=4), work(10)],
        [],
        *(0, "free_float", 6, 0),
        {0: ("FINISH_NO_LATER_THAN", 4)},
    ),
    Difference(
        "Remaining work begins at the data date",
        BOTH,
        [work(5, actual_start=-14, remaining=3)],
        [],
        *(0, "early_finish", 3, -9),
    ),
    Difference(
        "A mandatory date does not overrule logic",
        BOTH,
        [work(5), work(2, start_no_earlier=2, start_no_later=2)],
        [(0, 1)],
        *(1, "early_start", 7, 2),
        {1: ("MUST_START_ON", 2)},
    ),
    Difference(
        "Lags count the predecessor's days",
        "Microsoft",
        [work(5), work(1, SEVEN)],
        [(0, 1, "FS", 2)],
        *(1, "early_start", 9, 7),
    ),
    Difference(
        "Nothing starts before the data date",
        "Microsoft",
        [work(1), work(1)],
        [(0, 1, "FS", -3)],
        *(1, "early_start", 0, -4),
    ),
    Difference(
        "Nothing starts before the data date",
        "Microsoft",
        [done(-14, -11), work(2)],
        [(0, 1)],
        *(1, "early_start", 0, -11),
    ),
    Difference(
        "Work that began out of sequence waits",
        "Microsoft",
        [work(3), running(-3, remaining=2)],
        [(0, 1)],
        *(1, "early_finish", 5, 2),
    ),
    Difference(
        "A latest date does not overrule logic",
        "Microsoft",
        [work(5), work(2, finish_no_later=4)],
        [(0, 1)],
        *(1, "early_start", 7, 2),
        {1: ("FINISH_NO_LATER_THAN", 4)},
    ),
    Difference(
        "What is finished has no late dates but its own",
        "Primavera",
        [done(-14, -11), work(2)],
        [],
        *(0, "late_finish", -11, 2),
    ),
    Difference(
        "A started activity has released what waits for its start",
        "Primavera",
        [running(-14, remaining=3), work(8)],
        [(0, 1, "SS", 0)],
        *(0, "late_finish", 10, 3),
    ),
    Difference(
        "A lag behind finished or started work runs from the actual date",
        "Primavera",
        [done(-7, -3), work(2)],
        [(0, 1, "FF", 4)],
        *(1, "early_finish", 3, 10),
    ),
    Difference(
        "A lag behind finished or started work runs from the actual date",
        "Primavera",
        [running(-7, remaining=5), work(1)],
        [(0, 1, "SF", 8)],
        *(1, "early_finish", 3, 1),
    ),
    Difference(
        "A lead binds on the way back as on the way out",
        "Primavera",
        [work(5), work(1), work(7, SEVEN)],
        [(0, 1), (0, 2), (1, 2, "FS", -3)],
        *(1, "total_float", 1, 2),
    ),
    Difference(
        "A lead binds on the way back as on the way out",
        "Primavera",
        [running(-14, remaining=4), running(-7, remaining=2)],
        [(0, 1, "FS", -3)],
        *(0, "total_float", 0, -2),
    ),
    Difference(
        "A start-to-finish lag is counted to the finish",
        "Primavera",
        [work(2), work(1, SEVEN), work(10)],
        [(0, 1, "SF", 1)],
        *(1, "early_start", 0, 1),
    ),
    Difference(
        "A start constraint shortens nothing",
        "Primavera",
        [work(6), work(3, start_no_earlier=14)],
        [(0, 1, "FF")],
        *(1, "early_finish", 17, 8),
        {1: ("START_NO_EARLIER_THAN", 14)},
    ),
    Difference(
        "A start constraint shortens nothing",
        "Primavera",
        [work(3), work(2, start_no_earlier=2)],
        [(0, 1)],
        *(1, "early_start", 3, 2),
        {1: ("START_NO_EARLIER_THAN", 2)},
    ),
]


@pytest.mark.needs("java")
@pytest.mark.parametrize(
    ("scheduler", "difference"),
    [(scheduler, difference) for difference in DIFFERENCES for scheduler in difference.schedulers.split()],
    ids=lambda value: value if isinstance(value, str) else value.title,
)
def test_difference_is_as_documented(mpxj, scheduler, difference):
    links = [Relationship(*link) for link in difference.links]
    case = Case(difference.activities, links, CALENDARS)
    constraints = {i: (kind, DATA_DATE + day) for i, (kind, day) in difference.constraints.items()}
    first_day = 0 if difference.column.endswith("float") else DATA_DATE
    theirs = mpxj(scheduler, case, constraints)[difference.activity][difference.column]
    ours = getattr(by_engine(case).dates[difference.activity], difference.column)
    assert (ours - first_day, theirs - first_day) == (difference.ours, difference.theirs)


def test_every_difference_is_documented_and_every_documented_one_is_tested():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert re.findall(r"^### (.+)$", text, re.MULTILINE) == list(dict.fromkeys(d.title for d in DIFFERENCES))
