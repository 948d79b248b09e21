"""Adding and changing projects and their parts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from cast import DATONG, PROVINCE, actor_for
from project_scene import (
    CODE,
    OFFICER,
    PROVINCIAL,
    REPORTER,
    STRANGER,
    indicator,
    organisation,
    plan,
    project,
    regions,
    values,
)

from backcast.web.audit.recording import history_of
from backcast.web.core.refusals import Conflict, Invalid, Refused
from backcast.web.core.roles import Role
from backcast.web.projects import actions
from backcast.web.projects.models import Activity, Approval, Funding, Output, Project

pytestmark = pytest.mark.django_db


def fields_of(refused: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {fault.field for fault in refused.value.faults}


# ---- Adding.


def test_a_project_is_added_with_its_share_and_told_to_the_audit():
    added = actions.add(plan(), values(), by=OFFICER, no_state_secret=True)
    assert (added.stage, added.shares.get().region.code) == ("concept", "140224")
    assert history_of(added).get().action == "project.added"


def test_a_laboratory_begins_as_an_application():
    assert actions.add(plan(), values(kind="recognition"), by=OFFICER, no_state_secret=True).stage == "applied"


def test_nothing_is_added_without_the_declaration():
    with pytest.raises(Invalid) as refused:
        actions.add(plan(), values(), by=OFFICER)
    assert fields_of(refused) == {"no_state_secret"}
    assert not Project.objects.exists()


@pytest.mark.parametrize("text", ["绝密工程", "机密★10年", "秘密★5年", "关于…的通知（秘密）", "Top Secret"])
def test_marks_of_state_secrets_are_refused_wherever_they_stand(text):
    with pytest.raises(Invalid, match="secrecy office") as refused:
        actions.add(plan(), values(note=text), by=OFFICER, no_state_secret=True)
    assert fields_of(refused) == {"note"}


def test_marks_are_refused_in_parts_as_well():
    mine = project()
    with pytest.raises(Invalid, match="secrecy office"):
        actions.enter_statistics(mine, {"reason": "机密★"}, by=REPORTER)
    with pytest.raises(Invalid, match="secrecy office"):
        actions.set_network(mine, [WORKS[0] | {"name": "绝密工程"}], [], by=OFFICER, expected=1)
    with pytest.raises(Invalid, match="secrecy office"):
        actions.freeze_baseline(mine, "机密★1年", by=OFFICER)


@pytest.mark.parametrize("text", ["商业秘密保护平台", "机密码项目", "保密技术"])
def test_plain_words_are_no_marks(text):
    assert actions.add(plan(), values(note=text), by=OFFICER, no_state_secret=True).note == text


def test_an_officer_adds_within_his_own_reach():
    for actor in (STRANGER, REPORTER):
        with pytest.raises(Refused):
            actions.add(plan(), values(), by=actor, no_state_secret=True)


def test_what_looks_like_a_project_of_the_library_is_shown_first():
    project(code="OLD", name="灵丘县超级能源综合体建设项目")
    with pytest.raises(actions.LikelyDuplicate) as refused:
        actions.add(plan(), values(), by=OFFICER, no_state_secret=True)
    assert [one.code for one in refused.value.found] == ["OLD"]
    assert actions.add(plan(), values(), by=OFFICER, no_state_secret=True, anyway=True).code == CODE


def test_another_project_is_no_duplicate():
    project(code="OLD", name="浑源抽水蓄能电站", owner="国网新源")
    assert actions.add(plan(), values(), by=OFFICER, no_state_secret=True).code == CODE


def test_a_code_is_given_once():
    project()
    with pytest.raises(Invalid) as refused:
        actions.add(plan(), values(name="另一个"), by=OFFICER, no_state_secret=True)
    assert "code" in fields_of(refused)


# ---- Changing.


def test_only_what_changed_is_told():
    changed = actions.change(project(), {"leader": "王晓岚", "owner": values()["owner"]}, by=OFFICER, expected=1)
    event = history_of(changed)[0]
    assert (event.values_before, event.values_after) == ({"leader": ""}, {"leader": "王晓岚"})


def test_a_change_of_nothing_is_no_change():
    same = actions.change(project(), {"owner": values()["owner"]}, by=OFFICER, expected=1)
    assert (same.version, history_of(same).count()) == (1, 0)


def test_a_later_change_of_the_same_version_is_a_conflict():
    mine = project()
    actions.change(mine, {"leader": "甲"}, by=OFFICER, expected=1)
    with pytest.raises(Conflict) as conflict:
        actions.change(mine, {"leader": "乙"}, by=OFFICER, expected=1)
    assert (conflict.value.version, conflict.value.current["leader"]) == (2, "甲")


def test_a_reporter_changes_dates_and_progress_alone():
    mine = actions.change(project(), {"planned_finish": date(2025, 9, 1)}, by=REPORTER, expected=1)
    with pytest.raises(Refused):
        actions.change(mine, {"planned_finish": date(2025, 9, 2), "name": "x"}, by=REPORTER, expected=2)


def test_a_reporter_of_an_enterprise_reports_for_its_projects():
    mine = project(owner_organisation=organisation())
    by = actor_for(Role.REPORTER, organisation="QY")
    assert actions.change(mine, {"physical_percent_complete": 40.0}, by=by, expected=1).version == 2


def test_a_project_is_not_moved_out_of_ones_reach():
    with pytest.raises(Refused):
        actions.change(project(), {"lead_region": regions()["140100"]}, by=OFFICER, expected=1)
    moved = actions.change(Project.objects.get(), {"lead_region": regions()["140100"]}, by=PROVINCIAL, expected=1)
    assert moved.shares.get().region.code == "140100"


def test_a_stage_changes_by_a_transition_alone():
    with pytest.raises(Invalid, match="transition"):
        actions.change(project(), {"stage": "production"}, by=OFFICER, expected=1)


def test_an_end_before_its_beginning_is_refused():
    with pytest.raises(Invalid, match="2023-03-01"):
        actions.change(project(), {"planned_finish": date(2022, 1, 1)}, by=OFFICER, expected=1)


# ---- Parents and children.


def test_of_a_parent_and_its_child_one_counts():
    parent = project(code="P")
    child = actions.add(plan(), values(parent=parent), by=OFFICER, no_state_secret=True, anyway=True)
    assert child.counts is False
    with pytest.raises(Invalid, match="counts already"):
        actions.change(child, {"counts": True}, by=OFFICER, expected=1)


def test_the_counting_level_moves_as_one():
    parent = project(code="P")
    for code in ("A", "B"):
        project(code=code, parent=parent, counts=False)
    actions.count_at(parent, children=True, by=OFFICER, expected=1)
    counts = dict(Project.objects.values_list("code", "counts"))
    assert counts == {"P": False, "A": True, "B": True}
    actions.count_at(parent, children=False, by=OFFICER, expected=2)
    assert dict(Project.objects.values_list("code", "counts")) == {"P": True, "A": False, "B": False}


def test_nobody_is_his_own_grandfather():
    parent = project(code="P")
    child = project(code="C", parent=parent, counts=False)
    with pytest.raises(Invalid, match="below itself"):
        actions.change(parent, {"parent": child}, by=OFFICER, expected=1)


# ---- Shares, lists and outputs.


def test_shares_add_up_to_one_and_the_lead_has_one():
    of = regions()
    with pytest.raises(Invalid, match=r"0\.9"):
        actions.set_shares(project(), {of["140224"]: 0.5, of["140100"]: 0.4}, by=OFFICER, expected=1)
    with pytest.raises(Invalid, match="in the lead"):
        actions.set_shares(Project.objects.get(), {of["140100"]: 1.0}, by=OFFICER, expected=1)
    shared = actions.set_shares(Project.objects.get(), {of["140224"]: 0.6, of["140100"]: 0.4}, by=OFFICER, expected=1)
    assert (shared.shares.count(), shared.version) == (2, 2)


def test_a_project_enters_and_leaves_a_list_within_the_year():
    listing = actions.list_in(project(), {"year": 2024, "tier": "provincial", "entered": date(2024, 2, 1)}, by=OFFICER)
    with pytest.raises(Invalid, match="before it entered"):
        actions.unlist(listing, date(2024, 1, 1), by=OFFICER, expected=1)
    assert actions.unlist(listing, date(2024, 9, 1), by=OFFICER, expected=1).left == date(2024, 9, 1)
    assert [event.action for event in history_of(listing.project)] == ["listing.changed", "listing.added"]


def test_a_listing_twice_is_refused_at_once():
    mine = project()
    actions.list_in(mine, {"year": 2024, "tier": "provincial"}, by=OFFICER)
    with pytest.raises(Invalid):
        actions.list_in(mine, {"year": 2024, "tier": "provincial"}, by=OFFICER)


def test_outputs_are_set_and_removed():
    mine = project()
    output = actions.set_output(Output(project=mine), {"indicator": indicator(), "amount": 3000.0}, by=REPORTER)
    output = actions.set_output(output, {"amount": 2500.0}, by=REPORTER, expected=1)
    actions.remove_output(output, by=OFFICER, expected=2)
    assert not mine.outputs.exists()
    assert history_of(mine).count() == 3


# ---- Approvals, statistics, money.


@pytest.mark.parametrize("way", Approval.Way.values)
def test_every_route_lists_its_items_each_after_those_it_waits_for(way):
    items = [one.item for one in actions.choose_route(project(), way, by=OFFICER)]
    assert items[-1] == "construction_permit"
    activities, relationships = actions.early_network(Project.objects.get())
    order = {activity["code"]: place for place, activity in enumerate(activities)}
    assert relationships
    assert all(order[link["predecessor"]] < order[link["successor"]] for link in relationships)


def test_a_route_chosen_twice_adds_nothing():
    mine = project()
    actions.choose_route(mine, "filing", by=OFFICER)
    assert actions.choose_route(mine, "filing", by=OFFICER) == []


def test_what_is_granted_has_number_and_date_and_comes_in_order():
    mine = project()
    actions.choose_route(mine, "filing", by=OFFICER)
    permit = mine.approvals.get(item="construction_permit")
    granted = {"state": Approval.State.GRANTED, "number": "备〔2023〕1号", "date": date(2023, 1, 5)}
    with pytest.raises(Invalid, match="waits for") as refused:
        actions.record_approval(permit, granted | {"number": ""}, by=REPORTER, expected=1)
    assert fields_of(refused) == {"number", "state"}
    actions.record_approval(mine.approvals.get(item="filing"), granted, by=REPORTER, expected=1)
    assert mine.approvals.get(item="filing").number == "备〔2023〕1号"


def test_a_project_is_in_the_statistics_or_says_why_not():
    with pytest.raises(Invalid, match="or why"):
        actions.enter_statistics(project(), {}, by=REPORTER)
    mine = Project.objects.get()
    entry = actions.enter_statistics(mine, {"reason": "未满入统条件"}, by=REPORTER)
    entered = {"code": "1402240001", "month": date(2023, 5, 1), "reason": ""}
    assert actions.enter_statistics(mine, entered, by=REPORTER, expected=entry.version).version == 2


def test_what_is_paid_was_in_place():
    money = {"source": "own", "year": 2023, "in_place": Decimal(100), "paid": Decimal(120)}
    with pytest.raises(Invalid, match="More is paid"):
        actions.set_funding(Funding(project=project()), money, by=OFFICER)
    finance = actor_for(Role.FINANCE_OFFICER, PROVINCE)
    funded = actions.set_funding(Funding(project=Project.objects.get()), money | {"paid": Decimal(20)}, by=finance)
    assert funded.paid == Decimal(20)


# ---- Network and baselines.

WORKS = [
    {
        "code": "A",
        "name": "土建",
        "duration": 100,
        "planned_start": date(2023, 3, 1),
        "planned_finish": date(2023, 9, 1),
    },
    {"code": "B", "name": "设备", "duration": 60, "gate": "completion"},
]
LINK = {"predecessor": "A", "successor": "B", "type": "FS"}


def test_a_network_is_replaced_and_keeps_the_rows_it_had():
    mine = actions.set_network(project(), WORKS, [LINK], by=OFFICER, expected=1)
    key = mine.activities.get(code="A").pk
    mine = actions.set_network(mine, [WORKS[0] | {"duration": 90}], [], by=OFFICER, expected=2)
    assert list(Activity.objects.values_list("pk", "code", "duration", "version")) == [(key, "A", 90, 2)]


def test_a_loop_is_refused_by_name():
    with pytest.raises(Invalid, match=r"A → B → A|B → A → B"):
        actions.set_network(project(), WORKS, [LINK, {"predecessor": "B", "successor": "A"}], by=OFFICER, expected=1)


def test_a_reporter_reports_an_activity():
    mine = actions.set_network(project(), WORKS, [LINK], by=OFFICER, expected=1)
    begun = actions.report_activity(
        mine.activities.get(code="A"), {"actual_start": date(2023, 3, 5)}, by=REPORTER, expected=1
    )
    with pytest.raises(Invalid, match="before it begins"):
        actions.report_activity(begun, {"actual_finish": date(2023, 3, 1)}, by=REPORTER, expected=2)


def test_baselines_are_numbered_and_keep_their_dates():
    mine = actions.set_network(project(), WORKS, [LINK], by=OFFICER, expected=1)
    first = actions.freeze_baseline(mine, "初设批复", by=OFFICER)
    actions.change(mine, {"planned_finish": date(2025, 12, 31)}, by=OFFICER, expected=2)
    second = actions.freeze_baseline(mine, "中期调整", by=OFFICER)
    assert [(b.number, b.planned_finish) for b in (first, second)] == [(1, date(2025, 6, 30)), (2, date(2025, 12, 31))]
    assert first.activities.count() == 2


def test_a_baseline_says_why():
    with pytest.raises(Invalid, match="Say why"):
        actions.freeze_baseline(project(), " ", by=OFFICER)


# ---- Who sees what.


def test_strangers_see_nothing_and_observers_no_work_secrets():
    mine = project()
    assert not Project.objects.visible_to(STRANGER).exists()
    observer = actor_for(Role.OBSERVER, DATONG)
    assert Project.objects.visible_to(observer).get() == mine
    actions.change(mine, {"confidentiality": "work_secret"}, by=OFFICER, expected=1)
    assert not Project.objects.visible_to(observer).exists()
    assert Project.objects.visible_to(REPORTER).exists()
