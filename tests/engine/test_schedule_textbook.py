"""Schedules worked by hand or published, asked of both implementations.

Days count from the data date, a Monday: Tuesday is 1, Saturday 5, the next Monday 7. An activity
that works Monday to Wednesday is (0, 3): its finish is the first day on which it no longer works.
"""

import csv
import re
from dataclasses import replace
from pathlib import Path

import pytest
from networks import DATA_DATE, FIVE_DAYS, HORIZON, SEVEN_DAYS, Case, by_engine, by_oracle, network_of, weekly
from oracle import Activity, Relationship

from backcast.engine.schedule import schedule

GOLDEN = Path(__file__).parents[1] / "golden"
FIVE, SEVEN = 0, 1


@pytest.fixture(params=[by_engine, by_oracle], ids=["engine", "oracle"])
def solve(request):
    """Answer with days counted from the data date; a network is written as in the tests below."""

    def answer(activities, relationships=(), calendars=(FIVE_DAYS, SEVEN_DAYS), required_finish=None):
        required = {project: DATA_DATE + day for project, day in (required_finish or {}).items()}
        activities = [_from_data_date(activity) for activity in activities]
        links = [Relationship(*relationship) for relationship in relationships]
        return request.param(Case(activities, links, calendars, required_finish=required))

    return answer


def _from_data_date(activity):
    names = ("actual_start", "actual_finish", "start_no_earlier", "start_no_later")
    names += ("finish_no_earlier", "finish_no_later")
    given = {name: value + DATA_DATE for name in names if (value := getattr(activity, name)) is not None}
    return replace(activity, **given)


def early(answer):
    return [(dates.early_start - DATA_DATE, dates.early_finish - DATA_DATE) for dates in answer.dates]


def late(answer):
    return [(dates.late_start - DATA_DATE, dates.late_finish - DATA_DATE) for dates in answer.dates]


def total_float(answer):
    return [dates.total_float for dates in answer.dates]


def free_float(answer):
    return [dates.free_float for dates in answer.dates]


# Relationship types, lags and leads


@pytest.mark.parametrize(
    ("type", "lag", "expected"),
    [
        ("FS", 0, (3, 5)),  # A works Monday to Wednesday, B Thursday and Friday
        ("FS", 2, (7, 9)),  # Thursday and Friday pass, then the weekend
        ("FS", -1, (2, 4)),  # a lead: Wednesday is the last working day before A's finish
        ("FS", -5, (0, 2)),  # the lead reaches before the data date, B does not
        ("SS", 0, (0, 2)),
        ("SS", 2, (2, 4)),
        ("SS", 5, (7, 9)),  # the fifth working day ends on Friday evening; work goes on on Monday
        ("FF", 0, (1, 3)),  # B finishes together with A
        ("FF", 1, (2, 4)),
        ("FF", -1, (0, 2)),  # B may finish a day before A, on Tuesday evening
        ("FF", 3, (4, 8)),  # finish after Thursday, Friday, Monday: B works Friday and Monday
        ("SF", 0, (0, 2)),  # B need not finish before Monday: the data date decides
        ("SF", 4, (2, 4)),  # B finishes four working days after A's start
        ("SF", 6, (4, 8)),
    ],
)
def test_relationship_of_each_type(solve, type, lag, expected):
    answer = solve([Activity(3), Activity(2)], [(0, 1, type, lag)])
    assert early(answer) == [(0, 3), expected]


@pytest.mark.parametrize(
    ("type", "lag", "expected"),
    [
        ("FS", 0, (0, 3)),  # B works on Thursday and Friday at the latest
        ("FS", 1, (-3, 2)),  # A works Friday before last, Monday and Tuesday; Wednesday passes
        ("FS", -1, (1, 4)),  # A may still work on B's first day
        ("SS", 0, (3, 8)),  # A must begin when B must: Thursday, Friday, Monday
        ("SS", 1, (2, 5)),
        ("FF", 0, (2, 5)),
        ("FF", 2, (0, 3)),
        ("SF", 5, (0, 3)),  # five working days from A's start end on Friday evening, where B must
    ],
)
def test_backward_pass_mirrors_each_type(solve, type, lag, expected):
    """B must finish by Friday evening (5); A's own finish is free for two weeks."""
    activities = [Activity(3, project=0), Activity(2, project=1)]
    answer = solve(activities, [(0, 1, type, lag)], required_finish={0: 14, 1: 5})
    assert late(answer)[0] == expected


