"""Users and what they are granted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backcast.web.core.actor import Grant as Granted
from backcast.web.core.roles import Role


class UserManager(BaseUserManager["User"]):
    """Users by the name they sign in with."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Find a user by sign-in name, whatever its letters' case."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """Somebody who may sign in; what they may do is in their grants, and nobody may do everything."""

    username = models.CharField(_("sign-in name"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=128)
    is_active = models.BooleanField(_("enabled"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.username


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants, and which are in force."""

    def in_force(self, today: date) -> GrantQuerySet:
        """Return those whose time it is."""
        return self.filter(Q(starts__isnull=True) | Q(starts__lte=today), Q(ends__isnull=True) | Q(ends__gte=today))


class Grant(models.Model):
    """A role given to a user within a subtree of regions, an organisation, or both, for a time."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    region_path = models.CharField(_("region"), max_length=255, blank=True)
    organisation = models.CharField(_("organisation"), max_length=64, blank=True)
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.region_path or self.organisation}"

    def granted(self) -> Granted:
        """Return this grant as an actor carries it."""
        return Granted(Role(self.role), self.region_path, self.organisation)


def granted(grants: Iterable[Grant]) -> tuple[Granted, ...]:
    """Return grants as an actor carries them."""
    return tuple(grant.granted() for grant in grants)
