"""Reference classes alone, as one file that a planbook's folder can hold."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from backcast.files import write_whole
from backcast.interchange.delimited import read_delimited
from backcast.interchange.folder import csv_of, read_parquet
from backcast.interchange.package import refusal
from backcast.interchange.reading import assemble
from backcast.language import tr
from backcast.planbook.problem import PlanbookError
from backcast.planbook.schema import CLASSES


def read_classes(path: Path | str) -> pl.DataFrame:
    """Read the table ``classes`` from a CSV or Parquet file.

    Raises
    ------
    PlanbookError
        If there is no such file, it holds no class, or a cell cannot be used; all are listed.
    """
    path = Path(path)
    if not path.is_file():
        raise refusal(path, tr("There is no file “{path}”. Check how it is spelled.", path=str(path)))
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise refusal(path, tr("Reference classes are one file: .csv or .parquet. “{path}” is none.", path=str(path)))
    csv = path.suffix.lower() == ".csv"
    sheet = read_delimited(CLASSES, path.read_bytes()) if csv else read_parquet(CLASSES, path)
    reading = assemble([sheet])
    errors = [problem for problem in reading.errors if problem.table == CLASSES.name]
    if errors:
        raise PlanbookError(errors)
    if reading.planbook["classes"].is_empty():
        raise refusal(path, tr("“{file}” holds no reference class.", file=path.name))
    return reading.planbook["classes"]


def write_classes(classes: pl.DataFrame, path: Path | str) -> None:
    """Write reference classes as CSV; the file appears complete, or not at all.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    write_whole(Path(path), csv_of(CLASSES, classes).decode())
