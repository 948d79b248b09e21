"""Light or dark: by the system, or as the reader chose, kept in a cookie."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

COOKIE = "backcast_scheme"
YEAR = 365 * 24 * 3600
SCHEMES = (
    ("auto", _("As the system"), "device-desktop"),
    ("light", _("Light"), "sun"),
    ("dark", _("Dark"), "moon"),
)
"""Each choice: its name, what it is called, and its icon."""


def chosen(request: HttpRequest) -> str:
    """Return the choice of whoever reads; "auto" where there is none."""
    given = request.COOKIES.get(COOKIE, "")
    return given if given in {name for name, _label, _icon in SCHEMES} else "auto"


def keep(response: HttpResponse, name: str) -> None:
    """Remember a choice; what is no scheme is forgotten."""
    if name in {known for known, _label, _icon in SCHEMES}:
        response.set_cookie(COOKIE, name, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    else:
        response.delete_cookie(COOKIE)
