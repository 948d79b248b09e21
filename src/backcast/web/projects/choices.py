"""What the filters of the list offer to choose from, as options, and what is chosen as chips that can be removed."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backcast.planbook import schema
from backcast.web.core.actor import Actor
from backcast.web.directory.models import Region
from backcast.web.plans.models import Indicator, Plan, Task
from backcast.web.projects.filters import FilterForm
from backcast.web.projects.models import Project
from backcast.web.ui import reading

KNOWN = 300
"""Seconds for which the sectors that occur are remembered."""
_INDENT = "\u3000"


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that is asked, in words, and the address without it."""

    label: str
    value: str
    without: str


def options(form: FilterForm, actor: Actor) -> dict[str, SafeString]:
    """Return the options of each list of choices, with what is chosen marked."""
    plans = [(plan.code, str(plan)) for plan in Plan.objects.visible_to(actor).only("code", "name", "name_en")]
    return {
        "region": _drawn(_regions(actor), form, "region"),
        "stage": _drawn(_told(schema.PROJECTS["stage"].choices), form, "stage"),
        "kind": _drawn(_told(schema.PROJECTS["kind"].choices), form, "kind"),
        "tier": _drawn(_told(schema.LISTINGS["tier"].choices), form, "tier"),
        "plan": _drawn(plans, form, "plan") if len(plans) > 1 else SafeString(""),
        "task": _drawn(_parts(Task, actor), form, "task"),
        "indicator": _drawn(_parts(Indicator, actor), form, "indicator"),
        "sector": _drawn(((name, name) for name in _sectors(int(time.time()) // KNOWN)), form, "sector"),
    }


def chips(form: FilterForm, asked: dict[str, Any], query: QueryDict) -> list[Chip]:
    """Return what is asked, each with the address of the list without it."""
    return [Chip(str(form.fields[name].label), _said(form, name, asked[name]), _without(query, name)) for name in asked]


def _regions(actor: Actor) -> Iterable[tuple[str, str]]:
    """Yield every region by its code, set in by its depth."""
    rows = Region.objects.visible_to(actor).order_by("path").values_list("code", "name", "name_en", "path")
    for code, name, name_en, path in rows:
        yield code, _INDENT * (path.count("/") - 2) + reading.in_either(name_en or name, name)


def _parts(model: type[Task] | type[Indicator], actor: Actor) -> list[tuple[str, str]]:
    """Return tasks or indicators by code; the same code in several plans is one choice."""
    rows = model.objects.visible_to(actor).order_by("code").values_list("code", "name", "name_en")
    return list({code: (code, reading.in_either(name_en or name, name)) for code, name, name_en in rows}.values())


@lru_cache(maxsize=1)
def _sectors(_interval: int) -> tuple[str, ...]:
    """Return the sectors that occur."""
    found = Project.objects.exclude(sector="").order_by("sector").values_list("sector", flat=True).distinct()
    return tuple(map(str, found[:200]))


def _told(choices: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(value, reading.in_either(value.replace("_", " "), label_zh)) for value, label_zh in choices]


def _drawn(choices: Iterable[tuple[str, str]], form: FilterForm, name: str) -> SafeString:
    data: Any = form.data
    chosen = set(data.getlist(name))
    marked = ((value, SafeString(" selected" if value in chosen else ""), label) for value, label in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', marked)


def _said(form: FilterForm, name: str, value: Any) -> str:
    """Return the value of a filter in words."""
    if value is True:
        return ""
    labels = dict(_told(_CHOICES[name].choices)) if name in _CHOICES else {}
    if isinstance(value, list):
        return _(", ").join(labels.get(one, str(one)) for one in value)
    return reading.day(value) if isinstance(value, date) else labels.get(value, str(value))


_CHOICES = {
    "stage": schema.PROJECTS["stage"],
    "kind": schema.PROJECTS["kind"],
    "tier": schema.LISTINGS["tier"],
}


def _without(query: QueryDict, name: str) -> str:
    rest = query.copy()
    for gone in (name, "after", "before", "count"):
        rest.pop(gone, None)
    return "?" + rest.urlencode()
