"""What the list of projects keeps: text to search in, views that people saved, and bulk edits that can be undone."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backcast.web.core.actor import Actor
from backcast.web.core.roles import BUSINESS
from backcast.web.projects.models.library import Project


def new_code() -> str:
    """Return a code that nobody can guess."""
    return secrets.token_urlsafe(9)


class SearchEntry(models.Model):
    """A project's texts, folded, and by what an index finds them; see :mod:`~backcast.web.projects.search`.

    It may follow its project late, and outlive it by a moment.
    """

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="+", db_constraint=False)
    version = models.PositiveIntegerField()
    text = models.TextField()
    grams = models.TextField()

    class Meta:
        """Called by name where something counts them."""

        verbose_name_plural = "search entries"

    def __str__(self) -> str:
        return self.text


class SavedViewQuerySet(models.QuerySet[Any]):
    """Views, and whom they are shown to."""

    def visible_to(self, actor: Actor) -> SavedViewQuerySet:
        """Return the actor's own views, and those that are shared."""
        return self.filter(Q(owner=actor.user_id) | Q(shared=True)) if actor.has(BUSINESS) else self.none()


class SavedView(models.Model):
    """A question to the list under a name: filters, order and columns."""

    code = models.CharField(max_length=16, unique=True, default=new_code, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="project_views")
    name = models.CharField(_("name"), max_length=64)
    query = models.CharField(max_length=2000, blank=True)
    columns = models.CharField(max_length=500, blank=True)
    shared = models.BooleanField(_("for everybody"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        """One's own by name; shared ones are told apart by their owners."""

        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(fields=("owner", "name"), name="a_view_has_one_name_for_its_owner"),)

    def __str__(self) -> str:
        return self.name


class ListSetting(models.Model):
    """How somebody likes the list: columns, and the view that it opens with."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="project_list")
    columns = models.CharField(max_length=500, blank=True)
    opens_with = models.ForeignKey(SavedView, models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return str(self.user)


class BulkEdit(models.Model):
    """One field of many projects, set to one value at once; by what it keeps it is undone.

    Attributes
    ----------
    rows
        Of each project that changed: key, value before, and version since.
    """

    code = models.CharField(max_length=16, unique=True, default=new_code, editable=False)
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)
    field = models.CharField(max_length=32)
    rows = models.JSONField()
    undone = models.BooleanField(default=False)

    class Meta:
        """The latest first."""

        ordering = ("-made_at",)

    def __str__(self) -> str:
        return self.code
