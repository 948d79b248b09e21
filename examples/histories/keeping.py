"""What the converters share: rows go through the ordinary import, its problems are printed, what it read is kept."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import polars as pl

from backcast.interchange import history
from backcast.interchange.delimited import write_delimited
from backcast.language import Message
from backcast.planbook.problem import PlanbookError, Problem
from backcast.planbook.schema import HISTORY

Row = dict[str, str]
_TEXTS = dict.fromkeys(HISTORY.polars_schema, pl.String)
_SHOWN = 12


def main(convert: Callable[[Path], Iterable[Row]], usage: str | None) -> None:
    """Run a converter as ``SOURCE_FOLDER OUT``; ``OUT`` ends in .csv or .parquet."""
    if len(sys.argv) != 3:
        sys.exit(usage)
    reading = read(convert(Path(sys.argv[1])))
    for line in told(reading.problems):
        print(line)
    keep(reading.frame, Path(sys.argv[2]))
    print(f"{reading.frame.height:,} rows of {reading.frame['id'].n_unique():,} projects → {sys.argv[2]}")


def read(rows: Iterable[Row]) -> history.HistoryReading:
    """Read ``rows``, whose cells are as the register prints them, as any history is read."""
    frame = pl.DataFrame(list(rows), schema=_TEXTS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.csv"
        path.write_bytes(write_delimited(frame))
        reading = history.read(path)
    if reading.errors:
        raise PlanbookError(reading.errors)
    return reading


def keep(frame: pl.DataFrame, path: Path) -> None:
    """Write the columns that hold something."""
    filled = frame.select(column.name for column in frame if column.null_count() < frame.height)
    if path.suffix == ".parquet":
        filled.write_parquet(path, compression="zstd", compression_level=19)
    else:
        path.write_bytes(write_delimited(filled))


def told(problems: Iterable[Problem]) -> list[str]:
    """Say how often each thing was wrong, the most frequent first."""
    counts = Counter((problem.column, _kind(problem)) for problem in problems)
    lines = [f"{count:6,} × {column}: {kind}" for (column, kind), count in counts.most_common(_SHOWN)]
    rest = sum(counts.values()) - sum(count for _, count in counts.most_common(_SHOWN))
    return [*lines, f"{rest:6,} others"] if rest else lines


def _kind(problem: Problem) -> str:
    """Return the sentence with its dates, numbers and rows left open."""
    values = {name: "…" if any(map(str.isdigit, str(value))) else value for name, value in problem.message.values}
    return Message(problem.message.template, tuple(values.items())).read("en")
