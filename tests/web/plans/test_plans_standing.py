"""What counts on a day is what the planbook says counts."""

from __future__ import annotations

from datetime import date

import pytest
from counting import assert_queries
from plan_builders import END, MIDDLE, definition, observation, region, target, whole_plan

from backcast.web.directory.models import Region
from backcast.web.plans.models import Indicator, Measure, Plan
from backcast.web.plans.overview import overview_of

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 30)


@pytest.fixture
def plan() -> Plan:
    return whole_plan()


def rows(plan: Plan, on: date = TODAY):
    return {row.indicator.code: row for section in overview_of(plan, on).sections for row in section.indicators}


def test_of_several_documents_the_latest_issued_is_in_force(plan):
    aim = rows(plan)["stations"].aim
    assert (aim.target.value, aim.target.document, aim.claim.sign) == (120_000, "规划", "≥")


def test_before_the_later_document_the_earlier_one_was_in_force(plan):
    assert rows(plan, date(2020, 6, 30))["stations"].aim.target.value == 100_000


def test_the_last_figure_that_compares_stands_beside_the_target(plan):
    aim = rows(plan)["stations"].aim
    assert (aim.last.value, aim.figure, aim.percent, aim.met) == (95_000, "95,000", 79, False)


def test_a_figure_before_a_series_break_does_not_count(plan):
    stations = Indicator.objects.get(code="stations")
    definition(stations, "old", valid_from=date(2020, 1, 1))
    definition(stations, "new", valid_from=date(2024, 1, 1), series_break=True)
    assert rows(plan)["stations"].aim.last is None
    assert rows(plan, MIDDLE)["stations"].aim.last.value == 95_000


def test_where_lower_is_better_there_is_no_share_but_it_can_be_met(plan):
    aim = rows(plan)["pue"].aim
    assert (aim.percent, aim.met, aim.claim.sign) == (None, True, "<")


def test_without_target_or_figure_that_is_what_is_said(plan):
    assert rows(plan)["racks"].aim is None
    target(Indicator.objects.get(code="racks"), Region.objects.get(code="140000"), END, 500_000, "规划")
    assert rows(plan)["racks"].aim.met is None
    assert overview_of(plan, TODAY).silent == 1


def test_nothing_nearly_reached_is_called_whole(plan):
    province = Region.objects.get(code="140000")
    observation(Indicator.objects.get(code="stations"), province, date(2024, 12, 31), 119_999)
    assert rows(plan)["stations"].aim.percent == 99


def test_the_highest_region_stands_for_an_indicator_and_the_others_are_counted(plan):
    stations = Indicator.objects.get(code="stations")
    target(stations, Region.objects.get(code="140200"), END, 9_000, "规划")
    target(stations, Region.objects.get(code="140000"), date(2035, 12, 31), 300_000, "愿景")
    row = rows(plan)["stations"]
    assert (row.aim.target.value, [aim.target.value for aim in row.later], row.others) == (120_000, [300_000], 2)


def test_tasks_stand_in_the_order_of_their_tree(plan):
    sections = overview_of(plan, TODAY).sections
    assert [(section.task.code, section.depth) for section in sections] == [("T1", 0), ("T11", 1), ("T2", 0)]


def test_what_has_no_task_is_shown_at_the_end(plan):
    Measure.objects.create(plan=plan, code="M9", name="其他")
    last = overview_of(plan, TODAY).sections[-1]
    assert (last.task, [row.measure.code for row in last.measures]) == (None, ["M9"])


def test_a_measure_is_overdue_until_it_is_done(plan):
    Measure.objects.update(deadline=date(2024, 12, 31))
    overview = overview_of(plan, TODAY)
    assert overview.overdue == 1
    assert [count for _label, count in overview.states] == [1, 1]


def test_an_overview_takes_the_same_queries_however_large(plan):
    province = Region.objects.get(code="140000")
    stations = Indicator.objects.get(code="stations")
    for n in range(20):
        place = region(f"1403{n:02}", f"{n}县", "county", province)
        target(stations, place, END, n, "规划")
        observation(stations, place, MIDDLE, n)
    with assert_queries(6):
        assert overview_of(plan, TODAY).met == 1


def test_a_target_known_only_later_is_not_in_force_and_says_so(plan):
    stations = Indicator.objects.get(code="stations")
    target(stations, Region.objects.get(code="140100"), END, 7, "规划", known_from=date(2025, 12, 1))
    assert rows(plan)["stations"].others == 1
