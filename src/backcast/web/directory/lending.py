"""Lists of places for whoever grants roles; read when the application starts, asked when a page needs them."""

from __future__ import annotations

from backcast.web.accounts import places
from backcast.web.directory.models import Organisation, Region


def regions() -> list[tuple[str, str]]:
    """Return paths and names of all regions."""
    return [(region.path, str(region)) for region in Region.objects.only("path", "name", "name_en")]


def organisations() -> list[tuple[str, str]]:
    """Return codes and names of all organisations that were not merged into another."""
    kept = Organisation.objects.filter(merged_into__isnull=True).only("code", "name", "name_en")
    return [(each.code, str(each)) for each in kept]


places.lend(regions=regions, organisations=organisations)
