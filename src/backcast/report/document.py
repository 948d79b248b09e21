"""A run as one JSON document; its schema stands in docs/reference/run.schema.json."""

from __future__ import annotations

import json

from backcast.planbook.plain import plain, plain_verdict
from backcast.planbook.run import Run
from backcast.planbook.verdicts import Verdicts


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
        "verdicts": [plain_verdict(verdict) for verdict in run.verdicts],
        "trajectories": [plain(point) for point in run.trajectories],
        "drivers": [plain(driver) for driver in run.drivers()],
        "latest_dates": [plain(latest) for latest in run.latest_dates(confidence)],
    }


def verdicts_document(found: Verdicts) -> dict[str, object]:
    """Return verdicts alone as plain values, told as in the document of a run.

    They name no fingerprint: nobody has read the whole planbook.
    """
    return {
        "version": found.version,
        "seed": found.seed,
        "draws": found.draws,
        "data_date": found.data_date.isoformat(),
        "projects": found.projects,
        "verdicts": [plain_verdict(verdict) for verdict in found.verdicts],
    }


def dumps(run: Run | Verdicts, confidence: float = 0.8) -> str:
    """Return the document as text; the same planbook, seed, draws and version give the same bytes."""
    told = verdicts_document(run) if isinstance(run, Verdicts) else document(run, confidence)
    return json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1)
