"""Tell the audit: within the transaction that does what is told, so that both happen or neither.

``from backcast.web.audit import recording as audit``, then in an action::

    audit.record(by, "project.changed", project, before={"name": old}, after={"name": new})

An action is named "noun.verb" in the past tense. Record the deletion of an object before it is deleted: afterwards it
has no key. The lock that chains events is held until the transaction ends, so record late and commit soon.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from backcast.web.audit.models import COLUMNS, GENESIS, Event, EventQuerySet, part, seal
from backcast.web.core.actor import Actor

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Named:
    """An object told as text, for imports: asking each of many objects for its name may cost a query."""

    model: type[models.Model]
    key: int
    code: str


Change = tuple[models.Model | Named | None, Values | None, Values | None]


@dataclass(frozen=True, slots=True)
class Told:
    """A change as the table keeps it, and as it is sealed.

    Attributes
    ----------
    columns
        Type, key and code of the object, what was before and what is after.
    """

    columns: tuple[str, ...]
    sealed: str


LOCK = 0x61756469
"""PostgreSQL's advisory lock under which the chain grows; SQLite's transactions begin as the only writer."""
BATCH = 5_000


class _Plain(DjangoJSONEncoder):
    """Dates, exact numbers and translated text as text; an object by its code."""

    def default(self, o: Any) -> Any:
        if isinstance(o, models.Model):
            return code_of(o)
        if isinstance(o, set | frozenset):
            return sorted(o)
        return super().default(o)


_written = _Plain(sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_TABLE = f"{Event._meta.db_table} ({', '.join((*COLUMNS, 'hash'))})"
_INSERT = f"INSERT INTO {_TABLE} VALUES ({', '.join(['%s'] * (len(COLUMNS) + 1))})"


def record(
    by: Actor, action: str, obj: models.Model | None, *, before: Values | None = None, after: Values | None = None
) -> None:
    """Record one change, or one thing done to an object.

    Parameters
    ----------
    obj
        What it was done to; its type, key and code are kept as text.
    before, after
        The fields that changed, as they were and as they are; values that JSON does not know are kept as text.
    """
    record_many(by, action, [(obj, before, after)])


def note(by: Actor, action: str, detail: Values | str = "", *, obj: models.Model | None = None) -> None:
    """Record what changes nothing: reads of sensitive data, exports, sign-ins, refusals."""
    noted = {"detail": detail} if isinstance(detail, str) else detail
    record(by, action, obj, after=noted if detail else None)


def record_many(by: Actor, action: str, changes: Iterable[Change]) -> int:
    """Record many changes by the same actor at once, as ``(object, before, after)``; return how many there were."""
    return record_told(by, action, (told(*change) for change in changes))


def record_told(by: Actor, action: str, changes: Iterable[Told]) -> int:
    """Record many changes that were written down before, so that others wait for nothing but the chain."""
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        _lock(cursor)
        rows, count = _chained(timezone.now(), _circumstances(by, action), changes, *head()), 0
        while batch := list(islice(rows, BATCH)):
            _append(cursor, batch)
            count += len(batch)
    return count


def told(obj: models.Model | Named | None, before: Values | None, after: Values | None) -> Told:
    """Write a change down as the table keeps it."""
    columns = (*_named(obj), _canonical(before), _canonical(after))
    return Told(columns, part(columns))


def history_of(obj: models.Model) -> EventQuerySet:
    """Return the events of an object, the latest first."""
    return Event.objects.all().of(obj)


def head() -> tuple[int, str]:
    """Return number and hash of the last event; of an empty table 0 and zeros."""
    return Event.objects.order_by("-number").values_list("number", "hash").first() or (0, GENESIS)


def code_of(obj: models.Model) -> str:
    """Return how people call an object: its code, else its natural name."""
    if code := getattr(obj, "code", ""):
        return str(code)
    natural = getattr(obj, "natural_key", None)
    return "/".join(map(str, natural())) if natural else str(obj)


def _lock(cursor: CursorWrapper) -> None:
    """Let nobody else move the head before this transaction ends."""
    if connection.vendor == "postgresql":
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _append(cursor: CursorWrapper, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows in the fastest way of the database."""
    if connection.vendor != "postgresql" or len(rows) == 1:
        cursor.executemany(_INSERT, rows)
        return
    with cursor.copy(f"COPY {_TABLE} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _circumstances(by: Actor, action: str) -> tuple[str, ...]:
    """Tell who does what, from where: the columns from actor to action."""
    roles = ",".join(sorted(by.roles))
    return _text(by.name, 64), roles, by.route.value, _text(by.request_id, 64), _text(by.address, 64), action


def _chained(
    at: datetime, circumstances: tuple[str, ...], changes: Iterable[Told], last: int, previous: str
) -> Iterator[tuple[Any, ...]]:
    """Yield rows as the table takes them, numbered on from the head, each sealed with the one before."""
    digest, kept = settings.ENVIRONMENT.digest, connection.ops.adapt_datetimefield_value(at)
    sealed = part([at, *circumstances])
    for number, change in enumerate(changes, last + 1):
        before, previous = previous, seal(digest, str(number), sealed, change.sealed, part([digest, previous]))
        yield number, kept, *circumstances, *change.columns, digest, before, previous


def _named(obj: models.Model | Named | None) -> tuple[str, str, str]:
    """Tell an object as text."""
    if obj is None:
        return "", "", ""
    if isinstance(obj, Named):
        return obj.model._meta.label_lower, str(obj.key), _text(obj.code, 255)
    key = "" if obj.pk is None else str(obj.pk)
    return obj._meta.label_lower, key, _text(code_of(obj), 255)


def _canonical(values: Values | None) -> str:
    """Write fields as JSON, always in the same way; nothing as nothing."""
    if values is None:
        return ""
    return _storable(_written(values))


def _text(text: str, length: int) -> str:
    """Cut text to what its column holds."""
    return _storable(text)[:length]


def _storable(text: str) -> str:
    """Escape what databases refuse: half characters and NUL."""
    return text.replace("\0", "\\u0000").encode("utf-8", "backslashreplace").decode()
