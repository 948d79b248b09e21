"""What the filters of the list offer to choose from, as options, and what is chosen as chips that can be removed."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backcast.planbook import schema
from backcast.web.projects.filters import FilterForm
from backcast.web.projects.known import Known
from backcast.web.projects.models import Project
from backcast.web.projects.sectors import sector_name
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


def options(form: FilterForm) -> dict[str, SafeString]:
    """Return the options of each list of choices, with what is chosen marked."""
    data: Any = form.data
    drawn = _drawn(form.known, get_language(), _sectors(int(time.time()) // KNOWN))
    return {name: _marked(text, data.getlist(name)) for name, text in drawn.items()}


def chips(form: FilterForm, asked: dict[str, Any], query: QueryDict) -> list[Chip]:
    """Return what is asked, each with the address of the list without it."""
    return [Chip(str(form.fields[name].label), _said(form, name, asked[name]), _without(query, name)) for name in asked]


@lru_cache(maxsize=8)
def _drawn(known: Known, _language: str | None, sectors: tuple[str, ...]) -> dict[str, SafeString]:
    """Return the options of each list as long as none of them changes, in the language that is active."""
    choices: dict[str, Iterable[tuple[str, str]]] = {
        "region": ((code, _INDENT * (one.path.count("/") - 2) + str(one)) for code, one in known.regions.items()),
        "stage": _told(schema.PROJECTS["stage"].choices),
        "kind": _told(schema.PROJECTS["kind"].choices),
        "tier": _told(schema.LISTINGS["tier"].choices),
        "plan": ((code, str(one)) for code, one in known.plans.items()) if len(known.plans) > 1 else (),
        "task": {one.code: str(one) for one in known.tasks}.items(),
        "indicator": {one.code: str(one) for one in known.indicators}.items(),
        "sector": ((code, sector_name(code)) for code in sectors),
    }
    return {name: format_html_join("", '<option value="{}">{}</option>', told) for name, told in choices.items()}


def _marked(options: SafeString, chosen: Iterable[str]) -> SafeString:
    """Return options with those that are chosen marked."""
    for value in chosen:
        option = format_html('<option value="{}"', value)
        options = mark_safe(options.replace(f"{option}>", f"{option} selected>"))
    return options


@lru_cache(maxsize=1)
def _sectors(_interval: int) -> tuple[str, ...]:
    """Return the sectors that occur."""
    found = Project.objects.exclude(sector="").order_by("sector").values_list("sector", flat=True).distinct()
    return tuple(map(str, found[:200]))


def _told(choices: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(value, reading.in_either(value.replace("_", " "), label_zh)) for value, label_zh in choices]


def _said(form: FilterForm, name: str, value: Any) -> str:
    """Return the value of a filter in words."""
    if value is True:
        return ""
    labels = dict(_told(_CHOICES[name].choices)) if name in _CHOICES else {}
    if isinstance(value, list):
        return _(", ").join(labels.get(one, str(one)) for one in value)
    if name == "sector":
        return sector_name(value)
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
