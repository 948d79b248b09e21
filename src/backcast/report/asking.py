"""What if, as one screen of the terminal, and as one JSON document (docs/reference/what-if.schema.json)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from backcast.language import Message, tr
from backcast.planbook.book import Planbook
from backcast.planbook.names import Names
from backcast.planbook.plain import plain
from backcast.planbook.results import Change
from backcast.planbook.run import Run
from backcast.planbook.sentences import figure, standing
from backcast.planbook.what_if import WhatIf
from backcast.report.screen import MARKS, STYLES

MOST_SHOWN = 20
"""Targets that are shown on screen."""


def what_if_document(run: Run, changed: Planbook, answer: WhatIf) -> dict[str, object]:
    """Return an answer as plain values; what does not exist is None, dates are ISO texts."""
    because = answer.because
    return {
        "version": run.version,
        "fingerprint": run.fingerprint,
        "changed_fingerprint": changed.fingerprint,
        "seed": run.seed,
        "draws": run.draws,
        "data_date": run.data_date.isoformat(),
        "projects": list(answer.projects),
        "because": because.read("en") if because else None,
        "because_zh": because.read("zh_Hans") if because else None,
        "changes": [_plain(change) for change in answer.changes],
    }


def what_if_dumps(run: Run, changed: Planbook, answer: WhatIf) -> str:
    """Return the document as text."""
    return json.dumps(what_if_document(run, changed, answer), ensure_ascii=False, allow_nan=False, indent=1)


def _plain(change: Change) -> dict[str, object]:
    quantiles = {name: getattr(change, name) for name in ("value_before", "value")}
    return plain(change) | {name: found and asdict(found) for name, found in quantiles.items()}


def print_what_if(changed: Planbook, answer: WhatIf, console: Console | None = None) -> None:
    """Print how the targets stand that change, before and after, the largest change first; small ones are counted."""
    console, names = console or Console(), Names(changed)
    told = answer.because or tr("Projects drawn again: {n}.", n=len(answer.projects))
    console.print(Text(str(told), style="dim"))
    if not answer.changes:
        console.print(Text(str(tr("No target changes."))))
        return
    shown = [change for change in answer.changes if _is_seen(change)][:MOST_SHOWN]
    if shown:
        console.print(_table(shown, names))
    if len(shown) < len(answer.changes):
        left = len(answer.changes) - len(shown)
        console.print(Text(str(tr("Targets that change less: {n}; --json tells them all.", n=left)), style="dim"))


def _is_seen(change: Change) -> bool:
    """Whether the change is seen in whole per cents."""
    return _likely(change) != _likely(change, "_before")


def _likely(change: Change, when: str = "") -> str:
    return str(standing(getattr(change, f"state{when}"), getattr(change, f"probability{when}")))


def _table(changes: Sequence[Change], names: Names) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(str(tr("Target")), overflow="fold")
    for heading in (tr("Value"), tr("Median"), tr("Likely")):
        table.add_column(str(heading), justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for change in changes:
        table.add_row(
            Text(str(_about(change, names))),
            figure(change.target),
            " → ".join(figure(value.p50 if value else None) for value in (change.value_before, change.value)),
            f"{_likely(change, '_before')} → {_likely(change)}",
            _lights(change),
        )
    return table


def _about(change: Change, names: Names) -> Message:
    return tr(
        "{indicator}, {region}, {date}",
        indicator=names("indicators", change.indicator),
        region=names("regions", change.region),
        date=change.date,
    )


def _lights(change: Change) -> Text:
    """The light, and the one before it where it is another: told by shape as well as by colour."""
    told = Text()
    if change.light_before != change.light:
        told.append(MARKS[change.light_before], style=STYLES[change.light_before]).append(" → ")
    return told.append(MARKS[change.light], style=STYLES[change.light])
