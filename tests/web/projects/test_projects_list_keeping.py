"""What is kept of the list and done with it: views, columns, bulk edits and files."""

from __future__ import annotations

import pytest
from cast import user_of
from django.test import Client
from project_scene import OFFICER, PROVINCIAL, STRANGER, plan, project, regions

from backcast.web.audit.recording import history_of
from backcast.web.core.refusals import Invalid, Refused
from backcast.web.projects import actions
from backcast.web.projects.actions import bulk
from backcast.web.projects.models import BulkEdit, Project, SavedView

pytestmark = pytest.mark.django_db


def two() -> list[Project]:
    return [project(code=f"B{i}", name=f"批量{i}", sector="old" if i else "new") for i in range(2)]


def test_a_view_brings_back_filters_and_columns(as_plan_officer: Client):
    two()
    answer = as_plan_officer.post(
        "/projects/views/",
        {"name": "迟的", "query": "late=1&region=140200&after=x", "columns": "owner,leader,", "shared": 1},
    )
    view = SavedView.objects.get()
    assert (view.query, view.shared) == ("late=1&region=140200", True)
    assert answer.url == f"/projects/?late=1&region=140200&view={view.code}"
    page = as_plan_officer.get(f"/projects/?view={view.code}").content.decode()
    assert 'data-label="Owner"' in page
    assert 'data-label="Stage"' not in page
    assert history_of(view)[0].action == "project_view.shared"


def test_the_list_opens_with_the_view_that_was_chosen(as_plan_officer: Client):
    view = SavedView.objects.create(owner=user_of("plan-officer"), name="x", query="stage=stopped")
    as_plan_officer.post(f"/projects/views/{view.code}/open/")
    assert as_plan_officer.get("/projects/").url == f"/projects/?stage=stopped&view={view.code}"
    assert as_plan_officer.get("/projects/?view=none").status_code == 200
    as_plan_officer.post("/projects/views/none/open/")
    assert as_plan_officer.get("/projects/").status_code == 200


def test_a_view_is_its_owners_unless_it_is_shared(as_plan_officer: Client, as_reviewer_datong: Client):
    own = SavedView.objects.create(owner=user_of("plan-officer"), name="own")
    shared = SavedView.objects.create(owner=user_of("plan-officer"), name="shared", shared=True)
    page = as_reviewer_datong.get("/projects/").content.decode()
    assert shared.code in page
    assert own.code not in page
    assert as_reviewer_datong.post(f"/projects/views/{own.code}/remove/").status_code == 404
    assert as_reviewer_datong.post(f"/projects/views/{shared.code}/remove/").status_code == 403
    assert as_reviewer_datong.post("/projects/views/", {"name": "x", "shared": 1}).status_code == 403
    assert as_plan_officer.post(f"/projects/views/{own.code}/remove/").status_code == 302


def test_columns_are_kept_for_each_user(as_plan_officer: Client, as_leader: Client):
    two()
    as_plan_officer.post("/projects/columns/", {"column": ["sector", "owner", "nonsense"], "query": "late="})
    assert 'data-label="Sector"' in as_plan_officer.get("/projects/").content.decode()
    assert 'data-label="Sector"' not in as_leader.get("/projects/").content.decode()


def test_a_bulk_edit_changes_all_at_once_and_is_undone():
    first, second = two()
    edit = actions.set_field(Project.objects.all(), "sector", "new", by=OFFICER)
    assert set(Project.objects.values_list("sector", "version")) == {("new", 1), ("new", 2)}
    assert history_of(second)[0].values_before == {"sector": "old"}
    assert not history_of(first)
    assert actions.undo(edit, by=OFFICER) == 1
    assert Project.objects.get(code="B1").sector == "old"
    with pytest.raises(Invalid, match="undone already"):
        actions.undo(edit, by=OFFICER)


