"""Models as the API tells and takes them: what a field may hold is said once, by the model.

A relation is told by the code of what it names; money as a string, exactly; a date as ISO writes it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar, cast

from django.db import models
from django.utils import translation
from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema, create_model

from backcast.web.core.models import MoneyField, Versioned
from backcast.web.core.provenance import AddressField

LINE, TEXT = r"^[^\x00-\x1f\x7f]*$", r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""No control characters; a text may have lines."""
CODE = r"^[^\x00-\x20\x7f/\\?#%.~][^\x00-\x20\x7f/\\?#%~]*$"
"""What may stand in an address as it is."""
MONEY = r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$"
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST, LARGEST = 20_000, 1e15


Made = TypeVar("Made", bound=Schema)


class Given(Schema):
    """What somebody sends: nothing that is not asked for, and nothing that is taken for something else."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not DAY.fullmatch(value):
        raise ValueError(value)  # a library that is asked kindly takes "0" for a day of 1970
    return datetime.date.fromisoformat(value)


def _amount(value: object) -> object:
    return Decimal(value) if isinstance(value, str) and re.fullmatch(MONEY, value) else str(value)


def _without_fraction(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def whole(least: int, most: int) -> Any:
    """Return the kind of whole numbers in a range; JSON may write one as 2.0."""
    return Annotated[int, Field(ge=least, le=most), BeforeValidator(_without_fraction)]


Version = whole(1, 2**31 - 1)
Day = Annotated[datetime.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Amount = Annotated[Decimal, BeforeValidator(_amount), WithJsonSchema({"type": "string", "pattern": MONEY})]
ToldAmount = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:f}", return_type=str)]
Code = Annotated[str, Field(pattern=CODE, max_length=64)]


@dataclass(frozen=True)
class Shape:
    """A model as the API tells it.

    Attributes
    ----------
    name
        How the API calls one of it.
    told
        Fields that are told, beside the version of what is edited.
    taken
        Fields that are taken.
    fixed
        Those of them that are taken only at the start.
    required
        Those that must be given although the model could do without.
    extra
        What is told beside the fields, and of what type.
    asked
        What is asked at the start beside the fields, no unless it is said: declarations.
    """

    name: str
    model: type[models.Model]
    told: tuple[str, ...]
    taken: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ("code",)
    required: tuple[str, ...] = ()
    extra: tuple[tuple[str, Any], ...] = ()
    asked: tuple[tuple[str, Any], ...] = ()

    @cached_property
    def columns(self) -> dict[str, str]:
        """What is told, and where the database has it."""
        names = [*self.told, *(["version"] if issubclass(self.model, Versioned) else [])]
        return {name: f"{name}__code" if self._field(name).is_relation else name for name in names}

    @cached_property
    def one(self) -> type[Schema]:
        """One row as it is told."""
        fields = {name: self._told(name) for name in self.columns}
        return _made(self.name, Schema, self.model, fields | {name: (kind, ...) for name, kind in self.extra})

    @cached_property
    def page(self) -> type[Schema]:
        """Some rows, and after what the next ones come."""
        fields: dict[str, Any] = {"items": (list[self.one], ...), "next": (str | None, ...)}  # type: ignore[name-defined]
        return _made(f"{self.name}Page", Schema, None, fields)

    @cached_property
    def new(self) -> type[Given]:
        """What is sent to add one."""
        fields = {name: (self._type(name), ... if self._must(name) else None) for name in self.taken}
        asked = {name: (kind, False) for name, kind in self.asked}
        return _made(f"New{self.name}", Given, self.model, fields | asked)

    @cached_property
    def change(self) -> type[Given]:
        """What is sent to change one: any of the fields, and the version that was seen."""
        taken = [name for name in self.taken if name not in self.fixed]
        fields = {name: (self._type(name), ... if name in self.required else None) for name in taken}
        return _made(f"{self.name}Change", Given, self.model, {**fields, "version": (Version, ...)})

    def rows(self, found: models.QuerySet[Any], **more: str) -> list[dict[str, Any]]:
        """Return rows as they are told, in one query; ``more`` are columns that whoever asks needs besides."""
        columns = self.columns | more
        return [dict(zip(columns, row, strict=True)) for row in found.values_list(*columns.values())]

    def values(self, body: Given, named: Mapping[str, models.QuerySet[Any]]) -> tuple[dict[str, Any], list[str]]:
        """Return what was sent, with what codes name, and the fields whose code names nothing."""
        sent = {name: value for name, value in body.model_dump(exclude_unset=True).items() if name in self.taken}
        missing = []
        for name in [name for name in sent if self._field(name).is_relation]:
            code = sent[name]
            sent[name] = None if code is None else named[name].filter(code=code).first()
            if code is not None and sent[name] is None:
                missing.append(name)
        return sent, missing

    def _field(self, name: str) -> models.Field[Any, Any]:
        return cast("models.Field[Any, Any]", self.model._meta.get_field(name))

    def _must(self, name: str) -> bool:
        field = self._field(name)
        return name in self.required or not (field.blank or field.has_default())

    def _told(self, name: str) -> tuple[Any, Any]:
        field = self._field(name)
        return (_told_type(field) | None if field.null else _told_type(field)), ...

    def _type(self, name: str) -> Any:
        field = self._field(name)
        kind = Code if field.is_relation or name == "code" else _given_type(field)
        return kind | None if field.null else kind


def _made(name: str, base: type[Made], model: type[models.Model] | None, fields: Mapping[str, Any]) -> type[Made]:
    """Make a class of fields, each called as the model calls it."""
    with translation.override("en"):
        described = {
            each: (Annotated[kind, Field(description=_called(model, each))], default)
            for each, (kind, default) in fields.items()
        }
    made: type[Made] = create_model(name, __base__=base, **cast("dict[str, Any]", described))
    return made


def _called(model: type[models.Model] | None, name: str) -> str | None:
    names = {field.name: field for field in model._meta.get_fields()} if model else {}
    return str(getattr(names[name], "verbose_name", name)) if name in names else None


def _told_type(field: models.Field[Any, Any]) -> Any:
    if field.is_relation:
        return str
    kinds: Iterable[tuple[Any, Any]] = (
        (MoneyField, ToldAmount),
        (models.DateTimeField, datetime.datetime),
        (models.DateField, datetime.date),
        (models.BooleanField, bool),
        (models.FloatField, float),
        (models.IntegerField, int),
        (models.JSONField, Any),
    )
    return next((kind for model, kind in kinds if isinstance(field, model)), str)


def _given_type(field: models.Field[Any, Any]) -> Any:
    kinds: Iterable[tuple[Any, Any]] = (
        (MoneyField, Amount),
        (models.DateField, Day),
        (models.BooleanField, bool),
        (models.FloatField, Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]),
        (models.PositiveSmallIntegerField, whole(0, 2**15 - 1)),
        (models.PositiveBigIntegerField, whole(0, 2**53 - 1)),
        (models.PositiveIntegerField, whole(0, 2**31 - 1)),
        (models.IntegerField, whole(-(2**31), 2**31 - 1)),
    )
    return next((kind for model, kind in kinds if isinstance(field, model)), None) or _given_text(field)


def _given_text(field: models.Field[Any, Any]) -> Any:
    if field.choices:
        values = [value for value, _label in field.flatchoices if value] + ([""] if field.blank else [])
        return Literal[tuple(values)]
    least = 0 if field.blank else 1
    if isinstance(field, AddressField):
        return Annotated[str, Field(pattern=r"^(https?://[!-~]+)?$", max_length=field.max_length)]
    if isinstance(field, models.TextField):
        return Annotated[str, Field(pattern=TEXT, min_length=least, max_length=LONGEST)]
    return Annotated[str, Field(pattern=LINE, min_length=least, max_length=field.max_length)]
