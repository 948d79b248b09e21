"""Find projects by any part of their texts, in Chinese as in English, in a library of 100,000.

Databases index words, and Chinese writes none. So every pair of neighbouring characters is indexed, of plain English
every three; a word is looked up by its pairs, and what is found is compared with the word itself. The texts stand in a
row beside the project, written by :func:`index` in every action that writes one, and by :func:`refresh` after those
that wrote many; the index over them is the database's own (FTS5 by triggers, GIN by expression), so it follows by
itself.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from backcast.web.projects.models import Project, SearchEntry

FIELDS = ("code", "name", "name_en", "owner")
"""What is searched."""
BATCH = 2_000
BREATH_SECONDS = 0.12
"""Who waits to write to SQLite looks again every tenth of a second."""
_GRAM = re.compile(r"(?=([a-z0-9]{3}|[a-z0-9][㐀-鿿]|[㐀-鿿][a-z0-9㐀-鿿]))")
"""Pairs in which there is a Chinese character, and threes of letters and digits: words to every database."""


def found(text: str) -> Q:
    """Return the condition that a project's texts hold every word of a text, whatever its case or width."""
    words = folded(text).split()
    tokens = grams(words)
    compared = [word for word in words if word not in tokens]  # a word that is a token needs no more than the index
    if tokens and connection.vendor == "postgresql":
        return _found_by_array([*_apart(words)], compared)
    condition = _found_by_match(tokens) if tokens else Q()
    for word in compared:
        condition &= Q(Exists(SearchEntry.objects.filter(project=OuterRef("pk"), text__contains=word)))
    return condition


def index(project: Project) -> None:
    """Bring what one project is found by up to date."""
    _write([_entry(project)])


def refresh() -> int:
    """Bring up to date what projects are found by, where they changed or went; return of how many they changed.

    It follows in steps so short that nobody waits for long; who is interrupted is made up for by the next.
    """
    gone = SearchEntry.objects.filter(~Exists(Project.objects.filter(pk=OuterRef("project_id"))))
    for keys in _batches(gone):
        SearchEntry.objects.filter(pk__in=keys).delete()
    told = SearchEntry.objects.filter(project=OuterRef("pk"), version=OuterRef("version"))
    written = 0
    for keys in _batches(Project.objects.filter(~Exists(told))):
        _index_all(keys)
        written += len(keys)
    if written >= BATCH:
        _analyse()
    return written


def folded(text: str) -> str:
    """Return a text without the differences that searching overlooks: case, width, ligatures."""
    return unicodedata.normalize("NFKC", text).casefold()


def grams(words: Iterable[str]) -> list[str]:
    """Return the pairs and threes of characters in some words that are indexed."""
    return sorted({gram for word in words for gram in _GRAM.findall(word)})


def _found_by_match(tokens: list[str]) -> Q:
    """Return the condition that SQLite's index finds all tokens."""
    match = " AND ".join(f'"{token}"' for token in tokens)
    sql = "SELECT rowid FROM projects_searchgrams WHERE projects_searchgrams MATCH %s"
    return Q(pk__in=RawSQL(sql, [match]))


def _apart(words: Iterable[str]) -> Iterator[str]:
    """Yield tokens of words that do not overlap: PostgreSQL takes each for as rare as if it stood alone."""
    for word in words:
        end = 0
        for found in _GRAM.finditer(word):
            if found.start() >= end:
                yield found[1]
                end = found.end(1)


def _found_by_array(tokens: list[str], words: list[str]) -> Q:
    """Return the condition that PostgreSQL's index finds all tokens, and that the texts hold some words.

    Both are asked behind a fence (``OFFSET``): taken into the query around it, they would be asked of every row.
    """
    array = f"{{{','.join(tokens)}}}"
    asked = ["projects_grams(grams) @> %s::text[]", *["strpos(text, %s) > 0"] * len(words)]
    sql = f"SELECT project_id FROM projects_searchentry WHERE {' AND '.join(asked)} OFFSET 0"
    return Q(pk__in=RawSQL(sql, [array, *words]))


def _analyse() -> None:
    """Let SQLite count how often values occur, which it never does by itself; PostgreSQL does."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit=1000")
            cursor.execute("ANALYZE")


def _batches(rows: QuerySet[Any]) -> Iterator[list[int]]:
    """Yield the keys of rows in batches; between two, whoever waits to write has time to."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        if len(keys) > BATCH and not connection.in_atomic_block:
            time.sleep(BREATH_SECONDS)
        yield keys[start : start + BATCH]


def _index_all(keys: list[int]) -> None:
    """Bring what some projects are found by up to date; those that change meanwhile bring themselves."""
    entries = [_entry(project) for project in Project.objects.filter(pk__in=keys).only("version", *FIELDS)]
    with transaction.atomic():
        rows = Project.objects.filter(pk__in=keys).order_by("pk").select_for_update()
        versions = dict(rows.values_list("pk", "version"))
        _write([entry for entry in entries if versions.get(entry.project_id) == entry.version])


def _write(entries: list[SearchEntry]) -> None:
    SearchEntry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["project"], update_fields=["version", "text", "grams"]
    )


def _entry(project: Project) -> SearchEntry:
    text = "\n".join(folded(getattr(project, name)) for name in FIELDS)
    return SearchEntry(project=project, version=project.version, text=text, grams=" ".join(grams(text.split())))
