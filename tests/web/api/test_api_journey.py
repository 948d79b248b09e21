"""What a program does by the API from one end to the other: a file goes in, a network, a forecast, a view."""

from __future__ import annotations

import json

import pytest
from access_asking import scene
from cast import client_of
from django.core.files.uploadedfile import SimpleUploadedFile
from project_scene import CODE

from backcast.web.audit.recording import history_of
from backcast.web.forecasts.models import Run
from backcast.web.jobs import queue
from backcast.web.projects.models import Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(db):
    """Ask as the plan officer; return status and what was told."""
    scene()
    client = client_of("plan-officer")

    def asked(method, path, body=None, **form):
        send = getattr(client, method)
        if form:
            answer = send(f"/api{path}", form)
        else:
            answer = send(
                f"/api{path}", json.dumps(body) if body is not None else None, content_type="application/json"
            )
        return answer.status_code, answer.json() if answer.content else None

    return asked


def upload(ask, text):
    file = SimpleUploadedFile("new.csv", text.encode())
    return ask("post", "/imports", plan="plan-2021", table="projects", file=file)


def test_a_file_is_uploaded_corrected_confirmed_and_undone(ask):
    rows = "code,name,kind,lead_region,stage\nN8,八,construction,140200,reserve\n"
    status, bad = upload(ask, rows + "N9,九,boat,140200,reserve\n")
    assert (status, bad["stage"], bad["errors"], bad["file_name"]) == (201, "faulty", 1, "new.csv")
    _, problems = ask("get", f"/imports/{bad['code']}/problems")
    assert [(one["row"], one["column"], one["severity"]) for one in problems["items"]] == [(3, "kind", "error")]
    assert "boat" in problems["items"][0]["message"]
    status, good = upload(ask, rows)
    assert (good["stage"], good["created"]) == ("ready", 1)
    _, cells = ask("get", f"/imports/{good['code']}/effects?limit=2")
    assert [(one["identity"], one["column"], one["after"]) for one in cells["items"]] == [
        ("N8", "code", "N8"),
        ("N8", "name", "八"),
    ]
    _, rest = ask("get", f"/imports/{good['code']}/effects?after={cells['next']}")
    assert {one["column"] for one in rest["items"]} >= {"kind", "lead_region", "stage"}
    assert ask("post", f"/imports/{good['code']}/confirm", {"seen": "0" * 64})[0] == 422
    status, done = ask("post", f"/imports/{good['code']}/confirm", {"seen": good["shown"]})
    assert (status, done["stage"], Project.objects.filter(code="N8").count()) == (200, "done", 1)
    status, undone = ask("post", f"/imports/{good['code']}/undo")
    assert (status, undone["stage"], Project.objects.filter(code="N8").count()) == (200, "undone", 0)


def test_a_network_is_replaced_as_a_whole_or_not_at_all(ask):
    _, found = ask("get", f"/projects/{CODE}/network")
    wanted = {
        "version": found["version"],
        "activities": [{"code": "A", "duration": 10}, {"code": "B", "duration": 20, "gate": "completion"}],
        "relationships": [{"predecessor": "A", "successor": "B", "lag": 5}],
    }
    status, told = ask("put", f"/projects/{CODE}/network", wanted)
    assert (status, told["version"]) == (200, found["version"] + 1)
    assert told["relationships"] == [{"predecessor": "A", "successor": "B", "type": "FS", "lag": 5}]
    assert ask("put", f"/projects/{CODE}/network", wanted)[0] == 409
    loop = wanted | {"version": told["version"]}
    loop["relationships"] = [*wanted["relationships"], {"predecessor": "B", "successor": "A"}]
    status, refused = ask("put", f"/projects/{CODE}/network", loop)
    assert (status, "A → B → A" in refused["message"] or "B → A → B" in refused["message"]) == (422, True)
    assert ask("get", f"/projects/{CODE}/network")[1] == told


def test_a_forecast_is_asked_for_and_read(ask):
    run = Run.objects.finished().first()
    status, asked = ask("post", "/plans/plan-2021/forecasts", {"draws": 200})
    assert (status, asked["draws"], asked["seed"], asked["finished_at"]) == (201, 200, 0, None)
    assert ask("post", "/plans/plan-2021/forecasts", {})[0] == 422
    queue.run_waiting()
    _, done = ask("get", f"/forecasts/{asked['code']}")
    assert done["finished_at"]
    _, verdicts = ask("get", f"/forecasts/{asked['code']}/verdicts")
    assert {one["indicator"] for one in verdicts["items"]} == {one.indicator for one in run.verdicts.all()}


def test_a_file_is_attached_taken_which_is_told_and_taken_off(ask):
    file = SimpleUploadedFile("图.pdf", b"%PDF-1.7\n%%EOF")
    status, made = ask("post", f"/projects/{CODE}/files", file=file, title="图", no_state_secret="true")
    assert (status, made["name"], made["kind"]) == (201, "图.pdf", "application/pdf")
    taken = client_of("plan-officer").get(f"/api/projects/{CODE}/files/{made['file']}")
    assert b"".join(taken) == b"%PDF-1.7\n%%EOF"
    assert history_of(Project.objects.get(code=CODE))[0].action == "attachment.taken"
    assert ask("delete", f"/projects/{CODE}/files/{made['file']}") == (204, None)
    assert ask("get", f"/projects/{CODE}/files/{made['file']}")[0] == 404


def test_a_view_is_kept_and_removed(ask):
    status, view = ask("post", "/views", {"name": "在建", "query": "stage=construction"})
    assert (status, view["shared"]) == (201, False)
    assert view in ask("get", "/views")[1]["items"]
    assert ask("delete", f"/views/{view['code']}") == (204, None)
    assert view not in ask("get", "/views")[1]["items"]


def test_organisations_are_merged_and_taken_apart(ask):
    ask("post", "/organisations", {"code": "twice", "name": "省通信局"})
    status, survivor = ask("post", "/organisations/twice/merge", {"into": "txglj"})
    assert (status, survivor["code"]) == (200, "txglj")
    assert ask("get", "/organisations/twice")[1]["merged_into"] == "txglj"
    assert ask("post", "/organisations/twice/unmerge")[1]["merged_into"] is None
    assert ask("post", "/organisations/twice/merge", {"into": "nobody"})[0] == 422
