"""What every router of the API shares: the one shape of errors, pages by keys, and looking up what codes name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from django.db import models
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Schema
from ninja.files import UploadedFile
from pydantic import Field

from backcast.web.core.refusals import Fault, Invalid
from backcast.web.core.shapes import LINE, Given, Shape

MOST = 200
"""Rows of the longest page."""


class Problem(Schema):
    """One thing to put right: where it is, what is wrong, and what was found."""

    field: str
    message: str
    value: str = ""


class Failure(Schema):
    """Why something was not done; every error has this shape."""

    code: Annotated[str, Field(description="What kind of failure it is, for programs.")]
    message: Annotated[str, Field(description="What happened and what to do, for people.")]
    problems: Annotated[list[Problem], Field(default_factory=list)]
    version: Annotated[int | None, Field(description="Of a conflict: the version that is current.")] = None
    current: Annotated[dict[str, Any] | None, Field(description="Of a conflict: the values that are current.")] = None


READ: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 422, 500, 503), Failure)
"""How reading may fail."""
WRITE: dict[Any, Any] = READ | {409: Failure, 413: Failure}
"""How writing may fail."""


class Paging(Schema):
    """Which rows of a list."""

    after: Annotated[str, Field(pattern=LINE, max_length=64, description="What the page before said is next.")] = ""
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50


class Upload(UploadedFile):
    """A file that is sent; an empty one counts as none."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        """Say so in the document."""
        return {"type": "string", "format": "binary", "minLength": 1}


Pages = Query[Paging]
View = TypeVar("View", bound=Callable[..., Any])


def takes(**kinds: Any) -> Callable[[View], View]:
    """Say of which made class each argument of an operation is."""

    def typed(view: View) -> View:
        view.__annotations__.update(kinds)
        return view

    return typed


def page(shape: Shape, found: models.QuerySet[Any], paging: Paging, *, by: str = "", **more: str) -> dict[str, Any]:
    """Return the rows after a key, ordered by code, or by age where rows have none, and what is next."""
    key = by or ("code" if "code" in shape.columns else "pk")
    if paging.after:
        found = found.filter(**{f"{key}__gt": place(key, paging.after)})
    rows = shape.rows(found.order_by(key)[: paging.limit + 1], key_=key, **more)
    keys = [str(row.pop("key_")) for row in rows]
    following = keys[paging.limit - 1] if len(rows) > paging.limit else None
    return {"items": rows[: paging.limit], "next": following}


def one(shape: Shape, found: models.QuerySet[Any], row: models.Model, **more: str) -> dict[str, Any]:
    """Return one row as it is told, as the database has it now."""
    return shape.rows(found.filter(pk=row.pk), **more)[0]


def named(found: models.QuerySet[Any], code: str) -> Any:
    """Return what a code names among what somebody may see, or 404."""
    return get_object_or_404(found, code=code)


def values(shape: Shape, body: Given, within: Mapping[str, models.QuerySet[Any]]) -> dict[str, Any]:
    """Return what was sent, with the rows that codes name.

    Raises
    ------
    Invalid
        If a code names nothing of what may be named there.
    """
    sent, missing = shape.values(body, within)
    if missing:
        codes = body.model_dump()
        raise Invalid([unknown_code(name, codes[name]) for name in missing])
    return sent


def unknown_code(field: str, code: str) -> Fault:
    """Return the fault that a code names nothing."""
    told = _("There is nothing with the code “{code}” here. Look it up in its list.")
    return Fault(field, told.format(code=code), code)


def sends_file(*kinds: str) -> dict[str, Any]:
    """Say in the document of what kinds the files are that an operation sends."""
    bytes_of = {"type": "string", "format": "binary"}
    content = {kind: {"schema": {} if kind == "application/json" else bytes_of} for kind in sorted({*kinds})}
    return {"responses": {200: {"description": "A file", "content": content}}}


def place(key: str, after: str) -> str | int:
    """Return after which row a page begins, by the key of its list: a code, or a number.

    Raises
    ------
    Invalid
        If it is no number where one is wanted.
    """
    if key == "code":
        return after
    if not (after.isascii() and after.isdigit() and len(after) <= 18):
        told = _("This is no place in the list. Send what the page before said is next.")
        raise Invalid([Fault("after", told, after)])
    return int(after)
