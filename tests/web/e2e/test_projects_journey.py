"""A project in a real browser: taken in, moved through its stages, edited by two at once, and printed."""

from __future__ import annotations

import pytest
from browser import PHONE, axe_violations, overflow, window
from project_scene import plan, project, regions

from backcast.web.projects.models import Project

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]
CODE = "2103-140224-89-01-123456"
PAPER = {"width": 718, "height": 1047}
"""A4 between its margins, in pixels of a style sheet."""


def save(page) -> None:
    page.click("main form button.primary")


def move(page, label: str, **given: str) -> None:
    """Take a way on, with what it asks for."""
    page.get_by_role("link", name=label, exact=True).click()
    page.wait_for_url("**/advance/**")
    for name, value in given.items():
        page.fill(f"[name={name}]", value)
    save(page)
    page.wait_for_url(f"**/projects/{CODE}/")


def stage(page) -> str:
    return page.locator(".path [aria-current=step]").inner_text()


def look(page) -> None:
    assert axe_violations(page) == [], page.url
    assert overflow(page) <= 0, page.url


def test_a_project_is_taken_in_and_goes_its_way_to_the_end(chromium, live_server):
    plan()
    county = regions()["140224"]
    with (
        window(chromium, live_server, who="plan-officer") as officer,
        window(chromium, live_server, who="reporter-lingqiu", size=PHONE) as reporter,
    ):
        officer.goto("/projects/add/?plan=SX")
        officer.locator("main form").evaluate("form => { form.noValidate = true }")
        officer.fill("[name=code]", CODE)
        officer.fill("[name=name]", "灵丘超级能源综合体项目")
        save(officer)
        officer.wait_for_selector(".field:has([name=kind]) .errorlist")
        assert officer.input_value("[name=name]") == "灵丘超级能源综合体项目"
        look(officer)
        officer.select_option("[name=kind]", "construction")
        officer.select_option("[name=lead_region]", str(county.pk))
        officer.check("[name=no_state_secret]")
        save(officer)
        officer.wait_for_url(f"**/projects/{CODE}/")
        assert stage(officer) == "concept"

        officer.get_by_role("link", name="Take into reserve").click()
        officer.locator("main form").evaluate("form => { form.noValidate = true }")
        officer.fill("[name=total_investment]", "120000")
        save(officer)
        officer.wait_for_selector(".field:has([name=owner]) .errorlist")
        assert officer.input_value("[name=total_investment]").startswith("120000")
        look(officer)
        officer.fill("[name=owner]", "山西秦云基础数据有限公司")
        save(officer)
        officer.wait_for_url(f"**/projects/{CODE}/")
        move(officer, "Begin preparation", planned_start="2023-03-01", planned_finish="2025-06-30")

        reporter.goto(f"/projects/{CODE}/")
        look(reporter)
        assert reporter.get_by_role("link", name="Terminate").count() == 0
        move(reporter, "Report the start", actual_start="2023-03-15", stage_date="2023-03-15")
        move(reporter, "Report construction", physical_percent_complete="30", stage_date="2023-06-01")
        move(reporter, "Stop the works", stage_reason="冬季停工", stage_date="2023-11-15")
        assert "冬季停工" in reporter.inner_text("main")
        look(reporter)
        reporter.get_by_role("link", name="Resume").last.click()
        reporter.fill("[name=stage_reason]", "复工")
        reporter.fill("[name=stage_date]", "2024-03-01")
        save(reporter)
        reporter.wait_for_url(f"**/projects/{CODE}/")
        move(reporter, "Report completion", actual_finish="2025-06-01", stage_date="2025-06-01")
        assert stage(reporter) == "completed"
        reporter.get_by_role("link", name="History").click()
        look(reporter)
        assert "冬季停工" in reporter.inner_text("main")
    assert Project.objects.get(code=CODE).stage == "completed"


def test_two_edit_a_project_and_the_second_chooses_field_by_field(chromium, live_server):
    project()
    with (
        window(chromium, live_server, who="plan-officer") as first,
        window(chromium, live_server, who="reviewer-datong", language="zh-CN", size=PHONE) as second,
        window(chromium, live_server, who="plan-officer", size=PHONE) as third,
    ):
        for page in (first, third):
            page.goto(f"/projects/{CODE}/edit/")
        first.fill("[name=owner]", "甲公司")
        first.fill("[name=leader]", "张三")
        save(first)
        first.wait_for_url(f"**/projects/{CODE}/")
        third.fill("[name=owner]", "乙公司")
        third.fill("[name=task_team]", "专班")
        save(third)
        third.wait_for_selector("table.conflict")
        told = third.inner_text("table.conflict")
        assert ("甲公司" in told, "乙公司" in told, "张三" in told) == (True, True, True)
        look(third)
        third.fill("table.conflict [name=owner]", "甲公司")
        save(third)
        third.wait_for_url(f"**/projects/{CODE}/")
        second.goto(f"/projects/{CODE}/history/")
        assert "专班" in second.inner_text("main")
    found = Project.objects.get(code=CODE)
    assert (found.owner, found.leader, found.task_team, found.version) == ("甲公司", "张三", "专班", 3)


@pytest.mark.parametrize(("language", "who"), [("zh-CN", "plan-officer"), ("en", "reviewer-datong")])
def test_a_project_is_printed_upright_without_what_one_presses(chromium, live_server, language, who):
    project()
    with window(chromium, live_server, who=who, language=language, size=PAPER) as page:
        for part in ("", "schedule/", "money/", "paperwork/", "history/"):
            page.goto(f"/projects/{CODE}/{part}")
            page.emulate_media(media="print")
            for pressed in page.locator(".sidebar, .topbar, .moves, main .btn, nav.tabs").all():
                assert pressed.is_hidden(), (part, pressed.evaluate("one => one.outerHTML"))
            assert page.locator("h1").is_visible()
            assert all(table.is_visible() for table in page.locator("main table:not(details *)").all()), part
            assert overflow(page) <= 0, part
            page.emulate_media(media="screen")
