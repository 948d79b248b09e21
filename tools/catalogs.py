"""Gather the sentences of the code into the catalogues of both languages, and compile them.

There are two domains: ``backcast`` holds what library and command line say (``tr()`` and the report's templates),
``django`` what the web application says (gettext calls and Django's templates). English is the source. Sentences
without a Chinese translation are listed, and the exit code is 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
CODE = ROOT / "src" / "backcast"
WEB = CODE / "web"
LOCALE = CODE / "locale"
LANGUAGES = ("zh_Hans", "en")
DOMAINS = ("backcast", "django")

TR = {"tr": None}
TRANS = {"tr": None, "gettext": None}
CONTEXT = ((1, "c"), 2)
GETTEXT = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (*CONTEXT, 3)),
}

Sentence = str | tuple[str, str]
"""What is said, or what is said of one and of many."""
Key = tuple[str | None, Sentence]
"""A sentence with its context, where the same English means two things."""


def main() -> int:
    """Update all catalogues; JSON files of {English: Chinese} may be given for what has no translation yet."""
    given = {k: v for name in sys.argv[1:] for k, v in json.loads(Path(name).read_text(encoding="utf-8")).items()}
    missing = 0
    for domain in DOMAINS:
        sentences = gather(domain)
        for code in LANGUAGES:
            catalog = update(domain, code, sentences, given)
            write(catalog, domain, code)
            for message in missing_in(catalog):
                sys.stdout.write(f"untranslated in {domain}: {message.id}\n")
                missing += 1
    return 1 if missing else 0


def path_of(domain: str, code: str) -> Path:
    """Return the catalogue that people read."""
    return LOCALE / code / "LC_MESSAGES" / f"{domain}.po"


def gather(domain: str) -> dict[Key, list[str]]:
    """Return every sentence of a domain with the files it stands in."""
    found: dict[Key, list[str]] = {}
    for path, sentence, context in _backcast() if domain == "backcast" else _django():
        if any(sentence):
            found.setdefault((context, sentence), []).append(path.relative_to(CODE).as_posix())
    return found


def update(domain: str, code: str, sentences: dict[Key, list[str]], given: dict[str, str]) -> Catalog:
    """Return the catalogue with today's sentences, keeping the translations it has.

    A translation of a plural is given under its singular: Chinese has one form for both.
    """
    path = path_of(domain, code)
    known = read_po(BytesIO(path.read_bytes()), locale=code) if path.exists() else Catalog(locale=code)
    catalog = Catalog(
        locale=code,
        header_comment="# Sentences of Backcast. Gathered by tools/catalogs.py; translations are kept by hand.",
        project="Backcast",
        version="1",
        last_translator="the Backcast authors",
        msgid_bugs_address="none",
        charset="utf-8",
        fuzzy=False,
    )
    for (context, sentence), files in sorted(sentences.items(), key=lambda item: (first(item[0][1]), item[0][0] or "")):
        old = known.get(first(sentence), context)
        catalog.add(
            sentence,
            sentence if code == "en" else _translated(sentence, given.get(first(sentence)), old),
            locations=[(file, 0) for file in sorted(set(files))],
            flags=["python-brace-format"] if "{" in first(sentence) else [],
            context=context,
        )
    return catalog


def write(catalog: Catalog, domain: str, code: str) -> None:
    """Write a catalogue for people and for gettext, without dates, so that nothing changes by itself."""
    path = path_of(domain, code)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_text(catalog))
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)


def as_text(catalog: Catalog) -> bytes:
    """Return a catalogue as people read it."""
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    file = BytesIO()
    write_po(file, catalog, width=110, include_lineno=False, sort_output=True)
    return file.getvalue()


def missing_in(catalog: Catalog) -> list[Message]:
    """Return the sentences without a translation."""
    return [message for message in catalog if message.id and not all(_forms(message.string))]


def first(forms: str | tuple[str, ...] | list[str]) -> str:
    """Return what is said of one."""
    return forms if isinstance(forms, str) else next(iter(forms), "")


def _backcast() -> Iterator[tuple[Path, Sentence, str | None]]:
    """Sentences of tr(), and of trans in the report's templates."""
    for path in CODE.rglob("*.py"):
        yield from _extracted(path, "python", path.read_bytes(), TR)
    for path in CODE.rglob("*.j2"):
        yield from _extracted(path, "jinja2.ext.babel_extract", path.read_bytes(), TRANS)


def _django() -> Iterator[tuple[Path, Sentence, str | None]]:
    """Sentences of gettext calls, and of translate and blocktranslate in templates.

    What Django makes of a template is no Python by its indents, but it is within brackets.
    """
    for path in WEB.rglob("*.py"):
        yield from _extracted(path, "python", path.read_bytes(), GETTEXT)
    for path in WEB.rglob("templates/**/*.html"):
        code = templatize(path.read_text(encoding="utf-8"), origin=path.name)
        yield from _extracted(path, "python", f"(\n{code}\n)".encode(), GETTEXT)


def _extracted(path: Path, method: str, content: bytes, keywords: dict) -> Iterator[tuple[Path, Sentence, str | None]]:
    """Sentences of one file."""
    for _line, sentence, _comments, context in extract(method, BytesIO(content), keywords):
        yield path, sentence, context


def _translated(sentence: Sentence, given: str | None, old: Message | None) -> str | tuple[str, ...]:
    """The translation that was there, or else the one that is given: what was put right by hand stays."""
    told = (first(old.string) if old else "") or given or ""
    return told if isinstance(sentence, str) else (told,)


def _forms(forms: str | tuple[str, ...]) -> tuple[str, ...]:
    """All forms of a sentence."""
    return (forms,) if isinstance(forms, str) else tuple(forms)


if __name__ == "__main__":
    sys.exit(main())
