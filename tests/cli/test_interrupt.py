"""Ctrl-C ends a command at once: one sentence, exit code 130, no file half written."""

import os
import pty
import signal
import subprocess
import sys

import pytest

COMMAND = "import sys; sys.argv[0] = 'backcast'; from backcast.cli import main; main()"
SENTENCE = "Interrupted. No file is left half written."


def interrupted(folder, words, seen):
    """Run a command at a terminal, press Ctrl-C when ``seen`` appears there, and return its exit code and its words."""
    terminal, its_end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *map(str, words)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=its_end,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "200"},
    )
    os.close(its_end)
    told = b""
    while chunk := _read(terminal):
        told += chunk
        if seen.encode() in told:
            process.send_signal(signal.SIGINT)
            seen = "\0"  # once
    os.close(terminal)
    output, _ = process.communicate(timeout=300)
    assert output == b""
    return process.returncode, told.decode()


def _read(terminal):
    try:
        return os.read(terminal, 4096)
    except OSError:  # what Linux says when nobody is at the other end
        return b""


@pytest.mark.parametrize("threads", ["1", "2"])
def test_a_run_is_interrupted_while_it_draws(province, tmp_path, threads):
    before = sorted(province.rglob("*"))
    words = ("run", province, "--draws", "1000000", "--threads", threads, "--json", "--report", "page.html")
    code, told = interrupted(tmp_path, words, "Simulating delivery")
    assert code == 130
    assert told.count(SENTENCE) == 1
    assert "Traceback" not in told
    assert sorted(province.rglob("*")) == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("learn", "-o", "classes.csv"), ("backtest", "--cutoff", "2019-12-31")])
def test_learning_is_interrupted(history, tmp_path, command):
    heading, *rows = history.read_text(encoding="utf-8").splitlines()
    many = [f"{n}-{row}" for n in range(200) for row in rows]  # no machine is done too soon
    history.write_text("\n".join([heading, *many]), encoding="utf-8")
    name, *options = command
    code, told = interrupted(tmp_path, (name, history, *options), "Learning from")
    assert code == 130
    assert told.count(SENTENCE) == 1
    assert "Traceback" not in told
    assert list(tmp_path.iterdir()) == [history]
