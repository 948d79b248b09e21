"""A run as one self-contained page in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from backcast.files import write_whole
from backcast.language import LANGUAGES, language, tr
from backcast.planbook.check import check
from backcast.planbook.problem import Problem
from backcast.planbook.results import PastForecast
from backcast.planbook.run import Run
from backcast.planbook.track import TrackRecord
from backcast.report.binding import bound
from backcast.report.figures import day
from backcast.report.views.cards import cards, rows
from backcast.report.views.data import completeness, quality
from backcast.report.views.facts import Facts
from backcast.report.views.groups import settled, to_do
from backcast.report.views.past import past_view
from backcast.report.views.record import record_view
from backcast.report.views.sources import competing, definitions, sources
from backcast.report.views.summary import summary


def render(
    run: Run,
    *,
    past: Sequence[PastForecast] = (),
    record: TrackRecord | None = None,
    problems: Sequence[Problem] | None = None,
    first_language: str | None = None,
) -> str:
    """Return a run as an HTML page that needs nothing else: no script, no font, no network.

    Parameters
    ----------
    past
        What earlier data dates forecast for figures that came, if it is known.
    record
        What earlier runs said of each target against what came, if it is known.
    problems
        Of the planbook, as found when it was read; ``None`` checks it again.
    first_language
        The edition that is shown first, "zh_Hans" or "en"; by default the language of this process.

    Returns
    -------
    The same run gives the same bytes.
    """
    facts = Facts(run)
    found = check(run.planbook) if problems is None else problems
    shown = {
        "facts": facts,
        "summary": summary(facts),
        "cards": cards(facts),
        "rows": rows(facts),
        "met": settled(facts, "met"),
        "missed": settled(facts, "missed"),
        "to_do": to_do(facts),
        "quality": quality(found),
        "completeness": completeness(facts),
        "definitions": definitions(facts),
        "competing": competing(facts),
        "sources": sources(facts),
        "past": past_view(facts, past),
        "record": record_view(facts, record),
    }
    first = first_language or language()
    titles = {name: _title(facts, name) for name in LANGUAGES}
    return bound("edition.html.j2", shown, titles, first, simulated=facts.simulated)


def write_report(
    run: Run,
    path: Path | str,
    past: Sequence[PastForecast] = (),
    record: TrackRecord | None = None,
    problems: Sequence[Problem] | None = None,
) -> None:
    """Write a run as a page; the file appears complete, or not at all.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    write_whole(Path(path), render(run, past=past, record=record, problems=problems))


def _title(facts: Facts, name: str) -> str:
    """Name the plan and the data date in one language."""
    simulated = tr("simulated").read(name)
    stamp = f"[{simulated}] " if facts.simulated else ""
    return f"{stamp}{facts.title.read(name)} · {day(facts.data_date).read(name)}"
