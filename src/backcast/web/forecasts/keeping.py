"""The files of a run: written once by its job, read by pages; nothing is computed from them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from backcast import report
from backcast.interchange.run_document import read_run
from backcast.planbook.results import flatten
from backcast.planbook.run import Run as Found
from backcast.report.lights import standing
from backcast.report.views.facts import Facts
from backcast.web.forecasts.models import Forecast, Run

PLANBOOK, DOCUMENT = "planbook", "run.json"
GATES, LATEST = "gates.parquet", "latest_dates.parquet"
_GATE: dict[str, Any] = {
    "project": pl.String, "activity": pl.String, "gate": pl.String,
    "planned": pl.Date, "p10": pl.Date, "p50": pl.Date, "p90": pl.Date,
}  # fmt: skip
_LATEST: dict[str, Any] = {
    "indicator": pl.String, "region": pl.String, "date": pl.Date, "project": pl.String, "activity": pl.String,
    "gate": pl.String, "confidence": pl.Float64, "latest": pl.Date, "planned": pl.Date, "forecast": pl.Date,
    "days_left": pl.Int64,
}  # fmt: skip
Row = dict[str, Any]


def write(run: Run, found: Found) -> None:
    """Write the document as the command line prints it, and the dates of projects where they are found quickly."""
    (run.folder / DOCUMENT).write_text(report.dumps(found) + "\n", encoding="utf-8")
    _frame(found.gate_dates(), _GATE).write_parquet(run.folder / GATES)
    _frame(found.latest_dates(), _LATEST).write_parquet(run.folder / LATEST)


def rows_of(run: Run, found: Found) -> Iterator[Forecast]:
    """Yield a row for each verdict."""
    facts = Facts(found)
    for verdict in found.verdicts:
        value = asdict(verdict.value) if verdict.value else {}
        yield Forecast(
            run=run,
            indicator=verdict.indicator,
            region=verdict.region,
            date=verdict.date,
            target=verdict.target,
            standing=standing(verdict),
            own=facts.is_top(verdict.region),
            probability=verdict.probability,
            last_value=verdict.last_value,
            last_date=verdict.last_date,
            **value,
        )


def facts_of(run: Run) -> Facts:
    """Return what a run said, as reports take it; a few runs are held in memory, for they never change."""
    return _facts(run.folder)


@lru_cache(maxsize=4)
def _facts(folder: Path) -> Facts:
    return Facts(read_run(folder / DOCUMENT, folder / PLANBOOK))


def gates_of(run: Run, project: str) -> list[Row]:
    """Return when the gates of a project are expected."""
    return _of_project(run.folder / GATES, project)


def latest_of(run: Run, project: str) -> list[Row]:
    """Return by when the gates of a project must be passed, for each target behind which it stands."""
    return _of_project(run.folder / LATEST, project)


def _of_project(path: Path, project: str) -> list[Row]:
    return pl.scan_parquet(path).filter(pl.col("project") == project).collect().to_dicts()


def _frame(records: Iterable[Any], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([flatten(record) for record in records], schema=schema)
