from datetime import date, datetime

import polars as pl
import pytest

from backcast.interchange import history, read_history
from backcast.planbook.problem import PlanbookError
from backcast.planbook.schema import HISTORY

HEADINGS = "id,class,interval,planned_start,planned_finish,actual_start,actual_finish,observed_at,status"
GOOD = "P1,transport/rail,construction,2020-01-01,2021-01-01,2020-02-01,2021-06-30,2022-01-01,finished"


@pytest.fixture
def read_text(tmp_path):
    """Read a history from the text or bytes of its CSV file."""

    def reading(content, name="register.csv"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return history.read(tmp_path / name)

    return reading


@pytest.fixture
def read_row(read_text):
    """Read a history of one row, given as the values of its columns; return what is said of it."""

    def reading(**values):
        found = read_text(",".join(values) + "\n" + ",".join(values.values()) + "\n")
        return [(problem.row, problem.column, problem.message.read("en")) for problem in found.problems]

    return reading


def said(reading):
    return [problem.read("en") for problem in reading.problems]


def test_a_history_has_every_declared_column_whatever_the_file_has(read_text):
    found = read_text("id,actual_finish\nP1,2021-06-30\n")
    assert found.frame.schema == HISTORY.polars_schema
    assert found.frame.select("id", "actual_finish", "status").row(0) == ("P1", date(2021, 6, 30), None)
    assert found.problems == ()


def test_chinese_headings_and_values_in_gb18030_mean_the_same(read_text):
    headings = "项目,参照类,计划开始,计划完成,实际开始,实际完成,状态"
    text = f"{headings}\n甲,交通/铁路,2020年1月1日,2021.1.1,2020/2/1,20210630,已完成\n"
    row = read_text(text.encode("gb18030")).frame.row(0, named=True)
    assert (row["id"], row["class"], row["status"]) == ("甲", "交通/铁路", "finished")
    assert (row["planned_start"], row["actual_finish"]) == (date(2020, 1, 1), date(2021, 6, 30))


def test_a_workbook_and_a_parquet_file_give_the_same_rows_as_the_text(read_text, save, tmp_path):
    frame = read_text(f"{HEADINGS}\n{GOOD}\n").frame
    frame.write_parquet(tmp_path / "register.parquet")
    book = save([HEADINGS.split(","), [*GOOD.split(",")[:3], date(2020, 1, 1), *GOOD.split(",")[4:]]], "Sheet1")
    assert read_history(tmp_path / "register.parquet").equals(frame)
    assert read_history(book).equals(frame)


def test_the_sheet_named_history_is_read_wherever_it_stands(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Prepared by the office"])
    sheet = book.create_sheet("历史项目")
    sheet.append(["id", "actual_start"])
    sheet.append(["P1", "2020-02-01"])
    book.save(tmp_path / "register.xlsx")
    assert read_history(tmp_path / "register.xlsx")["id"].to_list() == ["P1"]


def test_a_bad_cell_is_named_and_empty_and_its_row_stays(read_text):
    found = read_text(f"{HEADINGS}\n{GOOD}\n\n{GOOD.replace('P1', 'P2').replace('2021-01-01', 'PNS')}\n")
    assert said(found) == [
        "history, row 4, planned_finish: “PNS” is not a date. Write 2025-06-30, or leave the cell empty if the date is "
        "not known."
    ]
    assert found.problems[0].read("zh_Hans").startswith("历史项目，第4行，计划完成：")
    assert found.errors == ()
    assert found.frame["planned_finish"].to_list() == [date(2021, 1, 1), None]
    assert found.rows.to_list() == [2, 4]


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("planned_finish", "2108-10-21", "2108-10-21 lies outside 1949–2100. Correct the year."),
        ("percent_complete", "120", "120 is above 100"),
        ("baseline_cost", "-5", "-5 is below 0"),
    ],
)
def test_a_value_that_cannot_be_meant_is_named_and_empty(read_text, column, value, sentence):
    found = read_text(f"id,actual_start,{column}\nP1,2020-02-01,{value}\n")
    assert [problem.column for problem in found.problems] == [column]
    assert sentence in said(found)[0]
    assert found.frame[column].to_list() == [None]


