"""Projects of the practice province that wait for each other: hubs with followers, and chains of phases."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backcast.engine.network import FS, SS
from backcast.planbook.practice.library import Library, stream
from backcast.planbook.practice.networks import Works, planned
from backcast.planbook.practice.province import Whole
from backcast.planbook.practice.sorts import SORTS
from backcast.planbook.timeline import Timeline

LINKED = 0.065
"""Share of the projects that wait for another project, or let another wait."""
LARGEST_HUB = 29
"""Most projects that wait for one other."""

_HUBS = (  # one project that several wait for
    ("substation", "C90", "centre", "B50"),
    ("park", "B90", "centre", "B00"),
    ("backbone", "C90", "station", "B30"),
    ("platform", "C90", "mine", "B50"),
    ("road", "B90", "charging", "B10"),
)
_CHAINS = (  # phases that follow each other
    ("centre", "B20", "B00", SS, 40),
    ("mine", "B60", "B00", FS, 0),
    ("station", "B40", "B00", FS, -5),
    ("road", "B30", "B00", SS, 60),
)
_HUBS_SHARE = 0.6
_LONGEST_WAIT_DAYS = 300
_DAYS_PER_WORKING_DAY = 1.5

Link = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Pool:
    """Planned dates and places, and which projects are still without a link."""

    works: Works
    library: Library
    free: NDArray[np.bool_]

    def activities(self, sort: str, code: str) -> Whole:
        """Each project's activity with this code; -1 for projects of other sorts."""
        s = next(i for i, each in enumerate(SORTS) if each.code == sort)
        position = SORTS[s].template.position[code]
        return np.where(self.library.sort == s, self.works.first[:-1] + position, -1)

    def followers(self, hub: int, ready: float, waiting: Whole) -> Whole:
        """Free projects of the hub's city planned to wait for a while after ``ready``, nearest first."""
        able = np.flatnonzero((waiting >= 0) & self.free & (self.library.city == self.library.city[hub]))
        able = able[able != hub]
        gap = self.works.planned_start[waiting[able]] - ready
        near = (gap >= 0) & (gap <= _LONGEST_WAIT_DAYS)
        return np.asarray(able[near][np.argsort(gap[near], kind="stable")])

    @property
    def linked(self) -> int:
        """Number of projects with a link."""
        return int((~self.free).sum())


def link_works(works: Works, library: Library, timeline: Timeline, seed: int) -> Works:
    """Let some projects wait for others, always for one that the plan has ready in time.

    A project stands in one hub or in one chain only, so that links never close a loop.
    """
    pool = _Pool(works, library, np.ones(len(library), bool))
    rng = stream(seed, 4)
    quota = LINKED * len(library)
    links = [*_hubs(pool, _HUBS_SHARE * quota, rng), *_chains(pool, quota, rng)]
    if not links:
        return works
    columns = zip(("predecessor", "successor", "type", "lag"), np.array(links).T, strict=True)
    linked = replace(works, **{name: np.append(getattr(works, name), more) for name, more in columns})
    return planned(linked, timeline, works.planned_start[works.first[:-1]])


def _hubs(pool: _Pool, quota: float, rng: np.random.Generator) -> list[Link]:
    links: list[Link] = []
    rules = [(pool.activities(a, s), pool.activities(b, t)) for a, s, b, t in _HUBS]
    hubs = np.array([(r, p) for r, (before, _) in enumerate(rules) for p in np.flatnonzero(before >= 0)])
    for rule, hub in rng.permutation(hubs):
        before, waiting = rules[rule]
        if pool.linked >= quota:
            break
        if not pool.free[hub]:
            continue
        followers = pool.followers(hub, pool.works.planned_finish[before[hub]], waiting)
        followers = followers[: min(LARGEST_HUB, rng.geometric(0.2))]
        links += [(before[hub], waiting[p], FS, 0) for p in followers]
        if followers.size:
            pool.free[[hub, *followers]] = False
    return links


def _chains(pool: _Pool, quota: float, rng: np.random.Generator) -> list[Link]:
    links: list[Link] = []
    for r, (sort, before, after, kind, lag) in enumerate(_CHAINS):
        room = pool.linked + (quota - pool.linked) / (len(_CHAINS) - r)
        first, then = pool.activities(sort, before), pool.activities(sort, after)
        ready = (pool.works.planned_start if kind == SS else pool.works.planned_finish) + max(
            0, lag
        ) * _DAYS_PER_WORKING_DAY
        for head in rng.permutation(np.flatnonzero(first >= 0)):
            if pool.linked >= room:
                break
            if not pool.free[head]:
                continue
            last = head
            for _ in range(rng.integers(1, 6)):
                followers = pool.followers(last, ready[first[last]], then)
                if not followers.size:
                    break
                links.append((first[last], then[followers[0]], kind, lag))
                pool.free[[last, followers[0]]] = False
                last = followers[0]
    return links
