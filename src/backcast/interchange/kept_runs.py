"""Runs kept beside their planbook: ``runs/`` in its folder, ``plan.runs/`` beside ``plan.xlsx``.

A file holds what a run said, its verdicts, and with what; its name says which run it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NoReturn, get_args

from backcast.engine.verdict import Comparison
from backcast.files import write_whole
from backcast.language import Message, Name, tr
from backcast.planbook.hindsight import PastRun
from backcast.planbook.plain import plain_verdict
from backcast.planbook.problem import Problem
from backcast.planbook.results import DateQuantiles, ValueQuantiles, Verdict
from backcast.planbook.run import Run

LARGEST = 200_000_000
"""Bytes of the largest file that is read."""
MOST = 1e300
"""Of a number that can be computed with; neither infinity nor NaN is below it."""
STATES = ("met", "missed", "forecast", "no_evidence")
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, which no file or screen can take
_TEXTS = ("indicator", "region", "direction", "document", "basis")
_NUMBERS = ("standard_error", "expected_shortfall", "required_pace", "best_pace", "last_value")
_DATES = ("met_on", "last_date")


@dataclass(frozen=True, slots=True)
class KeptRuns:
    """The runs kept of a planbook, in order of their names, and the files that could not be read."""

    runs: tuple[PastRun, ...]
    problems: tuple[Problem, ...]

    def __iter__(self) -> Iterator[PastRun]:
        return iter(self.runs)


def place_of(planbook: Path | str) -> Path:
    """Return the folder in which the runs of a planbook are kept."""
    path = Path(planbook)
    return path / "runs" if path.is_dir() else path.with_suffix(".runs")


def keep(run: Run, planbook: Path | str, kept_at: datetime | None = None) -> Path:
    """Keep what a run says; one that says the same is left as it was first kept.

    Parameters
    ----------
    planbook
        Folder or workbook that was run.
    kept_at
        The moment to be written down; by default now.

    Raises
    ------
    OSError
        If the place cannot be written to.
    """
    folder = place_of(planbook)
    path = folder / f"{run.data_date}-{run.fingerprint[:8]}-s{run.seed}-d{run.draws}.json"
    told = {
        "version": run.version,
        "fingerprint": run.fingerprint,
        "seed": run.seed,
        "draws": run.draws,
        "data_date": run.data_date.isoformat(),
        "verdicts": [plain_verdict(verdict) for verdict in run.verdicts],
    }
    if not _holds(path, told):
        folder.mkdir(exist_ok=True)
        moment = (kept_at or datetime.now(UTC)).isoformat(timespec="seconds")
        write_whole(path, json.dumps({"kept_at": moment, **told}, ensure_ascii=False, allow_nan=False, indent=1))
    return path


def read_kept(planbook: Path | str) -> KeptRuns:
    """Read the runs kept of a planbook; a file that cannot be read is a problem and is left out.

    Raises
    ------
    OSError
        If the folder cannot be opened.
    """
    folder = place_of(planbook)
    runs: list[PastRun] = []
    problems: list[Problem] = []
    for file in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            runs.append(_run(_read(file)))
        except _DamagedError as error:
            problems.append(Problem("", 0, "", file.name, _left_out(file, error.why), "warning"))
        except OSError as error:
            problems.append(Problem("", 0, "", file.name, _left_out(file, error.strerror or str(error)), "warning"))
    return KeptRuns(tuple(runs), tuple(problems))


def _holds(path: Path, told: Mapping[str, object]) -> bool:
    """Tell whether a file says this already, whenever it was written."""
    try:
        row = _read(path)
    except (_DamagedError, FileNotFoundError, NotADirectoryError):
        return False
    return {key: value for key, value in row.items() if key != "kept_at"} == told


def _left_out(file: Path, why: Message | str) -> Message:
    return tr(
        "“{file}” in “{folder}” is not a run that was kept: {why}. It is left out; remove it, or restore it.",
        file=file.name,
        folder=file.parent.name,
        why=why,
    )


# ---- Reading.


class _DamagedError(ValueError):
    """A file does not hold a run."""

    def __init__(self, why: Message) -> None:
        super().__init__(str(why))
        self.why = why


def _read(file: Path) -> dict[str, Any]:
    """Read a file as an object of JSON."""
    if file.stat().st_size > LARGEST:
        raise _DamagedError(tr("it is too large"))
    try:
        told = json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        raise _DamagedError(tr("it is not JSON")) from None
    if not isinstance(told, dict):
        raise _DamagedError(tr("it is not a JSON object"))
    return told


def _run(told: dict[str, Any]) -> PastRun:
    return PastRun(
        data_date=_day(told, "data_date"),
        fingerprint=_text(told, "fingerprint"),
        seed=_whole(told, "seed"),
        draws=_whole(told, "draws"),
        version=_text(told, "version"),
        verdicts=tuple(read_verdict(row) for row in _list(told, "verdicts")),
        kept_at=_moment(told, "kept_at"),
    )


def read_verdict(row: dict[str, Any]) -> Verdict:
    """Read one verdict; its reason keeps the words of both languages."""
    state = _one_of(row, "state", STATES)
    forecast = state == "forecast"
    plain: dict[str, Any] = {name: _text(row, name) for name in _TEXTS}
    plain |= {name: _optional(row, name, _number) for name in _NUMBERS}
    plain |= {name: _optional(row, name, _day) for name in _DATES}
    return Verdict(
        **plain,
        date=_day(row, "date"),
        target=_number(row, "target"),
        comparison=_one_of(row, "comparison", get_args(Comparison)),
        state=state,
        reason=Message("{told}", (("told", Name(_text(row, "reason_zh"), _text(row, "reason"))),)),
        probability=_share(row, "probability") if forecast else None,
        value=_values(row) if forecast else None,
        first_met=_first_met(row) if forecast else None,
        light=_optional(row, "light", _text),
    )


def _values(row: dict[str, Any]) -> ValueQuantiles:
    value = _object(row, "value")
    return ValueQuantiles(*(_number(value, name) for name in ("p10", "p50", "p90")))


def _first_met(row: dict[str, Any]) -> DateQuantiles:
    when = _object(row, "first_met")
    return DateQuantiles(*(_optional(when, name, _day) for name in ("p50", "p80", "p90")))


def _optional(row: dict[str, Any], name: str, read: Any) -> Any:
    return None if row.get(name) is None else read(row, name)


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) and not _SURROGATE.search(value) else _wrong(name)


def _one_of(row: dict[str, Any], name: str, choices: tuple[str, ...]) -> str:
    value = _text(row, name)
    return value if value in choices else _wrong(name)


def _number(row: dict[str, Any], name: str) -> float:
    value: Any = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MOST:
        _wrong(name)
    return float(value)


def _share(row: dict[str, Any], name: str) -> float:
    value = _number(row, name)
    return value if 0.0 <= value <= 1.0 else _wrong(name)


def _whole(row: dict[str, Any], name: str) -> int:
    value = row.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else _wrong(name)


def _day(row: dict[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(_text(row, name))
    except ValueError:
        _wrong(name)


def _moment(row: dict[str, Any], name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(row, name))
    except ValueError:
        _wrong(name)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _object(row: dict[str, Any], name: str) -> dict[str, Any]:
    value = row.get(name)
    return value if isinstance(value, dict) else _wrong(name)


def _list(row: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = row.get(name)
    return value if isinstance(value, list) and all(isinstance(one, dict) for one in value) else _wrong(name)


def _wrong(name: str) -> NoReturn:
    """Refuse a value."""
    raise _DamagedError(tr("“{key}” is missing or is not what a run writes there", key=name))
