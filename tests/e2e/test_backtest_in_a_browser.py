"""The page of a backtest as people open it: on a desk and on a phone, in both languages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from backcast import interchange
from backcast.planbook.backtest import backtest
from backcast.report.backtest_page import write_backtest

pytestmark = pytest.mark.needs("chromium")
playwright = pytest.importorskip("playwright.sync_api")

HISTORY = Path(__file__).parents[2] / "examples" / "histories" / "uk-gmpp.csv"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backtest") / "page.html"
    write_backtest(backtest(interchange.read_history(HISTORY), "2018-09-30"), path, source=HISTORY.name)
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=ARGUMENTS, env={**os.environ, "LANG": "C.UTF-8"})
        yield browser
        browser.close()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize(("label", "tag"), [("中文", "zh-Hans"), ("English", "en")])
def test_the_page_fits_the_screen_and_asks_for_nothing(browser, report, size, label, tag):
    context = browser.new_context(viewport=size)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda asked: asked.url.startswith("file:") or complaints.append(asked.url))
    page.goto(report.as_uri())
    page.get_by_text(label, exact=True).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    heading = page.locator(f"#{tag} h1").bounding_box()
    assert heading["y"] + heading["height"] < size["height"]
    charts = page.locator(f"#{tag} svg.chart:visible")
    assert charts.count() >= 4
    for n in range(charts.count()):
        box = charts.nth(n).bounding_box()
        assert box["width"] > 60
        assert box["x"] + box["width"] <= size["width"]
    assert complaints == []
    context.close()
