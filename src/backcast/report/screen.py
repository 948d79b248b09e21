"""A run as one screen of the terminal: what is open, what was missed or met, and whom to ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from backcast.language import Message, Name, tr
from backcast.planbook.regions import Regions
from backcast.planbook.results import Verdict
from backcast.planbook.run import Run
from backcast.planbook.sentences import figure, percent, sentence
from backcast.planbook.verdicts import Verdicts

MARKS = {"green": "●", "yellow": "▲", "red": "■", None: "○"}
"""Lights are told by shape as well as by colour."""
STYLES = {"green": "green", "yellow": "yellow", "red": "red", None: "dim"}
MOST_URGENT = 3
URGENT_DAYS = 90
"""How near, or how long past, a latest date is to be told on screen."""


def print_run(run: Run, console: Console | None = None) -> None:
    """Print the verdicts of a run: the plan's own region in full, other regions counted."""
    console = console or Console()
    print_verdicts(run, console)
    _print_urgent(run, console)


def print_verdicts(run: Run | Verdicts, console: Console | None = None) -> None:
    """Print verdicts, with a run behind them or without: those of the plan's own region in full, others counted."""
    console = console or Console()
    _print_title(run, console)
    own, others = _by_region(run)
    states = {state: [v for v in own if v.state == state] for state in ("forecast", "missed", "met", "no_evidence")}
    if states["forecast"]:
        console.print(_table(run, sorted(states["forecast"], key=lambda v: v.probability or 0.0)))
    _print_names(console, tr("Missed"), (_about(run, v) for v in states["missed"]))
    _print_names(console, tr("Met"), (_about(run, v) for v in states["met"]))
    _print_questions(run, states["no_evidence"], console)
    _print_count(others, console)


def _print_title(run: Run | Verdicts, console: Console) -> None:
    plan = run.planbook["plan"].row(0, named=True)
    console.print(Text(str(Name(plan["name"], plan["name_en"])), style="bold"))
    told = tr(
        "Data date {date}, {draws} draws, seed {seed}.", date=run.data_date, draws=f"{run.draws:,}", seed=run.seed
    )
    console.print(Text(str(told), style="dim"))
    simulated = tr("This planbook is simulated: it tells nothing about real projects.") if plan["simulated"] else None
    notice = Name(plan["notice"], plan["notice_en"]) if plan["notice"] else simulated
    if notice:
        console.print(Text(str(notice), style="magenta" if plan["simulated"] else "dim"))


def _by_region(run: Run | Verdicts) -> tuple[list[Verdict], list[Verdict]]:
    """Verdicts on the plan's own region, and those on all others."""
    own = own_region(Regions(run.planbook), (verdict.region for verdict in run.verdicts))
    return [v for v in run.verdicts if v.region == own], [v for v in run.verdicts if v.region != own]


def own_region(regions: Regions, named: Iterable[str]) -> str:
    """Return the highest of the regions that are named, of several the one that is named most often."""
    count = Counter(named)
    return min(count, key=lambda region: (len(regions.path(region)), -count[region], region), default="")


def _table(run: Run | Verdicts, verdicts: Sequence[Verdict]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("")
    table.add_column(str(tr("Target")), overflow="fold")
    for heading in (tr("Value"), tr("Last figure"), tr("P10–P90 at the date"), tr("Likely")):
        table.add_column(str(heading), justify="right", no_wrap=True)
    for verdict in verdicts:
        band = f"{figure(verdict.value.p10)}–{figure(verdict.value.p90)}" if verdict.value else ""
        table.add_row(
            Text(MARKS[verdict.light], style=STYLES[verdict.light]),
            Text(_about(run, verdict)),
            figure(verdict.target),
            figure(verdict.last_value),
            band,
            Text(percent(verdict.probability or 0.0), style=f"bold {STYLES[verdict.light]}"),
        )
    return table


def _print_names(console: Console, heading: Message, names: Iterable[str]) -> None:
    listed = list(names)
    if listed:
        console.print(_heading(heading, len(listed)).append("  " + _joined(listed)))


def _heading(heading: Message, count: int) -> Text:
    return Text().append(str(tr("{heading} ({count})", heading=heading, count=count)), style="bold")


def _joined(names: Iterable[str]) -> str:
    return str(tr("; ")).join(names)


def _print_questions(run: Run | Verdicts, verdicts: Sequence[Verdict], console: Console) -> None:
    """List what to ask for, by department."""
    if not verdicts:
        return
    responsible = dict(run.planbook["indicators"].select("code", "responsible").iter_rows())
    asked: dict[str, list[str]] = {}
    for verdict in verdicts:
        code = responsible[verdict.indicator]
        who = str(run.names("organisations", code) if code else tr("the responsible department"))
        asked.setdefault(who, []).append(_about(run, verdict))
    console.print(_heading(tr("No evidence, no forecast"), len(verdicts)))
    for department, names in sorted(asked.items()):
        told = tr("Ask {who}: {what}", who=department, what=_joined(names))
        console.print(Padding(Text(str(told), style="dim"), (0, 0, 0, 2)))


def _print_count(verdicts: Sequence[Verdict], console: Console) -> None:
    if verdicts:
        told = tr(
            "Other regions: {green} ● likely or met, {yellow} ▲ open, {red} ■ unlikely or missed, "
            "{none} ○ without evidence.",
            **{light or "none": sum(v.light == light for v in verdicts) for light in MARKS},
        )
        console.print(Text(str(told)))


def _print_urgent(run: Run, console: Console) -> None:
    """Say the latest dates that are closest, or longest past."""
    urgent = [
        latest for latest in run.latest_dates() if latest.days_left is not None and abs(latest.days_left) <= URGENT_DAYS
    ]
    urgent.sort(key=lambda latest: (abs(latest.days_left or 0), latest.project))
    if urgent:
        console.print(Text(str(tr("Due about now")), style="bold"))
        for latest in urgent[:MOST_URGENT]:
            console.print(Padding(Text(str(sentence(latest, run.names))), (0, 0, 0, 2)))


def _about(run: Run | Verdicts, verdict: Verdict) -> str:
    indicator = run.names("indicators", verdict.indicator)
    return str(tr("{indicator} {date}", indicator=indicator, date=verdict.date))
