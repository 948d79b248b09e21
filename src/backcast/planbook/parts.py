"""A planbook in parts: projects that wait for each other stay together, with everything that is said of them.

A part forecasts the finishes of its projects to the same digit as the whole: random numbers follow from
codes, and days are counted from the extent of the whole (:func:`backcast.planbook.assembly.assemble`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import polars as pl

from backcast.planbook.book import Planbook

_BY_PROJECT = {
    "projects": "code",
    "shares": "project",
    "listings": "project",
    "activities": "project",
    "relationships": "predecessor_project",
    "outputs": "project",
    "returns": "project",
}
"""Tables that tell of single projects, and the column that names them."""


def part_of(planbook: Planbook, projects: Collection[str]) -> Planbook:
    """Return the planbook of some projects: all of what it says of them, and of the plan.

    Projects that wait for each other (:func:`components`) must be taken together.
    """
    mine = pl.Series(list(projects), dtype=pl.String)
    kept = {name: planbook[name].filter(pl.col(column).is_in(mine.implode())) for name, column in _BY_PROJECT.items()}
    return Planbook({**planbook.tables, **kept})


def components(planbook: Planbook) -> Iterator[list[str]]:
    """Yield the projects that wait for each other, directly or not, in the order of their codes."""
    links = planbook["relationships"].select("predecessor_project", "successor_project").unique()
    above: dict[str, str] = {}

    def top(project: str) -> str:
        while project in above:
            project = above[project]
        return project

    for one, other in links.sort(pl.all()).iter_rows():
        first, last = sorted((top(one), top(other)))
        if first != last:
            above[last] = first
    together: dict[str, list[str]] = {}
    for project in planbook["projects"]["code"].sort():
        together.setdefault(top(project), []).append(project)
    yield from together.values()


def parts(planbook: Planbook, least: int) -> Iterator[list[str]]:
    """Yield the projects of parts, of at least so many each but for the last."""
    part: list[str] = []
    for component in components(planbook):
        part += component
        if len(part) >= least:
            yield part
            part = []
    if part:
        yield part
