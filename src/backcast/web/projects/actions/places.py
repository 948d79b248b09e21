"""Where a project counts: its shares over regions, its years on the lists, and its outputs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor
from backcast.web.core.refusals import Fault
from backcast.web.directory.models import Region
from backcast.web.projects import access, lifecycle, rules
from backcast.web.projects.actions.writing import current, put, removed
from backcast.web.projects.models import Listing, Output, Project, Share


@transaction.atomic
def set_shares(project: Project, shares: Mapping[Region, float], *, by: Actor, expected: int) -> Project:
    """Share a project over regions; the shares add up to 1, and the lead region has one of them.

    Parameters
    ----------
    expected
        Version of the project: its shares are a part of it.
    """
    project = current(project, expected)
    access.require(by, lifecycle.OFFICERS, project)
    rules.require(_wrong_shares(project, shares))
    before = {f"shares.{share.region.code}": share.share for share in project.shares.select_related("region")}
    after = {f"shares.{region.code}": share for region, share in shares.items()}
    if before == after:
        return project
    project.shares.all().delete()
    Share.objects.bulk_create(Share(project=project, region=region, share=share) for region, share in shares.items())
    project.save_changes((), expected=expected)
    audit.record(by, "project.shared", project, before=before, after=after)
    return project


def _wrong_shares(project: Project, shares: Mapping[Region, float]) -> list[Fault]:
    faults = [
        Fault("shares", _("The share of {region} is not between 0 and 1.").format(region=region), str(share))
        for region, share in shares.items()
        if not 0 < share <= 1
    ]
    if not math.isclose(total := sum(shares.values()), 1, abs_tol=1e-6):
        sentence = _("The shares add up to {total}, not to 1. Change one of them.")
        faults.append(Fault("shares", sentence.format(total=f"{total:.6g}")))
    if project.lead_region not in shares:
        sentence = _("{region} is in the lead, so it has a share. Add it, or change the lead region first.")
        faults.append(Fault("shares", sentence.format(region=project.lead_region)))
    return faults


@transaction.atomic
def list_in(project: Project, values: Mapping[str, Any], *, by: Actor) -> Listing:
    """Put a project on a year's list; ``values`` are fields of :class:`Listing`."""
    access.require(by, lifecycle.OFFICERS, project)
    listing = Listing(project=project)
    return put(listing, values, expected=None, by=by, action="listing.added", part=_list_of(values))


@transaction.atomic
def change_listing(listing: Listing, values: Mapping[str, Any], *, by: Actor, expected: int) -> Listing:
    """Change the class, the annual plan or the document of a year's listing."""
    access.require(by, lifecycle.OFFICERS, listing.project)
    rules.require(_left_before(listing, values))
    part = _list_of({"year": listing.year, "tier": listing.tier})
    return put(listing, values, expected=expected, by=by, action="listing.changed", part=part)


def unlist(listing: Listing, left: date, *, by: Actor, expected: int) -> Listing:
    """Take a project off a year's list from a day on; what it was listed for stays to be seen."""
    return change_listing(listing, {"left": left}, by=by, expected=expected)


def _list_of(values: Mapping[str, Any]) -> str:
    return f"listings.{values.get('year')}.{values.get('tier')}"


def _left_before(listing: Listing, values: Mapping[str, Any]) -> list[Fault]:
    entered, left = values.get("entered", listing.entered), values.get("left", listing.left)
    if entered and left and left < entered:
        return [Fault("left", _("It would leave before it entered, on {entered}.").format(entered=entered), str(left))]
    return []


@transaction.atomic
def set_output(output: Output, values: Mapping[str, Any], *, by: Actor, expected: int | None = None) -> Output:
    """Say what a project adds to an indicator; a new row expects no version."""
    access.require(by, lifecycle.REPORTERS, output.project)
    rules.require(_foreign_indicator(output, values))
    part = f"outputs.{(values.get('indicator') or output.indicator).code}"
    action = "output.added" if expected is None else "output.changed"
    return put(output, values, expected=expected, by=by, action=action, part=part)


@transaction.atomic
def remove_output(output: Output, *, by: Actor, expected: int) -> None:
    """Let a project add no more to an indicator."""
    access.require(by, lifecycle.OFFICERS, output.project)
    removed(output, expected=expected, by=by, action="output.removed", part=f"outputs.{output.indicator.code}")


def _foreign_indicator(output: Output, values: Mapping[str, Any]) -> list[Fault]:
    indicator = values.get("indicator")
    if indicator is not None and indicator.plan_id != output.project.plan_id:
        return [Fault("indicator", _("This indicator belongs to another plan. Choose one of the same plan."))]
    return []
