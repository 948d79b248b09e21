import pytest

from backcast.interchange.headings import column_named, letters, table_named
from backcast.planbook.schema import PROJECTS, TABLES


def said(reading):
    return [(p.severity, p.row, p.message.read("en")) for p in reading.problems]


@pytest.mark.parametrize(
    "heading",
    [
        *("total_investment", "Total investment", "TOTAL INVESTMENT ", "总投资", "总投资（万元）", "总投资(万元)"),
        *("总投资\ntotal_investment", "总投资（万元）\ntotal_investment", "总投资 Total investment", "总投资*"),
    ],
)
def test_a_column_is_known_by_its_name_and_both_labels(heading):
    assert column_named(PROJECTS, heading) == PROJECTS["total_investment"]


@pytest.mark.parametrize("heading", ["计划完工", "计划竣工", "计划完成", "planned_finish"])
def test_a_planned_finish_is_known_by_every_word_that_offices_use(heading):
    assert column_named(PROJECTS, heading) == PROJECTS["planned_finish"]


@pytest.mark.parametrize("heading", ["", "investment", "总投资 备注", "项目 名称", "总投资\nname", "名称（英文）"])
def test_a_heading_that_only_holds_a_known_word_is_not_taken_for_it(heading):
    assert column_named(PROJECTS, heading) is None


def test_no_two_columns_of_a_table_share_a_heading():
    for table in TABLES:
        for column in table:
            for heading in (column.name, column.label, column.label_zh):
                assert column_named(table, heading) == column


def test_tables_are_known_by_name_and_label():
    for table in TABLES:
        for name in (table.name, table.label, table.label_zh, f"{table.label_zh} {table.name}"):
            assert table_named(name) == table
    assert table_named("Sheet1") is None


def test_an_unknown_column_is_a_warning_that_names_the_closest(read_table):
    reading = read_table("regions", "code,name,level,populaton,mood\n14,x,province,5,good\n")
    assert said(reading) == [
        ("warning", 1, "There is no column “populaton” in this table; it was not read. Did you mean “population”?"),
        ("warning", 1, "There is no column “mood” in this table; it was not read."),
    ]


def test_an_unknown_column_without_values_is_no_problem(read_table):
    assert said(read_table("regions", "code,name,level,mood,\n14,x,province,,\n")) == []


def test_a_missing_required_column_is_one_error(read_table):
    reading = read_table("regions", "code,name\n14,x\n15,y\n")
    assert said(reading) == [("error", 1, "The column “level” (层级) is missing. Add it.")]
    assert [p.row for p in reading.check() if p.column == "level"] == [1]


def test_a_heading_that_is_there_twice_is_an_error(read_table):
    reading = read_table("regions", "code,name,level,名称\n14,x,province,y\n")
    assert said(reading) == [("error", 1, "This column is here twice, as columns B and D. Remove one of them.")]


def test_a_heading_with_another_unit_is_an_error(read_table):
    reading = read_table("regions", "code,name,level,地区生产总值（亿元）\n14,x,province,25000\n")
    assert "The heading says “亿元”, but this column is in 万元." in said(reading)[0][2]
    assert reading.planbook["regions"]["gdp"].null_count() == 1


def test_titles_above_the_headings_are_passed_over_and_rows_keep_their_numbers(read_table):
    reading = read_table("regions", "全省地区一览,,\n制表：某处,,\ncode,name,level\n14,x,PNS\n")
    assert said(reading) == [("warning", 3, "The headings are in row 3; what stands above them was not read.")]
    assert reading.rows["regions"].to_list() == [4]


def test_a_table_on_its_side_is_refused(read_table):
    reading = read_table("regions", "code,14,1401\nname,山西,太原\nlevel,province,prefecture\n")
    assert [severity for severity, _, _ in said(reading)] == ["error"]
    assert "lies on its side" in said(reading)[0][2]


def test_a_table_without_any_known_heading_is_refused(read_table):
    (problem,) = said(read_table("regions", "a,b\n1,2\n3,4\n"))
    assert problem[2].endswith("at least: code, name, level.")


def test_columns_have_the_letters_that_excel_shows():
    assert [letters(position) for position in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
