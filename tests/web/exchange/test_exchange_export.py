"""What is exported can be edited and imported again."""

import zipfile
from dataclasses import replace

import openpyxl
import pytest
from cast import DATONG, actor_for
from django.utils import translation

from backcast.planbook.problem import PlanbookError
from backcast.planbook.schema import PROJECTS
from backcast.web.audit.models import Event
from backcast.web.core.roles import Role
from backcast.web.exchange import upload
from backcast.web.exchange.effects import look
from backcast.web.exchange.export import Form, export
from backcast.web.exchange.registry import homes
from backcast.web.exchange.staging import staged
from backcast.web.exchange.writing import apply, prepare
from backcast.web.projects.models import Project

pytestmark = pytest.mark.django_db


def kept(exported, folder):
    """The file, as somebody saves it."""
    path = folder / exported.name
    path.write_bytes(exported.data)
    return path


def brought_back(table, path, actor, plan):
    """What importing a file would do."""
    reading = upload.read(table, path)
    found = look(table, staged(reading), {}, actor, plan).found
    return replace(found, problems=(*reading.problems, *found.problems))


def edit(path, cells):
    """Write some cells of the first sheet, by column and row."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    columns = {str(cell.value).split("\n")[-1]: cell.column for cell in sheet[1]}
    for (column, row), value in cells.items():
        sheet.cell(row, columns[column]).value = value
    book.save(path)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("form", list(Form))
def test_every_table_comes_back_unchanged(plan, operator, tmp_path, language, form):
    with translation.override(language):
        for one in homes():
            exported = export(one.table.name, plan, by=operator, form=form)
            found = brought_back(one.table.name, kept(exported, tmp_path), operator, plan)
            assert (found.created.height, found.changed, found.problems) == (0, (), ()), one.table.name
            assert found.unchanged == exported.rows


def test_headings_and_words_are_in_the_readers_language(plan, operator, tmp_path):
    told, kinds = {}, {"zh-hans": ["建设", "批量布设", "创建认定"], "en": ["construction", "rollout", "recognition"]}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            book = openpyxl.load_workbook(kept(export("projects", plan, by=operator), tmp_path))
        sheet = book.worksheets[0]
        told[language] = (sheet.title, sheet["A1"].value, sheet["D2"].value, book["_meta"].sheet_state)
        rules = {str(rule.sqref)[:1]: rule.formula1 for rule in sheet.data_validations.dataValidation}
        lists = book["_lists"]
        assert [cell.value for (cell,) in lists[rules["D"].partition("!")[2]]] == kinds[language]
    assert told == {
        "zh-hans": ("项目", "编码\ncode", "建设", "veryHidden"),
        "en": ("Projects", "Code\ncode", "construction", "veryHidden"),
    }


def test_an_edited_workbook_changes_what_was_edited(plan, operator, tmp_path):
    path = kept(export("projects", plan, by=operator), tmp_path)
    edit(path, {("owner", 3): "某公司", ("stage", 3): "开工", ("actual_start", 3): "2023-3-1"})
    found = brought_back("projects", path, operator, plan)
    assert [(change.row, change.identity, sorted(change.after)) for change in found.changed] == [
        (3, "P2", ["actual_start", "owner", "stage"])
    ]
    apply(prepare(found, by=operator), by=operator)
    assert Project.objects.get(code="P2").stage == "started"


def test_a_row_changed_meanwhile_is_a_conflict_and_an_untouched_one_is_left(plan, operator, tmp_path):
    path = kept(export("projects", plan, by=operator), tmp_path)
    Project.objects.filter(code__in=["P1", "P2"]).update(owner="别人", version=2)
    edit(path, {("owner", 2): "我", ("sector", 4): "rail"})
    found = brought_back("projects", path, operator, plan)
    assert [change.identity for change in found.conflicts] == ["P1"]
    assert [change.identity for change in found.changed] == ["P3"]
    assert found.unchanged == 1


def test_all_cells_that_are_wrong_are_told_at_once(plan, operator, tmp_path):
    path = kept(export("projects", plan, by=operator), tmp_path)
    edit(path, {("planned_start", 2): "开春", ("stage", 3): "很快", ("lead_region", 4): "9", ("name", 4): None})
    found = brought_back("projects", path, operator, plan)
    assert sorted((problem.row, problem.column) for problem in found.problems) == [
        (2, "planned_start"),
        (3, "stage"),
        (4, "lead_region"),
        (4, "name"),
    ]
    with pytest.raises(PlanbookError):
        apply(prepare(found, by=operator), by=operator)


def test_an_export_holds_what_one_sees_and_is_recorded(plan, operator, tmp_path):
    officer = actor_for(Role.PROJECT_OFFICER, DATONG)
    exported = export("projects", plan, by=officer, queryset=Project.objects.exclude(code="P3"), form=Form.CSV)
    assert exported.rows == 1
    assert exported.name.startswith("projects-plan-")
    assert exported.data.startswith(b"\xef\xbb\xbf")
    event = Event.objects.latest("number")
    assert (event.action, event.object_code) == ("table.exported", "plan")
    assert event.values_after == {"table": "projects", "plan": "plan", "rows": 1, "form": "csv"}


def test_a_name_that_looks_like_a_formula_stays_a_name(plan, operator, tmp_path):
    Project.objects.filter(code="P1").update(name="=HYPERLINK(1)")
    for form in Form:
        path = kept(export("projects", plan, by=operator, form=form), tmp_path)
        assert upload.read("projects", path).frame["name"][0] == "=HYPERLINK(1)"


def test_labels_of_a_table_tell_its_columns_apart():
    for one in homes():
        for labels in ([column.label for column in one.table], [column.label_zh for column in one.table]):
            assert len(set(labels)) == len(labels), one.table.name
    assert PROJECTS["name"].label == "Name"


def test_what_is_no_table_or_too_large_is_refused_in_a_sentence(db, tmp_path, monkeypatch):
    for name, sentence in {"a.txt": "neither a workbook", "b.xlsx": "not an Excel workbook"}.items():
        (tmp_path / name).write_text("code\n1\n")
        with pytest.raises(PlanbookError, match=sentence):
            upload.read("projects", tmp_path / name)
    path = tmp_path / "c.csv"
    path.write_text("code,name\n1,a\n2,b\n3,c\n")
    for limit, most, sentence in [
        ("MOST_COLUMNS", 1, "2 columns, more than 1"),
        ("MOST_ROWS", 2, "3 rows, more than 2"),
        ("LIMIT", 2, "larger than"),
    ]:
        monkeypatch.setattr(upload, limit, most)
        with pytest.raises(PlanbookError, match=sentence):
            upload.read("projects", path)


def test_a_bomb_is_refused_before_it_is_unpacked(db, tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/a.xml", "w") as entry:
        for _ in range(450):
            entry.write(bytes(2**20))
    with pytest.raises(PlanbookError, match="unpacks to 450 MB, more than 400"):
        upload.read("projects", path)
