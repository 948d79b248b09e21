"""What plan officers do to plans: who may, what must hold, and what the audit keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
from cast import DATONG, PROVINCE, actor_for
from django.utils import translation
from plan_builders import END, indicator, plan, region, shanxi, target, whole_plan

from backcast.web.audit.models import Event
from backcast.web.core.refusals import Conflict, Invalid, Refused
from backcast.web.core.roles import Role
from backcast.web.directory.models import Region
from backcast.web.plans import actions
from backcast.web.plans.models import Indicator, Measure, Observation, Plan, Target, Task
from backcast.web.plans.overview import indicator_rows

pytestmark = pytest.mark.django_db
OFFICER, OF_DATONG = actor_for(Role.PLAN_OFFICER, PROVINCE), actor_for(Role.PLAN_OFFICER, DATONG)
REVIEW = date(2023, 9, 1)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def made() -> Plan:
    return whole_plan()


def revision(**more: object) -> Target:
    told = {"value": 130_000, "document": "中期评估", "issued": REVIEW, "source": "省政府", **more}
    return Target(**told)


def in_force() -> Target:
    return Target.objects.get(indicator__code="stations", document="规划")


def test_a_plan_belongs_to_the_region_that_its_targets_share(made):
    assert actions.place_of(made) == PROVINCE
    stations = Indicator.objects.get(code="stations")
    target(stations, region("100000", "全国", "country"), END, 1, "全国规划")
    assert actions.place_of(made) == "/"
    assert actions.place_of(plan("empty")) is None


def test_an_officer_of_a_city_may_not_change_the_plan_of_the_province(made):
    with pytest.raises(Refused):
        actions.change_plan(made, {"name": "另一规划"}, expected=1, by=OF_DATONG)
    with pytest.raises(Refused):
        actions.change_part(Task.objects.get(code="T1"), {"name": "另"}, expected=1, by=OF_DATONG)


def test_an_officer_of_a_city_sets_targets_of_that_city_only(made):
    stations = Indicator.objects.get(code="stations")
    told = {"indicator": stations, "date": END, "value": 9_000, "document": "大同市规划"}
    actions.add_figure(Target(region=Region.objects.get(path=DATONG), **told), by=OF_DATONG)
    with pytest.raises(Refused):
        actions.add_figure(Target(region=Region.objects.get(path=PROVINCE), **told), by=OF_DATONG)


def test_others_change_nothing(made):
    with pytest.raises(Refused):
        actions.add_part(Task(plan=made, code="T3", name="三"), by=actor_for(Role.LEADER, PROVINCE))


def test_a_change_of_a_measure_is_told_with_what_was_before(made):
    measure = Measure.objects.get(code="M1")
    actions.change_part(measure, {"state": "done", "deadline": END}, expected=1, by=OFFICER)
    event = Event.objects.get(action="measure.changed")
    assert json.loads(event.before) == {"state": "under_way", "deadline": None}
    assert json.loads(event.after) == {"state": "done", "deadline": "2025-12-31"}
    with pytest.raises(Conflict):
        actions.change_part(measure, {"state": "dropped"}, expected=1, by=OFFICER)


def test_a_task_never_lies_within_itself(made):
    with pytest.raises(Invalid, match="within itself"):
        actions.change_part(
            Task.objects.get(code="T1"), {"parent": Task.objects.get(code="T11")}, expected=1, by=OFFICER
        )


def test_parts_belong_to_one_plan(made):
    other = indicator(plan("other"), "foreign", "别的指标")
    with pytest.raises(Invalid, match="another plan"):
        actions.change_part(Indicator.objects.get(code="pue"), {"numerator": other}, expected=1, by=OFFICER)


def test_codes_are_unique_within_a_plan(made):
    with pytest.raises(Invalid, match="already exists"):
        actions.add_part(Task(plan=made, code="T1", name="再"), by=OFFICER)


def test_a_plan_ends_after_it_starts_and_its_vision_lies_beyond():
    shanxi()
    with pytest.raises(Invalid, match="before it starts"):
        actions.add_plan(Plan(code="p", name="规划", starts=END, ends=date(2021, 1, 1)), by=OFFICER)
    begun = Plan(code="p", name="规划", starts=date(2021, 1, 1), ends=END, vision_year=2025)
    with pytest.raises(Invalid, match="beyond the end"):
        actions.add_plan(begun, by=OFFICER)


def test_a_revision_closes_the_old_target_and_adds_the_new(made):
    new = actions.revise_target(in_force(), revision(), by=OFFICER)
    assert in_force().valid_to == date(2023, 8, 31)
    assert (new.value, new.date, new.region.code, new.known_from) == (130_000, END, "140000", REVIEW)
    actions_told = Event.objects.order_by("number").values_list("action", flat=True)
    assert list(actions_told) == ["target.closed", "target.revised"]


def test_before_the_revision_the_old_target_stays_in_force(made):
    actions.revise_target(in_force(), revision(), by=OFFICER)
    stations = [Indicator.objects.select_related().get(code="stations")]
    assert indicator_rows(made, stations, date(2023, 8, 31))[0].aim.target.value == 120_000
    assert indicator_rows(made, stations, REVIEW)[0].aim.target.value == 130_000


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"issued": None}, "Put the day"),
        ({"issued": date(2021, 5, 27)}, "later day"),
        ({"document": "规划"}, "another document"),
    ],
)
def test_a_revision_needs_a_later_document(made, wrong, said):
    with pytest.raises(Invalid, match=said):
        actions.revise_target(in_force(), revision(**wrong), by=OFFICER)
    assert in_force().valid_to is None


def test_what_ended_is_not_revised_again(made):
    actions.revise_target(in_force(), revision(), by=OFFICER)
    with pytest.raises(Invalid, match="ended on 2023-08-31"):
        actions.revise_target(in_force(), revision(document="另一评估"), by=OFFICER)


def test_a_corrected_figure_leaves_the_wrong_one_in_the_audit(made):
    figure = Observation.objects.get(value=95_000)
    actions.change_figure(figure, {"value": 95_100.0}, expected=1, by=OFFICER)
    assert json.loads(Event.objects.get(action="observation.changed").before) == {"value": 95_000.0}


def test_the_same_source_says_a_value_once(made):
    figure = Observation.objects.get(value=95_000)
    figure.pk = None
    with pytest.raises(Invalid, match="already exists"):
        actions.add_figure(figure, by=OFFICER)
