"""Undo an import as one action: what it changed becomes what it was, what it created goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.planbook.checks.findings import ROW
from backcast.planbook.problem import Problem
from backcast.web.audit import recording as audit
from backcast.web.audit.models import Event
from backcast.web.core.actor import Actor, Route
from backcast.web.core.refusals import Fault, Invalid
from backcast.web.exchange import packing
from backcast.web.exchange.differences import Changes, changes, identity
from backcast.web.exchange.faults import out_of_reach
from backcast.web.exchange.models import Import, Stage
from backcast.web.exchange.reading import KEY, OLD, VERSION, frame_of, parts
from backcast.web.exchange.registry import Home, home
from backcast.web.exchange.statements import removal
from backcast.web.exchange.writing import apply, prepare, said, settle
from backcast.web.ui.reading import in_chinese


@dataclass(frozen=True, slots=True)
class Blocker:
    """A row because of which an import cannot be undone, and why."""

    identity: str
    why: str


class CannotBeUndone(Invalid):
    """Somebody built on what was imported since; the rows are listed, and nothing was changed."""

    def __init__(self, blockers: Sequence[Blocker]) -> None:
        super().__init__([Fault("", one.why, one.identity) for one in blockers])
        self.blockers = tuple(blockers)


def undo(taken: Import, *, by: Actor) -> None:
    """Undo an import: all of it or nothing.

    Raises
    ------
    CannotBeUndone
        If any of its rows was changed or is used since.
    """
    one, acting = taken.home, replace(by, route=Route.IMPORT, request_id=taken.code)
    by.require(one.importers)
    restored, added = _restored(taken, by), _added(taken)
    blockers = [*_changed_since(restored), *_in_the_way(one, added, by)]
    if blockers:
        raise CannotBeUndone(blockers)
    ready, gone = prepare(restored, by=acting), list(_removed(one, added))
    with transaction.atomic():
        told = {"stage": Stage.UNDONE, "undone_at": timezone.now(), "undone_by": by.name}
        if not Import.objects.filter(pk=taken.pk, stage=Stage.DONE).update(**told):
            raise CannotBeUndone([Blocker("", _("Somebody has undone this import already."))])
        apply(ready, by=acting)
        _remove(one, added[KEY].to_list(), gone, acting)
        audit.record(acting, "import.undone", taken, after={"restored": len(restored.changed), "removed": added.height})


def _restored(taken: Import, by: Actor) -> Changes:
    """Compare how the rows had been with how they are."""
    before, table = packing.unpacked(taken.before), taken.home.table
    rows = before.select(list(table.polars_schema)) if before.width else table.empty()
    then = (
        {name: (version + 1, "") for name, version in zip(identity(table, rows), before[VERSION], strict=True)}
        if (before.width)
        else {}
    )
    return changes(taken.table, rows, by, taken.its_plan(), exported=then)


def _added(taken: Import) -> pl.DataFrame:
    """Return the rows that the import created, as they are; the audit tells which."""
    one = taken.home
    lines = Event.objects.filter(
        number__range=(taken.first_event, taken.last_event),
        request_id=taken.code,
        object_type=one.model._meta.label_lower,
        action=f"{one.model._meta.model_name}.added",
    )
    keys = [int(key) for key in lines.values_list("object_key", flat=True)]
    frames = [frame_of(one, one.model._default_manager.filter(pk__in=part)) for part in parts(keys)]
    return pl.concat(frames) if frames else frame_of(one, one.model._default_manager.none())


def _changed_since(restored: Changes) -> Iterator[Blocker]:
    """Yield the changed rows that are no more as the import left them."""
    for change in restored.conflicts:
        yield Blocker(change.identity, _("Somebody changed this row after the import."))
    for name in identity(home(restored.table).table, restored.created):
        yield Blocker(name, _("This row is gone, or has another code now."))
    for problem in restored.errors:
        yield Blocker(problem.value, _read(problem))


def _in_the_way(one: Home, added: pl.DataFrame, by: Actor) -> Iterator[Blocker]:
    """Yield the new rows that somebody changed, that others refer to, or that are out of the actor's reach."""
    names = dict(zip(added[KEY], identity(one.table, added), strict=True))
    for key, version in added.select(KEY, VERSION).iter_rows():
        if version != 1:
            yield Blocker(names[key], _("Somebody changed this row after the import."))
    for relation in one.model._meta.related_objects:
        for key in _used(relation, list(names), one):
            what = str(relation.related_model._meta.verbose_name)
            yield Blocker(names[key], _("Something refers to this row by now: {what}.").format(what=what))
    placed = added.with_columns(pl.lit(0).alias(ROW), *(pl.col(name).alias(name + OLD) for name in one.place))
    for problem in out_of_reach(one, placed.clear(), placed, by):
        yield Blocker(problem.value, _read(problem))


def _used(relation: models.ForeignObjectRel, keys: list[int], one: Home) -> Iterator[int]:
    """Yield the rows that others refer to by a relation, without those that are removed together."""
    name = relation.field.name
    for part in parts(keys):
        rows = relation.related_model._default_manager.filter(**{f"{name}__in": part})
        if relation.related_model is one.model:
            rows = rows.exclude(pk__in=keys)
        yield from set(rows.values_list(f"{name}_id", flat=True))


def _removed(one: Home, added: pl.DataFrame) -> Iterator[audit.Told]:
    """Yield what the audit is told of rows that go."""
    rows = added.select(pl.col(name).alias(one.field(name)) for name in one.table.polars_schema)
    for name, key, row in zip(identity(one.table, added), added[KEY], rows.iter_rows(named=True), strict=True):
        filled = {field: value for field, value in row.items() if value is not None}
        yield audit.told(audit.Named(one.model, key, said(name)), filled, None)


def _remove(one: Home, keys: list[int], gone: Sequence[audit.Told], by: Actor) -> None:
    """Remove rows to which nothing refers but each other."""
    if not keys:
        return
    removal(one.model, keys).execute()
    audit.record_told(by, f"{one.model._meta.model_name}.removed", gone)
    settle(one)


def _read(problem: Problem) -> str:
    return problem.message.read("zh_Hans" if in_chinese() else "en")
