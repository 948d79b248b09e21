"""The tree of regions."""

from __future__ import annotations

from functools import cached_property

from backcast.planbook.book import Planbook


class Regions:
    """Parents and children of the regions of a planbook."""

    def __init__(self, planbook: Planbook) -> None:
        rows = planbook["regions"].sort("code").select("code", "parent", "level").rows()
        self.parent: dict[str, str | None] = {code: parent for code, parent, _ in rows}
        self.level: dict[str, str] = {code: level for code, _, level in rows}

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """Return the regions directly below each region, in order of their codes."""
        below: dict[str, list[str]] = {code: [] for code in self.parent}
        for code, parent in self.parent.items():
            if parent in below:
                below[parent].append(code)
        return below

    def path(self, code: str) -> list[str]:
        """Return a region and everything above it, lowest first."""
        path = []
        while code in self.parent and code not in path:
            path.append(code)
            code = self.parent[code] or ""
        return path

    def prefecture(self, code: str) -> str:
        """Return the city that a region lies in; the region itself where it lies in none."""
        return next((region for region in self.path(code) if self.level[region] == "prefecture"), code)

    def lowest_first(self) -> list[str]:
        """Return all regions, each after the regions below it."""
        return sorted(self.parent, key=lambda code: (-len(self.path(code)), code))
