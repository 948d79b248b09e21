"""The start of plans: pages of regions and organisations show what plans say of them."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Register the panels."""

    name = "backcast.web.plans"

    def ready(self) -> None:
        """Importing the room registers them, once the models are there."""
        import_module("backcast.web.plans.panels")
