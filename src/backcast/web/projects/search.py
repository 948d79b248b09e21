"""Find projects by any part of their texts, in Chinese as in English, in a library of 100,000.

Databases index words, and Chinese writes none. So every pair of neighbouring characters is indexed, of plain English
every three; a word is looked up by its pairs, and what is found is compared with the word itself. The texts stand in a
row beside the project, written by :func:`index` and :func:`refresh` in every action that writes projects; the index
over them is the database's own (FTS5 by triggers, GIN by expression), so it follows by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from backcast.web.projects.models import Project, SearchEntry

FIELDS = ("code", "name", "name_en", "owner")
"""What is searched."""
BATCH = 2_000
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
    _write([project])


def refresh() -> None:
    """Bring up to date what projects are found by, where they changed or went; for what writes many at once."""
    SearchEntry.objects.filter(~Exists(Project.objects.filter(pk=OuterRef("project_id")))).delete()
    told = SearchEntry.objects.filter(project=OuterRef("pk"), version=OuterRef("version"))
    wanted = Project.objects.filter(~Exists(told)).order_by("pk").only("pk", "version", *FIELDS)
    last = written = 0
    while batch := list(wanted.filter(pk__gt=last)[:BATCH]):
        _write(batch)
        last, written = batch[-1].pk, written + len(batch)
    if written >= BATCH:
        _analyse()


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


def _write(projects: list[Project]) -> None:
    SearchEntry.objects.bulk_create(
        [_entry(project) for project in projects],
        update_conflicts=True,
        unique_fields=["project"],
        update_fields=["version", "text", "grams"],
    )


def _entry(project: Project) -> SearchEntry:
    text = "\n".join(folded(getattr(project, name)) for name in FIELDS)
    return SearchEntry(project=project, version=project.version, text=text, grams=" ".join(grams(text.split())))
