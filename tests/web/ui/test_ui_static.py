"""Every file that a template names is there: a name without a file would break its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

import backcast.web
from backcast.web.config.static import fingerprint

WEB = Path(backcast.web.__path__[0])
STATIC = re.compile(r"{% static [\"']([^\"']+)[\"']")
NAMED = sorted({name for path in WEB.rglob("*.html") for name in STATIC.findall(path.read_text("utf-8"))})


@pytest.mark.parametrize("name", NAMED)
def test_a_file_that_a_template_names_is_there(name):
    assert finders.find(name)


def test_the_state_of_the_files_is_told_by_a_text():
    assert re.fullmatch("[0-9a-f]{16}", fingerprint())
    assert fingerprint() == fingerprint()
