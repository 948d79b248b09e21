"""A track record as one screen of the terminal, and as one JSON document (docs/reference/track.schema.json)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from backcast.language import Message, Name, tr
from backcast.planbook.book import Planbook
from backcast.planbook.hindsight import PastRun
from backcast.planbook.names import Names
from backcast.planbook.plain import plain
from backcast.planbook.regions import Regions
from backcast.planbook.results import SettledVerdict, WaitingVerdict
from backcast.planbook.sentences import figure, percent
from backcast.planbook.settling import WHY
from backcast.planbook.track import NOTHING, NOTHING_SETTLED, TrackRecord, summary
from backcast.report.screen import MARKS, STYLES, own_region
from backcast.report.views.record import SOURCES

MOST_NAMES = 12
"""Targets that are named of those that wait for one reason."""


def track_document(record: TrackRecord) -> dict[str, object]:
    """Return a track record as plain values; what does not exist is None, dates are ISO texts.

    Reasons are told in English, and in Chinese as ``reason_zh``.
    """
    return {
        "version": record.version,
        "fingerprint": record.fingerprint,
        "data_date": record.data_date.isoformat(),
        "runs": [_run(run) for run in record.runs],
        "score": asdict(record.score()),
        "due": asdict(record.score(due_only=True)),
        "kept": asdict(record.score("kept")),
        "recomputed": asdict(record.score("recomputed")),
        "reliability": [asdict(found) for found in record.reliability],
        "settled": [plain(row) for row in record.settled],
        "waiting": [plain(row) | {"reason_zh": row.reason.read("zh_Hans")} for row in record.waiting],
        "repeated": record.repeated,
        "late": record.late,
    }


def track_dumps(record: TrackRecord) -> str:
    """Return the document as text."""
    return json.dumps(track_document(record), ensure_ascii=False, allow_nan=False, indent=1)


def _run(run: PastRun) -> dict[str, object]:
    row = {"source": run.source, **plain(run)}
    del row["verdicts"]
    return row


def print_track(record: TrackRecord, planbook: Planbook, console: Console | None = None) -> None:
    """Print what was said and what came: the plan's own region verdict by verdict, other regions in the totals."""
    console, names = console or Console(), Names(planbook)
    _print_title(record, planbook, console)
    if not record.runs:
        console.print(Text(str(NOTHING)))
        return
    own = own_region(
        Regions(planbook), [*(row.region for row in record.settled), *(row.region for row in record.waiting)]
    )
    shown = [row for row in record.settled if row.region == own]
    if shown:
        console.print(_table(shown, names))
    if len(shown) < len(record.settled):
        told = tr("Other regions: {n} verdicts settled; --json tells them all.", n=len(record.settled) - len(shown))
        console.print(Text(str(told), style="dim"))
    _print_totals(record, console)
    for why, rows in record.waiting_by_reason().items():
        _print_waiting(WHY[why], [row for row in rows if row.region == own] or rows, len(rows), names, console)


def _print_title(record: TrackRecord, planbook: Planbook, console: Console) -> None:
    plan = planbook["plan"].row(0, named=True)
    console.print(Text(str(Name(plan["name"], plan["name_en"])), style="bold"))
    told = tr(
        "What came, as known on {date}. Runs before it: {kept} kept, {recomputed} recomputed.",
        date=record.data_date,
        **{source: sum(run.source == source for run in record.runs) for source in SOURCES},
    )
    console.print(Text(str(told), style="dim"))


def _table(rows: Sequence[SettledVerdict], names: Names) -> Table:
    """Verdicts under the data date at which they were given."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(str(tr("Said on")), overflow="fold")
    for heading in (tr("Value"), tr("Said"), tr("Came"), tr("Brier score")):
        table.add_column(str(heading), justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for (data_date, source), found in groupby(rows, lambda row: (row.data_date, row.source)):
        table.add_row(Text(str(tr("{date}, {source}", date=data_date, source=SOURCES[source])), style="bold"))
        for row in found:
            table.add_row(*_cells(row, names))
    return table


def _cells(row: SettledVerdict, names: Names) -> tuple[Padding | Text | str, ...]:
    light, outcome = ("green", tr("met")) if row.met else ("red", tr("missed"))
    return (
        Padding(Text(_about(row, names)), (0, 0, 0, 2)),
        figure(row.target),
        Text(percent(row.probability), style="bold"),
        figure(row.came),
        f"{row.brier:.2f}",
        Text(f"{MARKS[light]} {outcome}", style=STYLES[light]),
    )


def _print_totals(record: TrackRecord, console: Console) -> None:
    if not record.settled:
        console.print(Text(str(NOTHING_SETTLED)))
        return
    for line in summary(record):
        console.print(Text(str(line)))
    for found in record.reliability:
        told = tr(
            "Said {low}–{high} (mean {said}): {came} of {n} met.",
            low=f"{found.low:.0%}",
            high=f"{found.high:.0%}",
            said=f"{found.said:.0%}",
            came=f"{found.came:.0%}",
            n=found.n,
        )
        console.print(Padding(Text(str(told), style="dim"), (0, 0, 0, 2)))


def _print_waiting(reason: Message, rows: Sequence[WaitingVerdict], count: int, names: Names, console: Console) -> None:
    """Name the targets that wait for one reason, those due first before the others, with what was said last."""
    console.print(Text(str(tr("Not settled ({n}): {reason}", n=count, reason=reason)), style="bold"))
    last = {(row.date, row.indicator, row.region, row.target): row for row in rows}
    listed = [
        str(tr("{target} (said {probability})", target=_about(row, names), probability=percent(row.probability)))
        for _, row in sorted(last.items(), key=lambda found: found[0])
    ]
    if len(listed) > MOST_NAMES:
        listed[MOST_NAMES:] = [str(tr("… and {n} more.", n=len(listed) - MOST_NAMES))]
    console.print(Padding(Text(str(tr("; ")).join(listed), style="dim"), (0, 0, 0, 2)))


def _about(row: SettledVerdict | WaitingVerdict, names: Names) -> str:
    return str(tr("{indicator} {date}", indicator=names("indicators", row.indicator), date=row.date))
