"""How people get in: by password (allauth's pages), by a one-time link, and in a demonstration by a button."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from allauth.socialaccount.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.tokens import default_token_generator
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from backcast.web.accounts import actions, demo
from backcast.web.accounts.forms import NewPassword
from backcast.web.accounts.models import User
from backcast.web.core.actor import Actor, Route

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class SignIn(LoginView):  # type: ignore[misc]
    """Name and password; beside them the organisation's own sign-in, and in a demonstration the cast."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the other ways in."""
        cast = demo.CAST if settings.ENVIRONMENT.demo else ()
        services = get_adapter().list_providers(self.request)
        return {**super().get_context_data(**context), "cast": cast, "services": services}


@login_not_required
@require_POST
def try_on(request: HttpRequest, username: str) -> HttpResponse:
    """Sign a visitor in as somebody of the cast: only in a demonstration."""
    if not settings.ENVIRONMENT.demo or username not in {member.username for member in demo.CAST}:
        raise Http404
    user = get_object_or_404(User, username=username)
    request.session.flush()
    login(request, user, backend=BACKEND)
    UserSession.objects.create_from_request(request)
    request.session["demo"] = True
    return redirect("/")


@login_not_required
@never_cache
@sensitive_post_parameters()
def set_password(request: HttpRequest, username: str, token: str) -> HttpResponse:
    """Let whoever was given a link set a password, once; then they sign in with it."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None or not default_token_generator.check_token(user, token):
        return render(request, "accounts/link_void.html", status=410)
    form = NewPassword(user, request.POST or None)
    if form.is_valid():
        by = Actor(user.username, Route.WEB, address=request.META.get("REMOTE_ADDR", ""), user_id=user.pk)
        actions.set_password(user, form.cleaned_data["new_password1"], by=by)
        messages.success(request, _("Your password is set. Sign in with it."))
        return redirect("account_login")
    return render(
        request, "accounts/set_password.html", {"form": form, "owner": user}, status=422 if form.errors else 200
    )


def too_many(request: HttpRequest) -> HttpResponse:
    """Say that an address asks too often (429).

    Where nothing can be written, no attempt can be counted, which looks the same: Django's cache keeps silent about
    it. So something is written; what the database says to that is told instead (503).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cache (cache_key, value, expires) VALUES ('asked too often', '', %s) "
            "ON CONFLICT (cache_key) DO UPDATE SET expires = excluded.expires",
            [connection.ops.adapt_datetimefield_value(timezone.now())],
        )
    return render(request, "429.html", status=429)