def test_lead_to_a_finish_reaches_the_evening_before_the_weekend(solve):
    """A finishes on Monday evening; a working day before that is Friday evening, not Monday morning."""
    assert early(solve([Activity(6), Activity(2)], [(0, 1, "FF", -1)])) == [(0, 8), (3, 5)]


def test_work_that_is_relieved_on_monday_ends_on_friday(solve):
    """Start to finish: B must not end before A starts, and between Friday evening and Monday nobody works."""
    answer = solve([Activity(5), Activity(1), Activity(1)], [(0, 1), (1, 2, "SF", 0)])
    assert early(answer) == [(0, 5), (7, 8), (4, 5)]


def test_lag_counts_the_predecessors_calendar_unless_told(solve):
    activities = [Activity(5), Activity(2, calendar=SEVEN)]
    assert early(solve(activities, [(0, 1, "FS", 2)]))[1] == (9, 11)  # Monday and Tuesday pass
    assert early(solve(activities, [(0, 1, "FS", 2, SEVEN)]))[1] == (7, 9)  # the weekend passes


# Calendars


def test_work_pauses_over_the_weekend(solve):
    answer = solve([Activity(4), Activity(3), Activity(3, calendar=SEVEN)], [(0, 1), (0, 2)])
    assert early(answer) == [(0, 4), (4, 9), (4, 7)]


def test_finish_on_friday_evening_is_the_instant_saturday(solve):
    answer = solve([Activity(5), Activity(1), Activity(1, calendar=SEVEN)], [(0, 1), (0, 2)])
    assert early(answer) == [(0, 5), (7, 8), (5, 6)]


def test_winter_stop_counts_once_and_no_work_is_done_in_it(solve):
    """Three days of work before a stop of 100 days, seven after it."""
    open_season = weekly(range(7), without=range(DATA_DATE + 3, DATA_DATE + 103))
    answer = solve([Activity(10), Activity(2)], [(0, 1)], calendars=[open_season])
    assert early(answer) == [(0, 110), (110, 112)]


def test_make_up_workday_is_worked(solve):
    with_saturday = FIVE_DAYS | {DATA_DATE + 5}
    assert early(solve([Activity(6)], calendars=[with_saturday])) == [(0, 6)]


def test_float_counts_the_activitys_own_working_days(solve):
    """Nine days until the required finish: seven working days for one calendar, nine for the other."""
    answer = solve([Activity(2), Activity(2, calendar=SEVEN)], required_finish={0: 9})
    assert late(answer) == [(7, 9), (7, 9)]
    assert total_float(answer) == [5, 7]


# Milestones


def test_milestone_stands_at_the_instant_of_its_predecessor(solve):
    """It is reached when the work ends on Friday evening; nobody has to wait for Monday to say so."""
    answer = solve([Activity(5), Activity(0), Activity(2)], [(0, 1), (1, 2)])
    assert early(answer) == [(0, 5), (5, 5), (7, 9)]
    assert late(answer) == [(0, 5), (7, 7), (7, 9)]
    assert total_float(answer) == [0, 0, 0]  # a milestone that may move over a weekend has no working day to spare


def test_milestone_without_logic_stands_at_the_data_date(solve):
    assert early(solve([Activity(0)])) == [(0, 0)]


# Progress


def test_finished_activity_keeps_its_dates_whatever_the_logic(solve):
    finished = Activity(5, actual_start=-7, actual_finish=-3)
    answer = solve([Activity(3), finished, Activity(2)], [(0, 1), (1, 2)])
    assert early(answer) == [(0, 3), (-7, -3), (0, 2)]
    assert late(answer)[1] == (-7, -3)
    assert total_float(answer)[1] is None
    assert answer.driving == [False, False]


