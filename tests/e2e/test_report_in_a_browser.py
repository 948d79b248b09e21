"""The report as people open it: on a desk, on a phone, with the keyboard, and on paper."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from backcast import interchange
from backcast.planbook.hindsight import earlier_runs
from backcast.planbook.practice import practice
from backcast.planbook.run import run
from backcast.planbook.track import look_back
from backcast.report.page import render

pytestmark = pytest.mark.needs("chromium")
playwright = pytest.importorskip("playwright.sync_api")

SHANXI = Path(__file__).parents[2] / "examples" / "shanxi"
DATA_DATE = date(2023, 8, 31)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    plan = interchange.read_planbook(SHANXI)
    books = {"real": plan, "practice": practice(plan, projects=120, seed=0)}
    for name, book in books.items():
        found = run(book, data_date=DATA_DATE, draws=100)
        again = earlier_runs(book, DATA_DATE, [date(2022, 12, 31)], draws=50)
        past, record = look_back(book, DATA_DATE, again)
        page = render(found, past=past, record=record, first_language="zh_Hans")
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in books}


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=ARGUMENTS, env={**os.environ, "LANG": "C.UTF-8"})
        yield browser
        browser.close()


def opened(browser: playwright.Browser, report: Path, size: dict[str, int]) -> playwright.Page:
    """Open a report; whatever the console complains of, or asks the network for, is an error of the test."""
    page = browser.new_page(viewport=size)
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith("file:") or page.complaints.append(asked.url))
    page.goto(report.as_uri())
    return page


@pytest.mark.parametrize("name", ["real", "practice"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_page_is_no_wider_than_the_screen_in_both_languages(browser, reports, name, size):
    page = opened(browser, reports[name], size)
    for label in ("中文", "English"):
        page.get_by_text(label, exact=True).click()
        widest = page.evaluate("document.documentElement.scrollWidth")
        assert widest <= size["width"], label
    assert page.complaints == []
    page.close()


def test_answer_and_first_danger_are_seen_without_scrolling(browser, reports):
    for size in (DESK, PHONE):
        page = opened(browser, reports["real"], size)
        seen = page.locator("#zh-Hans h1")
        assert seen.bounding_box()["y"] + seen.bounding_box()["height"] < size["height"]
        first = page.locator("#zh-Hans .endangered li").first
        assert first.bounding_box()["y"] < size["height"]
        page.close()


def test_language_is_switched_by_a_click(browser, reports):
    page = opened(browser, reports["real"], DESK)
    assert page.locator("#zh-Hans h1").is_visible()
    assert not page.locator("#en h1").is_visible()
    page.get_by_text("English", exact=True).click()
    assert page.locator("#en h1").is_visible()
    assert not page.locator("#zh-Hans h1").is_visible()
    page.close()


def test_language_is_switched_by_the_keyboard_without_a_script(browser, reports):
    context = browser.new_context(java_script_enabled=False, viewport=DESK)
    page = context.new_page()
    page.goto(reports["real"].as_uri())
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    playwright.expect(page.locator("#en h1")).to_be_visible()
    playwright.expect(page.locator("#zh-Hans h1")).not_to_be_visible()
    page.keyboard.press("ArrowLeft")
    playwright.expect(page.locator("#zh-Hans h1")).to_be_visible()
    context.close()


def test_a_link_of_the_summary_leads_to_its_card(browser, reports):
    page = opened(browser, reports["real"], DESK)
    link = page.locator("#zh-Hans .endangered a").last
    link.click()
    card = page.locator(link.get_attribute("href"))
    assert 0 <= card.bounding_box()["y"] < DESK["height"]
    page.close()


def test_every_row_of_a_region_opens_with_the_keyboard(browser, reports):
    page = opened(browser, reports["practice"], PHONE)
    row = page.locator("#zh-Hans details.row").first
    row.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert row.locator("figure svg.narrow").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.close()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_chart_is_drawn_for_the_screen_it_is_seen_on(browser, reports, size):
    page = opened(browser, reports["real"], size)
    shown = page.locator("#zh-Hans .card .fan svg:visible")
    assert shown.count() == page.locator("#zh-Hans .card").count()
    names = {shown.nth(n).get_attribute("class") for n in range(shown.count())}
    assert names == {f"chart fan {'wide' if size is DESK else 'narrow'}"}
    page.close()


def test_labels_of_charts_do_not_leave_the_page(browser, reports):
    page = opened(browser, reports["practice"], PHONE)
    beyond = page.evaluate(
        """width => [...document.querySelectorAll('#zh-Hans .fan text')]
            .filter(text => text.getBoundingClientRect().right > width).map(text => text.textContent)""",
        PHONE["width"],
    )
    assert beyond == []
    page.close()


def test_what_targets_were_said_to_be_is_drawn_beside_what_came(browser, reports):
    for size in (DESK, PHONE):
        page = opened(browser, reports["real"], size)
        charts = page.locator("#zh-Hans .verdicts svg.said")
        assert charts.count() >= 2
        for n in range(charts.count()):
            box = charts.nth(n).bounding_box()
            assert box["width"] > 100
            assert box["x"] + box["width"] <= size["width"]
        page.close()


def test_report_prints_without_its_switch(browser, reports, tmp_path):
    page = opened(browser, reports["practice"], DESK)
    page.emulate_media(media="print")
    assert not page.locator(".switch").is_visible()
    assert page.locator("#zh-Hans h1").is_visible()
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    printed = (tmp_path / "report.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") > 5
    page.close()
