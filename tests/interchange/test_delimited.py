import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.interchange.delimited import read_delimited
from backcast.planbook.schema import SCHEMA

HEAD = "code,name,level\n"


def names(reading):
    return reading.planbook["regions"]["name"].to_list()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_is_read_in_every_encoding_that_excel_writes(read_table, encoding):
    reading = read_table("regions", f"{HEAD}14,山西省,province\n1401,太原市,prefecture\n".encode(encoding))
    assert names(reading) == ["山西省", "太原市"]
    assert reading.problems == ()


def test_western_bytes_are_not_taken_for_rare_chinese_characters(read_table):
    reading = read_table("regions", f"{HEAD}1,Île d’Orléans,area\n2,São João – centro,area\n".encode("cp1252"))
    assert names(reading) == ["Île d’Orléans", "São João – centro"]
    assert [(problem.row, problem.severity) for problem in reading.problems] == [(0, "warning")]


def test_a_broken_byte_in_a_chinese_file_is_counted(read_table):
    data = f"{HEAD}14,山西省,province\n1401,太原市,prefecture\n".encode("gb18030").replace(
        "原".encode("gb18030"), b"\xff\xff"
    )
    reading = read_table("regions", data)
    assert names(reading)[0] == "山西省"
    assert "gb18030" in reading.problems[0].message.read("en")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_row_numbers_stay_true_after_blank_rows(read_table, newline, quote):
    lines = ["code,name,level", "", f"14,{quote}山西{quote},province", ",,", " , ,", "1401,太原,prefecture", ""]
    reading = read_table("regions", newline.join(lines))
    assert names(reading) == ["山西", "太原"]
    assert reading.rows["regions"].to_list() == [3, 6]


def test_a_row_whose_cells_hold_line_breaks_counts_as_one(read_table):
    reading = read_table("regions", f'{HEAD}14,"a\nb\r\nc",province\n15,x,PNS\n')
    assert names(reading) == ["a\nb\r\nc", "x"]
    assert [(p.row, p.column) for p in reading.check() if p.value == "PNS"] == [(3, "level")]


def test_quotation_marks_inside_a_cell_stay(read_table):
    assert names(read_table("regions", f'{HEAD}1,5" pipe,area\n2,"6"" pipe",area\n')) == ['5" pipe', '6" pipe']


@pytest.mark.parametrize("cell", ['"open', '"open" end'])
def test_quotation_marks_that_do_not_pair_are_told_with_their_row(read_table, cell):
    reading = read_table("regions", f"{HEAD}1,x,area\n\n2,{cell},area\n3,y,area\n")
    (problem,) = reading.problems
    assert problem.row == 4
    assert "do not pair" in problem.message.read("en")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_recognised_by_the_headings(read_table, separator):
    text = "code,name,level\n14,山西，晋,province\n".replace(",", separator)
    assert names(read_table("regions", text)) == ["山西，晋"]


def test_the_separator_is_found_below_a_title(read_table):
    assert names(read_table("regions", "地区, 2025\n\ncode;name;level\n14;山西;province\n")) == ["山西"]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_row_with_too_many_cells_is_an_error_and_one_with_too_few_is_not(read_table, quote):
    reading = read_table("regions", f"{HEAD}14,{quote}x{quote},province,more\n15,y\n16,z,province,,\n")
    assert [(p.row, p.severity) for p in reading.problems] == [(2, "error")]
    assert names(reading) == ["x", "y", "z"]


def test_an_empty_file_is_an_empty_table(read_table):
    for text in ("", "\n\n", HEAD):
        reading = read_table("regions", text)
        assert reading.planbook["regions"].is_empty()
        assert reading.problems == ()


def test_the_apostrophe_that_guards_a_formula_is_taken_away(read_table):
    reading = read_table("regions", f"{HEAD}1,'=1+1,area\n2,''=x,area\n3,'x,area\n")
    assert names(reading) == ["=1+1", "'=x", "'x"]


@given(
    cells=st.lists(st.text('a" ,\n山', min_size=1, max_size=5).map(str.strip).filter(bool), min_size=1, max_size=8),
    newline=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_a_cell_is_read_as_it_was_written_whatever_stands_in_it(cells, newline, quoting):
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator=newline, quoting=quoting)
    writer.writerow(["code", "name", "level"])
    writer.writerows([str(k), cell, "area"] for k, cell in enumerate(cells))
    sheet = read_delimited(SCHEMA["regions"], file.getvalue().encode())
    assert sheet.columns["name"].to_list() == cells
    assert sheet.problems == ()


@pytest.mark.parametrize("line", ['"14","山西"x,province', '14,山"西,province', '14,山西"",province'])
def test_quotation_marks_that_stand_around_no_whole_cell_are_read_as_python_reads_them(line):
    try:
        cells = next(csv.reader([line], strict=True))
    except csv.Error:
        cells = None
    sheet = read_delimited(SCHEMA["regions"], f'{HEAD}{line}\n1,"Ost, West",area\n'.encode())
    if cells is None:
        assert [(problem.row, problem.severity) for problem in sheet.problems] == [(2, "error")]
    else:
        assert [sheet.columns[name][0] for name in ("code", "name", "level")] == cells
