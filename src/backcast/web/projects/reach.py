"""What the list asks of places: the scope of a reader, and the filter by region, in words that databases answer fast.

A project lies where it is led and where it has shares. Few have shares beyond the region that is asked for, so those
few are looked up and named; what then is asked of each project is one comparison. ``Project.objects.visible_to`` says
the same for one project at a time, and a test compares the two.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q

from backcast.web.core.actor import Actor, Grant
from backcast.web.core.roles import BUSINESS
from backcast.web.directory.models import Organisation, Region
from backcast.web.projects.models import Confidentiality, Project, Share
from backcast.web.projects.models.library import TRUSTED
from backcast.web.projects.unindexed import unindexed


def scope(actor: Actor) -> Q:
    """Return the condition under which projects are visible to an actor."""
    reach = [_of(grant) for grant in actor.grants if grant.role in BUSINESS]
    return reduce(or_, reach) if reach else Q(pk__in=())


def within(path: str) -> Q:
    """Return the condition that a project lies within a region or anything below it; nothing is asked if all do."""
    paths = dict(Region.objects.order_by().values_list("pk", "path"))
    keys = [key for key, other in paths.items() if other.startswith(path)]
    if len(keys) == len(paths):
        return Q()
    return Q(lead_region__in=keys) | Q(pk__in=_shared(keys, [*paths.keys() - set(keys)]))


def _shared(keys: list[int], others: list[int]) -> list[int]:
    """Return the projects with a share in some regions that are led from others, asked from where there are fewer."""
    shares: models.QuerySet[Share, Any] = Share.objects.all()
    if len(keys) > len(others):
        led = Project.objects.filter(lead_region__in=others).order_by().values("pk")
        shares = unindexed(shares, Q(region__in=keys)).filter(project__in=led)
    else:
        shares = shares.filter(region__in=keys).exclude(project__lead_region__in=keys)
    return list(shares.order_by().values_list("project", flat=True).distinct())


def _of(grant: Grant) -> Q:
    open_to = Q() if grant.role in TRUSTED else ~Q(confidentiality=Confidentiality.WORK_SECRET)
    if grant.region_path == "/":
        return open_to
    reach = within(grant.region_path) if grant.region_path else Q(pk__in=())
    if grant.organisation:
        own = Organisation.objects.filter(code=grant.organisation).values_list("pk", flat=True)
        reach |= Q(owner_organisation__in=list(own))
    return reach & open_to
