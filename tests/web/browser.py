"""A real browser on the real server: what journeys and looks at pages are made of.

>>> with window(chromium, live_server, who="plan-officer", language="zh-CN", size=PHONE) as page:
...     page.goto(live_server.url + "/")
...     assert axe_violations(page) == []

pytest-playwright clashes with Django, so these few lines stand in for it. Whatever the console complains of, and
whatever is asked of another host, ends up in ``page.complaints``, and the window fails if it is not empty.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cast import client_of
from django.conf import settings

playwright = pytest.importorskip("playwright.sync_api")

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
QUIET = ("Failed to load resource", "Response Status Error Code")
"""What a browser, and htmx, say of every answer of 400 and more, asked for or not."""


@contextmanager
def launched() -> Iterator[playwright.Browser]:
    """Start Chromium; Django is told that its database is used beside a running event loop."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=ARGUMENTS, env={**os.environ, "LANG": "C.UTF-8"})
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@contextmanager
def window(
    browser: playwright.Browser,
    live_server,
    *,
    who: str = "",
    language: str = "en",
    scheme: str = "light",
    size: dict[str, int] = WIDE,
    script: bool = True,
) -> Iterator[playwright.Page]:
    """Open a window of its own, signed in as a member of the cast where one is named."""
    context = browser.new_context(
        base_url=live_server.url, viewport=size, locale=language, color_scheme=scheme, java_script_enabled=script
    )
    if who:
        context.add_cookies([_session(who, live_server.url)])
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.complaints = []
    page.on("console", lambda said: said.text.startswith(QUIET) or page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda asked: _within(asked.url, live_server.url) or page.complaints.append(asked.url))
    yield page
    assert not page.complaints, page.complaints
    context.close()


def axe_violations(page: playwright.Page) -> list[str]:
    """Return what axe finds wrong with a page: the rule, and where."""
    before = len(page.complaints)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run({resultTypes: ['violations'], preload: false})).violations")
    del page.complaints[before:]  # axe tries inline styles of its own, and our policy refuses them
    return [f"{rule['id']}: {rule['help']}: {node['html'][:150]}" for rule in found for node in rule["nodes"]]


def overflow(page: playwright.Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def _session(who: str, url: str) -> dict[str, str]:
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client_of(who).cookies[name].value, "url": url}


def _within(asked: str, url: str) -> bool:
    return asked.startswith((url, "data:"))
