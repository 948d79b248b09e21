"""A planbook in parts: projects that wait for each other stay together, with everything that is said of them.

A part forecasts the finishes of its projects to the same digit as the whole: random numbers follow from
codes, and days are counted from the extent of the whole (:func:`backcast.planbook.assembly.assemble`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import polars as pl

from backcast.planbook.book import Planbook

BY_PROJECT = {
    "projects": ("code",),
    "shares": ("project",),
    "listings": ("project",),
    "activities": ("project",),
    "relationships": ("predecessor_project", "successor_project"),
    "outputs": ("project",),
    "returns": ("project",),
}
"""Tables that tell of single projects, and the columns that name them."""


def part_of(planbook: Planbook, projects: Collection[str]) -> Planbook:
    """Return the planbook of some projects: all of what it says of them, and of the plan.

    Projects that wait for each other (:func:`components`) must be taken together.
    """
    mine = pl.Series(list(projects), dtype=pl.String)
    kept = {name: planbook[name].filter(pl.col(names[0]).is_in(mine.implode())) for name, names in BY_PROJECT.items()}
    return Planbook({**planbook.tables, **kept})


def components(planbook: Planbook) -> Iterator[list[str]]:
    """Yield the projects that wait for each other, directly or not, in the order of their codes."""
    links = planbook["relationships"].select(BY_PROJECT["relationships"])
    return components_of(planbook["projects"]["code"], links.unique())


def components_of(projects: pl.Series, links: pl.DataFrame) -> Iterator[list[str]]:
    """Yield projects that wait for each other; ``links`` are pairs of a project and one that waits for it."""
    above: dict[str, str] = {}

    def top(project: str) -> str:
        while project in above:
            project = above[project]
        return project

    for one, other in links.sort(pl.all()).iter_rows():
        first, last = sorted((top(one), top(other)))
        if first != last:
            above[last] = first
    groups: dict[str, list[str]] = {}
    for project in projects.sort():
        groups.setdefault(top(project), []).append(project)
    yield from groups.values()


def together(planbooks: Iterable[Planbook], projects: Iterable[str]) -> list[str]:
    """Return some projects and all that wait for them, or they for, directly or not, in one of several planbooks."""
    first, last = BY_PROJECT["relationships"]
    links = pl.concat([planbook["relationships"].select(first, last) for planbook in planbooks])
    waiting = links.filter(pl.col(first) != pl.col(last)).unique()
    both_ways = pl.concat([waiting, waiting.select(pl.col(last).alias(first), pl.col(first).alias(last))])
    linked = dict(both_ways.group_by(first).agg(last).iter_rows())
    found, new = set(projects), list(projects)
    while new:
        others = set(linked.get(new.pop(), ())) - found
        found |= others
        new += others
    return sorted(found)


def parts(planbook: Planbook, least: int) -> Iterator[list[str]]:
    """Yield the projects of parts, of at least so many each but for the last."""
    return packed(components(planbook), least)


def packed(components: Iterable[list[str]], least: int) -> Iterator[list[str]]:
    """Pack components into parts of at least so many projects each, but for the last."""
    part: list[str] = []
    for component in components:
        part += component
        if len(part) >= least:
            yield part
            part = []
    if part:
        yield part
