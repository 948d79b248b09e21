"""The app, which listens to the libraries that sign people in."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, grants, sign-in."""

    name = "backcast.web.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Begin to listen; receivers connect when their module is read."""
        import_module("backcast.web.accounts.listening")
