"""Organisations that were entered twice: find them, put them together, and take them apart again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor
from backcast.web.core.models import Versioned
from backcast.web.core.refusals import Fault, Invalid
from backcast.web.core.roles import PLANNERS
from backcast.web.directory.actions import place_of
from backcast.web.directory.models import Moved, Organisation

ALIKE = 80
"""Names at least so alike, of 100, are shown as likely the same."""
MOST, SHOWN = 3_000, 50
"""So many organisations are compared with each other, those changed last; so many pairs are shown."""
COMMON = ("有限责任公司", "股份有限公司", "有限公司", "集团", "公司", "省", "市", "人民政府", " ")
"""Words that tell nobody apart."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two organisations that are likely the same."""

    first: Organisation
    second: Organisation
    alike: int


@dataclass(frozen=True, slots=True)
class Use:
    """Rows of one kind that name an organisation."""

    model: type[models.Model]
    field: str
    rows: tuple[Any, ...]

    @property
    def label(self) -> str:
        """What the rows are."""
        return str(self.model._meta.verbose_name_plural)


def likely_duplicates() -> list[Pair]:
    """Return pairs of organisations with much the same name, the most alike first."""
    found = list(Organisation.objects.current().select_related("region").order_by("-changed_at")[:MOST])
    names = [_telling(organisation.name) for organisation in found]
    alike = process.cdist(names, names, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype="uint8")
    places = ((i, j) for i, j in zip(*alike.nonzero(), strict=True) if i < j)
    pairs = [Pair(found[i], found[j], int(alike[i, j])) for i, j in places]
    return sorted(pairs, key=lambda pair: (-pair.alike, pair.first.code, pair.second.code))[:SHOWN]


def likely_same(organisation: Organisation, most: int = 5) -> list[Pair]:
    """Return the organisations that one may be the same as, the most alike first."""
    others = Organisation.objects.current().exclude(pk=organisation.pk)
    names = {key: _telling(name) for key, name in others.values_list("pk", "name")}
    best = process.extract(_telling(organisation.name), names, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=most)
    rows = others.select_related("region").in_bulk([key for *_rest, key in best])
    return [Pair(organisation, rows[key], round(score)) for _name, score, key in best]


def uses_of(organisation: Organisation) -> list[Use]:
    """Return everything that names an organisation, in whatever app."""
    uses = ((relation, _rows(relation, organisation)) for relation in _relations())
    return [Use(relation.related_model, relation.field.name, rows) for relation, rows in uses if rows]


@transaction.atomic
def merge(duplicate: Organisation, survivor: Organisation, *, by: Actor) -> Organisation:
    """Let everything that names one organisation name another; the first keeps its row and says where it went.

    Raises
    ------
    Invalid
        If the two are one, or either was merged before, or something names both where it may name one only.
    """
    by.require(PLANNERS, place_of(duplicate))
    by.require(PLANNERS, place_of(survivor))
    _check(duplicate, survivor)
    uses = uses_of(duplicate)
    moved = [
        Moved(organisation=duplicate, model=u.model._meta.label, field=u.field, key=r.pk) for u in uses for r in u.rows
    ]
    Moved.objects.bulk_create(moved)
    for use in uses:
        _repoint(use.model, use.field, [row.pk for row in use.rows], survivor)
    _mark(duplicate, survivor)
    changes = [(row, {use.field: duplicate.code}, {use.field: survivor.code}) for use in uses for row in use.rows]
    audit.record_many(
        by, "organisation.merged", [(duplicate, {"merged_into": None}, {"merged_into": survivor.code}), *changes]
    )
    return survivor


@transaction.atomic
def unmerge(duplicate: Organisation, *, by: Actor) -> Organisation:
    """Take a merged organisation apart again; what was changed by hand since stays as it is."""
    by.require(PLANNERS, place_of(duplicate))
    survivor = duplicate.merged_into
    if survivor is None:
        raise Invalid([Fault("", _("“{name}” is not merged into another organisation.").format(name=duplicate))])
    by.require(PLANNERS, place_of(survivor))
    changes: list[audit.Change] = [(duplicate, {"merged_into": survivor.code}, {"merged_into": None})]
    for model, field, keys in _moved(duplicate):
        rows = list(model._default_manager.filter(pk__in=keys, **{field: survivor}))
        _repoint(model, field, [row.pk for row in rows], duplicate)
        changes += [(row, {field: survivor.code}, {field: duplicate.code}) for row in rows]
    duplicate.moved.all().delete()
    _mark(duplicate, None)
    audit.record_many(by, "organisation.unmerged", changes)
    return duplicate


def _telling(name: str) -> str:
    """Return the part of a name that tells organisations apart; the whole where nothing else is left."""
    rest = name
    for word in COMMON:
        rest = rest.replace(word, "")
    return (rest or name).lower()


def _relations() -> Iterator[Any]:
    """Yield the foreign keys to organisations, but for the memory of merges."""
    for relation in Organisation._meta.related_objects:
        if relation.related_model is not Moved:
            yield relation


def _rows(relation: Any, organisation: Organisation) -> tuple[Any, ...]:
    return tuple(relation.related_model._default_manager.filter(**{relation.field.name: organisation}))


def _check(duplicate: Organisation, survivor: Organisation) -> None:
    if duplicate.pk == survivor.pk:
        raise Invalid([Fault("into", _("An organisation cannot be merged into itself. Choose another one."))])
    for one in (duplicate, survivor):
        if one.merged_into_id:
            told = _("“{name}” was merged into “{other}” already.").format(name=one, other=one.merged_into)
            raise Invalid([Fault("into", told)])


def _repoint(model: type[models.Model], field: str, keys: list[int], to: Organisation) -> None:
    """Let rows name another organisation; whoever edits one of them meanwhile is told."""
    counted = {"version": F("version") + 1, "changed_at": timezone.now()} if issubclass(model, Versioned) else {}
    try:
        with transaction.atomic():
            model._default_manager.filter(pk__in=keys).update(**{field: to}, **counted)
    except IntegrityError as error:
        told = _("Some {rows} name both organisations, but may name each only once. Remove one there first.")
        raise Invalid([Fault("into", told.format(rows=model._meta.verbose_name_plural))]) from error


def _moved(duplicate: Organisation) -> Iterator[tuple[type[models.Model], str, list[int]]]:
    """Yield what a merge moved, by model and field."""
    kinds: dict[tuple[str, str], list[int]] = {}
    for moved in duplicate.moved.all():
        kinds.setdefault((moved.model, moved.field), []).append(moved.key)
    for (label, field), keys in kinds.items():
        yield apps.get_model(label), field, keys


def _mark(duplicate: Organisation, survivor: Organisation | None) -> None:
    """Write where an organisation went."""
    duplicate.merged_into = survivor
    duplicate.save_changes(["merged_into"], expected=duplicate.version)
