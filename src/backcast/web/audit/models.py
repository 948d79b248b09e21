"""The table of events: who did what, when, from where; each event seals the one before it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from backcast.web.audit.digests import DIGESTS

GENESIS = "0" * 64
"""What stands before the first event."""
COLUMNS = (
    "number",
    "at",
    "actor",
    "roles",
    "route",
    "request_id",
    "address",
    "action",
    "object_type",
    "object_key",
    "object_code",
    "before",
    "after",
    "digest",
    "previous_hash",
)
"""What the hash of an event seals, in this order."""


def part(said: Sequence[object]) -> str:
    """Write some values of an event as they are sealed: JSON that can be prepared before the others are known."""
    return _written(said)[1:-1]


def seal(digest: str, *parts: str) -> str:
    """Compute the hash of an event from its values, written by :func:`part` in the order of :data:`COLUMNS`."""
    return DIGESTS[digest](f"[{','.join(parts)}]".encode())


def _plain(value: object) -> str:
    """Write a time in universal time; anything else that JSON does not know was put there by force."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else repr(value)


_written = json.JSONEncoder(default=_plain, separators=(",", ":")).encode


class EventQuerySet(models.QuerySet["Event"]):
    """Events, and those of one object."""

    def of(self, obj: models.Model) -> EventQuerySet:
        """Return the events of an object, the latest first, whatever its code was at the time."""
        return self.filter(object_type=obj._meta.label_lower, object_key=str(obj.pk)).order_by("-number")


class Event(models.Model):
    """Something that somebody did or was refused; it is written once, and the database refuses any change of it.

    Nothing refers to other tables: an event outlives whom and what it tells of.
    """

    number = models.BigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("time"), db_index=True)
    actor = models.CharField(_("user"), max_length=64, blank=True)
    roles = models.CharField(_("roles"), max_length=255, blank=True)
    route = models.CharField(_("route"), max_length=8)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    address = models.CharField(_("address"), max_length=64, blank=True)
    action = models.CharField(_("action"), max_length=64)
    object_type = models.CharField(_("kind of object"), max_length=64, blank=True)
    object_key = models.CharField(_("key of the object"), max_length=64, blank=True)
    object_code = models.CharField(_("code of the object"), max_length=255, blank=True)
    before = models.TextField(_("before"), blank=True)
    after = models.TextField(_("after"), blank=True)
    digest = models.CharField(_("digest"), max_length=8)
    previous_hash = models.CharField(_("hash of the event before"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        """Found by object, by actor, by action and by address, the latest first."""

        indexes = (
            models.Index(fields=["object_type", "object_key", "-number"], name="audit_by_object"),
            models.Index(fields=["object_code", "-number"], name="audit_by_code"),
            models.Index(fields=["actor", "-number"], name="audit_by_actor"),
            models.Index(fields=["action", "-number"], name="audit_by_action"),
            models.Index(fields=["address", "-number"], name="audit_by_address"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.action}"

    def seal(self) -> str:
        """Compute the hash that the event should have."""
        return seal(self.digest, part([getattr(self, name) for name in COLUMNS]))

    @property
    def is_whole(self) -> bool:
        """Whether the event says what its hash was made of; kind of digest and time may have been altered too."""
        try:
            return self.seal() == self.hash
        except (KeyError, AttributeError):
            return False

    @property
    def values_before(self) -> dict[str, Any]:
        """The fields as they were; empty where the object is new."""
        return _fields(self.before)

    @property
    def values_after(self) -> dict[str, Any]:
        """The fields as they became; empty where the object is gone."""
        return _fields(self.after)


def _fields(text: str) -> dict[str, Any]:
    """Return what canonical JSON says."""
    return json.loads(text) if text else {}
