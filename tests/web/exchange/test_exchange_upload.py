"""From a file to what it would do, and what it did."""

import io
import subprocess
import sys

import openpyxl
import pytest
from cast import DATONG, actor_for
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tasks_db.models import DBTaskResult

from backcast.web.audit.models import Event
from backcast.web.core.roles import Role
from backcast.web.exchange import actions, undoing
from backcast.web.exchange.export import export
from backcast.web.exchange.models import Stage
from backcast.web.jobs import queue
from backcast.web.jobs.models import Job, State
from backcast.web.projects.models import Project

pytestmark = pytest.mark.django_db
OFFICER = actor_for(Role.PROJECT_OFFICER, DATONG)


def exported(plan, by, **edits):
    """The projects as somebody takes them out and edits them: column and row → value."""
    book = openpyxl.load_workbook(io.BytesIO(export("projects", plan, by=by).data))
    sheet = book.worksheets[0]
    columns = {str(cell.value).split("\n")[-1]: cell.column for cell in sheet[1]}
    for place, value in edits.items():
        column, _, row = place.rpartition("_")
        sheet.cell(int(row), columns[column]).value = value
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def taken(data, plan, by, name="projects.xlsx"):
    return actions.take(SimpleUploadedFile(name, data), "projects", plan.code, by=by)


def test_what_was_exported_and_not_edited_changes_nothing(plan, operator):
    one = taken(exported(plan, operator), plan, operator)
    assert (one.stage, one.size, one.unchanged, one.errors) == (Stage.READY, 0, 3, 0)
    assert not one.may_be_written


def test_an_edit_is_shown_then_written_then_undone(plan, operator):
    one = taken(exported(plan, operator, owner_2="某公司"), plan, operator)
    assert (one.changed, one.created, one.unchanged) == (1, 0, 2)
    assert Project.objects.get(code="P1").owner == ""
    actions.confirm(one, seen=one.shown, by=operator)
    one.refresh_from_db()
    project = Project.objects.get(code="P1")
    assert (one.stage, project.owner, project.version) == (Stage.DONE, "某公司", 2)
    lines = Event.objects.filter(request_id=one.code, action="project.changed")
    assert [line.values_after for line in lines] == [{"owner": "某公司"}]
    undoing.undo(one, by=operator)
    one.refresh_from_db()
    assert (one.stage, Project.objects.get(code="P1").owner) == (Stage.UNDONE, "")


def test_rows_that_it_created_go_when_it_is_undone(plan, operator):
    data = "code,name,kind,lead_region,stage,parent\nN1,新一,construction,140200,reserve,\n"
    one = taken(f"{data}N2,新二,construction,140200,reserve,N1\n".encode("gb18030"), plan, operator, "new.csv")
    assert (one.created, one.errors) == (2, 0), one.errors
    actions.confirm(one, seen=one.shown, by=operator)
    assert Project.objects.get(code="N2").parent.code == "N1"
    one.refresh_from_db()
    undoing.undo(one, by=operator)
    assert Project.objects.count() == 3
    assert Event.objects.filter(action="project.removed").count() == 2


def test_an_import_whose_worker_is_gone_is_put_aside_but_none_that_is_being_written(plan, operator, monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE", 0)
    one = taken(exported(plan, operator, owner_2="某公司"), plan, operator)
    actions.confirm(one, seen=one.shown, by=operator)
    one.refresh_from_db()
    assert (one.stage, actions.discard(one, by=operator)) == (Stage.WRITING, False)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    Job.objects.update(state=State.RUNNING)
    DBTaskResult.objects.get().claim(f"{queue.WORKER.rsplit(':', 2)[0]}:{gone.pid}:0000")
    assert queue.sweep() == 1
    assert actions.discard(one, by=operator)
    assert Project.objects.get(code="P1").owner == ""
    assert Event.objects.filter(action="import.discarded", object_code=one.code).count() == 1
