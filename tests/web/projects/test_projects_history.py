"""Who changed what, in words."""

from __future__ import annotations

import pytest
from django.utils import translation
from project_scene import OFFICER, project

from backcast.web.projects import actions, history
from backcast.web.projects.models import Funding

pytestmark = pytest.mark.django_db


def told(mine):
    events, _ = history.history(mine)
    return [(event.what, [(one.field, one.before, one.after) for one in event.changes]) for event in events]


def test_fields_and_choices_are_told_by_their_labels():
    mine = actions.change(project(), {"confidentiality": "work_secret"}, by=OFFICER, expected=1)
    assert told(mine) == [("Changed", [("Confidentiality", "internal", "work secret")])]


def test_parts_are_told_by_what_they_are_called():
    mine = project()
    actions.choose_route(mine, "filing", by=OFFICER)
    actions.record_approval(mine.approvals.get(item="land"), {"state": "accepted"}, by=OFFICER, expected=1)
    actions.set_funding(Funding(project=mine), {"source": "own", "year": 2024, "planned": 5}, by=OFFICER)
    assert told(mine)[:2] == [
        ("Funds recorded", [("2024 · the owner's own funds · Planned, 万元", "–", "5")]),
        ("Approval recorded", [("land use · State", "not applied for", "application accepted")]),
    ]


def test_in_chinese_columns_have_the_labels_of_the_planbook():
    mine = actions.change(project(), {"sector": "coal"}, by=OFFICER, expected=1)
    with translation.override("zh-hans"):
        assert told(mine)[0][1] == [("行业", "–", "煤炭")]


def test_a_long_history_is_paged():
    mine = project()
    for version in range(1, history.PAGE + 3):
        mine = actions.change(mine, {"note": str(version)}, by=OFFICER, expected=version)
    first, following = history.history(mine)
    rest, end = history.history(mine, following)
    assert (len(first), len(rest), end) == (history.PAGE, 2, None)
    assert first[-1].number > rest[0].number
