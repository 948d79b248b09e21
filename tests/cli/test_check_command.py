"""``backcast check`` finds everything at once and says by its exit code whether it matters."""

import json

import openpyxl

import backcast as bc


def _spoil(folder):
    """Give a folder two errors."""
    (folder / "targets.csv").write_text(
        "indicator,region,date,value,document\npile,EF,PNS,540,Plan\n", encoding="utf-8"
    )


def test_a_sound_planbook_exits_with_0(backcast, county):
    result = backcast("check", county)
    assert result.exit_code == 0
    assert result.stdout == "Errors: 0; warnings: 0.\n"


def test_every_error_is_listed_with_its_row_and_exits_with_1(backcast, county):
    _spoil(county)
    result = backcast("check", county)
    assert result.exit_code == 1
    assert "■ targets, row 2, date" in result.stdout
    assert "■ targets, row 2, indicator" in result.stdout
    assert "Did you mean “piles”?" in " ".join(result.stdout.split())
    assert result.stdout.endswith("Errors: 2; warnings: 0.\n")


def test_warnings_alone_exit_with_0(backcast, county):
    (county / "notes.csv").write_text("a\n1\n", encoding="utf-8")
    result = backcast("check", county)
    assert result.exit_code == 0
    assert "▲" in result.stdout
    assert "■" not in result.stdout
    assert result.stdout.endswith("Errors: 0; warnings: 1.\n")


def test_errors_come_before_warnings(backcast, county):
    (county / "notes.csv").write_text("a\n1\n", encoding="utf-8")
    _spoil(county)
    told = backcast("check", county).stdout
    assert told.rindex("■") < told.index("▲")


def test_json_holds_both_languages_and_nothing_else(backcast, county):
    _spoil(county)
    result = backcast("check", county, "--json")
    problems = json.loads(result.stdout)
    assert result.exit_code == 1
    assert {problem["column"] for problem in problems} == {"date", "indicator"}
    for problem in problems:
        assert set(problem) == {"table", "row", "column", "value", "severity", "message", "message_zh"}
        assert problem["row"] == 2
        assert problem["message"] != problem["message_zh"]


def test_what_is_found_is_shown_as_it_is(backcast, county):
    """Square brackets are no mark-up."""
    (county / "targets.csv").write_text(
        "indicator,region,date,value,document\n[red]x[/],EF,2026-12-31,540,Plan\n", encoding="utf-8"
    )
    assert "[red]x[/]" in backcast("check", county).stdout


def test_a_workbook_is_marked_in_a_copy(backcast, county):
    _spoil(county)
    planbook = bc.Planbook.of({"targets": bc.Planbook.of({})["targets"]})
    bc.write_planbook(planbook, county.parent / "mine.xlsx")
    book = openpyxl.load_workbook(county.parent / "mine.xlsx")
    sheet = next(sheet for sheet in book if sheet.title.endswith("targets"))
    sheet["A2"] = "pile"
    book.save(county.parent / "mine.xlsx")
    before = (county.parent / "mine.xlsx").read_bytes()
    result = backcast("check", "mine.xlsx", "--mark", "marked.xlsx")
    assert result.exit_code == 1
    assert result.stdout.endswith("Written: marked.xlsx\n")
    assert (county.parent / "mine.xlsx").read_bytes() == before
    marked = openpyxl.load_workbook(county.parent / "marked.xlsx")
    cell = next(sheet for sheet in marked if sheet.title.endswith("targets"))["A2"]
    assert "pile" in cell.comment.text


def test_marking_keeps_json_alone_on_the_standard_output(backcast, county):
    bc.write_planbook(bc.Planbook.of({}), county.parent / "mine.xlsx")
    result = backcast("check", "mine.xlsx", "--json", "--mark", "marked.xlsx")
    json.loads(result.stdout)
    assert result.stderr == "Written: marked.xlsx\n"


def test_a_missing_file_is_said_in_a_sentence(backcast):
    for command in ("check", "run", "schedule"):
        result = backcast(command, "nowhere")
        assert result.exit_code == 1
        assert result.stderr == "There is no file or folder “nowhere”. Check how it is spelled.\n"
        assert result.stdout == ""
