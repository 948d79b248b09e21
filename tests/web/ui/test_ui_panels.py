"""Rooms above show themselves on pages below through panels."""

from __future__ import annotations

import pytest

from backcast.web.ui import panels
from backcast.web.ui.panels import Panel


@pytest.fixture(autouse=True)
def _no_other_panels(monkeypatch):
    monkeypatch.setattr(panels, "_PANELS", {})


def test_panels_stand_in_order_in_their_place(rf):
    panels.register(Panel("project", "returns", "Returns", lambda request, subject: f"<p>{subject}</p>", order=20))
    panels.register(Panel("project", "forecast", "Forecast", lambda request, subject: "<p>2025</p>", order=10))
    panels.register(Panel("home", "plans", "Plans", lambda request, subject: "<p>1</p>"))
    shown = panels.rendered("project", rf.get("/"), {"leader"}, "P-7")
    assert [(panel.name, panel.html) for panel in shown] == [("forecast", "<p>2025</p>"), ("returns", "<p>P-7</p>")]


def test_a_panel_that_has_nothing_to_tell_is_left_out(rf):
    panels.register(Panel("project", "orders", "Orders", lambda request, subject: "  \n"))
    assert panels.rendered("project", rf.get("/"), {"leader"}) == []


def test_a_panel_is_not_even_asked_for_those_who_may_not_see_it(rf):
    panels.register(Panel("project", "loans", "Loans", lambda request, subject: 1 / 0, roles=frozenset({"bank"})))
    assert panels.rendered("project", rf.get("/"), {"leader"}) == []


def test_the_same_name_again_replaces_a_panel():
    panels.register(Panel("home", "plans", "Plans", lambda request, subject: "1"))
    panels.register(Panel("home", "plans", "All plans", lambda request, subject: "2"))
    assert [panel.title for panel in panels.panels_of("home", set())] == ["All plans"]
