"""A run as tables for the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from backcast.language import Message, language, tr
from backcast.planbook.results import Verdict
from backcast.planbook.run import Run
from backcast.planbook.sentences import figure, percent

MARKS = {"green": "●", "yellow": "▲", "red": "■", None: "○"}
"""Lights are told by shape as well as by colour."""
STYLES = {"green": "green", "yellow": "yellow", "red": "red", None: "dim"}


def print_run(run: Run, console: Console | None = None) -> None:
    """Print the verdicts of a run, those in danger first, then what to collect."""
    console = console or Console()
    plan = run.planbook["plan"].row(0, named=True)
    simulated = f" [{tr('simulated')}]" if plan["simulated"] else ""
    name = plan["name_en"] if language() == "en" and plan["name_en"] else plan["name"]
    console.print(Text(f"{name}{simulated}", style="bold"))
    console.print(
        str(
            tr(
                "Data date {date}, {draws} draws, seed {seed}.",
                date=run.data_date,
                draws=f"{run.draws:,}",
                seed=run.seed,
            )
        ),
        style="dim",
    )
    judged = [verdict for verdict in run.verdicts if verdict.state != "no_evidence"]
    if judged:
        console.print(_verdicts(run, judged))
    silent = [verdict for verdict in run.verdicts if verdict.state == "no_evidence"]
    if silent:
        console.print()
        console.print(str(tr("No forecast for {n} targets:", n=len(silent))), style="bold")
        for verdict in silent:
            console.print(f"{MARKS[None]} {_about(run, verdict)}: {verdict.reason}", style="dim", highlight=False)


def _verdicts(run: Run, verdicts: list[Verdict]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("")
    table.add_column(str(tr("Target")), overflow="fold")
    table.add_column(str(tr("Likely")), justify="right")
    for heading in (tr("Last figure"), tr("P10–P90 at the date"), tr("Target value")):
        table.add_column(str(heading), justify="right")
    table.add_column(str(tr("Basis")))
    for verdict in sorted(verdicts, key=_urgency):
        table.add_row(
            Text(MARKS[verdict.light], style=STYLES[verdict.light]),
            _about(run, verdict),
            _likely(verdict),
            figure(verdict.last_value),
            f"{figure(verdict.value.p10)}–{figure(verdict.value.p90)}" if verdict.value else "",
            figure(verdict.target),
            str(BASES[verdict.basis]),
        )
    return table


BASES: dict[str, Message] = {
    "projects": tr("projects"),
    "trend": tr("trend"),
    "both": tr("projects and trend"),
    "met": tr("reported"),
    "missed": tr("reported"),
}


def _urgency(verdict: Verdict) -> tuple[int, float, str, str]:
    order = {"forecast": 0, "missed": 1, "met": 2}
    return order[verdict.state], verdict.probability or 0.0, verdict.indicator, verdict.region


def _likely(verdict: Verdict) -> str:
    if verdict.probability is not None:
        return percent(verdict.probability)
    return str(tr("met") if verdict.state == "met" else tr("missed"))


def _about(run: Run, verdict: Verdict) -> str:
    indicator = run.names("indicators", verdict.indicator)
    return str(
        tr(
            "{indicator}, {region}, {date}",
            indicator=indicator,
            region=run.names("regions", verdict.region),
            date=verdict.date,
        )
    )
