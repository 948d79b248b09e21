"""One's own account: profile, password, second factor, sessions and tokens."""

from __future__ import annotations

import hashlib

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from backcast.web.accounts import actions, places
from backcast.web.accounts.forms import ChangePassword, TokenForm
from backcast.web.accounts.models import Scope, User
from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import OFFICERS


def _me(request: ActingRequest) -> User:
    return User.objects.get(username=request.actor.name)


def mark_of(session: UserSession) -> str:
    """Return what a page calls a session: its key opens it and stays secret."""
    return hashlib.sha256(session.session_key.encode()).hexdigest()[:16]


@require_safe
def me(request: ActingRequest) -> HttpResponse:
    """Show everything of one's own account."""
    user, today, names = _me(request), timezone.localdate(), places.names()
    sessions = UserSession.objects.purge_and_list(user)
    current = request.session.session_key
    context = {
        "owner": user,
        "grants": [(grant, grant.place(names), grant.state(today)) for grant in user.grants.all()],
        "second_factor": Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first(),
        "sessions": [(session, mark_of(session), session.session_key == current) for session in sessions],
        "tokens": user.tokens.all().in_force(timezone.now()),
        "may_have_tokens": not request.actor.roles & OFFICERS,
    }
    return render(request, "accounts/me.html", context)


def to_me(request: HttpRequest) -> HttpResponse:
    """Lead from pages of the library that we do not show to one's own account."""
    return redirect("accounts:me")


@sensitive_post_parameters()
def password(request: ActingRequest) -> HttpResponse:
    """Change the own password; this session goes on, all others end."""
    user = _me(request)
    form = ChangePassword(user, request.POST or None)
    if form.is_valid():
        actions.set_password(user, form.cleaned_data["new_password1"], by=request.actor)
        update_session_auth_hash(request, user)
        UserSession.objects.create_from_request(request)  # it goes on under a new key
        messages.success(request, _("Your password is changed. All other sessions have ended."))
        return redirect("accounts:me")
    return render(request, "accounts/password.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
def new_token(request: ActingRequest) -> HttpResponse:
    """Issue a token and show it, this once."""
    form = TokenForm(request.POST or None)
    if form.is_valid():
        told = form.cleaned_data
        token, secret = actions.issue_token(
            _me(request), told["name"], Scope(told["scope"]), told["days"], by=request.actor
        )
        return render(request, "accounts/token.html", {"token": token, "secret": secret})
    return render(request, "accounts/new_token.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def revoke_token(request: ActingRequest, code: str) -> HttpResponse:
    """End a token of one's own."""
    token = get_object_or_404(_me(request).tokens, code=code)
    actions.revoke_token(token, by=request.actor)
    messages.success(request, _("The token “{name}” no longer works.").format(name=token.name))
    return redirect("accounts:me")


@require_POST
def end_session(request: ActingRequest, mark: str) -> HttpResponse:
    """End one of one's own sessions, on this or another machine."""
    sessions = UserSession.objects.filter(user=_me(request))
    session = next((each for each in sessions if mark_of(each) == mark), None)
    if session is None:
        raise Http404
    actions.end_session(session, by=request.actor)
    messages.success(request, _("The session has ended."))
    return redirect("accounts:me")
