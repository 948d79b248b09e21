"""Results as plain values: what does not exist is None, dates are ISO texts, messages are read in English."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from backcast.language import Message
from backcast.planbook.results import Verdict


def plain(record: Any) -> dict[str, object]:
    """Return the fields of a flat record."""
    return {field.name: _text(getattr(record, field.name)) for field in fields(record)}


def plain_verdict(verdict: Verdict) -> dict[str, object]:
    """Return the fields of a verdict; quantiles stand in groups, and the reason in Chinese as ``reason_zh``."""
    row = plain(verdict)
    nothing: dict[str, dict[str, object]] = {
        "value": {"p10": None, "p50": None, "p90": None},
        "first_met": {"p50": None, "p80": None, "p90": None},
    }
    for name, empty in nothing.items():
        part = getattr(verdict, name)
        row[name] = empty if part is None else {key: _text(value) for key, value in asdict(part).items()}
    row["reason"], row["reason_zh"] = verdict.reason.read("en"), verdict.reason.read("zh_Hans")
    return row


def _text(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value.read("en") if isinstance(value, Message) else value