def test_undo_leaves_what_somebody_changed_since():
    two()
    edit = actions.set_field(Project.objects.all(), "leader", "王", by=OFFICER)
    actions.change(Project.objects.get(code="B0"), {"leader": "李"}, by=OFFICER, expected=2)
    assert actions.undo(edit, by=OFFICER) == 1
    assert set(Project.objects.values_list("leader", flat=True)) == {"李", ""}


def test_a_task_is_set_for_many_and_taken_back():
    two()
    task = plan().tasks.create(code="T1", name="任务")
    edit = actions.set_field(Project.objects.all(), "task", task, by=OFFICER)
    assert edit.rows[0][1] is None
    actions.undo(edit, by=OFFICER)
    assert set(Project.objects.values_list("task", flat=True)) == {None}


def test_projects_out_of_reach_are_told_and_stay():
    two()
    project(code="TY", lead_region=regions()["140100"])
    seen = bulk.preview(Project.objects.all(), "leader", "王", by=OFFICER)
    assert (len(seen.changed), seen.same, seen.refused) == (2, 0, 1)
    actions.set_field(Project.objects.all(), "leader", "王", by=OFFICER)
    assert Project.objects.get(code="TY").leader == ""
    assert bulk.preview(Project.objects.all(), "leader", "王", by=STRANGER).refused == 2
    assert bulk.preview(Project.objects.all(), "leader", "王", by=PROVINCIAL).same == 2


@pytest.mark.parametrize(("field", "value"), [("stage", "stopped"), ("leader", "机密★10年")])
def test_neither_stages_nor_secrets_are_set_for_many(field, value):
    two()
    with pytest.raises(Invalid):
        actions.set_field(Project.objects.all(), field, value, by=OFFICER)


def test_a_reviewer_sets_nothing(as_reviewer_datong: Client):
    two()
    assert as_reviewer_datong.post("/projects/bulk/", {"project": "B0"}).status_code == 403
    with pytest.raises(Refused):
        actions.undo(BulkEdit(), by=OFFICER.__class__("x", OFFICER.route))


def test_a_bulk_edit_in_the_browser_shows_what_it_would_do(as_plan_officer: Client):
    two()
    chosen = {"project": ["B0", "B1"], "query": "stage=preparation"}
    assert "2 projects are chosen" in as_plan_officer.post("/projects/bulk/", chosen).content.decode()
    assert 'name="value"' in as_plan_officer.post("/projects/bulk/", chosen | {"field": "sector"}).content.decode()
    given = chosen | {"field": "sector", "asked": 1, "value": "old"}
    page = as_plan_officer.post("/projects/bulk/", given).content.decode()
    assert "1 project would change" in page
    assert "1 has this value already" in page
    answer = as_plan_officer.post("/projects/bulk/", given | {"confirmed": 1})
    assert "1 project was changed" in as_plan_officer.get(answer.url).content.decode()
    assert as_plan_officer.post(f"{answer.url}undo/").status_code == 302
    assert Project.objects.get(code="B0").sector == "new"


def test_all_that_are_filtered_are_changed(as_plan_officer: Client):
    two()
    given = {"whole": 1, "query": "sector=old", "field": "leader", "asked": 1, "value": "王", "confirmed": 1}
    as_plan_officer.post("/projects/bulk/", given)
    assert list(Project.objects.filter(leader="王").values_list("code", flat=True)) == ["B1"]


@pytest.mark.parametrize("form", ["xlsx", "csv", "gb18030"])
def test_what_is_filtered_is_handed_over(as_plan_officer: Client, form: str):
    two()
    answer = as_plan_officer.get(f"/projects/export/{form}/?sector=old")
    assert answer.status_code == 200
    data = b"".join(answer)
    assert form == "xlsx" or (b"B1" in data and b"B0" not in data)
    assert history_of(plan())[0].action == "table.exported"


def test_only_forms_that_exist_are_handed_over(as_plan_officer: Client):
    assert as_plan_officer.get("/projects/export/pdf/").status_code == 404
