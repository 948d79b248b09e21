"""One run, and the pages made of it, for every test of the report."""

from __future__ import annotations

import pytest
from small import DATA_DATE, small_planbook

from backcast.planbook.results import PastForecast
from backcast.planbook.run import Run, run
from backcast.report.page import render
from backcast.report.views.facts import Facts


@pytest.fixture(scope="session")
def found() -> Run:
    return run(small_planbook(), data_date=DATA_DATE, draws=400, seed=1)


@pytest.fixture(scope="session")
def facts(found: Run) -> Facts:
    return Facts(found)


@pytest.fixture(scope="session")
def past() -> list[PastForecast]:
    said = DATA_DATE.replace(year=2022)
    return [
        PastForecast(said, "stations", "P", DATA_DATE, 70_000.0, 80_000.0, 90_000.0, 84_000.0, True, 1.0),
        PastForecast(said, "faces", "P", DATA_DATE, 700.0, 800.0, 900.0, 1_161.0, False, 1.0),
    ]


@pytest.fixture(scope="session")
def page(found: Run, past: list[PastForecast]) -> str:
    return render(found, past=past, first_language="zh_Hans")


@pytest.fixture(scope="session")
def simulated_page() -> str:
    return render(run(small_planbook(simulated=True), data_date=DATA_DATE, draws=50), first_language="en")
