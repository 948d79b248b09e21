"""The lifecycle as people read it comes from the table that the actions heed."""

from __future__ import annotations

from django.utils import translation

import lifecycle as page_of_documentation
from backcast.web.projects.lifecycle import TRANSITIONS
from backcast.web.projects.reference import chapters


def test_the_page_of_the_documentation_is_up_to_date():
    for page, text in page_of_documentation.pages().items():
        assert page.read_text(encoding="utf-8") == text, "Run tools/lifecycle.py."


def test_every_transition_stands_in_a_chapter():
    told = [row.label for chapter in chapters() for row in chapter.rows]
    assert sorted(told) == sorted(str(step.label) for step in TRANSITIONS)


def test_stages_are_told_in_the_readers_language():
    with translation.override("zh-hans"):
        assert chapters()[0].stages[:2] == ("谋划", "储备")
