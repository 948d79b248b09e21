import openpyxl
import pytest

from backcast.interchange import read, spreadsheet, workbook
from backcast.planbook.book import Planbook
from backcast.planbook.schema import PROJECTS, REGIONS, TABLES


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "t.xlsx"
    workbook.template(path)
    return openpyxl.load_workbook(path)


def test_the_template_reads_as_an_empty_planbook(tmp_path):
    workbook.template(tmp_path / "t.xlsx")
    reading = read(tmp_path / "t.xlsx")
    assert reading.problems == ()
    assert reading.planbook == Planbook.of({})


def test_the_template_explains_itself_and_has_a_sheet_for_each_table(book):
    assert book.sheetnames[0] == "填写说明 Read me"
    assert book.sheetnames[1:-2] == [f"{table.label_zh} {table.name}" for table in TABLES]
    assert [book[name].sheet_state for name in book.sheetnames[-2:]] == ["hidden", "veryHidden"]
    assert book["_meta"]["B1"].value == spreadsheet.SCHEMA_VERSION


def test_every_heading_has_a_note_in_both_languages(book):
    for table in TABLES:
        for cell, column in zip(book[f"{table.label_zh} {table.name}"][1], table, strict=True):
            assert cell.value.endswith(f"\n{column.name}")
            assert column.label_zh in cell.comment.text
            assert column.label in cell.comment.text
            assert column.about in cell.comment.text


def test_headings_are_locked_and_cells_are_not(book):
    sheet = book["地区 regions"]
    assert sheet.protection.sheet
    assert sheet.freeze_panes == "B2"
    assert sheet["A1"].protection.locked
    assert not sheet.column_dimensions["A"].protection.locked
    assert not sheet.protection.deleteRows


def test_choices_references_and_dates_have_rules(book):
    rules = {str(rule.sqref).split("2:")[0]: rule for rule in book["项目 projects"].data_validations.dataValidation}
    letter = {column.name: chr(ord("A") + position) for position, column in enumerate(PROJECTS)}
    assert rules[letter["stage"]].formula1.startswith("'_choices'!")
    assert rules[letter["lead_region"]].formula1.startswith("'地区 regions'!$A$2:$A$")
    assert rules[letter["lead_region"]].errorStyle == "warning"
    assert rules[letter["planned_start"]].type == "date"
    assert rules[letter["counts"]].formula1 == '"是,否,yes,no"'
    assert (rules[letter["latitude"]].formula1, rules[letter["latitude"]].formula2) == ("-90", "90")


def test_the_drop_down_of_a_choice_offers_labels_and_values(book):
    rules = {str(rule.sqref): rule for rule in book["地区 regions"].data_validations.dataValidation}
    source = rules["D2:D1048576"].formula1.split("!")[1]
    words = [cell.value for (cell,) in book["_choices"][source.replace("$", "")]]
    assert set(words) == {word for pair in REGIONS["level"].choices for word in pair}