def test_started_activity_finishes_its_remaining_work_from_the_data_date(solve):
    answer = solve([Activity(9, actual_start=-10, remaining=3)])
    assert early(answer) == [(-10, 3)]
    assert answer.dates[0].resume == DATA_DATE


def test_retained_logic_makes_started_work_wait_for_its_predecessor(solve):
    """B began out of sequence; what remains of it waits until A has finished on Wednesday."""
    answer = solve([Activity(3), Activity(6, actual_start=-4, remaining=2)], [(0, 1)])
    assert early(answer) == [(0, 3), (-4, 5)]
    assert answer.dates[1].resume == DATA_DATE + 3
    assert answer.driving == [True]


def test_started_predecessor_passes_on_its_actual_start(solve):
    """Ten working days after the start two weeks ago: the lag has run down, and nothing drives B but the data date."""
    started = Activity(20, actual_start=-14, remaining=8)
    answer = solve([started, Activity(2)], [(0, 1, "SS", 10)])
    assert early(answer) == [(-14, 10), (0, 2)]
    longer = solve([started, Activity(2)], [(0, 1, "SS", 12)])
    assert early(longer)[1] == (2, 4)


def test_late_dates_of_a_started_activity_bind_its_remaining_work_only(solve):
    answer = solve([Activity(6, actual_start=-7, remaining=2), Activity(3)], [(0, 1)], required_finish={0: 12})
    assert late(answer) == [(-7, 9), (9, 12)]
    assert total_float(answer) == [5, 5]


def test_nothing_is_forecast_before_the_data_date(solve):
    assert early(solve([Activity(1, start_no_earlier=-30, finish_no_earlier=-20)])) == [(0, 1)]


# Constraints


def test_start_and_finish_no_earlier_than_hold_work_back(solve):
    answer = solve([Activity(2, start_no_earlier=3), Activity(2, start_no_earlier=5), Activity(2, finish_no_earlier=9)])
    assert early(answer) == [(3, 5), (7, 9), (7, 9)]


def test_start_constraint_is_past_once_work_has_started(solve):
    started = Activity(4, actual_start=-2, remaining=2)
    assert early(solve([replace(started, start_no_earlier=7)])) == [(-2, 2)]
    assert early(solve([replace(started, finish_no_earlier=9)])) == [(-2, 9)]


def test_must_finish_on_gives_the_chain_negative_float(solve):
    """Eight working days of logic, and the second activity must finish on Friday evening: three days too few."""
    second = Activity(3, finish_no_earlier=5, finish_no_later=5)
    answer = solve([Activity(5), second, Activity(1)], [(0, 1), (1, 2)])
    assert early(answer) == [(0, 5), (7, 10), (10, 11)]
    assert late(answer) == [(-5, 2), (2, 5), (10, 11)]
    assert total_float(answer) == [-3, -3, 0]


def test_must_start_on_holds_from_both_sides(solve):
    answer = solve([Activity(2), Activity(2, start_no_earlier=7, start_no_later=7)], [(0, 1)], required_finish={0: 30})
    assert early(answer) == [(0, 2), (7, 9)]
    assert late(answer) == [(3, 5), (7, 9)]
    assert total_float(answer) == [3, 0]


def test_required_finish_of_one_project_binds_the_project_it_waits_for(solve):
    activities = [Activity(3, project=0), Activity(2, project=0), Activity(4, project=1)]
    answer = solve(activities, [(0, 2)], required_finish={1: 7})
    assert late(answer) == [(-4, 1), (1, 3), (1, 5)]
    assert total_float(answer) == [-2, 1, -2]


# Driving relationships and free float


def test_only_the_binding_relationship_drives(solve):
    answer = solve([Activity(3), Activity(5), Activity(2)], [(0, 2), (1, 2), (0, 2, "SS", 5)])
    assert early(answer)[2] == (7, 9)
    assert answer.driving == [False, True, True]  # two relationships alone would put it on Monday


