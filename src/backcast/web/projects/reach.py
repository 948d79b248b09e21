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
from backcast.web.directory.models import Organisation
from backcast.web.projects.known import Known
from backcast.web.projects.models import Confidentiality, Project, Share
from backcast.web.projects.models.library import TRUSTED
from backcast.web.projects.unindexed import unindexed


def scope(actor: Actor, known: Known) -> Q:
    """Return the condition under which projects are visible to an actor."""
    reach = [_of(grant, known) for grant in actor.grants if grant.role in BUSINESS]
    return reduce(or_, reach) if reach else Q(pk__in=())


def within(path: str, known: Known) -> Q:
    """Return the condition that a project lies within a region or anything below it; nothing is asked if all do."""
    keys, others = known.parted(path)
    if not others:
        return Q()
    led = Q(lead_region__in=keys) if len(keys) <= len(others) else ~Q(lead_region__in=others)
    return led | Q(pk__in=_shared(keys, others))


def _shared(keys: list[int], others: list[int]) -> list[int]:
    """Return the projects with a share in some regions that are led from others, asked from where there are fewer."""
    shares: models.QuerySet[Share, Any] = Share.objects.all()
    if len(keys) > len(others):
        led = Project.objects.filter(lead_region__in=others).order_by().values("pk")
        shares = unindexed(shares, Q(region__in=keys)).filter(project__in=led)
    else:
        shares = shares.filter(region__in=keys).exclude(project__lead_region__in=keys)
    return sorted(set(shares.order_by().values_list("project", flat=True)))


def _of(grant: Grant, known: Known) -> Q:
    open_to = Q() if grant.role in TRUSTED else ~Q(confidentiality=Confidentiality.WORK_SECRET)
    if grant.region_path == "/":
        return open_to
    reach = within(grant.region_path, known) if grant.region_path else Q(pk__in=())
    if grant.organisation:
        own = Organisation.objects.filter(code=grant.organisation).values_list("pk", flat=True)
        reach |= Q(owner_organisation__in=list(own))
    return reach & open_to
