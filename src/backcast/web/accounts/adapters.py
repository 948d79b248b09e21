"""How allauth and axes behave here: nobody signs up, secrets are sealed, and refusals are told in our words."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backcast.web.accounts.actions import disable_idle
from backcast.web.accounts.limits import signed_in_lately
from backcast.web.accounts.models import User


def sign_in_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Return the name by which axes counts failures, in small letters."""
    given = credentials or {"username": request.POST.get("login", "")}
    return str(given.get("username") or "").lower()[:64]


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by name and password."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "Name and password do not fit together. After five failures the account is locked for a while."
        ),
        "too_many_login_attempts": _("Too many failures. Wait fifteen minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Only the system officer makes users."""
        return False

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **hooks: Any) -> HttpResponse | None:
        """Disable whoever stayed away too long, before anybody gets in."""
        disable_idle(timezone.now())
        user.refresh_from_db(fields=["is_active"])
        return super().pre_login(request, user, **hooks)  # type: ignore[no-any-return]

    def is_reauthentication_required(self, *, app: str, **extra: Any) -> bool:
        """Ask for the password again, but not within minutes of signing in."""
        return not signed_in_lately(context.request)


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps and recovery codes, sealed with a key that is not in the database."""

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret."""
        return _seal().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """An officer keeps a second factor."""
        return not authenticator.user.is_officer()


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in by the organisation's own service: only for users whom the system officer made."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Only the system officer makes users."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Recognise a user by the claim that carries the sign-in name."""
        if sociallogin.is_existing:
            return
        told = sociallogin.account.extra_data
        claims = {**told.get("id_token", {}), **told.get("userinfo", {}), **told}
        name = str(claims.get(settings.OIDC_CLAIM, "")).lower()
        if user := User.objects.filter(username=name).first():
            sociallogin.connect(request, user)


def _seal() -> Fernet:
    """Return what seals and opens, by a key derived from this installation's own."""
    key = sha256(b"second factor\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(urlsafe_b64encode(key))
