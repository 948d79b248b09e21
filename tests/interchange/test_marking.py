from datetime import date

import openpyxl
import pytest

from backcast.interchange import read, workbook
from backcast.language import tr
from backcast.planbook.book import Planbook
from backcast.planbook.problem import PlanbookError, Problem

HEAD = ["code", "name", "level", "population", "area", "known_from"]


def test_bad_cells_are_red_with_their_problem_beside_them(save, tmp_path):
    path = save([HEAD, ["14", "x", "省", 1, 1, "PNS"], ["14", "y", "省", "=A1", 1, None]])
    reading = read(path)
    workbook.mark(path, reading.check(), tmp_path / "out.xlsx")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    cell = book["regions"]["F2"]
    assert cell.fill.fgColor.rgb == "00FFC7CE"
    assert "“PNS” is not a date." in cell.comment.text
    assert book["regions"]["B2"].comment is None
    assert book["regions"]["D3"].value == "=A1"
    listed = [[c.value for c in row[:4]] for row in book["问题清单 Problems"].iter_rows(min_row=2)]
    assert ["regions", 2, "known_from", "PNS"] in listed
    assert len(listed) == len(reading.check())


def test_a_problem_of_a_row_marks_its_first_cell_and_one_of_a_file_is_only_listed(save, tmp_path):
    path = save([HEAD, ["14", "x", "省"]])
    problems = [
        Problem("regions", 2, "", "", tr("Look at this row."), "warning"),
        Problem("", 0, "", "a.csv", tr("“{file}” is no table.", file="a.csv")),
    ]
    workbook.mark(path, problems, tmp_path / "out.xlsx")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book["regions"]["A2"].fill.fgColor.rgb == "00FFEB9C"
    assert [row[5].value for row in book["问题清单 Problems"].iter_rows(min_row=2)] == [
        "Look at this row.",
        "“a.csv” is no table.",
    ]


def test_values_that_look_like_formulas_stay_texts_in_the_list(save, rewrite, tmp_path):
    path = save([HEAD, ["14", "x", "省", 1, 1, "'=1+1"]])
    rewrite(path, "xl/worksheets/sheet1.xml", lambda data: data.replace(b"'=1+1", b"=1+1"))
    workbook.mark(path, read(path).problems, tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["问题清单 Problems"]
    assert (sheet["D2"].value, sheet["D2"].data_type) == ("=1+1", "s")


def test_marking_a_corrected_copy_takes_old_marks_away(save, tmp_path):
    path = save([HEAD, ["14", "x", "省", 1, 1, "PNS"]])
    marked = tmp_path / "marked.xlsx"
    workbook.mark(path, read(path).problems, marked)
    book = openpyxl.load_workbook(marked)
    book["regions"]["F2"] = date(2025, 6, 30)
    book.save(marked)
    reading = read(marked)
    assert reading.problems == ()
    workbook.mark(marked, [], tmp_path / "again.xlsx")
    book = openpyxl.load_workbook(tmp_path / "again.xlsx")
    assert book["regions"]["F2"].comment is None
    assert book["regions"]["F2"].fill.fill_type is None
    assert book["问题清单 Problems"].max_row == 1


def test_a_workbook_that_cannot_be_loaded_is_refused_and_nothing_is_written(save, rewrite, tmp_path):
    path = save([HEAD, ["14", "x", "省"]])
    rewrite(path, "docProps/core.xml", lambda _: b"<broken")
    with pytest.raises(PlanbookError, match="cannot be marked"):
        workbook.mark(path, [], tmp_path / "out.xlsx")
    assert list(tmp_path.iterdir()) == [path]


def test_a_workbook_may_be_marked_in_its_own_place(save):
    path = save([HEAD, ["14", "x", "省", 1, 1, "PNS"]])
    workbook.mark(path, read(path).problems, path)
    assert [problem.value for problem in read(path).problems] == ["PNS"]


def test_the_template_can_be_marked(tmp_path):
    workbook.template(tmp_path / "t.xlsx")
    workbook.mark(tmp_path / "t.xlsx", read(tmp_path / "t.xlsx").check(), tmp_path / "out.xlsx")
    assert read(tmp_path / "out.xlsx").planbook == Planbook.of({})
