"""What must hold for every schedule, whoever computed it."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from networks import FIVE_DAYS, SEVEN_DAYS, Case, by_engine, network_of, random_case
from oracle import Activity, Answer, Relationship, next_working_day

from backcast.engine.network import CycleError

seeds = st.integers(0, 2**32 - 1)
"""A failure names a small number, and ``random_case`` of it is the network."""


def free_of_limits(case):
    """Leave no date that later work could break: no "no later than", no required finish."""
    activities = [replace(activity, start_no_later=None, finish_no_later=None) for activity in case.activities]
    return replace(case, activities=activities, required_finish={})


def without_finish_bounds(case):
    """Keep what binds starts only; a bound on a finish lets longer work begin sooner (Wiest 1981)."""
    activities = [replace(activity, finish_no_earlier=None) for activity in case.activities]
    return replace(case, activities=activities, relationships=[r for r in case.relationships if r.meets_start])


def early(answer):
    return np.array([(dates.early_start, dates.early_finish) for dates in answer.dates])


def late(answer):
    return np.array([(dates.late_start, dates.late_finish) for dates in answer.dates])


@given(seeds)
def test_adding_a_relationship_never_makes_anything_earlier(seed):
    case = random_case(seed)
    assume(case.relationships)
    fewer = replace(case, relationships=case.relationships[:-1])
    assert (early(by_engine(fewer)) <= early(by_engine(case))).all()


@given(seeds)
def test_adding_a_relationship_never_makes_a_required_date_later(seed):
    case = random_case(seed)
    assume(case.relationships)
    required = {activity.project: case.data_date + 60 for activity in case.activities}
    more = replace(case, required_finish=required)
    fewer = replace(more, relationships=case.relationships[:-1])
    assert (late(by_engine(fewer)) >= late(by_engine(more))).all()


@given(seeds, st.integers(1, 10), st.integers(0, 11))
def test_longer_work_never_makes_a_start_bound_network_earlier(seed, days, which):
    case = without_finish_bounds(random_case(seed))
    activities = list(case.activities)
    unfinished = [i for i, activity in enumerate(activities) if not activity.finished]
    assume(unfinished)
    i = unfinished[which % len(unfinished)]
    remaining = activities[i].work + days if activities[i].started else None
    activities[i] = replace(activities[i], duration=activities[i].duration + days, remaining=remaining)
    assert (early(by_engine(case)) <= early(by_engine(replace(case, activities=activities)))).all()


@given(seeds)
def test_early_dates_never_lie_after_late_dates_where_nothing_limits_them(seed):
    answer = by_engine(free_of_limits(random_case(seed)))
    assert (early(answer) <= late(answer)).all()


@given(seeds)
def test_free_float_is_part_of_total_float_where_successors_wait_for_a_finish(seed):
    """Not so with SS, SF, leads and successors in another project, where the finish may move past the project's end."""
    case = free_of_limits(random_case(seed))
    waiting = [replace(r, type="F" + r.type[1], lag=abs(r.lag)) for r in case.relationships]
    one_project = [replace(activity, project=0) for activity in case.activities]
    answer = by_engine(replace(case, activities=one_project, relationships=waiting))
    assert all(0 <= dates.free_float <= dates.total_float for dates in answer.dates if dates.total_float is not None)


@given(seeds)
def test_some_activity_of_every_project_has_no_float_where_nothing_limits_it(seed):
    case = free_of_limits(random_case(seed))
    floats = {}
    for activity, dates in zip(case.activities, by_engine(case).dates, strict=True):
        floats.setdefault(activity.project, []).append(dates.total_float or 0)
    assert {min(values) for values in floats.values()} == {0}


