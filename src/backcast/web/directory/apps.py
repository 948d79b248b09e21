"""The app, which lends its lists of places to whoever grants roles."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Regions, organisations, alliances."""

    name = "backcast.web.directory"
    label = "directory"

    def ready(self) -> None:
        """Lend the lists."""
        import_module("backcast.web.directory.lending")
