"""Every action that is told to the audit, and every kind of object, is called in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation

import backcast.web
from backcast.web.audit import wording
from backcast.web.core.duties import DUTIES

TELLING = {"record", "record_many", "record_told", "note", "add", "change", "put", "written", "remove", "removed"}
"""Functions that take an action by its name."""
ACTION = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")


def actions() -> Iterator[str]:
    """Yield every action that is written out in the code."""
    for path in Path(backcast.web.__path__[0]).rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in TELLING:
                given = [*call.args, *(one.value for one in call.keywords)]
                texts = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                yield from filter(ACTION.fullmatch, texts)


FOUND = sorted({*actions(), *(f"{noun}.tidied" for noun in DUTIES)})


def test_the_actions_of_the_code_are_found():
    assert {"project.advanced", "import.written", "second_factor.used", "session.tidied"} <= set(FOUND)


@pytest.mark.parametrize("name", FOUND)
def test_an_action_is_called_in_chinese(name):
    noun, _, verb = name.partition(".")
    assert (noun in wording.NOUNS, verb in wording.VERBS) == (True, True)
    with translation.override("zh-hans"):
        assert not re.search("[a-z]", wording.action(name))


def test_a_kind_of_object_is_called_in_chinese():
    ours = [model for model in apps.get_models() if model.__module__.startswith("backcast.web.")]
    assert [model for model in ours if model._meta.model_name not in wording.NOUNS] == []
