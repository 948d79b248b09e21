from datetime import date

import polars as pl
import pytest

from backcast.interchange import folder, read, read_planbook, write
from backcast.planbook.book import Planbook
from backcast.planbook.problem import PlanbookError

PLAN = pl.DataFrame({"code": ["p"], "name": ["规划"], "starts": [date(2021, 1, 1)], "ends": [date(2025, 12, 31)]})
REGIONS = pl.DataFrame({"code": ["14"], "name": ["=cmd|'/c calc'!A1"], "level": ["province"]})
BOOK = Planbook.of({"plan": PLAN, "regions": REGIONS})


def said(problems):
    return [problem.message.read("en") for problem in problems]


def refusal(path):
    with pytest.raises(PlanbookError) as caught:
        read(path)
    return caught.value.problems[0].message.read("en")


def test_a_folder_holds_the_plan_and_a_file_for_each_table_with_rows(tmp_path):
    write(BOOK, tmp_path / "book")
    assert sorted(file.name for file in (tmp_path / "book").iterdir()) == ["plan.yaml", "regions.csv"]
    assert [file.name for file in tmp_path.iterdir()] == ["book"]


def test_writing_again_replaces_tables_and_leaves_other_files_alone(tmp_path):
    path = tmp_path / "book"
    write(BOOK, path, parquet=True)
    (path / "README.md").write_text("mine")
    write(Planbook.of({"plan": PLAN}), path)
    assert sorted(file.name for file in path.iterdir()) == ["README.md", "plan.yaml"]


def test_a_write_that_fails_changes_nothing(tmp_path, monkeypatch):
    path = tmp_path / "book"
    write(BOOK, path)
    before = {file.name: file.read_bytes() for file in path.iterdir()}

    def disk_is_full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(folder, "write_delimited", disk_is_full)
    with pytest.raises(OSError, match="No space"):
        write(BOOK.replace(plan=PLAN.with_columns(name=pl.lit("other"))), path)
    assert {file.name: file.read_bytes() for file in path.iterdir()} == before
    assert [file.name for file in tmp_path.iterdir()] == ["book"]


def test_a_text_that_starts_like_a_formula_is_guarded_in_csv(tmp_path):
    write(BOOK, tmp_path / "book")
    assert "14,'=cmd|" in (tmp_path / "book" / "regions.csv").read_text(encoding="utf-8-sig")


