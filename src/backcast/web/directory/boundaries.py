"""Boundaries of regions: read from GeoJSON, drawn as a small map."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import cos, radians
from pathlib import Path
from typing import Any

from django.db import transaction
from django.urls import reverse
from markupsafe import Markup

from backcast.report.charts import svg
from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor
from backcast.web.core.roles import PLANNERS
from backcast.web.directory.models import Region

Ring = list[tuple[float, float]]

WIDTH, MARGIN, LABEL = 420.0, 6.0, 12.0
"""Width of a map and its margin, and the size of its names, in pixels."""


@transaction.atomic
def read_boundaries(path: Path, *, by: Actor) -> int:
    """Take the boundaries of regions that exist from a GeoJSON file, by the ``code`` of each feature.

    Returns
    -------
    How many regions got another boundary.
    """
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    shapes = {str(feature["properties"]["code"]): feature["geometry"] for feature in features}
    changed = []
    for region in Region.objects.filter(code__in=shapes):
        by.require(PLANNERS, region.path)
        if region.boundary != shapes[region.code]:
            region.boundary = shapes[region.code]
            changed.append(region)
    Region.objects.bulk_update(changed, ["boundary"], batch_size=500)
    audit.record_many(by, "region.bounded", [(region, None, {"boundary": path.name}) for region in changed])
    return len(changed)


def draw(regions: Iterable[Region], chosen: Region | None = None) -> Markup | None:
    """Draw the regions that have a boundary, each a link to its page; None where none has.

    Parameters
    ----------
    chosen
        Drawn as the one that is meant.
    """
    bounded = [(region, list(_rings(region.boundary))) for region in regions if region.boundary]
    if not bounded:
        return None
    ground = _Ground.under([point for _region, rings in bounded for ring in rings for point in ring])
    shapes = [_shape(region, rings, ground, region == chosen) for region, rings in bounded]
    names = [_name(region, rings, ground) for region, rings in bounded]
    return svg.element(
        "svg", *shapes, *names, class_="map", viewBox=f"0 0 {WIDTH:.0f} {ground.height:.0f}", role="group"
    )


@dataclass(frozen=True, slots=True)
class _Ground:
    """Where a longitude and a latitude stand on paper; small regions need no better projection."""

    west: float
    north: float
    along: float
    down: float
    height: float

    @classmethod
    def under(cls, points: list[tuple[float, float]]) -> _Ground:
        east, west = max(x for x, _ in points), min(x for x, _ in points)
        north, south = max(y for _, y in points), min(y for _, y in points)
        along = (WIDTH - 2 * MARGIN) / max(east - west, 1e-9)
        down = along / cos(radians((north + south) / 2))
        return cls(west, north, along, down, (north - south) * down + 2 * MARGIN)

    def __call__(self, point: tuple[float, float]) -> svg.Point:
        return MARGIN + (point[0] - self.west) * self.along, MARGIN + (self.north - point[1]) * self.down


def _rings(geometry: dict[str, Any]) -> Iterator[Ring]:
    """Yield the outlines of a polygon or of several."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        for ring in polygon:
            yield [(float(point[0]), float(point[1])) for point in ring]


def _shape(region: Region, rings: list[Ring], ground: _Ground, chosen: bool) -> Markup:
    paths = [svg.path([ground(point) for point in ring], closed=True) for ring in rings]
    return svg.element(
        "a",
        svg.element("title", str(region)),
        *paths,
        href=reverse("directory:region", args=[region.code]),
        class_="place chosen" if chosen else "place",
    )


def _name(region: Region, rings: list[Ring], ground: _Ground) -> Markup:
    """Write a region's name at the centre of its largest outline; it is said by the link already."""
    x, y = ground(_centre(max(rings, key=len)))
    return svg.text(x, y + LABEL / 3, str(region), anchor="middle", aria_hidden="true")


def _centre(ring: Ring) -> tuple[float, float]:
    """Return the centre of gravity of an outline."""
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    crosses = [a[0] * b[1] - b[0] * a[1] for a, b in pairs]
    area = sum(crosses) * 3
    if not area:
        return ring[0]
    x = sum((a[0] + b[0]) * cross for (a, b), cross in zip(pairs, crosses, strict=True)) / area
    y = sum((a[1] + b[1]) * cross for (a, b), cross in zip(pairs, crosses, strict=True)) / area
    return x, y
