"""Look through the whole chain of events for what was deleted, altered or inserted.

Each event holds the hash of the one before it, so a change anywhere shows at one place at least. Who owns the database
could rebuild the whole chain, or cut off its end: against that, keep the head elsewhere and give it to :func:`verify`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import DatabaseError
from django.utils.translation import gettext as _

from backcast.web.audit.models import GENESIS, Event

CHUNK = 2_000
UNREADABLE = (DatabaseError, TypeError, ValueError)
"""What comes of values that their columns cannot have."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last event at some time, as it was kept elsewhere."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written.

    Attributes
    ----------
    number
        The event, or the first of those that are missing.
    sentence
        What is wrong there.
    """

    number: int
    sentence: str


def verify(kept: Head | None = None) -> Iterator[Finding]:
    """Yield what is wrong, in the order of the events; nothing if the chain is whole.

    Parameters
    ----------
    kept
        A head that was printed earlier: the chain must still hold it.

    Notes
    -----
    Events are read as a stream, so that memory does not grow with their number.
    """
    last, previous = 0, GENESIS
    try:
        for event in _events():
            yield from _of_one(event, last, previous)
            if event.number > 0:
                last, previous = event.number, event.hash
            if kept and event.number == kept.number:
                yield from _of_kept(event, kept)
    except UNREADABLE as error:
        told = _("Events after {number} cannot be read, so something was written by force: {reason}.")
        yield Finding(last + 1, told.format(number=last, reason=error))
        return
    if kept and kept.number > last:
        told = _("The head that was kept is event {number}, but the events end with {last}: the end was cut off.")
        yield Finding(last + 1, told.format(number=kept.number, last=last))


def _events() -> Iterator[Event]:
    """Yield all events in order; where a chunk cannot be read, one by one up to the one that cannot."""
    events, last = Event.objects.order_by("number"), None
    try:
        for event in events.iterator(CHUNK):
            yield event
            last = event.number
    except UNREADABLE:
        rest = events if last is None else events.filter(number__gt=last)
        yield from rest.iterator(1)


def _of_one(event: Event, last: int, previous: str) -> Iterator[Finding]:
    """Yield what is wrong with an event after another one."""
    number = event.number
    if number <= 0:
        yield Finding(number, _("Event {number} was inserted: numbers begin with 1.").format(number=number))
        return
    if number > last + 1:
        missing = f"{last + 1}–{number - 1}" if number > last + 2 else f"{last + 1}"
        yield Finding(last + 1, _("Missing, so deleted: {numbers}.").format(numbers=missing))
    elif event.previous_hash != previous:
        told = _("Event {number} does not continue event {last}: one of the two was replaced.")
        yield Finding(number, told.format(number=number, last=last))
    if not event.is_whole:
        yield Finding(
            number, _("Event {number} was altered: its hash does not fit what it says.").format(number=number)
        )


def _of_kept(event: Event, kept: Head) -> Iterator[Finding]:
    """Yield whether the event at the place of the kept head is another one."""
    if event.hash != kept.hash:
        told = _("Event {number} is not the head that was kept: the events up to it were written anew.")
        yield Finding(event.number, told.format(number=event.number))
