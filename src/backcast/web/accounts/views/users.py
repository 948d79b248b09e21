"""Users: pages of the system officer, who makes and disables them and cannot grant anything."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backcast.web.accounts import actions
from backcast.web.accounts.forms import UserForm, tell
from backcast.web.accounts.models import User
from backcast.web.core.refusals import Invalid
from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import Role

PAGE = 50


@require_safe
def users(request: ActingRequest) -> HttpResponse:
    """List users, by name."""
    request.actor.require(Role.SYSTEM_OFFICER)
    wanted = request.GET.get("q", "").strip()
    found = User.objects.filter(Q(username__icontains=wanted) | Q(name__icontains=wanted)).order_by("username")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/users.html", {"page": page, "wanted": wanted})


@never_cache
def new_user(request: ActingRequest) -> HttpResponse:
    """Make a user and show the link, this once."""
    request.actor.require(Role.SYSTEM_OFFICER)
    form = UserForm(request.POST or None)
    if form.is_valid():
        try:
            user, path = actions.create_user(**form.cleaned_data, by=request.actor)
        except Invalid as refused:
            tell(form, refused)
        else:
            return _show_link(request, user, path)
    return render(request, "accounts/new_user.html", {"form": form}, status=422 if form.errors else 200)


def user(request: ActingRequest, username: str) -> HttpResponse:
    """Show a user, and rename."""
    request.actor.require(Role.SYSTEM_OFFICER)
    shown = get_object_or_404(User, username=username)
    form = UserForm(request.POST or None, initial={"username": shown.username, "name": shown.name})
    if form.is_valid():
        try:
            actions.rename_user(shown, **form.cleaned_data, by=request.actor)
        except Invalid as refused:
            tell(form, refused)
        else:
            messages.success(request, _("The user is renamed."))
            return redirect("accounts:user", shown.username)
    context = {
        "form": form,
        "shown": User.objects.get(pk=shown.pk),
        "second_factor": Authenticator.objects.filter(user=shown, type=Authenticator.Type.TOTP).first(),
    }
    return render(request, "accounts/user.html", context, status=422 if form.errors else 200)


@require_POST
def disable(request: ActingRequest, username: str) -> HttpResponse:
    """Disable a user."""
    return _done(request, username, actions.disable_user, _("{name} can no longer sign in; all sessions have ended."))


@require_POST
def enable(request: ActingRequest, username: str) -> HttpResponse:
    """Enable a user."""
    return _done(request, username, actions.enable_user, _("{name} can sign in again."))


@require_POST
def drop_second_factor(request: ActingRequest, username: str) -> HttpResponse:
    """Remove a lost second factor."""
    return _done(request, username, actions.reset_second_factor, _("The second factor of {name} is removed."))


@require_POST
@never_cache
def link(request: ActingRequest, username: str) -> HttpResponse:
    """Reset how a user signs in, and show the link, this once."""
    request.actor.require(Role.SYSTEM_OFFICER)
    shown = get_object_or_404(User, username=username)
    return _show_link(request, shown, actions.reset_sign_in(shown, by=request.actor))


def _done(request: ActingRequest, username: str, action: Callable[..., object], told: str) -> HttpResponse:
    request.actor.require(Role.SYSTEM_OFFICER)
    shown = get_object_or_404(User, username=username)
    action(shown, by=request.actor)
    messages.success(request, told.format(name=shown))
    return redirect("accounts:user", username)


def _show_link(request: ActingRequest, shown: User, path: str) -> HttpResponse:
    context = {"shown": shown, "link": request.build_absolute_uri(path)}
    return render(request, "accounts/link.html", context)