@pytest.mark.parametrize("status", ["not_started", "not started", "Not-Started", " NOT  STARTED ", "未开始"])
def test_a_status_may_be_written_with_spaces_and_hyphens(read_text, status):
    assert read_text(f"id,planned_start,status\nP1,2020-01-01,{status}\n").frame["status"].to_list() == ["not_started"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("finished", ("Complete", "COMPLETED", "done", "closed", "已完工", "完成", "竣工")),
        ("running", ("In Progress", "in-progress", "ongoing", "Active", "started", "在建", "进行", "建设中")),
        ("not_started", ("not started", "planned", " Pipeline ", "PNS", "未开工", "待开工")),
        ("cancelled", ("Canceled", "CANCELLED", "dropped", "Terminated", "withdrawn", "终止", "取消", "退库")),
    ],
)
def test_a_status_may_be_written_as_registers_do(read_text, state, words):
    rows = "".join(f"P{number},2020-01-01,{word}\n" for number, word in enumerate(words))
    assert read_text(f"id,planned_start,status\n{rows}").frame["status"].to_list() == [state] * len(words)


def test_a_project_given_up_is_not_taken_for_finished_by_its_dates(read_text):
    rows = GOOD.replace("finished", "Canceled"), GOOD.replace("P1", "P2").replace("finished", "given up?")
    found = read_text("\n".join((HEADINGS, *rows, GOOD.replace("P1", "P3").replace("finished", ""))))
    assert found.frame.select("id", "status").rows() == [("P1", "cancelled"), ("P3", None)]
    assert found.rows.to_list() == [2, 4]


@pytest.mark.parametrize("status", ["on hold", "#N/A", "暂�停"])
def test_a_row_whose_status_is_not_understood_is_left_out_and_named(read_text, status):
    found = read_text(f"{HEADINGS}\n{GOOD}\n{GOOD.replace('P1', 'P2').replace('finished', status)}\n")
    assert said(found) == [
        f"history, row 3, status: “{status}” is not understood as a status, so this row is left out. Write one of: "
        "finished (已完成), running (进行中), not_started (未开始), cancelled (已取消)."
    ]
    assert found.errors == ()
    assert found.frame["id"].to_list() == ["P1"]


def test_a_row_that_is_left_out_replaces_none(read_text):
    found = read_text(f"{HEADINGS}\n{GOOD}\n{GOOD.replace('finished', 'on hold')}\n")
    assert found.frame["status"].to_list() == ["finished"]


def test_a_history_without_any_status_that_is_understood_says_so(tmp_path):
    (tmp_path / "register.csv").write_text(f"{HEADINGS}\n{GOOD.replace('finished', 'on hold')}\n")
    with pytest.raises(PlanbookError, match=r"no row left to learn from.* row 2 with “on hold”.*: finished"):
        read_history(tmp_path / "register.csv")


def test_a_workbook_of_a_chinese_register_is_read_by_its_own_words(save):
    headings = ["项目编码", "类别", "计划开工", "计划竣工", "实际开工", "实际完工", "状态"]
    frame = read_history(save([headings, ["甲", "交通", *[date(2020, month, 1) for month in (1, 6, 2, 7)], "竣工"]]))
    assert frame.row(0)[:3] == ("甲", "交通", None)
    assert frame.select("^(planned|actual)_(start|finish)$").row(0) == tuple(date(2020, m, 1) for m in (1, 6, 2, 7))
    assert frame["status"].to_list() == ["finished"]


