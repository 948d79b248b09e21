"""What the command line says when it is not understood, and what it does not do before it is."""

import os
import subprocess
import sys

import pytest

COMMANDS = ("backtest", "check", "demo", "doctor", "learn", "practice", "run", "schedule", "template", "track", "warm")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["frob"], "No such command 'frob'"),
        (["run"], "Missing argument 'PLANBOOK'"),
        (["run", "x", "--frob"], "No such option"),
        (["run", "x", "--draws", "0"], "0 is not in the range"),
        (["run", "x", "--draws", "many"], "'many' is not a valid"),
        (["run", "x", "--seed", "-1"], "-1 is not in the range"),
        (
            ["run", "x", "--data-date", "2023-13-01"],
            "“2023-13-01” is not a day from 1949 to 2100. Write it like 2023-08-31.",
        ),
        (["run", "x", "--data-date", "0001-01-01"], "“0001-01-01” is not a day"),
        (["run", "x", "--data-date", "9999-12-31"], "“9999-12-31” is not a day"),
        (["run", "x", "--report", "page.pdf"], "“page.pdf” must end in .html."),
        (["run", "x", "--report", "nodir/x.html"], "There is no folder “nodir” to write “nodir/x.html” in."),
        (["check", "x", "--mark", "marked.csv"], "“marked.csv” must end in .xlsx."),
        (["template", "plan.csv"], "“plan.csv” must end in .xlsx."),
        (["practice", "p", "--projects", "0"], "0 is not in the range"),
        (["schedule", "x", "extra"], "Got unexpected extra argument (extra)"),
    ],
)
def test_bad_usage_is_said_and_exits_with_2(backcast, words, told):
    result = backcast(*words)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""


def test_a_folder_where_a_file_is_written_is_bad_usage(backcast, tmp_path):
    (tmp_path / "folder.xlsx").mkdir()
    result = backcast("template", "folder.xlsx")
    assert result.exit_code == 2
    assert "is a directory" in result.stderr


def test_marking_needs_a_workbook(backcast, county):
    result = backcast("check", county, "--mark", "marked.xlsx")
    assert result.exit_code == 2
    assert "only a workbook can be marked, and “county” is a folder" in result.stderr
    assert not (county.parent / "marked.xlsx").exists()


def test_help_lists_every_command(backcast):
    told = backcast("--help").stdout
    assert [name for name in COMMANDS if f"\n  {name} " not in told] == []


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["backtest", "--help"], ["--version"]], ids=" ".join)
def test_help_imports_neither_compiler_nor_tables(words):
    program = (
        "import sys, click; sys.argv = ['backcast', *sys.argv[1:]]\n"
        "from backcast.cli import main\n"
        "main(standalone_mode=False)\n"
        "print(sorted({'numba', 'polars', 'numpy', 'openpyxl', 'rich', 'jinja2'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    assert "backcast" in done.stdout
    assert done.stderr == "[]\n"


def _as_installed(*words, **variables):
    program = "from backcast.cli import main; main(prog_name='backcast')"
    environment = {**os.environ, **variables}
    command = [sys.executable, "-c", program, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_chinese_is_spoken_where_it_is_asked_for():
    told = _as_installed("run", "--help", BACKCAST_LANGUAGE="zh")
    assert told.returncode == 0
    assert "数据截止时点" in told.stdout
    assert "Usage" not in told.stdout
    assert "Show this message" not in told.stdout
    wrong = _as_installed("run", "x", "--draws", "0", BACKCAST_LANGUAGE="zh")
    assert wrong.returncode == 2
    assert "Invalid" not in wrong.stderr


def test_the_language_of_the_machine_is_taken_where_none_is_asked_for():
    variables = {"BACKCAST_LANGUAGE": "", "LANGUAGE": "", "LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_CN.UTF-8"}
    assert "数据截止时点" in _as_installed("run", "--help", **variables).stdout
    assert "data date" in _as_installed("run", "--help", **variables | {"LANG": "C.UTF-8"}).stdout.lower() or (
        "--data-date" in _as_installed("run", "--help", **variables | {"LANG": "C.UTF-8"}).stdout
    )


def test_a_reader_that_goes_away_ends_the_command_quietly(province):
    program = "from backcast.cli import main; main(prog_name='backcast')"
    command = [sys.executable, "-c", program, "schedule", str(province), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
