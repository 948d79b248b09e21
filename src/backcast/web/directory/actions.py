"""What plan officers do to the directory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from backcast.web.audit import changing
from backcast.web.core.actor import Actor
from backcast.web.core.roles import PLANNERS
from backcast.web.directory.models import Organisation, Region


@transaction.atomic
def add_region(region: Region, *, by: Actor) -> Region:
    """Add a region below its parent, or beside all others."""
    above = region.parent.path if region.parent else "/"
    by.require(PLANNERS, above)
    region.path = f"{above}{region.code}/"
    return changing.add(by, "region.added", region)


@transaction.atomic
def change_region(region: Region, values: Mapping[str, Any], *, expected: int, by: Actor) -> Region:
    """Change what is said of a region; its code and its place in the tree stay."""
    by.require(PLANNERS, region.path)
    return changing.change(by, "region.changed", region, values, expected=expected)


@transaction.atomic
def add_organisation(organisation: Organisation, *, by: Actor) -> Organisation:
    """Add an organisation."""
    by.require(PLANNERS, place_of(organisation))
    return changing.add(by, "organisation.added", organisation)


@transaction.atomic
def change_organisation(
    organisation: Organisation, values: Mapping[str, Any], *, expected: int, by: Actor
) -> Organisation:
    """Change what is said of an organisation; who moves it to another region must reach both."""
    by.require(PLANNERS, place_of(organisation))
    if region := values.get("region"):
        by.require(PLANNERS, region.path)
    return changing.change(by, "organisation.changed", organisation, values, expected=expected)


def place_of(organisation: Organisation) -> str | None:
    """Return the path of an organisation's region; None where it has none, so that any planner reaches it."""
    return organisation.region.path if organisation.region else None
