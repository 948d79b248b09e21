"""What is wrong or doubtful in projects that somebody uploads, beyond what their table says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from backcast.language import Message, tr
from backcast.planbook import schema
from backcast.planbook.checks.findings import ROW
from backcast.planbook.columns import Type
from backcast.planbook.problem import Problem
from backcast.web.core.actor import Actor
from backcast.web.core.roles import Role
from backcast.web.directory.models import Region
from backcast.web.exchange.registry import Changed
from backcast.web.projects.access import REPORTED
from backcast.web.projects.lifecycle import OFFICERS
from backcast.web.projects.likeness import Alike, alike
from backcast.web.projects.models import Project
from backcast.web.projects.secrecy import MARKS

TABLE = schema.PROJECTS.name
TEXTS = [column.name for column in schema.PROJECTS if column.type is Type.TEXT]


def check(created: pl.DataFrame, changed: Sequence[Changed], actor: Actor, plan: Any) -> Iterator[Problem]:
    """Yield marks of state secrets, what a reporter may not do, and likely duplicates of new projects."""
    yield from _secrets([*created.select(ROW, *TEXTS).iter_rows(named=True), *_texts(changed)])
    if actor.has(Role.REPORTER):
        yield from _beyond_reporters(created, changed, actor)
    for found in alike(created, actor, plan):
        yield Problem(TABLE, found.row, "name", found.name, _looks_like(found), "warning")


def _texts(changed: Iterable[Changed]) -> Iterator[dict[str, Any]]:
    for change in changed:
        yield {ROW: change.row, **{name: change.after[name] for name in TEXTS if name in change.after}}


def _secrets(rows: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    for row in rows:
        for name, value in row.items():
            if isinstance(value, str) and MARKS.search(value):
                yield Problem(TABLE, row[ROW], name, "", _secret())


def _beyond_reporters(created: pl.DataFrame, changed: Sequence[Changed], actor: Actor) -> Iterator[Problem]:
    """Find what reporters would do beyond dates, progress and place, where they hold no other role."""
    paths = dict(Region.objects.filter(code__in=created["lead_region"].unique().to_list()).values_list("code", "path"))
    for row, code in created.select(ROW, "lead_region").iter_rows():
        if code in paths and not actor.has(OFFICERS, paths[code]):
            yield Problem(TABLE, row, "", "", tr("A reporter may not add projects. Ask a project officer."))
    kept = Project.objects.filter(pk__in=[change.pk for change in changed])
    places = {pk: place for pk, *place in kept.values_list("pk", "lead_region__path", "owner_organisation__code")}
    for change in changed:
        path, organisation = places[change.pk]
        if not actor.has(OFFICERS, path, organisation or ""):
            for name in change.after.keys() - REPORTED:
                told = tr("A reporter may change dates, progress and place only. Leave this cell as it was.")
                yield Problem(TABLE, change.row, name, str(change.after[name] or ""), told)


def _secret() -> Message:
    return tr(
        "This text bears a mark of state secrets, which must never be entered into this system. "
        "Remove it, and tell your secrecy office if the document is classified."
    )


def _looks_like(found: Alike) -> Message:
    if not found.code:
        return tr("Row {other} of this file looks like the same project. Look at both.", other=found.other)
    return tr(
        "The library may have this project already: “{name}” ({code}), alike to {score} of 100. Look at it first.",
        name=found.other,
        code=found.code,
        score=f"{found.score:.0f}",
    )