def test_excel_knows_the_csv_as_utf8(tmp_path):
    write(BOOK, tmp_path / "book")
    assert (tmp_path / "book" / "regions.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_file_that_looks_like_a_table_is_a_warning_that_names_the_closest(tmp_path):
    write(BOOK, tmp_path / "book")
    (tmp_path / "book" / "projcts.csv").write_text("code\nx\n")
    (tmp_path / "book" / "budget.parquet").write_bytes(b"")
    (tmp_path / "book" / "letter.txt").write_text("x")
    problems = read(tmp_path / "book").problems
    assert said(problems) == [
        "“budget.parquet” is no table of a planbook; it was not read.",
        "“projcts.csv” is no table of a planbook; it was not read. Did you mean “projects.csv”?",
    ]
    assert {problem.severity for problem in problems} == {"warning"}


def test_a_file_may_be_named_by_the_label_of_its_table(tmp_path):
    (tmp_path / "地区.csv").write_text("编码,名称,层级\n14,山西,省\n")
    assert read(tmp_path).planbook["regions"]["level"].to_list() == ["province"]


def test_two_files_of_one_table_are_an_error(tmp_path):
    write(BOOK, tmp_path / "book")
    (tmp_path / "book" / "regions.parquet").write_bytes((tmp_path / "book" / "regions.csv").read_bytes())
    (problem,) = read(tmp_path / "book").problems
    assert problem.severity == "error"
    assert "second file of the table “regions”" in said([problem])[0]


def test_a_damaged_parquet_file_is_told(tmp_path):
    (tmp_path / "regions.parquet").write_bytes(b"PAR1 not really")
    assert said(read(tmp_path).problems) == ["“regions.parquet” is not a Parquet file that can be read. Write it anew."]


def test_a_parquet_file_with_other_types_is_read_like_text(tmp_path):
    rows = {"code": ["7"], "name": ["x"], "level": ["省"], "population": [5], "area": ["1,000"], "known_from": ["PNS"]}
    pl.DataFrame(rows, schema_overrides={"population": pl.UInt8, "level": pl.Categorical}).write_parquet(
        tmp_path / "regions.parquet"
    )
    reading = read(tmp_path)
    assert reading.planbook["regions"].select("level", "population", "area").row(0) == ("province", 5, 1000)
    assert [problem.value for problem in reading.problems] == ["PNS"]


def test_columns_of_lists_and_bytes_in_a_parquet_file_are_told(tmp_path):
    rows = {"code": ["7"], "name": [["a", "b"]], "level": [b"\xff"]}
    pl.DataFrame(rows).write_parquet(tmp_path / "regions.parquet")
    problems = [problem for problem in read(tmp_path).problems if "lists or bytes" in problem.message.template]
    assert [problem.column for problem in problems] == ["name", "level"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("code: a\nname: x\ncode: b\n", "Line 3 gives “code” a second time."),
        ("code: a\nissuer: [1, 2]\n", "Line 2 holds a list or a block."),
        ("code: a\nmood: good\n", "There is no column “mood”"),
        ("code: a\nstarts: PNS\n", "“PNS” is not a date."),
        ("code: 'a\n", "is not valid YAML"),
        ("[" * 5000, "is not valid YAML"),
        ("just a text", "one “name: value” on each line"),
        ("", "one “name: value” on each line"),
    ],
)
def test_what_is_wrong_with_the_plan_is_told(tmp_path, text, problem):
    (tmp_path / "plan.yaml").write_text(text)
    assert any(problem in sentence for sentence in said(read(tmp_path).problems))


def test_a_plan_in_western_bytes_is_a_warning(tmp_path):
    (tmp_path / "plan.yaml").write_bytes("code: é\n".encode("cp1252"))
    (problem,) = (problem for problem in read(tmp_path).problems if problem.severity == "warning")
    assert "is not UTF-8" in said([problem])[0]


def test_values_of_the_plan_are_taken_as_written(tmp_path):
    (tmp_path / "plan.yaml").write_text("code: 007\nname: no\nissuer: null\nsimulated: yes\nstarts: 2021/1/1\n")
    plan = read(tmp_path).planbook["plan"]
    assert plan.select("code", "name", "issuer", "simulated", "starts").row(0) == (
        *("007", "no", None, True),
        date(2021, 1, 1),
    )


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_a_plan_keeps_the_line_breaks_of_unicode(tmp_path, character):
    name = f"x{character}y {character} z"
    book = Planbook.of({"plan": pl.DataFrame({"code": ["a"], "name": [name]})})
    write(book, tmp_path / "book")
    assert read(tmp_path / "book").planbook["plan"]["name"].to_list() == [name]


def test_what_is_no_planbook_is_told_in_one_sentence(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    assert "holds no plan.yaml and no table" in refusal(tmp_path / "empty")
    assert "There is no file or folder" in refusal(tmp_path / "missing")
    assert "neither a folder nor an Excel workbook" in refusal(tmp_path / "a.txt")


def test_a_folder_is_not_written_over_a_file(tmp_path):
    (tmp_path / "a.csv").write_text("x")
    with pytest.raises(PlanbookError, match="is a file"):
        write(BOOK, tmp_path / "a.csv")


def test_a_planbook_with_errors_is_not_handed_out(tmp_path):
    write(BOOK.replace(regions=REGIONS.with_columns(parent=pl.lit("15"))), tmp_path / "book")
    with pytest.raises(PlanbookError, match="There is no “15” in the table “regions”"):
        read_planbook(tmp_path / "book")
