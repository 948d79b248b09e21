"""What every test relies on: one language, the same examples every time, and honesty about what was not run.

A test that cannot run everywhere says what it needs::

    @pytest.mark.needs("java")
    def test_dates_agree_with_mpxj(): ...

Where that is absent the test is skipped and the last lines of the run say so; with
``BACKCAST_REQUIRE_ALL=1`` its absence is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ["BACKCAST_LANGUAGE"] = "en"

# A shared machine may be slow: that is no reason to fail. To look for new examples: --hypothesis-profile=explore.
settings.register_profile("repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", settings.get_profile("repeatable"), derandomize=False, max_examples=2_000)
settings.load_profile("repeatable")


def _command(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def _postgresql() -> bool:
    return bool(shutil.which("initdb") or next(Path("/usr/lib/postgresql").glob("*/bin/initdb"), None))


@dataclass(frozen=True)
class Need:
    """Something that a machine may lack, and the Debian packages that bring it."""

    name: str
    packages: str
    present: Callable[[], bool]


NEEDS = {
    "java": Need("Java", "default-jre-headless", _command("java")),
    "chromium": Need("Chromium", "chromium fonts-noto-cjk", _command("chromium", "chromium-browser", "google-chrome")),
    "postgresql": Need("PostgreSQL", "postgresql", _postgresql),
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"needs(*names): run only where these are installed: {', '.join(NEEDS)}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for need in _needs_of(item):
        if need.present():
            continue
        sentence = f"needs {need.name}; install {need.packages}"
        if os.environ.get("BACKCAST_REQUIRE_ALL") == "1":
            pytest.fail(f"{sentence} (BACKCAST_REQUIRE_ALL=1 asks for every test)", pytrace=False)
        # The report carries the name from the xdist worker to the process that prints the summary.
        item.user_properties.append(("not_run", need.name))
        pytest.skip(sentence)


def _needs_of(item: pytest.Item) -> Iterator[Need]:
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            if name not in NEEDS:
                raise pytest.UsageError(f"{item.nodeid} needs “{name}”; conftest.py knows {', '.join(NEEDS)}.")
            yield NEEDS[name]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.getreports("skipped")
    absent = Counter(value for report in skipped for key, value in report.user_properties if key == "not_run")
    for need in NEEDS.values():
        if count := absent[need.name]:
            tests = "1 test needs" if count == 1 else f"{count} tests need"
            terminalreporter.write_line(f"not run: {tests} {need.name}; install {need.packages}", yellow=True)
