"""What people keep of the list: columns, views, and the view that the list opens with."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor
from backcast.web.core.refusals import Fault, Invalid, Refused
from backcast.web.core.roles import BUSINESS, PLANNERS
from backcast.web.projects.models import ListSetting, SavedView


def choose_columns(columns: str, *, by: Actor) -> None:
    """Keep which columns the actor likes."""
    by.require(BUSINESS)
    ListSetting.objects.update_or_create(user_id=_user(by), defaults={"columns": columns})


def open_with(view: SavedView | None, *, by: Actor) -> None:
    """Let the list open with a view for the actor, or with everything."""
    by.require(BUSINESS)
    ListSetting.objects.update_or_create(user_id=_user(by), defaults={"opens_with": view})


@transaction.atomic
def save_view(name: str, query: str, columns: str, *, shared: bool, by: Actor) -> SavedView:
    """Keep a view under a name; the same name again replaces it.

    Raises
    ------
    Invalid
        If it has no name, or is too long.
    """
    by.require(PLANNERS if shared else BUSINESS)
    view = SavedView.objects.filter(owner=by.user_id, name=name.strip()).first() or SavedView(owner_id=_user(by))
    view.name, view.query, view.columns, view.shared = name.strip(), query, columns, shared
    try:
        view.full_clean(exclude=["owner"])
    except ValidationError as error:
        raise Invalid([Fault(field, " ".join(told)) for field, told in error.message_dict.items()]) from error
    view.save()
    if shared:
        audit.record(by, "project_view.shared", view, after={"name": view.name, "query": view.query})
    return view


@transaction.atomic
def remove_view(view: SavedView, *, by: Actor) -> None:
    """Remove one's own view; a plan officer removes any that is shared."""
    if view.owner_id != by.user_id:
        by.require(PLANNERS)
    if view.shared:
        audit.record(by, "project_view.removed", view, before={"name": view.name, "query": view.query})
    view.delete()


def _user(by: Actor) -> int:
    """Return the key of the actor's account; only people keep anything."""
    if by.user_id is None:
        raise Refused(_("Only somebody with an account can keep a view or columns."))
    return by.user_id
