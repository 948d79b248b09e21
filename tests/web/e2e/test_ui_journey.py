"""What every page shares, in a real browser: its language, and what opens above it by the keyboard."""

from __future__ import annotations

import pytest
from browser import PHONE, axe_violations, window
from project_scene import project

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("prefers", "found"), [("zh-CN", "zh-hans"), ("zh-TW", "zh-hans"), ("en-GB", "en")])
def test_a_page_speaks_as_the_browser_prefers_until_somebody_says_otherwise(chromium, live_server, prefers, found):
    with window(chromium, live_server, who="leader", language=prefers) as page:
        page.goto("/")
        assert page.get_attribute("html", "lang") == found
        page.get_by_role("button", name={"en": "中文"}.get(found, "English")).first.click()
        page.wait_for_load_state()
        other = page.get_attribute("html", "lang")
        assert {found, other} == {"zh-hans", "en"}
        page.goto("/projects/")
        assert page.get_attribute("html", "lang") == other


@pytest.mark.parametrize("opens", ["appearance", "account"])
def test_what_opens_by_a_key_closes_by_escape_and_gives_the_focus_back(chromium, live_server, opens):
    with window(chromium, live_server, who="leader") as page:
        page.goto("/")
        page.focus(f"[popovertarget={opens}]")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#{opens}", state="visible")
        page.keyboard.press("Tab")
        assert page.evaluate(f"document.getElementById('{opens}').contains(document.activeElement)")
        page.keyboard.press("Escape")
        page.wait_for_selector(f"#{opens}", state="hidden")
        assert page.evaluate("document.activeElement.getAttribute('popovertarget')") == opens


def test_the_way_around_opens_on_a_phone_and_leads_on(chromium, live_server):
    project()
    with window(chromium, live_server, who="plan-officer", size=PHONE) as page:
        page.goto("/")
        page.focus("[popovertarget=navigation]")
        page.keyboard.press("Enter")
        page.wait_for_selector("#navigation", state="visible")
        assert axe_violations(page) == []
        page.keyboard.press("Escape")
        page.wait_for_selector("#navigation", state="hidden")
        page.keyboard.press("Enter")
        page.locator("#navigation").get_by_role("link", name="Projects").first.click()
        page.wait_for_url("**/projects/")
