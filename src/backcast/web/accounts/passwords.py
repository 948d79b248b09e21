"""What a password must be; Django asks these validators, and lists them as help."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from backcast.web.accounts.models import User

KINDS: tuple[Callable[[str], bool], ...] = (str.islower, str.isupper, str.isdigit, lambda letter: not letter.isalnum())
"""Small letters, capitals, digits, and everything else."""


class Length:
    """Long enough."""

    def __init__(self, least: int = 12) -> None:
        self.least = least

    def validate(self, password: str, user: User | None = None) -> None:
        """Count the characters."""
        if len(password) < self.least:
            told = _("This password has {found} characters. {rule}")
            raise ValidationError(told.format(found=len(password), rule=self.get_help_text()), code="password_length")

    def get_help_text(self) -> str:
        """Say the rule."""
        return _("Use at least {least} characters.").format(least=self.least)


class Kinds:
    """Several kinds of characters."""

    def __init__(self, least: int = 3) -> None:
        self.least = least

    def validate(self, password: str, user: User | None = None) -> None:
        """Count the kinds that occur."""
        found = sum(any(map(kind, password)) for kind in KINDS)
        if found < self.least:
            told = _("This password has {found} of the four kinds of characters. {rule}")
            raise ValidationError(told.format(found=found, rule=self.get_help_text()), code="password_kinds")

    def get_help_text(self) -> str:
        """Say the rule."""
        told = _("Use at least {least} of: small letters, capital letters, digits, other characters.")
        return told.format(least=self.least)


class NoNames:
    """Neither the sign-in name nor the name inside."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Look for the user's names, whatever the letters' case."""
        names = [user.username, user.name] if user else []
        if any(name and name.lower() in password.lower() for name in names):
            raise ValidationError(self.get_help_text(), code="password_names")

    def get_help_text(self) -> str:
        """Say the rule."""
        return _("Your name and your sign-in name may not stand inside the password.")


class History:
    """None of the last few again."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Compare with the password in force and those before it."""
        if user is None or user.pk is None:
            return
        past = user.past_passwords.values_list("password", flat=True)[: settings.PASSWORD_HISTORY]
        if any(check_password(password, hashed) for hashed in past):
            raise ValidationError(self.get_help_text(), code="password_history")

    def get_help_text(self) -> str:
        """Say the rule."""
        return _("It may not be one of your last {n} passwords.").format(n=settings.PASSWORD_HISTORY)
