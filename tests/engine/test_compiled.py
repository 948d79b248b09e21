"""Compiled loops are kept between processes, and never keep a run from its result."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backcast.engine import kernel_folder as rooms

ENGINE = Path(rooms.__file__).parent

# Loops of one name for many types, as several processes may compile them at once.
LOOPS = """
import sys
import numpy as np
from backcast.engine.compiled import compiled, counts, inlined

@inlined
def twice(x):
    return x + x

@compiled
def total(values):
    found = values[0] - values[0]
    for value in values:
        found += twice(value)
    return found

types = [np.int8, np.int16, np.int32, np.int64, np.float32, np.float64]
for kind in types if sys.argv[1] == "up" else types[::-1]:
    assert total(np.arange(5, dtype=kind)) == 20, kind
print(counts["compiled"], counts["lost"])
"""


@pytest.fixture
def loops(tmp_path):
    """Start a process that compiles, or finds, a loop for six types."""
    (tmp_path / "loops.py").write_text(LOOPS, encoding="utf-8")

    def start(data, order="up"):
        command = [sys.executable, str(tmp_path / "loops.py"), order]
        return subprocess.Popen(
            command, env=os.environ | {"BACKCAST_DATA": str(data)}, stdout=subprocess.PIPE, text=True
        )

    return start


def told(process):
    """Return how many loops a process compiled, and how many it could not keep."""
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    return tuple(int(word) for word in output.split())


def test_what_one_process_compiles_the_next_one_finds(loops, tmp_path):
    assert told(loops(tmp_path / "data")) == (6, 0)
    assert told(loops(tmp_path / "data")) == (0, 0)


def test_processes_that_compile_at_once_keep_everything(loops, tmp_path):
    for process in [loops(tmp_path / "data", order) for order in ("up", "down", "up", "down")]:
        assert told(process)[1] == 0
    assert told(loops(tmp_path / "data")) == (0, 0)


@pytest.mark.parametrize("pattern", ["*.nbi", "*.nbc"])
def test_a_damaged_file_is_made_anew(loops, tmp_path, pattern):
    told(loops(tmp_path / "data"))
    damaged = list((tmp_path / "data").rglob(pattern))
    assert damaged
    for file in damaged:
        file.write_bytes(file.read_bytes()[:-20])
    assert told(loops(tmp_path / "data")) == (6, 0)
    assert told(loops(tmp_path / "data")) == (0, 0)


def test_without_a_place_to_keep_them_loops_are_compiled_all_the_same(loops, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert told(loops(tmp_path / "file")) == (6, 6)


def test_every_module_whose_constants_are_compiled_counts_as_a_source():
    kernels = [file for file in ENGINE.glob("_*.py") if file.stem != "__init__"]
    assert len(kernels) >= 5
    imported = {
        node.module.removeprefix("backcast.engine.")
        for file in kernels
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module.startswith("backcast.")
    }
    assert imported | {file.stem for file in kernels} == set(rooms.SOURCES)


def test_a_change_of_any_source_asks_for_another_folder(tmp_path, monkeypatch):
    for name in rooms.SOURCES:
        shutil.copy(ENGINE / f"{name}.py", tmp_path)
    before = rooms._key()
    monkeypatch.setattr(rooms, "__file__", str(tmp_path / "kernel_folder.py"))
    assert rooms._key() == before
    for name in rooms.SOURCES:
        with (tmp_path / f"{name}.py").open("a", encoding="utf-8") as file:
            file.write("# changed\n")
        assert rooms._key() != before
        before = rooms._key()


def test_of_folders_long_unused_the_newest_stays_beside_that_of_now(tmp_path, monkeypatch):
    monkeypatch.setenv("BACKCAST_DATA", str(tmp_path))
    for day, name in enumerate(["oldest", "older", "old"]):
        (tmp_path / "kernels" / name).mkdir(parents=True)
        os.utime(tmp_path / "kernels" / name, (86_400 * day, 86_400 * day))
    (tmp_path / "kernels" / "of-today").mkdir()
    folder = rooms.kernel_folder.__wrapped__()
    assert {path.name for path in (tmp_path / "kernels").iterdir()} == {folder.name, "of-today"}


def test_the_folder_is_in_the_user_s_own_cache_unless_told_otherwise(tmp_path, monkeypatch):
    monkeypatch.delenv("BACKCAST_DATA", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert rooms.kernel_folder.__wrapped__().parent == tmp_path / "cache" / "backcast" / "kernels"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # the XDG specification has it ignored
    monkeypatch.setenv("HOME", str(tmp_path))
    assert rooms.kernel_folder.__wrapped__().parent == tmp_path / ".cache" / "backcast" / "kernels"
