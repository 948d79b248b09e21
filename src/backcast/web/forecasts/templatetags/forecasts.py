"""Sentences of reports within pages."""

from __future__ import annotations

from django import template

from backcast.language import Message, Name
from backcast.planbook.sentences import percent
from backcast.web.ui.reading import in_chinese

register = template.Library()


@register.filter
def said(value: object) -> object:
    """Return a sentence or a name in the reader's language; anything else as it is."""
    if isinstance(value, Message | Name):
        return value.read("zh_Hans" if in_chinese() else "en")
    return "" if value is None else value


@register.filter
def chance(probability: float) -> str:
    """Return a probability as verdicts tell it."""
    return percent(probability)
