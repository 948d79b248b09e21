"""A backtest as one self-contained page in both languages."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from backcast.files import write_whole
from backcast.language import LANGUAGES, Message, language, tr
from backcast.planbook.backtest import Backtest
from backcast.report.binding import bound
from backcast.report.figures import day
from backcast.report.learned import FROM_OBSERVATION, READING, fading
from backcast.report.views import backtested as view
from backcast.report.views.scored import HOW_TO_READ, answer, comparisons, learned_from, left_out, worse


def render_backtest(found: Backtest, *, source: str = "", first_language: str | None = None) -> str:
    """Return a backtest as an HTML page that needs nothing else: no script, no font, no network.

    Parameters
    ----------
    source
        What the history is called.
    first_language
        The edition that is shown first, "zh_Hans" or "en"; by default the language of this process.

    Returns
    -------
    The same backtest gives the same bytes.
    """
    score, learned = found.overall, found.learned[-1]
    classes = view.class_rows(learned)
    shown = {
        "source": source,
        "answer": answer(score),
        "as_of": _as_of(found),
        "counts": view.counts(score),
        "skills": view.skills(score),
        "comparisons": [*comparisons(score), *worse(found.by_class)],
        "histogram": view.histogram(score),
        "verdicts": list(view.verdicts(score)),
        "reliability": view.reliability(found),
        "bins": view.bins(found),
        "scores": view.score_rows(found),
        "more_scores": max(len(found.by_class) - view.MOST_CLASSES, 0),
        "left_out": list(left_out(found)),
        "learned": learned_from(found),
        "from_observation": FROM_OBSERVATION if learned.from_observation else None,
        "fading": list(fading(learned)),
        "classes": classes,
        "more_classes": learned.to_frame().height - len(classes),
        "how_to_read": HOW_TO_READ,
        "reading_classes": READING,
        "cutoffs": ", ".join(cutoff.isoformat() for cutoff in found.cutoffs),
        "version": version("backcast"),
    }
    titles = {name: f"{answer(score).read(name)} · {source}".removesuffix(" · ") for name in LANGUAGES}
    return bound("backtest.html.j2", shown, titles, first_language or language(), styles=("backtest.css",))


def write_backtest(found: Backtest, path: Path | str, *, source: str = "") -> None:
    """Write a backtest as a page; the file appears complete, or not at all.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    write_whole(Path(path), render_backtest(found, source=source))


def _as_of(found: Backtest) -> Message:
    if len(found.cutoffs) == 1:
        return tr("Learned from what was known on {day}, scored by what came after it", day=day(found.cutoffs[0]))
    return tr(
        "Learned anew at {n} cut-offs from {first} to {last}, each scored by what came after it",
        n=len(found.cutoffs), first=day(found.cutoffs[0]), last=day(found.cutoffs[-1]),
    )  # fmt: skip
