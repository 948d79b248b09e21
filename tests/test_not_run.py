"""What a run of the tests says about the tests that it could not run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
TESTS = """
import pytest

@pytest.mark.needs("java")
@pytest.mark.parametrize("number", range(3))
def test_with_java(number): pass

@pytest.mark.needs("chromium", "java")
def test_with_both(): pass

def test_without(): pass
"""


@pytest.fixture
def run_without_java(tmp_path):
    """Run the tests above in a process that finds no program at all."""
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "test_example.py").write_text(TESTS, encoding="utf-8")

    def run(*options, **variables):
        outside = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        environment = {**outside, "PATH": "", "BACKCAST_REQUIRE_ALL": "", **variables}
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize("options", [["-n0"], ["-n2", "--dist", "loadfile"]], ids=["alone", "xdist"])
def test_absent_programs_are_counted_and_named_at_the_end(run_without_java, options):
    result = run_without_java(*options)
    assert result.returncode == 0, result.stdout
    assert "1 passed, 4 skipped" in result.stdout
    assert "not run: 3 tests need Java; install default-jre-headless\n" in result.stdout
    assert "not run: 1 test needs Chromium; install chromium fonts-noto-cjk\n" in result.stdout


def test_requiring_everything_turns_absence_into_failure(run_without_java):
    result = run_without_java("-n0", BACKCAST_REQUIRE_ALL="1")
    assert result.returncode == 1
    assert "1 passed, 4 errors" in result.stdout
    assert "needs Java; install default-jre-headless (BACKCAST_REQUIRE_ALL=1 asks for every test)" in result.stdout


def test_an_unknown_need_is_a_mistake_in_the_test(run_without_java, tmp_path):
    (tmp_path / "test_example.py").write_text(TESTS.replace('"java"', '"coffee"'), encoding="utf-8")
    result = run_without_java("-n0")
    assert result.returncode != 0
    assert "needs “coffee”" in result.stdout + result.stderr