def test_longest_path_follows_driving_relationships_back():
    activities = [Activity(3), Activity(5), Activity(2), Activity(1)]
    links = [Relationship(0, 2), Relationship(1, 2), Relationship(2, 3)]
    found = schedule(network_of(Case(activities, links)), DATA_DATE)
    codes = found.network.codes
    assert [codes[i] for i in found.longest_path_to(codes.index("A3"))] == ["A1", "A2", "A3"]


def test_free_float_is_what_no_successor_feels(solve):
    """A has a day before B moves, but five before the project's end does."""
    activities = [Activity(1), Activity(1, start_no_earlier=2), Activity(8)]
    answer = solve(activities, [(0, 1)])
    assert early(answer) == [(0, 1), (2, 3), (0, 10)]
    assert free_float(answer) == [1, 5, 0]
    assert total_float(answer) == [6, 5, 0]


def test_longer_work_can_end_a_project_sooner(solve):
    """Reverse critical: the path enters B by its finish and leaves by its start, as in Wiest (1981).

    Wiest, Precedence diagramming method: some unusual characteristics and their implications for
    project managers. Journal of Operations Management 1(3), 121-130.
    """
    links = [(0, 1, "FF", 0), (1, 2, "SS", 0)]
    short = solve([Activity(10, SEVEN), Activity(2, SEVEN), Activity(6, SEVEN)], links)
    longer = solve([Activity(10, SEVEN), Activity(5, SEVEN), Activity(6, SEVEN)], links)
    assert early(short) == [(0, 10), (8, 10), (8, 14)]
    assert early(longer) == [(0, 10), (5, 10), (5, 11)]


# Published networks


def _reliable_construction():
    with (GOLDEN / "schedule" / "reliable-construction.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    place = {row["code"]: i for i, row in enumerate(rows)}
    links = [(place[code], place[row["code"]]) for row in rows for code in row["predecessors"].split()]
    return rows, [Activity(int(row["duration"]), SEVEN) for row in rows], links


@pytest.mark.parametrize(("deadline", "shift"), [(None, 0), (47, 3), (40, -4)])
def test_reliable_construction_company(solve, deadline, shift):
    rows, activities, links = _reliable_construction()
    answer = solve(activities, links, required_finish={} if deadline is None else {0: deadline})

    def column(name):
        return [int(row[name]) for row in rows]

    assert early(answer) == list(zip(column("early_start"), column("early_finish"), strict=True))
    shifted = zip(column("late_start"), column("late_finish"), strict=True)
    assert late(answer) == [(start + shift, finish + shift) for start, finish in shifted]
    assert total_float(answer) == [days + shift for days in column("total_float")]
    assert free_float(answer) == column("free_float")


def _psplib(path):
    """Return durations, relationships and the published length of the critical path."""
    text = path.read_text(encoding="ascii")
    length = int(re.search(r"MPM-Time\n.*?(\d+)\s*\n", text)[1])
    precedence = text[text.index("PRECEDENCE RELATIONS") : text.index("REQUESTS/DURATIONS")]
    requests = text[text.index("REQUESTS/DURATIONS") : text.index("RESOURCEAVAILABILITIES")]
    numbers = [[int(n) for n in line.split()] for line in precedence.splitlines() if re.match(r"\s*\d", line)]
    links = [(job - 1, successor - 1) for job, _, _, *successors in numbers for successor in successors]
    durations = [int(line.split()[2]) for line in requests.splitlines() if re.match(r"\s*\d", line)]
    return durations, links, length


@pytest.mark.parametrize("path", sorted((GOLDEN / "psplib").glob("*.sm")), ids=lambda path: path.stem)
def test_critical_path_of_psplib_instances(solve, path):
    durations, links, length = _psplib(path)
    answer = solve([Activity(duration, SEVEN) for duration in durations], links)
    assert early(answer)[-1] == late(answer)[-1] == (length, length)
    assert late(answer)[0] == (0, 0)
    assert min(total_float(answer)) == 0
    assert length < HORIZON - DATA_DATE