@given(seeds)
def test_every_begin_has_a_reason(seed):
    """A relationship drives it, or it is the first possible day after the data date or a constraint."""
    case = random_case(seed)
    answer = by_engine(case)
    driven = {r.successor for r, drives in zip(case.relationships, answer.driving, strict=True) if drives}
    for i, (activity, dates) in enumerate(zip(case.activities, answer.dates, strict=True)):
        if dates.resume is None or i in driven or activity.finish_no_earlier is not None:
            continue
        first = case.data_date
        if activity.start_no_earlier is not None and not activity.started:
            first = max(first, activity.start_no_earlier)
        calendar = case.calendars[activity.calendar]
        assert dates.resume == (next_working_day(calendar, first) if activity.work else first)


@given(seeds, st.randoms(use_true_random=False))
def test_order_of_input_does_not_matter(seed, random):
    case = random_case(seed)
    places = list(range(len(case.activities)))
    random.shuffle(places)
    new_place = {old: new for new, old in enumerate(places)}
    links = [
        replace(r, predecessor=new_place[r.predecessor], successor=new_place[r.successor]) for r in case.relationships
    ]
    order = list(range(len(links)))
    random.shuffle(order)
    shuffled = by_engine(
        replace(case, activities=[case.activities[i] for i in places], relationships=[links[k] for k in order])
    )
    answer = by_engine(case)
    assert shuffled == Answer([answer.dates[i] for i in places], [answer.driving[k] for k in order])


@given(seeds, seeds)
def test_strangers_scheduled_together_keep_their_dates(seed, another_seed):
    """Projects that share no relationship are separate shards."""
    one, other = random_case(seed), random_case(another_seed)
    n, first_project = len(one.activities), 10
    moved = [replace(activity, project=activity.project + first_project) for activity in other.activities]
    links = [replace(r, predecessor=r.predecessor + n, successor=r.successor + n) for r in other.relationships]
    required = {project + first_project: day for project, day in other.required_finish.items()}
    together = Case(
        [*one.activities, *moved],
        [*one.relationships, *links],
        data_date=one.data_date,
        required_finish={**one.required_finish, **required},
    )
    first, second = by_engine(one), by_engine(replace(other, data_date=one.data_date))
    assert by_engine(together) == Answer(first.dates + second.dates, first.driving + second.driving)


@given(seeds, st.integers(1, 20))
def test_a_week_later_everything_is_a_week_later(seed, weeks):
    """Where every week is like the other one, no date means anything by itself."""
    case = replace(random_case(seed), calendars=(FIVE_DAYS, SEVEN_DAYS, SEVEN_DAYS))
    days = 7 * weeks
    fields = ("actual_start", "actual_finish", "start_no_earlier", "start_no_later")
    fields += ("finish_no_earlier", "finish_no_later")

    def later(activity):
        given_dates = {name: value for name in fields if (value := getattr(activity, name)) is not None}
        return replace(activity, **{name: value + days for name, value in given_dates.items()})

    postponed = replace(
        case,
        activities=[later(activity) for activity in case.activities],
        data_date=case.data_date + days,
        required_finish={project: day + days for project, day in case.required_finish.items()},
    )
    assert (early(by_engine(postponed)) == early(by_engine(case)) + days).all()
    assert (late(by_engine(postponed)) == late(by_engine(case)) + days).all()


@given(st.integers(1, 8), st.integers(0, 5), st.sampled_from(["FS", "SS", "FF", "SF"]))
def test_a_loop_is_named_in_the_planners_codes(length, others, kind):
    """A chain that ends where it began, with activities before and after it that are not to blame."""
    activities = [Activity(1)] * (length + 2 * others)
    loop = [Relationship(i, (i + 1) % length, kind) for i in range(length)]
    before = [Relationship(length + i, i % length) for i in range(others)]
    after = [Relationship(i % length, length + others + i) for i in range(others)]
    with pytest.raises(CycleError) as caught:
        network_of(Case(activities, before + loop + after))
    named = caught.value.loop
    assert named[0] == named[-1]
    assert {(a, b) for a, b in itertools.pairwise(named)} == {(f"A{r.predecessor}", f"A{r.successor}") for r in loop}
    assert " → ".join(named) in str(caught.value)
