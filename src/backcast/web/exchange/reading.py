"""From the database to frames: one query for a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl
from django.db import models

from backcast.planbook.columns import Type
from backcast.web.core.actor import Actor
from backcast.web.exchange.registry import Home, Rows, home

KEY, VERSION, OLD = "#key", "#version", "#old"
"""Columns beside those of the schema: primary key and version of a row, and what ends the names of old values."""
MANY = 5_000
"""So many values are asked for by name; beyond, all rows are read."""


def rows(table: str, actor: Actor, plan: models.Model | None, queryset: Rows | None = None) -> pl.DataFrame:
    """Return the rows of a table that an actor may see, in the columns and types of the schema.

    Parameters
    ----------
    queryset
        Which rows of those; all where it is None.
    """
    one = home(table)
    return frame_of(one, chosen(one, actor, plan, queryset)).drop(KEY, VERSION)


def chosen(one: Home, actor: Actor, plan: models.Model | None, queryset: Rows | None) -> Rows:
    """Return those rows of a queryset that an actor may see; all where it is None."""
    seen = one.scope(actor, plan)
    return seen if queryset is None else queryset.filter(pk__in=seen.values("pk"))


def frame_of(one: Home, queryset: Rows) -> pl.DataFrame:
    """Return rows with their keys and versions before the columns of the schema, in the order in which they came."""
    paths = one.paths
    found = queryset.order_by("pk").values_list("pk", "version", *paths.values())
    schema: dict[str, Any] = {KEY: pl.Int64, VERSION: pl.Int64, **one.table.polars_schema}
    frame = pl.DataFrame(list(found), schema=schema, orient="row")
    texts = [column.name for column in one.table if column.type is Type.TEXT]
    return frame.with_columns(pl.col(texts).replace("", None))


def near(one: Home, queryset: Rows, frame: pl.DataFrame, columns: Sequence[str]) -> Rows:
    """Narrow a queryset to rows that could match those of a frame in some of its columns, where few values are named.

    A month's returns of a city need not be compared with those of the whole library since it began.
    """
    for column in columns:
        path, values = one.paths[column], frame[column].drop_nulls().unique()
        if values.is_empty() or frame[column].has_nulls():
            continue
        if values.dtype == pl.String and values.len() <= MANY:
            queryset = queryset.filter(**{f"{path}__in": values.to_list()})
        elif values.dtype == pl.Date:
            queryset = queryset.filter(**{f"{path}__range": (values.min(), values.max())})
    return queryset


def parts(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield keys in parts that one query may name."""
    for start in range(0, len(keys), MANY):
        yield keys[start : start + MANY]
