"""The start of forecasts: pages of plans and projects show what was forecast of them."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ForecastsConfig(AppConfig):
    """Register the panels."""

    name = "backcast.web.forecasts"

    def ready(self) -> None:
        """Importing the room registers them, once the models are there."""
        import_module("backcast.web.forecasts.panels")