def test_of_two_words_for_a_column_ours_counts_and_else_the_likelier(read_text):
    ours = read_text("编号,id,actual_start\n1,P1,2020-02-01\n")
    likelier = read_text("编号,项目编码,actual_start\n1,P1,2020-02-01\n")
    assert ours.frame["id"].to_list() == likelier.frame["id"].to_list() == ["P1"]
    assert [problem.column for problem in (*ours.problems, *likelier.problems)] == ["编号", "编号"]


def test_an_unknown_column_is_a_warning(read_text):
    found = read_text("id,actual_start,weather\nP1,2020-02-01,sunny\n")
    assert said(found) == ["history, row 1, weather: There is no column “weather” in this table; it was not read."]
    assert found.frame.height == 1


def test_a_missing_id_column_keeps_the_history_from_being_used(tmp_path):
    (tmp_path / "register.csv").write_text("class,actual_start\nroads,2020-02-01\n")
    with pytest.raises(PlanbookError, match=r"history, row 1, id: The column “id” .* is missing"):
        read_history(tmp_path / "register.csv")


def test_a_missing_id_column_names_the_columns_that_were_not_read(read_text):
    (error,) = read_text("工程,批次,actual_start\nA,1,2020-02-01\n").errors
    assert error.read("en") == (
        "history, row 1, id: The column “id” (项目) is missing. Add it, or rename the one that is meant. "
        "Not read were: 工程, 批次."
    )


def test_of_many_columns_that_were_not_read_eight_are_named(read_text):
    names = ",".join(f"x{number}" for number in range(9))
    (error,) = read_text(f"{names},actual_start\n{'1,' * 9}2020-02-01\n").errors
    assert error.message.read("en").endswith("Not read were: x0, x1, x2, x3, x4, x5, x6, x7, ….")


def test_a_row_without_an_id_is_left_out(read_text):
    found = read_text("id,actual_start\n,2020-02-01\nP2,2020-03-01\n")
    assert said(found) == ["history, row 2, id: The cell is empty; “Project” (项目) is needed."]
    assert found.frame["id"].to_list() == ["P2"]


def test_a_row_that_slipped_is_left_out(read_text):
    found = read_text("id,actual_start\nP1,Hill, north,2020-02-01\nP2,2020-03-01\n")
    assert "more cells than there are headings" in said(found)[0]
    assert found.frame["id"].to_list() == ["P2"]
    assert found.errors == ()


@pytest.mark.parametrize("text", ["", "id,actual_start\n", "id,actual_start\nP1,PNS\n", "id,status\nP1,finished\n"])
def test_a_history_from_which_nothing_can_be_learned_is_an_error(read_text, text):
    errors = read_text(text).errors
    assert errors[0].message.read("en").endswith("so nothing can be learned from it.")
    assert errors[0].value == "register.csv"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("nowhere.csv", "There is no file"), ("folder", "A history is one file"), ("plan.docx", "A history is one file")],
)
def test_what_is_no_history_is_refused_by_name(tmp_path, name, sentence):
    (tmp_path / "folder").mkdir()
    (tmp_path / "plan.docx").write_text("")
    with pytest.raises(PlanbookError, match=sentence):
        history.read(tmp_path / name)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path, monkeypatch):
    (tmp_path / "register.csv").write_text(f"{HEADINGS}\n{GOOD}\n")
    monkeypatch.setattr(history, "FILE_LIMIT", 10)
    with pytest.raises(PlanbookError, match="more than the 0 MB that are read"):
        history.read(tmp_path / "register.csv")


def test_a_parquet_file_that_is_damaged_is_an_error(read_text):
    assert "is not a Parquet file" in said(read_text(b"PAR1 and nothing more", "register.parquet"))[0]


def test_of_rows_with_one_key_the_last_counts(read_text):
    found = read_text(f"{HEADINGS}\n{GOOD}\n{GOOD.replace('2021-06-30', '2021-07-31')}\n")
    assert said(found) == [
        "history, row 2, id: Row 3 tells of the same project, interval and day again; that row counts."
    ]
    assert found.frame["actual_finish"].to_list() == [date(2021, 7, 31)]


