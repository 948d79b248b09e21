"""The plan in a real browser: edited in place, and by two at once."""

from __future__ import annotations

from datetime import date

import pytest
from browser import PHONE, axe_violations, overflow, window
from plan_builders import whole_plan

from backcast.web.plans.models import Measure

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]

PLAN = "/plans/plan-2021/"
PAPER = {"width": 718, "height": 1047}
"""A4 between its margins, in pixels of a style sheet."""


def begin(page) -> None:
    page.goto(PLAN)
    page.locator("tr", has_text="Speed up 5G").locator("td.edit a").click()
    page.wait_for_selector(".editing form")


def save(page) -> None:
    page.click(".editing button.primary")


def test_two_edit_a_measure_in_place_and_the_second_chooses(chromium, live_server):
    whole_plan()
    with (
        window(chromium, live_server, who="plan-officer") as first,
        window(chromium, live_server, who="plan-officer") as second,
    ):
        for page in (first, second):
            begin(page)
        first.fill("[name=deliverable]", "12,000 stations")
        save(first)
        first.wait_for_selector(".editing", state="detached")
        second.fill("[name=deliverable]", "15,000 stations")
        second.fill("[name=deadline]", "2025-10-31")
        save(second)
        second.wait_for_selector("table.conflict")
        assert "12,000 stations" in second.inner_text("table.conflict")
        assert axe_violations(second) == []
        save(second)
        second.wait_for_selector(".editing", state="detached")
    measure = Measure.objects.get(code="M1")
    assert (measure.deliverable, measure.deadline, measure.version) == ("15,000 stations", date(2025, 10, 31), 3)


def test_a_fault_stands_in_the_row_until_it_is_put_right(chromium, live_server):
    whole_plan()
    with window(chromium, live_server, who="plan-officer", size=PHONE) as page:
        begin(page)
        page.locator(".editing form").evaluate("form => { form.noValidate = true }")
        page.fill("[name=name]", "")
        save(page)
        page.wait_for_selector(".editing .errorlist")
        page.fill("[name=name]", "加快5G建设")
        save(page)
        page.wait_for_selector(".editing", state="detached")
    assert Measure.objects.get(code="M1").name == "加快5G建设"


def test_without_a_script_a_measure_is_edited_on_its_page(chromium, live_server):
    whole_plan()
    with window(chromium, live_server, who="plan-officer", script=False) as page:
        page.goto(PLAN)
        page.locator("tr", has_text="Speed up 5G").locator("td.edit a").click()
        page.wait_for_url("**/measures/M1/edit/")
        page.select_option("[name=state]", "done")
        page.click("main form button.primary")
        page.wait_for_url(f"**{PLAN}")
        assert "done" in page.locator("tr", has_text="Speed up 5G").inner_text()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_plan_is_printed_upright_without_what_one_presses(chromium, live_server, language):
    whole_plan()
    with window(chromium, live_server, who="plan-officer", language=language, size=PAPER) as page:
        page.goto(PLAN)
        page.emulate_media(media="print")
        for pressed in page.locator(".sidebar, .topbar, main .btn, td.edit").all():
            assert pressed.is_hidden(), pressed.evaluate("one => one.outerHTML")
        assert page.locator("h1").is_visible()
        assert page.locator("main table").first.is_visible()
        assert overflow(page) <= 0
