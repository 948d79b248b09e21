"""Where each role can go: one ordered list for the whole application.

Entries name addresses, not apps, and roles by their value, because this room lies below both. An entry whose
address does not exist is left out, so that the list may run ahead of the apps.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BUSINESS = frozenset(
    {
        "plan_officer",
        "project_officer",
        "reporter",
        "reviewer",
        "dispatcher",
        "finance_officer",
        "bank",
        "leader",
        "observer",
    }
)
"""Roles that see business data, as :data:`backcast.web.core.roles.BUSINESS` says."""
EVERYBODY = BUSINESS | {"system_officer", "security_officer", "audit_officer"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation.

    Attributes
    ----------
    address
        Name of the URL, such as ``"projects:list"``.
    icon
        Name of a symbol in ``vendor/icons.svg``.
    roles
        Who sees it.
    """

    label: str | Promise
    address: str
    icon: str
    roles: frozenset[str] = BUSINESS


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as a page shows it."""

    label: str | Promise
    icon: str
    href: str
    current: bool


NAVIGATION = (
    Entry(_("Overview"), "home", "home", EVERYBODY),
    Entry(_("Plans"), "plans:list", "target-arrow"),
    Entry(_("Projects"), "projects:list", "building-bridge"),
    Entry(_("Forecasts"), "forecasts:list", "chart-line"),
    Entry(_("Import and export"), "exchange:home", "table-import", BUSINESS - {"leader", "observer", "bank"}),
    Entry(_("Regions"), "directory:regions", "map-2"),
    Entry(_("Organisations"), "directory:organisations", "building"),
    Entry(_("Background work"), "jobs:list", "clock", BUSINESS | {"system_officer"}),
    Entry(_("Users"), "accounts:users", "users", frozenset({"system_officer"})),
    Entry(_("Who may do what"), "accounts:grants", "shield-check", frozenset({"security_officer"})),
    Entry(_("Audit"), "audit:events", "list-search", frozenset({"audit_officer"})),
)


def lines(request: HttpRequest, roles: Collection[str]) -> list[Line]:
    """Return what somebody with these roles may choose from, in order, with the current one marked."""
    found = [(entry, address_of(entry.address)) for entry in NAVIGATION if not entry.roles.isdisjoint(roles)]
    return [Line(entry.label, entry.icon, href, _leads_here(href, request.path)) for entry, href in found if href]


def address_of(name: str) -> str:
    """Return the path of a named address, or nothing where no app has it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def roles_of(request: HttpRequest) -> frozenset[str]:
    """Return the roles of whoever asks; nobody has none."""
    actor = getattr(request, "actor", None)
    return actor.roles if actor else frozenset()


def _leads_here(href: str, path: str) -> bool:
    """Whether the page at a path belongs under an entry: it is the entry's own, or lies below it."""
    return path == href or (href != "/" and path.startswith(href))
