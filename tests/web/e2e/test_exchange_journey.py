"""The first correction, as the tutorial tells it: find, export, edit, upload, look, import, see who did it, undo."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import project_scene as scene
import pytest
from browser import PHONE, WIDE, axe_violations, overflow, window
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backcast.planbook.schema import PROJECTS
from backcast.web.plans.models import Plan
from backcast.web.projects.models import Project
from backcast.web.ui.reading import in_either

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]
COLUMN = "planned_finish"
FIELD = PROJECTS[COLUMN]
FINISH, CORRECTED = date(2023, 6, 30), date(2025, 9, 30)
RED = "00FFC7CE"


def _library() -> None:
    """Make three projects in Datong, of which two are late, and a late one in Taiyuan."""
    regions = scene.regions()
    late = {"planned_start": date(2022, 3, 1), "planned_finish": FINISH}
    scene.project(code="L1", name="灵丘储能项目", name_en="Lingqiu storage", **late)
    scene.project(code="L2", name="大同算力项目", name_en="Datong computing", lead_region=regions["140200"], **late)
    scene.project(code="D3", name="大同道路项目", name_en="Datong road", lead_region=regions["140200"])
    scene.project(code="T4", name="太原冷链项目", name_en="Taiyuan cold chain", lead_region=regions["140100"], **late)
    Plan.objects.update(data_date=date(2024, 12, 31))


def _look(page) -> None:
    assert axe_violations(page) == [], page.url
    assert overflow(page) <= 0, page.url


def _press(page, words: str) -> None:
    """Press what bears these words, in the page itself."""
    page.locator("main").get_by_text(words, exact=True).locator("visible=true").first.click()


def _rows(page) -> set[str]:
    links = page.locator("#listing tbody th a").evaluate_all("all => all.map(a => a.pathname)")
    return {link.split("/")[-2] for link in links}


def _late_projects_of_datong(page) -> None:
    page.goto("/projects/")
    page.select_option("#ask-region", "140200")
    page.wait_for_url("**region=140200**")
    _press(page, _("Late"))
    page.wait_for_url("**late=1**")
    _look(page)
    assert _rows(page) == {"L1", "L2"}


def _downloaded(page, words: str, folder: Path) -> Path:
    with page.expect_download() as waited:
        _press(page, words)
    path = folder / waited.value.suggested_filename
    waited.value.save_as(path)
    return path


def _cell(book: openpyxl.Workbook, code: str):
    """Return the cell of a project's planned finish, on the first sheet that has one."""
    for sheet in book.worksheets:
        columns = {str(cell.value).split("\n")[-1]: cell.column for cell in sheet[1]}
        if COLUMN in columns:
            return next(sheet.cell(row[0].row, columns[COLUMN]) for row in sheet.iter_rows(2) if row[0].value == code)
    raise LookupError(code)


def _written(path: Path, **finishes: object) -> Path:
    """Write planned finishes into a workbook, as somebody does in Excel."""
    book = openpyxl.load_workbook(path)
    for code, value in finishes.items():
        _cell(book, code).value = value
    book.save(path)
    return path


def _upload(page, path: Path) -> None:
    page.set_input_files("[name=file]", path)
    _press(page, _("Upload and look"))
    page.wait_for_url("**/imports/**")
    page.wait_for_load_state()
    _look(page)


def _refused(page, workbook: Path, folder: Path) -> Path:
    """Upload a workbook with an impossible cell, and take it back with that cell marked."""
    row = _cell(openpyxl.load_workbook(workbook), "L2").row
    page.goto("/exchange/")
    _look(page)
    _upload(page, workbook)
    problem = page.locator("main table tbody td").all_inner_texts()
    assert problem[1:4] == [str(row), in_either(FIELD.label, FIELD.label_zh), "soon"]
    marked = _downloaded(page, _("Download the marked workbook"), folder)
    cell = _cell(openpyxl.load_workbook(marked), "L2")
    assert (cell.value, cell.fill.fgColor.rgb, problem[4] in cell.comment.text) == ("soon", RED, True)
    return marked


def _imported(page, workbook: Path) -> None:
    """Upload a corrected workbook, see what it would do, and let it."""
    _upload(page, workbook)
    assert _told(page, ".cells") == [(str(FINISH), str(CORRECTED))]
    assert in_either("Lingqiu storage", "灵丘储能项目") in page.inner_text("main table.effects")
    assert Project.objects.get(code="L1").planned_finish == FINISH
    _press(page, ngettext("Import %(count)s row", "Import %(count)s rows", 1) % {"count": 1})
    page.get_by_text(_("Undo this import"), exact=True).first.wait_for()
    _look(page)
    assert Project.objects.get(code="L1").planned_finish == CORRECTED


def _undone(page, workbook: Path) -> None:
    """Undo an import, found by the name of its file."""
    page.goto("/exchange/")
    page.locator("#imports a", has_text=workbook.name).first.click()
    _press(page, _("Undo this import"))
    _look(page)
    page.click("#undo button.primary")
    page.get_by_text(_("Undone: every row is as it was before.")).wait_for()
    _look(page)


def _history(page) -> list[tuple[str, str, str]]:
    """Return who changed a project, from which value to which, the latest first."""
    page.goto("/projects/L1/")
    _press(page, _("History"))
    page.wait_for_url("**/history/")
    _look(page)
    who = page.locator("main tbody td:nth-of-type(1)").all_inner_texts()
    return [(" ".join(name.split()), *change) for name, change in zip(who, _told(page, ".changes"), strict=True)]


def _told(page, place: str) -> list[tuple[str, str]]:
    """Return what stood there and what stands there now, of each change that a page tells."""
    return [
        (one.locator("del").inner_text(), one.locator("ins").inner_text())
        for one in page.locator(f"main {place}").all()
    ]


@pytest.mark.parametrize(("language", "size"), [("en", WIDE), ("zh-hans", PHONE)])
def test_a_planned_finish_is_corrected_in_a_workbook_and_taken_back(chromium, live_server, tmp_path, language, size):
    _library()
    spoken = {"zh-hans": "zh-CN"}.get(language, language)
    with (
        translation.override(language),
        window(chromium, live_server, who="plan-officer", language=spoken, size=size) as page,
    ):
        _late_projects_of_datong(page)
        _press(page, _("Export"))
        workbook = _downloaded(page, _("Excel, to edit and upload again"), tmp_path)
        marked = _refused(page, _written(workbook, L1=CORRECTED, L2="soon"), tmp_path)
        _imported(page, _written(marked, L2=FINISH))
        somebody = f"plan-officer {_('import')}"
        assert _history(page) == [(somebody, str(FINISH), str(CORRECTED))]
        _undone(page, marked)
        assert _history(page)[0] == (somebody, str(CORRECTED), str(FINISH))
    assert Project.objects.get(code="L1").planned_finish == FINISH
