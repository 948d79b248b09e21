"""Where the tables of regions and organisations live, which every plan shares; their app stands below this one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from backcast.planbook import schema
from backcast.web.core.actor import Actor
from backcast.web.core.roles import PLANNERS
from backcast.web.directory.models import DirectoryQuerySet, Organisation, Region
from backcast.web.directory.paths import settle_paths
from backcast.web.exchange.registry import Home, register


def regions(actor: Actor, plan: models.Model | None) -> DirectoryQuerySet:
    """Return the regions that somebody sees, whatever the plan."""
    return Region.objects.visible_to(actor)


def organisations(actor: Actor, plan: models.Model | None) -> DirectoryQuerySet:
    """Return the organisations that somebody sees, whatever the plan."""
    return Organisation.objects.visible_to(actor)


def _own_path(region: Mapping[str, Any]) -> dict[str, str]:
    """Return the path that a region would have at the root; it gets its own once all regions are there."""
    return {"path": f"/{region['code']}/"}


register(
    Home(schema.REGIONS, Region, regions, PLANNERS, reach=("path",), beside=_own_path, settle=settle_paths),
    Home(schema.ORGANISATIONS, Organisation, organisations, PLANNERS),
)
