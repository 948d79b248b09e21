"""The paths of regions, by which grants reach down the tree."""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext as _

from backcast.web.core.refusals import Fault, Invalid
from backcast.web.directory.models import Region


def settle_paths() -> None:
    """Work out every region's path from its parents, and write those that differ.

    Raises
    ------
    Invalid
        If a region lies within itself.
    """
    regions = list(Region.objects.only("pk", "code", "parent_id", "path"))
    children: dict[int | None, list[Region]] = defaultdict(list)
    for region in regions:
        children[region.parent_id].append(region)
    level, paths = children[None], dict.fromkeys((region.pk for region in children[None]), "/")
    moved: list[Region] = []
    while level:
        for region in level:
            path = f"{paths[region.pk]}{region.code}/"
            if region.path != path:
                region.path = path
                moved.append(region)
            paths |= dict.fromkeys((child.pk for child in children[region.pk]), path)
        level = [child for region in level for child in children[region.pk]]
    lost = [region.code for region in regions if region.pk not in paths]
    if lost:
        told = _("These regions lie within each other: {codes}. Give one of them another parent.")
        raise Invalid([Fault("parent", told.format(codes=", ".join(lost)))])
    Region.objects.bulk_update(moved, ["path"], batch_size=500)
