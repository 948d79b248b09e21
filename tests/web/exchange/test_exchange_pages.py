"""The pages of import and export, through their addresses."""

import io

import openpyxl
import pytest
from cast import client_of
from django.core.files.uploadedfile import SimpleUploadedFile
from test_exchange_upload import exported

from backcast.web.exchange import actions
from backcast.web.exchange.models import Import, Stage
from backcast.web.projects import search
from backcast.web.projects.models import Project, SearchEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(plan):
    """The browser of a plan officer, and the plan."""
    return client_of("plan-officer"), plan


def upload(client, plan, data, name="projects.xlsx"):
    sent = {"plan": plan.code, "table": "projects", "file": SimpleUploadedFile(name, data)}
    return client.post("/exchange/upload/", sent)


def test_the_first_page_offers_what_to_take_and_where_to_bring_it_back(office):
    client, plan = office
    page = client.get("/exchange/").content.decode()
    assert f"/exchange/tables/{plan.code}/projects/xlsx/" in page
    assert 'type="file"' in page
    assert "Nothing was imported yet" in page


def test_a_wrong_file_brings_the_form_back_with_a_sentence(office):
    client, plan = office
    answer = upload(client, plan, b"hello", "notes.docx")
    assert answer.status_code == 422
    assert "neither a workbook" in answer.content.decode()
    assert not Import.objects.exists()


def test_errors_are_listed_and_marked_in_the_users_own_workbook(office, operator):
    client, plan = office
    data = exported(plan, operator, lead_region_2="999999", planned_start_3="soon", kind_4="boat")
    answer = upload(client, plan, data)
    page = client.get(answer.url).content.decode()
    assert "3 cells need correcting" in page
    assert "“soon” is not a date" in page
    marked = client.get(f"{answer.url}marked/")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(marked)))
    assert book.worksheets[0].title == "问题清单 Problems"
    columns = {str(cell.value).split("\n")[-1]: cell.column for cell in book.worksheets[1][1]}
    cell = book.worksheets[1].cell(3, columns["planned_start"])
    assert (cell.fill.fgColor.rgb, "is not a date" in cell.comment.text) == ("00FFC7CE", True)
    book.worksheets[1].cell(2, columns["lead_region"]).value = "140100"
    cell.value = None
    book.worksheets[1].cell(4, columns["kind"]).value = "rollout"
    again = io.BytesIO()
    book.save(again)
    answer = upload(client, plan, again.getvalue(), "corrected.xlsx")
    assert "1 rows would change, 0 would be new" in client.get(answer.url).content.decode()


def test_confirming_writes_what_was_shown_and_undo_takes_it_back(office, operator):
    client, plan = office
    address = upload(client, plan, exported(plan, operator, owner_2="某公司")).url
    one = Import.objects.get()
    client.post(f"{address}confirm/", {"seen": one.shown})
    page = client.get(address).content.decode()
    assert "Imported: 1 rows changed, 0 new" in page
    assert "某公司" in page
    client.post(f"{address}undo/")
    assert Project.objects.get(code="P1").owner == ""
    assert "This import was undone" in client.get(address).content.decode()


def test_what_changed_after_it_was_shown_is_shown_again_instead_of_written(office, operator):
    client, plan = office
    address = upload(client, plan, exported(plan, operator, owner_2="某公司")).url
    seen = Import.objects.get().shown
    project = Project.objects.get(code="P1")
    project.sector = "rail"
    project.save_changes(["sector"], expected=1)
    answer = client.post(f"{address}confirm/", {"seen": seen})
    assert (answer.status_code, Project.objects.get(code="P1").owner) == (409, "")
    assert "Somebody else changed these rows" in answer.content.decode()
    client.post(f"{address}decide/", {"row": ["P1"], "keep-P1": "mine"})
    one = Import.objects.get()
    assert (one.changed, one.conflicts) == (1, 0)
    client.post(f"{address}confirm/", {"seen": one.shown})
    project.refresh_from_db()
    assert (project.owner, project.sector) == ("某公司", "")


def test_what_an_import_writes_and_its_undo_removes_is_found_by_its_words(
    office, operator, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(search, "BATCH", 2)
    client, plan = office
    new = "code,name,kind,lead_region,stage\n" + "".join(
        f"N{n},云冈{n},construction,140200,concept\n" for n in range(5)
    )
    address = upload(client, plan, new.encode(), "new.csv").url
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{address}confirm/", {"seen": Import.objects.get().shown})
    assert Project.objects.filter(search.found("云冈")).count() == 5
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{address}undo/")
    assert SearchEntry.objects.count() == Project.objects.count() == 3


def test_a_code_that_somebody_takes_at_the_very_moment_is_shown_instead_of_written(office, operator, monkeypatch):
    client, plan = office
    new = "code,name,kind,lead_region,stage\nN1,新项目,construction,140200,concept\n"
    address = upload(client, plan, new.encode(), "new.csv").url
    prepare = actions.prepare

    def taken_meanwhile(found, *, by):
        ready = prepare(found, by=by)
        Project.objects.create(
            code="N1", name="别人的", kind="construction", stage="concept", plan=plan, lead_region=city
        )
        return ready

    city = Project.objects.get(code="P1").lead_region
    monkeypatch.setattr(actions, "prepare", taken_meanwhile)
    answer = client.post(f"{address}confirm/", {"seen": Import.objects.get().shown})
    assert answer.status_code == 409
    assert "Something changed since this was shown, so nothing was imported." in answer.content.decode()
    assert Project.objects.get(code="N1").name == "别人的"
    assert Import.objects.get().created == 0


def test_an_import_that_others_built_on_is_not_undone(office, operator):
    client, plan = office
    address = upload(client, plan, exported(plan, operator, owner_2="某公司")).url
    client.post(f"{address}confirm/", {"seen": Import.objects.get().shown})
    project = Project.objects.get(code="P1")
    project.sector = "rail"
    project.save_changes(["sector"], expected=2)
    answer = client.post(f"{address}undo/")
    assert answer.status_code == 409
    assert "Somebody changed this row after the import" in answer.content.decode()
    assert Import.objects.get().stage == Stage.DONE


def test_a_foreign_file_is_named_once_and_then_read_without_asking(office):
    client, plan = office
    data = "项目赋码,项目名称,建设性质,项目单位,拟建成时间\nP1,项目P1,<b>新</b>,甲公司,2025-06-30\n".encode("gb18030")
    answer = upload(client, plan, data, "平台导出.csv")
    names = client.get(answer.url, follow=True)
    form = names.context["form"]
    assert "&lt;b&gt;新&lt;/b&gt;" in names.content.decode()
    chosen = {f"column{n}": heading.suggested or "-" for n, heading in enumerate(form.headings)}
    assert chosen["column3"] == "owner"
    assert chosen["column4"] == "planned_finish"
    client.post(f"{answer.url}names/", {"name": "审批平台", **chosen, "column0": "code", "column2": "-"})
    page = client.get(answer.url).content.decode()
    assert "1 rows would change" in page
    again = client.post(
        "/exchange/upload/",
        {"plan": plan.code, "table": "projects", "file": SimpleUploadedFile("b.csv", data), "names": "审批平台"},
    )
    assert "1 rows would change" in client.get(again.url).content.decode()


def test_nobody_sees_the_imports_of_strangers(office, operator):
    client, plan = office
    address = upload(client, plan, exported(plan, operator)).url
    for name in ("reporter-lingqiu", "leader", "finance-officer", "audit-officer"):
        assert client_of(name).get(address).status_code == 404, name
