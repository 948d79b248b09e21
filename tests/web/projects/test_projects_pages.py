"""The pages of a project: who sees what, what is written, and what is told where something is wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from cast import TAIYUAN, client_of, user_with
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from project_scene import CODE, OFFICER, indicator, plan, project, regions

from backcast.web.audit.recording import history_of
from backcast.web.core.roles import Role
from backcast.web.projects import actions
from backcast.web.projects.models import Attachment, Funding, Output, Project

pytestmark = pytest.mark.django_db
PARTS = ("", "schedule/", "money/", "paperwork/", "history/")
FORMS = (
    *("edit/", "shares/", "network/", "files/add/", "advance/started/", "advance/deferred/"),
    *("approvals/add/", "listings/add/", "funding/add/", "statistics/add/", "outputs/add/"),
)


def page(part: str = "", code: str = CODE) -> str:
    return f"/projects/{code}/{part}"


def full() -> Project:
    """Make a project of which everything is said."""
    mine = project(longitude=114.2, latitude=39.4, physical_percent_complete=35.5, stage_date=date(2023, 1, 1))
    works = [
        {"code": "A", "name": "土建", "duration": 300, "planned_finish": date(2024, 3, 1), "gate": "start"},
        {"code": "B", "name": "设备", "duration": 90, "planned_finish": date(2025, 6, 30), "gate": "completion"},
    ]
    mine = actions.set_network(mine, works, [{"predecessor": "A", "successor": "B"}], by=OFFICER, expected=1)
    actions.freeze_baseline(mine, "初设批复", by=OFFICER)
    actions.list_in(mine, {"year": 2023, "tier": "provincial", "listing_class": "new"}, by=OFFICER)
    actions.choose_route(mine, "filing", by=OFFICER)
    actions.set_funding(Funding(project=mine), {"source": "own", "year": 2023, "planned": Decimal(9)}, by=OFFICER)
    actions.set_output(Output(project=mine), {"indicator": indicator(), "amount": 10.0}, by=OFFICER)
    actions.enter_statistics(mine, {"reason": "未开工"}, by=OFFICER)
    project(code="CHILD", name="子项目", parent=mine, counts=False)
    return mine


@pytest.fixture
def as_officer_datong(db) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user_with(Role.PROJECT_OFFICER, "/140000/140200/"))
    return client


# ---- Who sees what.


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_part_is_shown_in_both_languages(as_officer_datong, part, language):
    full()
    answer = as_officer_datong.get(page(part), headers={"accept-language": language})
    assert answer.status_code == 200
    assert b"style=" not in answer.content


@pytest.mark.parametrize("part", PARTS)
def test_a_bare_project_has_every_part(as_reporter_lingqiu, part):
    project()
    assert as_reporter_lingqiu.get(page(part)).status_code == 200


@pytest.mark.parametrize("part", [*PARTS, *FORMS])
def test_a_stranger_finds_nothing(part):
    project()
    stranger = Client()
    stranger.force_login(user_with(Role.PROJECT_OFFICER, TAIYUAN))
    assert stranger.get(page(part)).status_code == 404


@pytest.mark.parametrize("part", FORMS)
def test_who_only_reads_is_refused_forms(as_leader, part):
    project()
    assert as_leader.get(page(part)).status_code == 403


@pytest.mark.parametrize("part", FORMS)
def test_an_officer_is_shown_every_form(as_officer_datong, part):
    project()
    assert as_officer_datong.get(page(part)).status_code == 200


@pytest.mark.parametrize("name", ["system-officer", "security-officer", "audit-officer"])
def test_the_three_officers_see_no_project(name):
    project()
    assert client_of(name).get(page()).status_code == 404


@pytest.mark.parametrize(
    "part", ["advance/nowhere/", "nothing/add/", "listings/2023/", "listings/x~provincial/", "activities/Z/"]
)
def test_what_is_not_there_is_not_found(as_officer_datong, part):
    project()
    assert as_officer_datong.get(page(part)).status_code == 404


def test_the_lifecycle_is_a_page(as_leader):
    answer = as_leader.get("/projects/lifecycle/")
    assert answer.status_code == 200
    assert "Report the start" in answer.content.decode()


# ---- Counting queries.

QUERIES = {"": 15, "schedule/": 14, "money/": 7, "paperwork/": 6, "history/": 5}
"""Recorded, so that a page does not ask more without somebody noticing."""


@pytest.mark.parametrize("part", PARTS)
def test_parts_ask_a_recorded_number_of_queries(as_officer_datong, part, django_assert_num_queries):
    full()
    as_officer_datong.get(page(part))
    with django_assert_num_queries(QUERIES[part]):
        as_officer_datong.get(page(part))


# ---- Writing.


def sent(client: Client, address: str, **fields: object):
    """Send a form as a browser would: everything that it holds, with what its reader saw."""
    form = client.get(address).context["edit"].form
    data = {}
    for field in form:
        value = field.field.prepare_value(field.value())
        data[field.html_name] = "" if value is None or value is False else str(value)
        if field.field.show_hidden_initial:
            data[field.html_initial_name] = data[field.html_name]
    return data | fields


def test_a_profile_is_edited(as_officer_datong):
    mine = project()
    data = sent(as_officer_datong, page("edit/"), leader="王晓岚")
    assert as_officer_datong.post(page("edit/"), data).status_code == 302
    assert Project.objects.get().leader == "王晓岚"
    event = history_of(mine).get()
    assert (event.values_before, event.values_after) == ({"leader": ""}, {"leader": "王晓岚"})


def test_a_wrong_value_comes_back_at_its_field_and_nothing_is_lost(as_officer_datong):
    project()
    data = sent(as_officer_datong, page("edit/"), planned_finish="2020-01-01", leader="王晓岚")
    answer = as_officer_datong.post(page("edit/"), data)
    form = answer.context["edit"].form
    assert (answer.status_code, form["leader"].value()) == (422, "王晓岚")
    assert "would end before it begins" in form.errors["planned_finish"][0]


def test_two_who_edit_see_both_versions(as_officer_datong):
    mine = project()
    data = sent(as_officer_datong, page("edit/"), leader="甲")
    actions.change(mine, {"leader": "乙"}, by=OFFICER, expected=1)
    answer = as_officer_datong.post(page("edit/"), data)
    assert answer.status_code == 409
    assert "甲" in answer.content.decode()
    assert "乙" in answer.content.decode()
    assert Project.objects.get().leader == "乙"


def test_a_reporter_is_asked_for_dates_and_progress_alone(as_reporter_lingqiu):
    project()
    form = as_reporter_lingqiu.get(page("edit/")).context["edit"].form
    assert "physical_percent_complete" in form.fields
    assert "name" not in form.fields


NEW = {"code": "2403-140224-89-01-000001", "name": "广灵光伏", "kind": "construction", "confidentiality": "internal"}


def test_a_project_is_taken_in(as_officer_datong):
    plan()
    data = NEW | {"lead_region": regions()["140224"].pk, "no_state_secret": "on"}
    assert as_officer_datong.post("/projects/add/", data).status_code == 302
    assert Project.objects.get().stage == "concept"


def test_the_declaration_is_asked_for_at_its_field(as_officer_datong):
    plan()
    answer = as_officer_datong.post("/projects/add/", NEW | {"lead_region": regions()["140224"].pk})
    assert answer.status_code == 422
    assert "no_state_secret" in answer.context["edit"].form.errors


def test_likely_duplicates_are_shown_before_anything_is_saved(as_officer_datong):
    project(code="OLD")
    data = NEW | {"name": "灵丘超级能源综合体", "lead_region": regions()["140224"].pk, "no_state_secret": "on"}
    answer = as_officer_datong.post("/projects/add/", data)
    assert answer.status_code == 422
    assert "OLD" in answer.content.decode()
    assert Project.objects.count() == 1
    assert as_officer_datong.post("/projects/add/", data | {"anyway": "on"}).status_code == 302
    assert Project.objects.count() == 2


def test_a_stage_is_moved_on_with_what_must_be_known(as_reporter_lingqiu):
    project()
    data = sent(as_reporter_lingqiu, page("advance/started/"), actual_start="2023-04-01")
    assert as_reporter_lingqiu.post(page("advance/started/"), data).status_code == 302
    assert Project.objects.get().stage == "started"
    answer = as_reporter_lingqiu.post(page("advance/started/"), data)
    assert answer.status_code == 409


def test_a_reason_is_asked_for(as_officer_datong):
    project()
    answer = as_officer_datong.post(page("advance/deferred/"), sent(as_officer_datong, page("advance/deferred/")))
    assert answer.status_code == 422
    assert "stage_reason" in answer.context["edit"].form.errors


@pytest.mark.parametrize(
    ("part", "fields"),
    [
        ("approvals/add/", {"way": "filing", "item": "filing", "state": "accepted"}),
        ("listings/add/", {"year": 2024, "tier": "city", "annual_plan": "100"}),
        ("funding/add/", {"source": "own", "year": 2024, "planned": "5"}),
        ("statistics/add/", {"reason": "未满条件"}),
    ],
)
def test_parts_are_added_and_edited_by_their_own_addresses(as_officer_datong, part, fields):
    mine = project()
    data = sent(as_officer_datong, page(part), **fields)
    assert as_officer_datong.post(page(part), data).status_code == 302
    assert history_of(mine).count() == 1
    kind = part.split("/")[0]
    key = {"approvals": "filing", "listings": "2024~city", "funding": "2024~own", "statistics": CODE}[kind]
    assert (
        as_officer_datong.post(page(f"{kind}/{key}/"), sent(as_officer_datong, page(f"{kind}/{key}/"))).status_code
        == 302
    )


def test_an_output_is_told_by_indicator_region_and_gate(as_officer_datong):
    full()
    data = sent(as_officer_datong, page("outputs/R1~~/"), amount="12")
    assert as_officer_datong.post(page("outputs/R1~~/"), data).status_code == 302
    assert Output.objects.get().amount == 12


def test_shares_are_set_and_faults_are_told(as_officer_datong):
    project()
    management = {"form-TOTAL_FORMS": 4, "form-INITIAL_FORMS": 1, "version": 1}
    rows = {"form-0-region": "140224", "form-0-share": "60", "form-1-region": "140100", "form-1-share": "30"}
    answer = as_officer_datong.post(page("shares/"), management | rows)
    assert answer.status_code == 422
    assert "0.9" in answer.content.decode()
    assert as_officer_datong.post(page("shares/"), management | rows | {"form-1-share": "40"}).status_code == 302
    assert as_officer_datong.post(page("shares/"), management | rows | {"form-1-share": "40"}).status_code == 409
    assert Project.objects.get().shares.count() == 2


def test_buttons_freeze_choose_and_draw(as_officer_datong):
    project()
    as_officer_datong.post(page("baselines/add/"), {"reason": "批复"})
    as_officer_datong.post(page("route/"), {"way": "filing"})
    as_officer_datong.post(page("early-network/"))
    mine = Project.objects.get()
    assert (mine.baselines.count(), mine.approvals.count(), mine.activities.count()) == (1, 8, 8)


def test_the_counting_level_is_changed_at_once(as_officer_datong):
    full()
    as_officer_datong.post(page("counting/"), {"level": "children"})
    assert dict(Project.objects.values_list("code", "counts")) == {CODE: False, "CHILD": True}


def test_files_are_attached_handed_over_and_removed(as_officer_datong):
    mine = project()
    pdf = SimpleUploadedFile("批复.pdf", b"%PDF-1.7")
    assert as_officer_datong.post(page("files/add/"), {"file": pdf, "no_state_secret": "on"}).status_code == 302
    address = page(f"files/{Attachment.objects.get().file.code}/")
    answer = as_officer_datong.get(address)
    assert b"".join(answer.streaming_content) == b"%PDF-1.7"
    assert answer["Content-Disposition"].startswith("attachment")
    assert history_of(mine)[0].action == "attachment.taken"
    stranger = Client()
    stranger.force_login(user_with(Role.PROJECT_OFFICER, TAIYUAN, username="stranger"))
    assert stranger.get(address).status_code == 404
    assert as_officer_datong.post(f"{address}remove/").status_code == 302
    assert not Attachment.objects.exists()


def test_a_file_that_is_none_comes_back_at_its_field(as_officer_datong):
    project()
    wrong = SimpleUploadedFile("a.pdf", b"MZ")
    answer = as_officer_datong.post(page("files/add/"), {"file": wrong, "no_state_secret": "on"})
    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors


def network_of(*rows: dict[str, object], version: int = 1) -> dict[str, object]:
    data: dict[str, object] = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": 0, "version": version}
    return data | {f"form-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}


def test_a_network_is_edited_as_a_table(as_officer_datong):
    project()
    works = network_of({"code": "A", "duration": 30}, {"code": "B", "duration": 10, "after": "A SS +5"})
    assert as_officer_datong.post(page("network/"), works).status_code == 302
    initial = as_officer_datong.get(page("network/")).context["formset"].initial
    assert [(row["code"], row["duration"], row["after"]) for row in initial] == [("A", 30, ""), ("B", 10, "A SS +5")]
    assert as_officer_datong.post(page("network/"), works).status_code == 409


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"code": "A", "duration": 1, "after": "A B C"}], "cannot be read"),
        ([{"code": "A", "duration": 1, "after": "Z"}], "no activity “Z”"),
        ([{"code": "A"}], "working days"),
        ([{"name": "土建"}], "Give it a code"),
        (
            [{"code": "A", "duration": 1, "after": "B"}, {"code": "B", "duration": 1, "after": "A"}],
            "wait for each other",
        ),
    ],
)
def test_what_is_wrong_with_a_network_is_told_and_nothing_is_lost(as_officer_datong, rows, sentence):
    project()
    answer = as_officer_datong.post(page("network/"), network_of(*rows))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_an_output_is_told_once(as_officer_datong):
    full()
    twice = {"indicator": indicator().pk, "amount": "5"}
    assert (
        as_officer_datong.post(page("outputs/add/"), sent(as_officer_datong, page("outputs/add/"), **twice)).status_code
        == 422
    )
