"""A run as one JSON document; its schema stands in docs/reference/run.schema.json."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import date

from backcast.language import Message
from backcast.planbook.results import Driver, LatestDate, TrajectoryPoint, Verdict
from backcast.planbook.run import Run


def document(run: Run, confidence: float = 0.8) -> dict[str, object]:
    """Return a run as plain values; what does not exist is None, dates are ISO texts.

    Reasons are told in English, and in Chinese as ``reason_zh``, so that the document does not
    depend on the language of the machine.
    """
    return {
        "version": run.version,
        "fingerprint": run.fingerprint,
        "seed": run.seed,
        "draws": run.draws,
        "data_date": run.data_date.isoformat(),
        "verdicts": [_verdict(verdict) for verdict in run.verdicts],
        "trajectories": [_plain(point) for point in run.trajectories],
        "drivers": [_plain(driver) for driver in run.drivers()],
        "latest_dates": [_plain(latest) for latest in run.latest_dates(confidence)],
    }


def dumps(run: Run, confidence: float = 0.8) -> str:
    """Return the document as text; the same planbook, seed, draws and version give the same bytes."""
    return json.dumps(document(run, confidence), ensure_ascii=False, allow_nan=False, indent=1)


def _verdict(verdict: Verdict) -> dict[str, object]:
    row = _plain(verdict)
    nothing: dict[str, dict[str, object]] = {
        "value": {"p10": None, "p50": None, "p90": None},
        "first_met": {"p50": None, "p80": None, "p90": None},
    }
    for name, empty in nothing.items():
        part = getattr(verdict, name)
        row[name] = empty if part is None else {key: _text(value) for key, value in asdict(part).items()}
    row["reason"], row["reason_zh"] = verdict.reason.read("en"), verdict.reason.read("zh_Hans")
    return row


def _plain(record: Verdict | TrajectoryPoint | Driver | LatestDate) -> dict[str, object]:
    return {field.name: _text(getattr(record, field.name)) for field in fields(record)}


def _text(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return value.read("en") if isinstance(value, Message) else value
