"""Addresses of plans."""

from __future__ import annotations

from datetime import date

from django.urls import path, register_converter

from backcast.web.plans.views import figures, indicators, parts, plans
from backcast.web.plans.views.parts import KINDS


class Day:
    """A date in an address, as ISO writes it."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    to_python = staticmethod(date.fromisoformat)
    to_url = staticmethod(str)


register_converter(Day, "day")
FIGURE = "<str:code>/indicators/<str:indicator>/"
PLACE = "<str:region>/<day:day>/<slug:mark>/"

app_name = "plans"
urlpatterns = [
    path("", plans.plans, name="list"),
    path("add/", plans.add_plan, name="add"),
    path("<str:code>/", plans.plan, name="plan"),
    path("<str:code>/edit/", plans.edit_plan, name="edit"),
    *(path(f"<str:code>/{kind}s/add/", parts.add_part, {"kind": kind}, name=f"add-{kind}") for kind in KINDS),
    *(
        path(f"<str:code>/{kind}s/<str:part>/edit/", parts.edit_part, {"kind": kind}, name=f"edit-{kind}")
        for kind in KINDS
    ),
    path(FIGURE, indicators.indicator, name="indicator"),
    path(f"{FIGURE}definitions/add/", figures.add_definition, name="add-definition"),
    path(f"{FIGURE}definitions/<str:version>/edit/", figures.edit_definition, name="edit-definition"),
    path(f"{FIGURE}targets/add/", figures.add_target, name="add-target"),
    path(f"{FIGURE}targets/{PLACE}edit/", figures.edit_target, name="edit-target"),
    path(f"{FIGURE}targets/{PLACE}revise/", figures.revise_target, name="revise-target"),
    path(f"{FIGURE}observations/add/", figures.add_observation, name="add-observation"),
    path(f"{FIGURE}observations/{PLACE}edit/", figures.edit_observation, name="edit-observation"),
]
