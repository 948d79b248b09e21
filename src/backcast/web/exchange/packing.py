"""Frames that are kept in the database between pages, so that nothing is lost when the server stops."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

import polars as pl

from backcast.language import Message, Name
from backcast.planbook.problem import Problem

_PROBLEMS = {
    "table": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "severity": pl.String,
    "en": pl.String,
    "zh": pl.String,
}


def packed(frame: pl.DataFrame) -> bytes:
    """Return a frame as bytes."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def unpacked(data: bytes | memoryview) -> pl.DataFrame:
    """Return the frame that was packed; nothing is a frame without columns."""
    return pl.read_parquet(io.BytesIO(bytes(data))) if data else pl.DataFrame()


def pack_problems(problems: Iterable[Problem]) -> bytes:
    """Return problems as bytes, each sentence in both languages."""
    rows = [
        (one.table, one.row, one.column, one.value, one.severity, one.message.read("en"), one.message.read("zh_Hans"))
        for one in problems
    ]
    return packed(pl.DataFrame(rows, schema=_PROBLEMS, orient="row"))


def problems_of(data: bytes | memoryview) -> Iterator[Problem]:
    """Yield problems that were packed."""
    for table, row, column, value, severity, en, zh in unpacked(data).iter_rows():
        yield Problem(table, row, column, value, Message("{sentence}", (("sentence", Name(zh, en)),)), severity)
