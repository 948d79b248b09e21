"""Parts of a page that come from rooms above it.

A page names a place ("home", "project") and its subject; apps above register panels for that place from their
``apps.py``. Each panel makes its own query and its own HTML, or returns nothing where it has nothing to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

Renderer = Callable[[Any, Any], str]
"""From a request with its actor and the page's subject to HTML; an empty text leaves the panel out."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a page.

    Attributes
    ----------
    place
        The page that it belongs to.
    name
        Unique within the place; the panel's id in the page.
    order
        Smaller comes first.
    roles
        Who sees it; empty is everybody who sees the page.
    """

    place: str
    name: str
    title: str | Promise
    render: Renderer
    order: int = 100
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A panel as the page shows it."""

    name: str
    title: str | Promise
    html: str


_PANELS: dict[tuple[str, str], Panel] = {}


def register(panel: Panel) -> None:
    """Add a panel to its place; the same name again replaces it."""
    _PANELS[panel.place, panel.name] = panel


def panels_of(place: str, roles: Collection[str]) -> list[Panel]:
    """Return the panels of a place that somebody with these roles sees, in order."""
    seen = [p for p in _PANELS.values() if p.place == place and (not p.roles or not p.roles.isdisjoint(roles))]
    return sorted(seen, key=lambda panel: (panel.order, panel.name))


def rendered(place: str, request: HttpRequest, roles: Collection[str], subject: object = None) -> list[Rendered]:
    """Return the panels of a place as HTML, without those that have nothing to tell."""
    drawn = [(panel, panel.render(request, subject)) for panel in panels_of(place, roles)]
    return [Rendered(panel.name, panel.title, html) for panel, html in drawn if html.strip()]
