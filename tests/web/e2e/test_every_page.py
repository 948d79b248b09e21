"""Every page that somebody finds is fit for everybody: axe finds nothing, nothing sticks out, nobody complains.

Pages are those of the access table, so that a new one is looked at without being named here.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from access_asking import WHO, requests, scene
from browser import PHONE, WIDE, axe_violations, overflow, window
from cast import client_of, user_of
from django.db import transaction
from django.test import Client

TABLE = Path(__file__).parents[1] / "access" / "access.csv"
LOOKS = {
    "宽屏": ("zh-CN", "light", WIDE),
    "wide": ("en", "light", WIDE),
    "手机": ("zh-CN", "dark", PHONE),
    "phone": ("en", "dark", PHONE),
}

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]


def first_finders() -> dict[str, str]:
    """Return who is the first of the cast to find each page."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["method"] == "get" and row["place"] == "home"]
    found = {row["route"]: next((who for who in WHO if row[who] == "200"), "") for row in rows}
    return {route: who for route, who in found.items() if who and not route.startswith("api:")}


FINDERS = first_finders()


def pages_of(who: str) -> Iterator[str]:
    """Yield the addresses of the pages that somebody is the first to find."""
    client = client_of(who) if who != "nobody" else Client()
    for name, method, place, address, _body in requests():
        if (method, place, FINDERS.get(name)) == ("get", "home", who):
            response = client.get(address)
            list(getattr(response, "streaming_content", ()))  # a file is closed at its end
            if response["Content-Type"].startswith("text/html"):
                yield address


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("who", sorted(set(FINDERS.values())))
def test_every_page_is_fit_for_everybody(chromium, live_server, who, look):
    user_of("leader")
    with transaction.atomic():
        scene()
    language, scheme, size = LOOKS[look]
    looked_at, faults = 0, []
    with window(
        chromium, live_server, who="" if who == "nobody" else who, language=language, scheme=scheme, size=size
    ) as page:
        for address in pages_of(who):
            page.goto(address)
            looked_at += 1
            faults += [f"{address}: {fault}" for fault in _faults(page)]
    assert looked_at
    assert not faults, "\n".join(faults)


def _faults(page) -> Iterator[str]:
    """Yield what is wrong with a page."""
    yield from axe_violations(page)
    if (wider := overflow(page)) > 0:
        yield f"{wider} pixels wider than the window"
    if page.locator("h1").count() != 1 or page.locator("main").count() != 1:
        yield "not one heading of the page in one main part"
    if not page.title().strip():
        yield "no title"
