"""Five registers as histories: what was shipped reads, counts as the README says, and can be made again."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from backcast.interchange import history, read_history

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "histories"
RAW = ROOT.parent / "shared" / "data"
SOURCES = {  # shipped file → converter and folder of the register
    "nyc-schools.parquet": ("nyc_schools.py", "nyc-school-construction"),
    "nyc-capital.csv": ("nyc_capital.py", "nyc-capital"),
    "uk-gmpp.csv": ("uk_gmpp.py", "uk-gmpp"),
    "worldbank.parquet": ("worldbank.py", "worldbank"),
    "melbourne-water.csv": ("melbourne_water.py", "melbourne-water"),
}
COUNTS = {  # rows, projects, days of observation, finished, running, not started, cancelled
    "nyc-schools.parquet": (28_148, 9_584, 2, 9_019, 9_483, 9_646, 0),
    "nyc-capital.csv": (2_274, 378, 15, 2, 2_230, 42, 0),
    "uk-gmpp.csv": (1_841, 620, 10, 226, 1_611, 4, 0),
    "worldbank.parquet": (60_328, 27_429, 3, 41_116, 7_831, 1_493, 9_888),
    "melbourne-water.csv": (445, 445, 1, 261, 101, 83, 0),
}
KEY = ["id", "class", "interval"]


def shipped(file):
    return read_history(EXAMPLES / file)


def at(frame, *day):
    return frame.filter(pl.col("observed_at") == date(*day))


@pytest.mark.parametrize("file", SOURCES)
def test_a_shipped_history_has_every_cell_readable(file):
    reading = history.read(EXAMPLES / file)
    assert reading.errors == ()
    unread = [problem for problem in reading.problems if "text" in dict(problem.message.values)]
    assert unread == []


@pytest.mark.parametrize("file", SOURCES)
def test_a_shipped_history_counts_as_the_readme_says(file):
    frame = shipped(file)
    states = [frame.filter(status=state).height for state in ("finished", "running", "not_started", "cancelled")]
    assert (frame.height, frame["id"].n_unique(), frame["observed_at"].n_unique(), *states) == COUNTS[file]
    line = next(line for line in (EXAMPLES / "README.md").read_text("utf-8").splitlines() if f"| `{file}` |" in line)
    told = [cell.strip().replace(",", "").replace("–", "0") for cell in line.split("|")[2:-1]]
    assert [int(cell) for position, cell in enumerate(told) if position != 2] == [
        count for position, count in enumerate(COUNTS[file]) if position != 2
    ]


def test_the_histories_are_small_and_their_sources_are_named():
    assert sum((EXAMPLES / file).stat().st_size for file in SOURCES) < 3_000_000
    notice = (ROOT / "NOTICE").read_text("utf-8")
    part = notice.partition("examples/histories")[2]
    assert all(name in part for name in ("City of New York", "Open Government", "World Bank", "Melbourne Water"))


def test_the_phases_of_a_school_project_share_its_id():
    frame = shipped("nyc-schools.parquet")
    phases = frame.filter(pl.col("id").str.contains("M019 PLANYC BOILER"))
    assert set(phases["class"]) == {f"{phase}/SCA CIP" for phase in ("Scope", "Design", "Construction", "CM,F&E")}
    assert phases["id"].n_unique() == 1


def test_school_phases_running_in_one_vintage_are_found_in_the_next():
    frame = shipped("nyc-schools.parquet")
    running = at(frame, 2024, 9, 30).filter(pl.col("planned_finish") > pl.col("actual_start"), status="running")
    later = running.join(at(frame, 2025, 6, 30), on=KEY, suffix="_later")["actual_finish_later"]
    assert later.len() == 1_986
    assert later.is_between(date(2024, 10, 1), date(2025, 6, 30)).sum() == 339
    assert (later <= date(2024, 9, 30)).sum() == 50


@pytest.mark.parametrize("file", ["nyc-capital.csv", "uk-gmpp.csv", "worldbank.parquet"])
def test_a_finish_that_the_register_tells_by_its_plan_is_not_measured_against_that_plan(file):
    finished = shipped(file).filter(status="finished")
    assert finished["planned_finish"].null_count() == finished.height


def test_a_capital_project_has_a_row_at_every_report_until_its_forecast_has_passed():
    frame = shipped("nyc-capital.csv").filter(id="3")
    assert frame["observed_at"].n_unique() == 13
    assert at(frame, 2014, 5, 1)["planned_finish"].to_list() == [date(2020, 1, 14)]
    overdue = shipped("nyc-capital.csv").filter(pl.col("planned_finish") <= pl.col("observed_at"))
    assert overdue.height == 4


def test_the_forecast_of_2108_is_not_used():
    frame = shipped("nyc-capital.csv")
    assert frame["planned_finish"].max() < date(2040, 1, 1)
    assert at(frame.filter(id="649"), 2018, 3, 1)["planned_finish"].to_list() == [None]


def test_a_major_project_keeps_its_id_when_its_name_changes():
    frame = shipped("uk-gmpp.csv")
    assert frame.filter(pl.col("id").str.starts_with("Geological Disposal"))["id"].n_unique() == 1
    assert frame.filter(pl.col("id").str.starts_with("Geological Disposal")).height == 10


def test_a_major_project_that_leaves_before_its_end_is_no_longer_seen():
    last = shipped("uk-gmpp.csv").unique("id", keep="last", maintain_order=True)
    left = last.filter(pl.col("observed_at") < date(2023, 3, 31), pl.col("status") != "finished")
    ahead = left.filter(pl.col("planned_finish") > pl.col("observed_at"))
    assert ahead.height == 166


def test_a_dropped_world_bank_project_never_began():
    frame = shipped("worldbank.parquet")
    assert frame.filter(status="cancelled")["actual_start"].null_count() == 9_888
    running = at(frame, 2022, 9, 22).filter(status="running")
    assert running.join(at(frame, 2025, 3, 31).filter(status="finished"), on="id").height == 1_193


def test_melbourne_tells_nothing_after_its_data_date_and_no_plan():
    frame = shipped("melbourne-water.csv")
    assert frame["actual_finish"].max() <= date(2024, 2, 29)
    assert frame["planned_finish"].null_count() == frame.height


@pytest.mark.parametrize("file", SOURCES)
def test_converting_a_register_again_gives_the_same_rows(file, tmp_path):
    script, folder = SOURCES[file]
    if not (RAW / folder).is_dir():
        pytest.skip("the register is not beside this repository, so the conversion was not run")
    subprocess.run([sys.executable, EXAMPLES / script, RAW / folder, tmp_path / file], check=True, capture_output=True)
    assert_frame_equal(read_history(tmp_path / file), shipped(file))
