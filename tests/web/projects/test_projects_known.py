"""What the list remembers or has kept is what is so: late projects, and plans, regions, tasks and indicators."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from cast import DATONG, actor_for
from project_scene import PROVINCIAL, indicator, plan, regions

from backcast.planbook import schema
from backcast.web.core.roles import Role
from backcast.web.directory.models import Region
from backcast.web.plans.models import Indicator, Plan, Task
from backcast.web.projects.filters import condition, is_late
from backcast.web.projects.known import Known
from backcast.web.projects.models import Project

pytestmark = pytest.mark.django_db
TODAY = date(2024, 6, 1)
DONE = {"completed", "production", "full_effect", "recognised", "accepted", "assessed", "terminated", "withdrawn"}


def test_late_is_what_should_be_finished_and_is_not():
    """Every stage, planned and actual finish: what the database keeps agrees with the definition, spelled out."""
    days = (None, TODAY - timedelta(1), TODAY, TODAY + timedelta(90), TODAY + timedelta(91))
    cases = list(product(sorted(schema.PROJECTS["stage"].allowed), days, (None, TODAY)))
    of, where = plan(), regions()["140224"]
    Plan.objects.filter(pk=of.pk).update(data_date=TODAY, version=2)
    Project.objects.bulk_create(
        Project(
            code=f"L{i:03}", name="x", kind="construction", plan=of, lead_region=where,
            stage=stage, planned_finish=planned, actual_finish=actual,
        )
        for i, (stage, planned, actual) in enumerate(cases)
    )  # fmt: skip
    unfinished = [
        (f"L{i:03}", planned)
        for i, (stage, planned, actual) in enumerate(cases)
        if planned is not None and actual is None and stage not in DONE
    ]
    late = {code for code, planned in unfinished if planned < TODAY}
    due = {code for code, planned in unfinished if TODAY <= planned <= TODAY + timedelta(90)}
    known = Known.to(PROVINCIAL)
    assert _found("late", known) == late
    assert _found("due", known) == due
    rows = Project.objects.values("code", "finish_due", "plan_id")
    assert {row["code"] for row in rows if is_late(row, known.dates)} == late


def _found(asked: str, known: Known) -> set[str]:
    return set(Project.objects.filter(condition({asked: True}, known)).values_list("code", flat=True))


def test_late_is_counted_by_the_data_date_of_each_plan():
    of, where = plan(), regions()["140224"]
    other = Plan.objects.create(code="P2", name="二", starts=TODAY, ends=TODAY, data_date=TODAY + timedelta(10))
    Plan.objects.filter(pk=of.pk).update(data_date=TODAY, version=2)
    for code, one, planned in (("A", of, TODAY), ("B", other, TODAY), ("C", other, TODAY + timedelta(20))):
        fields = {"name": "x", "kind": "construction", "stage": "construction", "lead_region": where}
        Project.objects.create(code=code, plan=one, planned_finish=planned, **fields)
    known = Known.to(PROVINCIAL)
    assert _found("late", known) == {"B"}
    assert _found("due", known) == {"A", "C"}


def test_a_plan_without_a_data_date_is_read_as_of_today(monkeypatch):
    of = plan()
    known = Known.to(PROVINCIAL)
    monkeypatch.setattr("backcast.web.projects.known.timezone.localdate", lambda: TODAY)
    assert known.dates == {of.pk: TODAY}
    monkeypatch.setattr("backcast.web.projects.known.timezone.localdate", lambda: TODAY + timedelta(1))
    assert known.dates == {of.pk: TODAY + timedelta(1)}


def test_what_is_known_is_read_once_and_again_after_every_change(django_assert_num_queries):
    made, where = indicator(), regions()
    Known.to(PROVINCIAL)
    with django_assert_num_queries(1):
        first = Known.to(PROVINCIAL)
    assert first.indicators[0].name == "机架"
    made.name = "标准机架"
    made.save_changes(["name"], expected=1)
    assert Known.to(PROVINCIAL).indicators[0].name == "标准机架"
    added = Region.objects.create(code="140225", name="浑源县", level="county", path=f"{DATONG}140225/")
    assert "140225" in Known.to(PROVINCIAL).regions
    assert added.pk in Known.to(PROVINCIAL).parted(DATONG)[0]
    added.delete()
    assert set(Known.to(PROVINCIAL).regions) == set(where)


@pytest.mark.parametrize("role", Role)
def test_nobody_knows_more_than_is_visible(role):
    actor = actor_for(role, DATONG)
    indicator(), regions(), plan().tasks.create(code="T1", name="任务")
    known = Known.to(actor)
    assert set(known.plans) == set(Plan.objects.visible_to(actor).values_list("code", flat=True))
    assert set(known.regions) == set(Region.objects.visible_to(actor).values_list("code", flat=True))
    assert {one.key for one in known.tasks} == set(Task.objects.visible_to(actor).values_list("pk", flat=True))
    assert {one.key for one in known.indicators} == set(
        Indicator.objects.visible_to(actor).values_list("pk", flat=True)
    )
