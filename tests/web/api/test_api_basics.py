"""The API as a program meets it: tokens, pages by keys, one shape of failures, and conflicts with both versions."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import project_scene
import pytest
from cast import client_of, user_of
from counting import assert_queries
from django.test import Client
from django.utils import timezone
from plan_builders import whole_plan

from backcast.web.accounts.models import Scope, Token
from backcast.web.accounts.tokens import digest_of, new_secret
from backcast.web.audit.models import Event
from backcast.web.directory.models import Organisation

pytestmark = pytest.mark.django_db


def bearer(name: str, scope: str = Scope.WRITE) -> Client:
    """A program that bears a token of somebody."""
    secret = new_secret()
    until = timezone.now() + timedelta(days=1)
    code = f"t{Token.objects.count()}"
    Token.objects.create(
        user=user_of(name), code=code, name="test", digest=digest_of(secret), scope=scope, expires_at=until
    )
    return Client(headers={"authorization": f"Bearer {secret}", "accept-language": "en"})


def send(client: Client, method: str, address: str, **body: Any) -> tuple[int, Any]:
    """Send JSON, and return status and answer."""
    response = getattr(client, method)(address, json.dumps(body), content_type="application/json")
    return response.status_code, response.json()


def test_nobody_gets_in_without_a_token_and_is_told_how():
    response = Client(headers={"accept-language": "en"}).get("/api/plans")
    assert (response.status_code, response.json()["code"]) == (401, "not_signed_in")
    assert response["WWW-Authenticate"] == "Bearer"


def test_the_document_is_open_and_says_3_1():
    assert Client().get("/api/openapi.json").json()["openapi"] == "3.1.0"


def test_what_is_not_there_is_told_in_the_same_shape():
    assert Client().get("/api/nothing/here").json()["code"] == "not_found"


def test_a_page_of_ours_reads_by_its_session_and_writes_only_with_its_token():
    whole_plan()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user_of("plan-officer"))
    assert browser.get("/api/plans").status_code == 200
    assert send(browser, "patch", "/api/plans/plan-2021", version=1, name="x")[0] == 403


def test_a_token_that_may_only_read_changes_nothing():
    whole_plan()
    status, told = send(bearer("plan-officer", Scope.READ), "patch", "/api/plans/plan-2021", version=1, name="x")
    assert (status, told["code"]) == (403, "refused")


def test_pages_follow_each_other_by_keys():
    Organisation.objects.bulk_create(Organisation(code=f"o{n}", name=str(n)) for n in range(5))
    program, found, after = bearer("leader"), [], ""
    while after is not None:
        page = program.get("/api/organisations", {"limit": 2, "after": after}).json()
        found += [row["code"] for row in page["items"]]
        after = page["next"]
    assert found == ["o0", "o1", "o2", "o3", "o4"]


def test_a_page_is_never_longer_than_200():
    status = bearer("leader").get("/api/organisations", {"limit": 201}).status_code
    assert status == 422


def test_a_list_makes_as_many_queries_however_long_it_is():
    program = bearer("leader")
    project_scene.project()
    project_scene.project(code="B", name="另一个")
    program.get("/api/projects")
    with assert_queries(5):
        assert len(program.get("/api/projects").json()["items"]) == 2


def test_somebody_who_was_slower_gets_the_version_and_the_values_that_are_current():
    whole_plan()
    program = bearer("plan-officer")
    assert send(program, "patch", "/api/plans/plan-2021", version=1, name="先")[0] == 200
    status, told = send(program, "patch", "/api/plans/plan-2021", version=1, name="后")
    assert (status, told["code"], told["version"], told["current"]) == (409, "conflict", 2, {"name": "先"})


def test_what_is_changed_is_written_down_as_come_by_the_api():
    whole_plan()
    send(bearer("plan-officer"), "patch", "/api/plans/plan-2021", version=1, name="新")
    event = Event.objects.get(action="plan.changed")
    assert (event.route, event.actor) == ("api", "plan-officer")


@pytest.mark.parametrize("body", [{"nonsense": 1}, {"name": "a\x00b"}, {"name": 5}, {"starts": 20210101}])
def test_what_has_another_shape_is_refused_with_its_place(body):
    whole_plan()
    status, told = send(bearer("plan-officer"), "patch", "/api/plans/plan-2021", version=1, **body)
    assert (status, told["code"]) == (422, "misshapen")
    assert told["problems"][0]["field"] == f"body.{next(iter(body))}"


def test_what_is_misshapen_is_told_in_the_language_asked_for():
    whole_plan()
    program = bearer("plan-officer")
    address, body = "/api/plans/plan-2021", json.dumps({"version": "x", "name": "", "starts": "0", "vision_year": -1})
    for language, told in (
        ("zh-hans", {"应为整数。", "至少1个字符。", "日期格式应为2024-06-30。", "不得小于0。"}),
        (
            "en",
            {
                "A whole number is expected.",
                "Fewest characters: 1.",
                "A day is written as 2024-06-30.",
                "The least is 0.",
            },
        ),
    ):
        response = program.patch(address, body, content_type="application/json", headers={"accept-language": language})
        assert {problem["message"] for problem in response.json()["problems"]} == told


def test_what_cannot_be_read_or_is_too_large_is_told_in_the_same_shape():
    whole_plan()
    client, form = bearer("plan-officer"), "multipart/form-data; boundary=b"
    heading = "x" * 2_000
    broken = client.post("/api/imports", f"--b\r\n{heading}\r\n\r\n--b--\r\n".encode(), content_type=form)
    assert (broken.status_code, broken.json()["code"]) == (400, "unreadable")
    large = client.post("/api/plans", b"0" * (5 * 2**20 + 1), content_type="application/json")
    assert (large.status_code, large.json()["code"]) == (413, "too_large")


def test_a_code_that_names_nothing_is_told_at_its_field():
    whole_plan()
    status, told = send(bearer("plan-officer"), "patch", "/api/plans/plan-2021/measures/M1", version=1, task="T9")
    assert (status, told["problems"][0]["field"], told["problems"][0]["value"]) == (422, "task", "T9")


def test_a_project_is_taken_in_changed_and_moved_on():
    given = project_scene.values(code="2103-140224-89-01-654321", stage=None)
    plan, region = project_scene.plan(), given["lead_region"].code
    program, address = bearer("plan-officer"), "/api/projects/2103-140224-89-01-654321"
    new = {"plan": plan.code, "code": given["code"], "name": "数据中心", "kind": "construction", "lead_region": region}
    assert send(program, "post", "/api/projects", **new)[0] == 422
    status, made = send(program, "post", "/api/projects", **new, no_state_secret=True, total_investment="120000.5")
    assert (status, made["total_investment"], made["stage"]) == (201, "120000.5000", "concept")
    status, changed = send(program, "patch", address, version=1, owner="秦云")
    assert (status, changed["owner"], changed["version"]) == (200, "秦云", 2)
    status, told = send(program, "post", f"{address}/advance", version=2, stage="completed")
    assert (status, told["problems"][0]["field"]) == (422, "stage")


def test_a_part_of_a_project_is_added_found_by_its_key_and_changed():
    project_scene.project()
    program, address = bearer("plan-officer"), f"/api/projects/{project_scene.CODE}/funding"
    status, made = send(program, "post", address, source="own", year=2024, planned="10")
    assert (status, made["key"]) == (201, "2024~own")
    assert send(program, "patch", f"{address}/2024~own", version=1, paid="3")[0] == 200
    assert program.get(address).json()["items"][0]["paid"] == "3.0000"


def test_shares_are_set_together():
    project_scene.project()
    address = f"/api/projects/{project_scene.CODE}/shares"
    shares = [{"region": "140224", "share": 0.5}, {"region": "140200", "share": 0.5}]
    assert send(bearer("plan-officer"), "put", address, shares=shares, version=1) == (
        200,
        {"code": project_scene.CODE, "version": 2},
    )


def test_a_stranger_finds_no_project_in_the_list_nor_by_its_code():
    taiyuan = project_scene.project(lead_region=project_scene.regions()["140100"])
    program = bearer("reviewer-datong")
    assert program.get("/api/projects").json()["items"] == []
    assert program.get(f"/api/projects/{taiyuan.code}").status_code == 404


def test_figures_are_found_by_the_mark_that_the_list_tells():
    whole_plan()
    program, address = bearer("plan-officer"), "/api/plans/plan-2021/indicators/stations/targets"
    row = program.get(address).json()["items"][0]
    single = f"{address}/{row['region']}/{row['date']}/{row['mark']}"
    assert program.get(single).json() == row
    assert send(program, "patch", single, version=1, value=130_000)[1]["value"] == 130_000


def test_the_audit_answers_its_officer_alone():
    project_scene.project()
    assert client_of("plan-officer").get("/api/audit/events").status_code == 404
    assert bearer("audit-officer").get("/api/audit/events", {"action": "user"}).json()["items"]
