"""Pages of a list by keys: a page begins after a row, wherever that row stands meanwhile.

A cursor is the value that is sorted by, and the code; rows without a value come last, in whichever direction. Each
page is one range of an index, or two where it reaches from rows with a value into those without.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

Row = Mapping[str, Any]
Rows = models.QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """The field that a list is sorted by; rows alike in it are sorted by code."""

    field: str
    descending: bool = False

    @classmethod
    def of(cls, text: str, fields: Sequence[str]) -> Order:
        """Read ``name`` or ``-name``; what is none of the fields sorts by code."""
        name = text.removeprefix("-")
        return cls(name, text.startswith("-")) if name in fields else cls("code")

    def __str__(self) -> str:
        return f"-{self.field}" if self.descending else self.field


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the cursors of the pages before and after; empty where there is none."""

    rows: Sequence[Row]
    before: str = ""
    after: str = ""


def page(rows: Rows, fields: Sequence[str], order: Order, size: int, *, after: str = "", before: str = "") -> Page:
    """Return a page of rows of values.

    Parameters
    ----------
    fields
        What is read of each row, the field that is sorted by and the code among it.
    after, before
        A cursor of another page; one that cannot be read begins at the first row.
    """
    cursor = _read(rows.model, order, before or after)
    backwards = bool(before) and cursor is not None
    found = _ahead(rows, fields, order, cursor, size + 1, backwards=backwards)
    more, kept = len(found) > size, found[:size]
    if backwards:
        kept.reverse()
    if not kept:
        return Page(())
    first, last = _cursor(order, kept[0]), _cursor(order, kept[-1])
    begins = more if backwards else cursor is not None
    return Page(kept, before=first if begins else "", after=last if backwards or more else "")


def _ahead(
    rows: Rows, fields: Sequence[str], order: Order, cursor: tuple[Any, str] | None, size: int, *, backwards: bool
) -> list[Row]:
    """Return the next rows after a cursor, or before it, the nearest first.

    Their keys are found first: those an index tells by itself, and only the rows of the page are then read.
    """
    down = order.descending != backwards
    sign, beyond = ("-", "lt") if down else ("", "gt")
    found: list[Row] = []
    for empty in _parts(rows.model, order, cursor, backwards=backwards):
        part = rows if order.field == "code" else rows.filter(**{f"{order.field}__isnull": empty})
        if cursor is not None and (cursor[0] is None) == empty:
            part = part.filter(_beyond(order, cursor, beyond, empty=empty))
        keys = ["code"] if empty or order.field == "code" else [order.field, "code"]
        names = [sign + key for key in keys]
        nearest = part.order_by(*names).values("pk")[: size - len(found)]
        found += rows.model._default_manager.filter(pk__in=nearest).order_by(*names).values(*fields)
        if len(found) >= size:
            break
    return found


def _parts(model: type[models.Model], order: Order, cursor: tuple[Any, str] | None, *, backwards: bool) -> list[bool]:
    """Return what is to be read, in order: rows with a value (False), rows without (True)."""
    parts = [False, True] if model._meta.get_field(order.field).null else [False]
    if backwards:
        parts.reverse()
    return parts if cursor is None else parts[parts.index(cursor[0] is None) :]


def _beyond(order: Order, cursor: tuple[Any, str], beyond: str, *, empty: bool) -> Q:
    value, code = cursor
    after_code = Q(**{f"code__{beyond}": code})
    if empty or order.field == "code":
        return after_code
    field = order.field
    # the first condition says the same as the rest, in a way in which an index can be entered
    return Q(**{f"{field}__{beyond}e": value}) & (Q(**{f"{field}__{beyond}": value}) | after_code)


def _cursor(order: Order, row: Row) -> str:
    return json.dumps([row[order.field], row["code"]], cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))


def _read(model: type[models.Model], order: Order, cursor: str) -> tuple[Any, str] | None:
    """Return the value and the code of a cursor, if it is one."""
    field: Any = model._meta.get_field(order.field)
    try:
        value, code = json.loads(cursor)
        told = None if value is None else field.clean(value, None)
    except (ValueError, TypeError, ValidationError):
        return None
    readable = isinstance(code, str) and "\0" not in f"{code}{told}" and (told is not None or field.null)
    return (told, code) if readable else None
