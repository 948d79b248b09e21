from datetime import date, datetime, time

import openpyxl
import polars as pl
import pytest

from backcast.interchange import read, spreadsheet, workbook, write
from backcast.planbook.book import Planbook
from backcast.planbook.problem import PlanbookError

HEAD = ["code", "name", "level", "population", "area", "known_from"]
BOOK = Planbook.of({"regions": pl.DataFrame({"code": ["007"], "name": ["=1+1"], "level": ["province"]})})


@pytest.mark.parametrize("title", ["regions", "Regions", "地区", "地区 regions"])
def test_a_sheet_is_known_by_the_name_and_labels_of_its_table(save, title):
    assert read(save([HEAD, ["14", "山西", "province"]], title)).planbook["regions"].height == 1


def test_cells_are_read_as_excel_holds_them(save):
    path = save([HEAD, [14, 7.5, "省", 100.0, 0.1, datetime(2025, 6, 30)], ["007", True, "市", "1,000", "2", 45838]])
    rows = read(path).planbook["regions"].select(HEAD).rows()
    assert rows[0] == ("14", "7.5", "province", 100, 0.1, date(2025, 6, 30))
    assert rows[1] == ("007", "true", "prefecture", 1000, 2.0, date(2025, 6, 30))


def test_a_time_in_a_date_column_is_a_problem(save):
    (problem,) = read(save([HEAD, ["14", "x", "省", 1, 1, time(12, 30)]])).problems
    assert problem.value == "12:30:00"


def test_rows_keep_the_numbers_that_excel_shows(save):
    path = save([[], ["title"], HEAD, ["14", "x", "省"], [], [None, "  "], ["15", "y", "PNS"]])
    reading = read(path)
    assert reading.rows["regions"].to_list() == [4, 7]
    assert [problem.row for problem in reading.check() if problem.value == "PNS"] == [7]


def test_errors_of_excel_and_formulas_without_result_are_not_lost(save, rewrite):
    path = save([HEAD, ["14", "=A1&B1", "省", "=1/0", 1, None], ["15", "y", "省", 2, 3, None]])
    error = b'<c r="F4" t="e"><f>1/0</f><v>#DIV/0!</v></c></row></sheetData>'
    rewrite(
        path,
        "xl/worksheets/sheet1.xml",
        lambda data: data.replace(
            b"</sheetData>", b'<row r="4"><c r="A4" t="inlineStr"><is><t>16</t></is></c>' + error
        ),
    )
    reading = read(path)
    assert [(p.row, p.column, p.value) for p in reading.problems] == [
        (2, "name", "#FORMULA?"),
        (2, "population", "#FORMULA?"),
        (4, "known_from", "#DIV/0!"),
    ]
    assert "has no result yet" in reading.problems[0].message.read("en")


def test_a_formula_whose_result_is_an_empty_text_is_an_empty_cell(save, rewrite):
    path = save([HEAD, ["14", "x", "省", 1, 1, "=IF(1,,)"]])
    rewrite(path, "xl/worksheets/sheet1.xml", lambda data: data.replace(b'<c r="F2">', b'<c r="F2" t="str">'))
    assert read(path).problems == ()


def test_a_sheet_that_looks_like_a_table_is_a_warning(save):
    path = save([HEAD, ["14", "x", "省"]])
    book = openpyxl.load_workbook(path)
    for title in ("projcts", "Sheet2", "Regions (2)", "地区"):
        book.create_sheet(title)
    book.save(path)
    problems = read(path).problems
    assert [(p.severity, p.value) for p in problems] == [
        ("warning", "projcts"),
        ("warning", "Regions (2)"),
        ("error", "地区"),
    ]


def test_a_workbook_without_tables_is_refused(save):
    with pytest.raises(PlanbookError, match="no sheet named after a table"):
        read(save([["a"], [1]], "Sheet1"))


def test_a_workbook_of_a_newer_version_is_a_warning(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheet, "SCHEMA_VERSION", 99)
    workbook.template(tmp_path / "new.xlsx")
    monkeypatch.undo()
    (problem,) = read(tmp_path / "new.xlsx").problems
    assert "A newer version of Backcast" in problem.message.read("en")


def test_a_text_that_looks_like_a_formula_or_number_stays_a_text(tmp_path):
    write(BOOK, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["地区 regions"]
    assert [(cell.value, cell.data_type) for cell in sheet[2][:2]] == [("007", "s"), ("=1+1", "s")]


def test_more_rows_than_a_sheet_holds_are_refused_and_nothing_is_written(tmp_path):
    rows = pl.DataFrame({"code": pl.Series(range(1_048_576)).cast(pl.String)})
    with pytest.raises(PlanbookError, match="The table has 1,048,576 rows, and an Excel sheet holds 1,048,575"):
        write(Planbook.of({"regions": rows}), tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_text_longer_than_a_cell_holds_is_refused_with_its_place(tmp_path):
    rows = pl.DataFrame({"code": ["1", "2"], "note": [None, "x" * 40_000]})
    with pytest.raises(PlanbookError, match="regions, row 3, note: The text has 40,000 characters"):
        write(Planbook.of({"regions": rows}), tmp_path / "a.xlsx")


def test_a_large_planbook_reads_back_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheet, "_BIG", 10)
    write(BOOK, tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx").planbook == BOOK


def test_dates_before_1900_and_infinite_numbers_are_written_as_text(tmp_path):
    rows = pl.DataFrame({"code": ["1"], "area": [float("inf")], "known_from": [date(1850, 1, 1)]})
    write(Planbook.of({"regions": rows}), tmp_path / "a.xlsx")
    reading = read(tmp_path / "a.xlsx")
    assert reading.planbook["regions"]["known_from"].to_list() == [date(1850, 1, 1)]
    assert [problem.value for problem in reading.problems] == ["inf"]
