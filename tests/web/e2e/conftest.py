"""One Chromium for all journeys of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser import launched, playwright


@pytest.fixture(scope="module")
def chromium() -> Iterator[playwright.Browser]:
    with launched() as browser:
        yield browser
