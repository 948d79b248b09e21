"""Gather the sentences of the code into the two catalogues, and compile them.

English is the source. Sentences without a Chinese translation are listed, and the exit code is 1.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "src" / "backcast" / "locale"


def main() -> int:
    """Update both catalogues; a JSON file of {English: Chinese} may be given to take translations from."""
    given = {k: v for name in sys.argv[1:] for k, v in json.loads(Path(name).read_text(encoding="utf-8")).items()}
    sentences = gather()
    for code in ("zh_Hans", "en"):
        folder = LOCALE / code / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        catalog = update(folder / "backcast.po", code, sentences, given if code == "zh_Hans" else {})
        write(catalog, folder)
        missing = [message.id for message in catalog if message.id and not message.string]
        for sentence in missing if code == "zh_Hans" else ():
            sys.stdout.write(f"untranslated: {sentence}\n")
    return 1 if missing_in("zh_Hans") else 0


def gather() -> dict[str, list[str]]:
    """Return every sentence marked with tr(), or with trans in a template, with the files it stands in."""
    methods = [("**.py", "python"), ("**.j2", "jinja2.ext.babel_extract")]
    found: dict[str, list[str]] = {}
    for file, _, sentence, _, _ in extract_from_dir(
        str(ROOT / "src" / "backcast"), method_map=methods, keywords={"tr": None, "gettext": None}
    ):
        if isinstance(sentence, str) and sentence:
            found.setdefault(sentence, []).append(Path(file).as_posix())
    return found


def update(path: Path, code: str, sentences: dict[str, list[str]], given: dict[str, str]) -> Catalog:
    """Return the catalogue with today's sentences, keeping the translations it has."""
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
    for sentence, files in sorted(sentences.items()):
        old = known.get(sentence)
        translation = given.get(sentence) or (old.string if old else "")
        catalog.add(
            sentence,
            sentence if code == "en" else translation,
            locations=[(file, 0) for file in sorted(set(files))],
            flags=["python-brace-format"] if "{" in sentence else [],
        )
    return catalog


def write(catalog: Catalog, folder: Path) -> None:
    """Write a catalogue for people and for gettext, without dates, so that nothing changes by itself."""
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    with (folder / "backcast.po").open("wb") as file:
        write_po(file, catalog, width=110, include_lineno=False, sort_output=True)
    with (folder / "backcast.mo").open("wb") as file:
        write_mo(file, catalog)


def missing_in(code: str) -> list[str]:
    """Return the sentences without a translation."""
    catalog = read_po(BytesIO((LOCALE / code / "LC_MESSAGES" / "backcast.po").read_bytes()), locale=code)
    return [str(message.id) for message in catalog if message.id and not message.string]


if __name__ == "__main__":
    sys.exit(main())
