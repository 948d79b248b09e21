"""What every page's shell shows."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from backcast.web.ui import navigation, scheme

VERSION = version("backcast")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame around every page needs."""
    return {
        "languages": settings.LANGUAGES,
        "demo": settings.ENVIRONMENT.demo,
        "version": VERSION,
        "navigation": navigation.lines(request, navigation.roles_of(request)),
        "scheme": scheme.chosen(request),
        "schemes": scheme.SCHEMES,
    }
