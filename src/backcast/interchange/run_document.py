"""A run read again from its JSON document and the planbook that was kept beside it."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from backcast.interchange.door import read_planbook
from backcast.interchange.kept_runs import read_verdict
from backcast.planbook.results import Driver, LatestDate, TrajectoryPoint
from backcast.planbook.told import KeptRun

Flat = TypeVar("Flat", TrajectoryPoint, Driver, LatestDate)


def read_run(document: Path, planbook: Path) -> KeptRun:
    """Read a run from what :func:`backcast.report.dumps` wrote and the planbook that was run.

    Raises
    ------
    OSError
        If one of them cannot be opened.
    ValueError
        If one of them is damaged.
    """
    told = json.loads(document.read_bytes())
    data_date = date.fromisoformat(told["data_date"])
    return KeptRun(
        data_date=data_date,
        planbook=read_planbook(planbook).known_at(data_date),
        verdicts=tuple(read_verdict(row) for row in told["verdicts"]),
        trajectories=_records(TrajectoryPoint, told["trajectories"]),
        kept_drivers=_records(Driver, told["drivers"]),
        kept_dates=_records(LatestDate, told["latest_dates"]),
    )


def _records(kind: type[Flat], rows: list[dict[str, Any]]) -> tuple[Flat, ...]:
    """Read flat records; their texts that should be dates are."""
    dated = [field.name for field in fields(kind) if "date" in str(field.type)]
    return tuple(kind(**row | {name: _day(row[name]) for name in dated}) for row in rows)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
