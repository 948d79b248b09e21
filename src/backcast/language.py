"""Sentences in two languages.

A sentence is written once, in English, and marked with :func:`tr`. It stays a template with
values until someone reads it, so that a report can print the same sentence in both languages.
"""

from __future__ import annotations

import gettext
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = ("zh_Hans", "en")
LOCALE = Path(__file__).parent / "locale"
"""Folder of the catalogues."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in two languages; read in Chinese where there is no English one."""

    zh: str
    en: str | None = None

    def read(self, language: str) -> str:
        """Return the name in ``language``."""
        return self.en if language == "en" and self.en else self.zh

    def __str__(self) -> str:
        return self.read(language())


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence that can be read in every language that Backcast speaks.

    ``str(message)`` reads it in the language of this process (see :func:`language`).
    """

    template: str
    values: tuple[tuple[str, object], ...] = ()

    def read(self, language: str) -> str:
        """Return the sentence in ``language`` ("en" or "zh_Hans")."""
        values = {
            name: value.read(language) if isinstance(value, Message | Name) else value for name, value in self.values
        }
        sentence = _catalog(language).gettext(self.template) if self.template else ""
        return sentence.format(**values) if values else sentence

    def __str__(self) -> str:
        return self.read(language())


def tr(template: str, **values: object) -> Message:
    """Mark an English sentence for translation; ``values`` fill its ``{names}`` when it is read."""
    return Message(template, tuple(values.items()))


def language() -> str:
    """Return the language of this process: ``BACKCAST_LANGUAGE``, else the locale's, else English."""
    for variable in ("BACKCAST_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "zh_Hans" if value.lower().startswith("zh") else "en"
    return "en"


@cache
def _catalog(language: str) -> gettext.NullTranslations:
    if language not in LANGUAGES:
        raise ValueError(f"Backcast speaks {' and '.join(LANGUAGES)}, not “{language}”.")
    return gettext.translation("backcast", LOCALE, languages=[language], fallback=language == "en")
