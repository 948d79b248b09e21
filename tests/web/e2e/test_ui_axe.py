"""The frame of every page, for everybody: both languages, light and dark, wide and narrow, without a script too."""

from __future__ import annotations

from dataclasses import replace

import pytest
from browser import PHONE, WIDE, axe_violations, overflow, playwright, window
from django.db import OperationalError

from backcast.web.ui import steps

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]

PAGES = {"sign-in": ("/accounts/sign-in/", ""), "home": ("/", "plan-officer"), "components": ("/ui/", "")}


@pytest.fixture(autouse=True)
def _demonstration(settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=True)


@pytest.mark.parametrize("page_name", PAGES)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_axe_finds_nothing_and_nothing_sticks_out(chromium, live_server, page_name, language):
    path, who = PAGES[page_name]
    for scheme, size in [("light", WIDE), ("dark", PHONE)]:
        with window(chromium, live_server, who=who, language=language, scheme=scheme, size=size) as page:
            page.goto(path)
            assert axe_violations(page) == [], (scheme, size)
            assert overflow(page) <= 0, (scheme, size)


def test_what_opens_is_fit_for_everybody_too(chromium, live_server):
    with window(chromium, live_server, who="plan-officer", size=PHONE) as page:
        page.goto("/ui/")
        for button in ("Menu", "Light or dark", "王晓岚", "Withdraw"):
            page.get_by_role("button", name=button).first.click()
            assert axe_violations(page) == [], button
            assert overflow(page) <= 0, button
            page.keyboard.press("Escape")
        page.locator("details.source").first.locator("summary").click()
        assert axe_violations(page) == []
        assert overflow(page) <= 0


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_pages_of_failures_are_fit_for_everybody(chromium, live_server, monkeypatch, language):
    def fail(roles: object) -> None:
        raise errors.pop()

    errors = [OperationalError("gone"), RuntimeError("ours")]
    monkeypatch.setattr(steps, "steps_for", fail)
    for path, status in [("/no/such/page/", 404), ("/", 500), ("/", 503)]:
        with window(chromium, live_server, who="plan-officer", language=language, size=PHONE, scheme="dark") as page:
            assert page.goto(path).status == status
            assert axe_violations(page) == [], status
            assert overflow(page) <= 0, status


@pytest.mark.parametrize("script", [True, False])
def test_language_and_darkness_are_switched_with_and_without_a_script(chromium, live_server, script):
    with window(chromium, live_server, script=script) as page:
        page.goto("/ui/")
        page.get_by_role("button", name="中文").click()
        playwright.expect(page.locator("h1")).to_have_text("页面组件")
        page.get_by_role("button", name="English").click()
        playwright.expect(page.locator("h1")).to_have_text("Components")
        page.get_by_role("button", name="Light or dark").click()
        page.get_by_role("button", name="Dark", exact=True).click()
        playwright.expect(page.locator("html")).to_have_attribute("data-scheme", "dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 27)"


def test_a_phone_gets_to_the_navigation_by_keyboard_and_back(chromium, live_server):
    with window(chromium, live_server, who="plan-officer", size=PHONE) as page:
        page.goto("/")
        links = page.get_by_role("navigation", name="Main navigation")
        playwright.expect(links).to_be_hidden()
        page.get_by_role("button", name="Menu").focus()
        page.keyboard.press("Enter")
        playwright.expect(links.get_by_role("link", name="Overview")).to_be_visible()
        page.keyboard.press("Escape")
        playwright.expect(links).to_be_hidden()


def test_the_first_key_skips_to_the_content(chromium, live_server):
    with window(chromium, live_server, who="plan-officer") as page:
        page.goto("/")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_an_error_lands_above_the_content_when_htmx_asked(chromium, live_server):
    with window(chromium, live_server, who="plan-officer") as page:
        page.goto("/")
        page.evaluate("htmx.ajax('GET', '/no/such/page/', '#main')")
        told = page.locator("#messages .fault")
        playwright.expect(told).to_contain_text("The address is wrong")
        assert page.locator("h1").count() == 1


def test_a_server_out_of_reach_is_said(chromium, live_server):
    with window(chromium, live_server, who="plan-officer") as page:
        page.goto("/")
        page.route("**/gone/", lambda route: route.abort())
        page.evaluate("htmx.ajax('GET', '/gone/', '#main').catch(() => null)")
        playwright.expect(page.locator("#offline")).to_be_visible()
        page.complaints.clear()


def test_paper_shows_the_page_without_what_can_be_pressed(chromium, live_server):
    with window(chromium, live_server, who="plan-officer") as page:
        page.goto("/ui/")
        page.emulate_media(media="print")
        for gone in (".topbar", ".sidebar", ".actions >> nth=0"):
            playwright.expect(page.locator(gone)).to_be_hidden()
        playwright.expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(21, 25, 30)"
