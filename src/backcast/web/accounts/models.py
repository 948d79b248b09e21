"""Users, what they are granted, their earlier passwords and their tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backcast.web.core.actor import Grant as Granted
from backcast.web.core.roles import OFFICERS, Role

SIGN_IN_NAME = RegexValidator(
    r"\A[a-z0-9][a-z0-9._-]{1,63}\Z", _("Write 2 to 64 small letters, digits, dots, hyphens or underscores.")
)
REGION_PATH = RegexValidator(
    r"\A/([0-9A-Za-z_-]+/)*\Z", _("Write a path such as /140000/140200/, or / for everywhere.")
)


class UserQuerySet(models.QuerySet["User"]):
    """Users, and which of them have not come for long."""

    def idle(self, now: datetime) -> UserQuerySet:
        """Return enabled users who have not signed in for as long as ``IDLE_DISABLES`` says."""
        last_seen = Coalesce("last_login", "enabled_at")
        seen = self.filter(is_active=True).annotate(last_seen=last_seen)
        return seen.filter(last_seen__lt=now - settings.IDLE_DISABLES, enabled_at__lt=now - settings.IDLE_DISABLES)

    def officers(self) -> UserQuerySet:
        """Return those who hold the grant of an officer."""
        return self.filter(grants__role__in=OFFICERS).distinct()


class UserManager(BaseUserManager["User"]):
    """Users by the name they sign in with."""

    def get_queryset(self) -> UserQuerySet:
        """Return all users."""
        return UserQuerySet(self.model, using=self._db)

    def get_by_natural_key(self, username: str | None) -> User:
        """Find a user by sign-in name, whatever its letters' case."""
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):
    """Somebody who may sign in; what they may do is in their grants, and nobody may do everything."""

    username = models.CharField(
        _("sign-in name"),
        max_length=64,
        unique=True,
        validators=[SIGN_IN_NAME],
        error_messages={"unique": _("Somebody else has this sign-in name.")},
    )
    name = models.CharField(_("name"), max_length=128)
    is_active = models.BooleanField(_("enabled"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    enabled_at = models.DateTimeField(_("enabled since"), default=timezone.now)
    password_set_at = models.DateTimeField(_("password of"), null=True, blank=True)

    USERNAME_FIELD = "username"
    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def code(self) -> str:
        """What the audit calls a user."""
        return self.username

    def natural_key(self) -> tuple[str]:
        """Return the sign-in name."""
        return (self.username,)

    def password_expired(self, now: datetime) -> bool:
        """Whether the password is older than ``PASSWORD_EXPIRES`` allows."""
        return self.password_set_at is not None and self.password_set_at < now - settings.PASSWORD_EXPIRES

    def is_officer(self) -> bool:
        """Whether one of the three officers' grants is, or was, or will be this user's."""
        return self.grants.filter(role__in=OFFICERS).exists()


class PastPassword(models.Model):
    """A password that was used before, as its hash."""

    user = models.ForeignKey(User, models.CASCADE, related_name="past_passwords")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """The latest first."""

        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.user}, {self.set_at:%Y-%m-%d}"


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants, and which are in force."""

    def in_force(self, today: date) -> GrantQuerySet:
        """Return those whose time it is."""
        return self.overlapping(today, today)

    def overlapping(self, first: date | None, last: date | None) -> GrantQuerySet:
        """Return those whose time has a day in common with another; None is open."""
        begun = Q() if last is None else Q(starts__isnull=True) | Q(starts__lte=last)
        unended = Q() if first is None else Q(ends__isnull=True) | Q(ends__gte=first)
        return self.filter(begun, unended)


class Grant(models.Model):
    """A role given to a user within a subtree of regions, an organisation, or both, for a time.

    Triggers (see the migration) refuse a grant whose time overlaps with that of another of the same user, where either
    is an officer's: the three officers exclude each other and every business role.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    region_path = models.CharField(_("region"), max_length=255, blank=True, validators=[REGION_PATH])
    organisation = models.CharField(_("organisation"), max_length=64, blank=True)
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        """An officer's reach is nowhere, everybody else's somewhere."""

        ordering = ("role", "region_path", "organisation", "pk")
        constraints = (
            models.CheckConstraint(
                name="grant_reaches_business_alone",
                condition=Q(role__in=sorted(OFFICERS), region_path="", organisation="")
                | (~Q(role__in=sorted(OFFICERS)) & ~Q(region_path="", organisation="")),
            ),
            models.CheckConstraint(
                name="grant_ends_after_start",
                condition=Q(starts__isnull=True) | Q(ends__isnull=True) | Q(ends__gte=F("starts")),
            ),
        )

    def __str__(self) -> str:
        place = self.region_path or self.organisation
        return f"{self.get_role_display()} {place}".strip()

    @property
    def code(self) -> str:
        """What the audit calls a grant."""
        return f"{self.user.username} {self.role} {self.region_path or self.organisation}".strip()

    def granted(self) -> Granted:
        """Return this grant as an actor carries it."""
        return Granted(Role(self.role), self.region_path, self.organisation)

    def place(self, names: Mapping[str, str]) -> str:
        """Return where the grant reaches, in words where they are known."""
        return " · ".join(names.get(where, where) for where in (self.region_path, self.organisation) if where)

    def state(self, today: date) -> str:
        """Return whether the grant is in force, over, or yet to come."""
        if self.ends and self.ends < today:
            return "over"
        return "coming" if self.starts and self.starts > today else "in_force"


def granted(grants: Iterable[Grant]) -> tuple[Granted, ...]:
    """Return grants as an actor carries them."""
    return tuple(grant.granted() for grant in grants)


class Scope(models.TextChoices):
    """What a token may do: never more than its user."""

    READ = "read", _("read")
    WRITE = "write", _("read and write")


class TokenQuerySet(models.QuerySet["Token"]):
    """Tokens, and which are in force."""

    def in_force(self, now: datetime) -> TokenQuerySet:
        """Return those that are neither expired nor revoked, of users who are enabled."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=now, user__is_active=True)


class Token(models.Model):
    """A key to the API: shown once, kept as a hash."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(_("what for"), max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(_("may do"), max_length=8, choices=Scope.choices, default=Scope.READ)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("until"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        """The latest first."""

        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"
