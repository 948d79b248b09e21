"""The rows of an uploaded file as they are kept between pages, each with its number and what it remembers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from backcast.planbook.columns import Table
from backcast.web.exchange.differences import Exported, identity
from backcast.web.exchange.registry import home
from backcast.web.exchange.upload import Upload
from backcast.web.files.models import StoredFile

NUMBER, VERSION_THEN, DIGEST_THEN = "#row", "#version", "#digest"
"""Columns beside those of the table: number in the file, version and digest when it was exported."""


@contextmanager
def on_disk(file: StoredFile) -> Iterator[Path]:
    """Give a file its own name in a folder of its own, as readers want it and sentences name it."""
    with file.content.open("rb") as content, as_file(file.name, [content.read()]) as path:
        yield path


@contextmanager
def as_file(name: str, chunks: Iterable[bytes]) -> Iterator[Path]:
    """Write what came as a file of its name for as long as it is read."""
    with TemporaryDirectory(prefix="import-") as folder:
        path = Path(folder) / Path(name).name
        path.write_bytes(b"".join(chunks))
        yield path


def staged(upload: Upload) -> pl.DataFrame:
    """Return the rows of a file with their numbers, and with version and digest of those that were exported."""
    table, memory = home(upload.table).table, upload.memory
    rows = upload.frame.with_columns(upload.numbers.cast(pl.Int64).alias(NUMBER))
    if memory.facts.get("table") != upload.table or rows.is_empty():
        return rows
    then = [memory.rows.get(name, (None, None)) for name in identity(table, _with_keys(table, rows))]
    return rows.with_columns(
        pl.Series(VERSION_THEN, [version for version, _ in then], pl.Int64),
        pl.Series(DIGEST_THEN, [digest for _, digest in then], pl.String),
    )


def exported_of(table: Table, rows: pl.DataFrame) -> Exported:
    """Return what staged rows remember of their export."""
    if VERSION_THEN not in rows.columns:
        return {}
    known = rows.drop_nulls(VERSION_THEN)
    then = zip(known[VERSION_THEN], known[DIGEST_THEN], strict=True)
    return dict(zip(identity(table, _with_keys(table, known)), then, strict=True))


def _with_keys(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Add the columns of the key that a file leaves out, empty."""
    return rows.with_columns(
        pl.lit(None, table[name].polars_type).alias(name) for name in table.key if name not in rows.columns
    )
