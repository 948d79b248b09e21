"""The list of projects as somebody asks for it: which rows, how many, in which order, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from backcast.web.core.actor import Actor
from backcast.web.projects import paging, reach
from backcast.web.projects.filters import condition
from backcast.web.projects.known import Known
from backcast.web.projects.models import Project, ProjectQuerySet
from backcast.web.projects.unindexed import unindexed

SIZE = 50
"""Rows of a page."""
COUNTED = 1_000
"""Up to so many projects are counted; of more it is said that there are more, unless somebody asks how many."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many projects there are, or that there are at least so many.

    Attributes
    ----------
    investment
        Total investment of all of them, of each family at the level that counts; nothing where it is not added up.
    unknown
        How many of those have no amount.
    """

    number: int
    exact: bool = True
    investment: Decimal | None = None
    unknown: int = 0


def asked_for(actor: Actor, asked: Mapping[str, Any], known: Known) -> Q:
    """Return the condition of projects that somebody sees and that answer what is asked."""
    return reach.scope(actor, known) & condition(asked, known)


def chosen(wanted: Q) -> ProjectQuerySet:
    """Return the projects of a condition."""
    return Project.objects.filter(wanted).order_by()


def page(
    wanted: Q, order: paging.Order, fields: list[str], *, after: str = "", before: str = "", exactly: bool = False
) -> tuple[paging.Page, Count]:
    """Return a page of rows of values, and how many rows there are.

    Few rows are found by whatever index helps, and then sorted; many are met soon enough when read in the order of an
    index until a page is full. SQLite cannot know which is meant, so it is tried, and told.
    """
    keys = list(chosen(wanted).values_list("pk", flat=True)[: COUNTED + 1])
    if not keys:
        return paging.Page(()), Count(0)
    few = len(keys) <= COUNTED
    rows = _of(keys) if few else unindexed(Project.objects.all(), wanted)
    found = paging.page(rows, fields, order, SIZE, after=after, before=before)
    if few:
        return found, _counted(_of(keys))
    return found, _counted(chosen(wanted)) if exactly else Count(COUNTED, exact=False)


def _counted(rows: ProjectQuerySet) -> Count:
    """Count projects, and add up what they cost."""
    once = ~Q(counts=False)
    found = rows.aggregate(
        number=models.Count("pk"),
        investment=models.Sum("total_investment", filter=once),
        unknown=models.Count("pk", filter=once & Q(total_investment=None)),
    )
    return Count(**found)


def _of(keys: list[int]) -> ProjectQuerySet:
    """Return the projects of some keys, handed over as one value; a thousand take longer to write out than to find."""
    told = ",".join(map(str, keys))
    if connection.vendor == "postgresql":
        return Project.objects.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [f"{{{told}}}"]))
    return Project.objects.filter(pk__in=RawSQL("SELECT value FROM json_each(%s)", [f"[{told}]"]))
