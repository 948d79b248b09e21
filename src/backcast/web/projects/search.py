"""Find projects by any part of their texts, in Chinese as in English, in a library of 100,000.

Databases index words, and Chinese writes none. So every pair of neighbouring characters is indexed, of plain English
every three; a word is looked up by its pairs, and what is found is compared with the word itself. The texts stand in a
row beside the project, written by :func:`index` and :func:`refresh` in every action that writes projects; the index
over them is the database's own (FTS5 by triggers, GIN by expression), so it follows by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from backcast.web.projects.models import Project, SearchEntry

FIELDS = ("code", "name", "name_en", "owner")
"""What is searched."""
MANY = 20_000
"""What more projects have in common is not looked up: the list meets it soon enough."""
BATCH = 2_000
_GRAM = re.compile(r"(?=([a-z0-9]{3}|[a-z0-9][㐀-鿿]|[㐀-鿿][a-z0-9㐀-鿿]))")
"""Pairs in which there is a Chinese character, and threes of letters and digits: words to every database."""
_FOUND = {
    "sqlite": ("SELECT rowid FROM projects_searchgrams WHERE projects_searchgrams MATCH %s", " AND "),
    "postgresql": (
        "SELECT project_id FROM projects_searchentry WHERE string_to_array(grams, ' ') @> %s::text[]",
        ",",
    ),
}
"""How each database finds rows by tokens, and what stands between tokens."""


def found(text: str) -> Q:
    """Return the condition that a project's texts hold every word of a text, whatever its case or width."""
    words = folded(text).split()
    condition = Q()
    for word in words:
        condition &= Q(Exists(SearchEntry.objects.filter(project=OuterRef("pk"), text__contains=word)))
    tokens = grams(words)
    return condition & _indexed(tokens) if tokens else condition


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


def _indexed(tokens: list[str]) -> Q:
    """Return the condition that the index finds all tokens; nothing where it finds so many that it is of no use."""
    sql, between = _FOUND[connection.vendor]
    words = between.join(f'"{token}"' for token in tokens)
    asked = [f"{{{words}}}" if connection.vendor == "postgresql" else words]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql} LIMIT {MANY + 1}) AS found", asked)
        (count,) = cursor.fetchone()
    return Q(pk__in=RawSQL(sql, asked)) if count <= MANY else Q()


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
