"""The start of the exchange: every app says where the tables of a planbook live in it."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ExchangeConfig(AppConfig):
    """Ask every app for its ``tables.py``."""

    name = "backcast.web.exchange"

    def ready(self) -> None:
        """Import them, which registers their homes."""
        autodiscover_modules("tables")
