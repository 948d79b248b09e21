"""Lights told by shape, word and colour, so that none of them is needed alone."""

from __future__ import annotations

from dataclasses import dataclass

from backcast.language import Message, tr
from backcast.planbook.results import Verdict


@dataclass(frozen=True, slots=True)
class Mark:
    """How the standing of a target is shown.

    Attributes
    ----------
    shape
        Name of the symbol and of the style class.
    word
        Stands beside the symbol.
    meaning
        What the word means, for those who see it for the first time.
    """

    shape: str
    word: Message
    meaning: Message


MARKS = {
    "red": Mark("red", tr("in danger"), tr("less than 50% likely")),
    "yellow": Mark("yellow", tr("uncertain"), tr("50–80% likely")),
    "green": Mark("green", tr("on course"), tr("at least 80% likely")),
    "missed": Mark("missed", tr("missed"), tr("the date passed below the target")),
    "met": Mark("met", tr("met"), tr("reported as reached")),
    "none": Mark("none", tr("no evidence"), tr("no figures to judge by")),
}
"""From what needs a decision to what needs figures."""

ORDER = tuple(MARKS)


def standing(verdict: Verdict) -> str:
    """Return the key of a verdict's mark."""
    if verdict.state == "forecast":
        return verdict.light or "none"
    return "none" if verdict.state == "no_evidence" else verdict.state
