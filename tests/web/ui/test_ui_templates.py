"""Every template of the web application keeps the rules of the house."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import backcast.web

WEB = Path(backcast.web.__file__).parent
TEMPLATES = {path.relative_to(WEB).as_posix(): path for path in sorted(WEB.rglob("templates/**/*.html"))}
STYLESHEETS = {path.relative_to(WEB).as_posix(): path for path in sorted(WEB.rglob("static/**/*.css"))}
EACH = pytest.mark.parametrize("name", TEMPLATES)


@EACH
def test_a_template_has_less_than_150_lines(name):
    assert len(TEMPLATES[name].read_text(encoding="utf-8").splitlines()) < 150


@EACH
def test_a_template_opens_with_a_comment_that_names_its_context(name):
    first = "\n".join(TEMPLATES[name].read_text(encoding="utf-8").splitlines()[:2])
    tags = r"(\s*\{%.*?%\})*\s*"
    assert re.match(tags + r"\{#.*(Context|Slots?|Attributes):", first), "Begin with {# Context: what it needs. #}"


@EACH
def test_a_comment_ends_on_its_line_or_everybody_reads_it(name):
    """Django's {# #} holds on one line only; on several it is text of the page."""
    left = re.sub(r"\{#.*?#\}", "", TEMPLATES[name].read_text(encoding="utf-8"))
    assert "{#" not in left
    assert "#}" not in left


@EACH
def test_a_template_has_no_script_and_no_style_within(name):
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", TEMPLATES[name].read_text(encoding="utf-8"))
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", text) == []
    assert re.findall(r"<style\b", text) == []
    assert re.findall(r"\sstyle\s*=", text) == []
    assert re.findall(r"\son[a-z]+\s*=", text) == []
    assert re.findall(r"javascript:|\bhx-on|\bhx-vals=.js:", text) == []


@EACH
def test_a_template_asks_no_other_host(name):
    text = TEMPLATES[name].read_text(encoding="utf-8")
    assert re.findall(r"<(?:link|script|img|iframe)\b[^>]*(?:src|href)=.(?:https?:)?//", text) == []


@EACH
def test_a_form_that_changes_something_carries_its_key(name):
    forms = re.findall(r"<form\b[^>]*method=.post.*?</form>", TEMPLATES[name].read_text(encoding="utf-8"), re.S)
    assert [form for form in forms if "{% csrf_token %}" not in form] == []


@pytest.mark.parametrize("name", [name for name in STYLESHEETS if "vendor" not in name])
def test_colours_stand_in_one_place_with_their_light_and_dark_value(name):
    """Every sheet but the first takes colours by name; ink on paper is the exception."""
    text = STYLESHEETS[name].read_text(encoding="utf-8")
    if name.endswith(("ui/foundation.css", "ui/print.css")):
        return
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", text)) <= {"#000"}