def test_a_finish_before_its_start_is_a_warning(read_row):
    [(row, column, sentence)] = read_row(id="P1", actual_start="2020-02-01", actual_finish="2020-01-01")
    assert (row, column) == (2, "actual_finish")
    assert sentence == "It finished (2020-01-01) before it started (2020-02-01). Correct one of the dates."


@pytest.mark.parametrize("start", ["planned_start", "actual_start"])
def test_a_planned_finish_that_leaves_no_time_is_a_warning(read_row, start):
    [(_, column, sentence)] = read_row(**{"id": "P1", start: "2020-02-01", "planned_finish": "2020-02-01"})
    assert column == "planned_finish"
    assert f"not after {start} (2020-02-01)" in sentence


def test_an_actual_start_after_the_planned_finish_is_no_contradiction_where_a_start_was_planned(read_row):
    assert read_row(id="P1", planned_start="2019-01-01", planned_finish="2020-01-01", actual_start="2020-02-01") == []


@pytest.mark.parametrize("column", ["actual_start", "actual_finish"])
def test_what_happened_after_the_day_of_observation_is_a_warning(read_row, column):
    [(_, where, sentence)] = read_row(**{"id": "P1", column: "2020-02-01", "observed_at": "2020-01-31"})
    assert where == column
    assert "2020-02-01 is after the day of observation (2020-01-31)" in sentence


@pytest.mark.parametrize(
    ("status", "dates", "column"),
    [
        ("finished", {"actual_start": "2020-02-01"}, "actual_finish"),
        ("running", {"planned_finish": "2020-02-01"}, "actual_start"),
        ("running", {"actual_start": "2020-02-01", "actual_finish": "2020-03-01"}, "actual_finish"),
        ("not started", {"actual_start": "2020-02-01"}, "actual_start"),
    ],
)
def test_a_status_that_the_dates_deny_is_a_warning(read_row, status, dates, column):
    [(_, where, sentence)] = read_row(id="P1", status=status, **dates)
    assert where == column
    assert f"The status is “{status.replace(' ', '_')}”, but {column} is" in sentence


def test_all_done_and_still_running_is_no_contradiction(read_row):
    assert read_row(id="P1", status="running", actual_start="2020-02-01", percent_complete="100") == []


def test_percentages_that_excel_stored_as_parts_are_a_warning(read_row):
    [(_, column, sentence)] = read_row(id="P1", actual_start="2020-02-01", percent_complete="0.85")
    assert column == "percent_complete"
    assert "If 0.85 is meant as 85%, write 85" in sentence


@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Shanghai"])
def test_times_of_a_parquet_file_are_read_as_their_days(tmp_path, zone):
    start = pl.Series([datetime(2020, 2, 1, 23, 30)]).dt.replace_time_zone(zone)
    pl.DataFrame({"id": ["P1"], "actual_start": start}).write_parquet(tmp_path / "register.parquet")
    assert read_history(tmp_path / "register.parquet")["actual_start"].to_list() == [date(2020, 2, 1)]


def test_what_follows_from_a_bad_cell_is_not_said_again(read_row):
    [(_, column, sentence)] = read_row(id="P1", actual_start="2020-02-01", actual_finish="FTK", status="finished")
    assert column == "actual_finish"
    assert "“FTK” is not a date" in sentence


def test_every_row_of_a_long_register_is_read(read_text):
    rows = "\n".join(GOOD.replace("P1", f"P{number}") for number in range(20_000))
    frame = read_text(f"{HEADINGS}\n{rows}\n").frame
    assert frame.height == 20_000
    assert frame["id"].n_unique() == 20_000
    assert (
        frame.select(pl.all().exclude("id", "owner", "percent_complete", "^.*_cost$", "source", "note"))
        .null_count()
        .sum_horizontal()
        .item()
        == 0
    )
