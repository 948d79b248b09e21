"""Grants: pages of the security officer, who says what others may do and cannot make users."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backcast.web.accounts import actions, places
from backcast.web.accounts.forms import GrantForm, tell
from backcast.web.accounts.models import Grant, User
from backcast.web.core.refusals import Invalid
from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import Role

PAGE = 50


@require_safe
def overview(request: ActingRequest) -> HttpResponse:
    """List who may do what, where."""
    request.actor.require(Role.SECURITY_OFFICER)
    wanted, role = request.GET.get("q", "").strip(), request.GET.get("role", "")
    found = User.objects.filter(Q(username__icontains=wanted) | Q(name__icontains=wanted))
    if role in Role.values:
        found = found.filter(grants__role=role).distinct()
    page = Paginator(found.order_by("username").prefetch_related("grants"), PAGE).get_page(request.GET.get("page"))
    names = places.names()
    rows = [(user, [(grant, grant.place(names)) for grant in user.grants.all()]) for user in page]
    context = {"page": page, "rows": rows, "wanted": wanted, "role": role, "roles": Role.choices}
    return render(request, "accounts/grants.html", context)


def of_user(request: ActingRequest, username: str) -> HttpResponse:
    """Show what a user may do, and grant."""
    request.actor.require(Role.SECURITY_OFFICER)
    shown, today, names = get_object_or_404(User, username=username), timezone.localdate(), places.names()
    form = GrantForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_grant(shown, **form.cleaned_data, by=request.actor)
        except Invalid as refused:
            tell(form, refused)
        else:
            messages.success(request, _("The role is granted."))
            return redirect("accounts:grants-of", username)
    context = {
        "form": form,
        "shown": shown,
        "grants": [(grant, grant.place(names), grant.state(today)) for grant in shown.grants.all()],
        "own": shown.pk == request.actor.user_id,
    }
    return render(request, "accounts/grants_of.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw(request: ActingRequest, username: str) -> HttpResponse:
    """Take a role away; the form says which."""
    request.actor.require(Role.SECURITY_OFFICER)
    chosen = request.POST.get("grant", "")
    grant = next((each for each in Grant.objects.filter(user__username=username) if str(each.pk) == chosen), None)
    if grant is None:
        raise Http404
    actions.withdraw_grant(grant, by=request.actor)
    messages.success(request, _("The role is withdrawn."))
    return redirect("accounts:grants-of", username)
