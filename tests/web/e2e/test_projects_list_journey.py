"""The list of projects in a real browser: what opens above it, many changed at once, and printed."""

from __future__ import annotations

import re

import pytest
from browser import PHONE, WIDE, axe_violations, overflow, window
from project_scene import plan, project

from backcast.web.projects import columns, search
from backcast.web.projects.models import Project

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]
LOOKS = [("zh-CN", "light", WIDE), ("en", "dark", PHONE), ("zh-CN", "dark", PHONE)]
PAPER = {"width": 1017, "height": 650}
"""A4 landscape between its margins, in pixels of a style sheet."""


def library() -> None:
    """Make three projects of a simulated plan."""
    of = plan()
    of.simulated = True
    of.save_changes(["simulated"], expected=1)
    for i in range(3):
        project(code=f"B{i}", name=f"灵丘数据中心{i}期", name_en=f"Lingqiu data centre, phase {i}", sector="computing")
    search.refresh()


def look(page) -> None:
    assert page.locator("h1").is_visible()
    assert axe_violations(page) == [], page.url
    assert overflow(page) <= 0, page.url


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS)
def test_axe_finds_nothing_wherever_the_list_leads(chromium, live_server, language, scheme, size):
    library()
    with window(chromium, live_server, who="plan-officer", language=language, scheme=scheme, size=size) as page:
        page.goto("/projects/?stage=preparation&q=B0")
        for drop in page.locator(".tools > details").all():
            drop.locator("summary").click()
            look(page)
        page.goto("/projects/?q=nowhere")
        look(page)
        page.goto("/projects/")
        page.locator(".further > summary").click()
        look(page)
        page.locator("#listing tbody [type=checkbox]").first.check()
        page.locator("#bulk button").first.click()
        page.wait_for_url("**/projects/bulk/")
        look(page)
        page.select_option("[name=field]", "sector")
        page.locator("main .actions button").click()
        page.wait_for_selector("[name=value]")
        look(page)
        page.fill("[name=value]", "power")
        page.locator("main .actions button").click()
        page.wait_for_selector("[name=confirmed]", state="attached")
        look(page)
        page.locator("main .actions button").click()
        page.wait_for_url("**/projects/bulk/*/")
        look(page)
        page.locator("main .actions form button").click()
        page.wait_for_url("**/projects/")
        look(page)
    assert set(Project.objects.values_list("sector", flat=True)) == {"computing"}


def test_a_view_is_kept_with_its_columns_and_opens_the_list(chromium, live_server):
    library()
    with window(chromium, live_server, who="plan-officer") as page:
        page.goto("/projects/?stage=preparation")
        page.locator(".tools summary", has_text="Columns").click()
        page.locator(".tools [name=column][value=sector]").check()
        page.get_by_role("button", name="Show these").click()
        page.wait_for_selector("th:has-text('Sector')")
        page.locator(".tools summary", has_text="Views").click()
        page.fill("#view-name", "In preparation")
        page.get_by_role("button", name="Keep", exact=True).click()
        page.wait_for_url("**view=**")
        page.locator(".tools summary", has_text="In preparation").click()
        look(page)
        page.get_by_role("button", name="Open with this").click()
        page.goto("/projects/")
        page.wait_for_url("**stage=preparation**")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_list_is_printed_across_with_its_filters_in_words(chromium, live_server, language):
    library()
    with window(chromium, live_server, who="plan-officer", language=language, size=PAPER) as page:
        page.goto("/projects/")
        page.locator(".tools > details").nth(1).locator("summary").click()
        for box in page.locator(".tools [name=column]").all():
            box.check()
        page.locator(".tools form[action$='columns/'] button").click()
        page.goto("/projects/?stage=preparation&sort=-planned_finish")
        assert page.locator("#listing thead th").count() == len(columns.COLUMNS) + 2
        page.emulate_media(media="print")
        for hidden in (".sidebar", ".topbar", "#filters", ".tools", "#bulk", ".pager", "#listing .tick >> nth=0"):
            assert page.locator(hidden).is_hidden(), hidden
        assert page.locator(".chips li").first.inner_text() in {"阶段: 前期", "Stage: preparation"}
        assert page.locator(".banner.simulated").is_visible()
        assert page.locator("#listing table").evaluate("table => table.scrollWidth") <= PAPER["width"]
        printed = page.pdf(prefer_css_page_size=True)
        box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
        assert box is not None
        assert float(box[1]) > float(box[2])
