"""How a table is declared: its columns, their types and what they refer to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import polars as pl


class Type(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    MONEY = "money"  # exact decimal, 万元
    DATE = "date"
    FLAG = "yes or no"


POLARS_TYPES: dict[Type, pl.DataType] = {
    Type.TEXT: pl.String(),
    Type.WHOLE: pl.Int64(),
    Type.NUMBER: pl.Float64(),
    Type.MONEY: pl.Decimal(24, 4),
    Type.DATE: pl.Date(),
    Type.FLAG: pl.Boolean(),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    label, label_zh, about, about_zh
        What people read; ``about`` is one sentence.
    unit
        Unit of a number, where it does not follow from the indicator.
    choices
        The only values allowed, with their Chinese labels; empty for free text.
    refers_to
        ``"table.column"`` whose values this column may take.
    minimum, maximum
        Bounds of a number, both included.
    """

    name: str
    type: Type
    label: str
    label_zh: str
    about: str = ""
    about_zh: str = ""
    required: bool = False
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    refers_to: str = ""
    minimum: float | None = None
    maximum: float | None = None

    @property
    def polars_type(self) -> pl.DataType:
        """The type of this column in memory."""
        return POLARS_TYPES[self.type]

    @property
    def allowed(self) -> tuple[str, ...]:
        """The values allowed, without their labels."""
        return tuple(value for value, _ in self.choices)


@dataclass(frozen=True)
class Table:
    """One table of a planbook; ``key`` names the columns that tell its rows apart."""

    name: str
    label: str
    label_zh: str
    about: str
    about_zh: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @cached_property
    def polars_schema(self) -> pl.Schema:
        """Names and types of the columns in memory."""
        return pl.Schema({column.name: column.polars_type for column in self.columns})

    def empty(self) -> pl.DataFrame:
        """Return this table without rows."""
        return pl.DataFrame(schema=self.polars_schema)
