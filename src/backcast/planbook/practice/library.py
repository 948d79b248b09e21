"""Projects of the practice province: which, where, how large, and for when they are planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from backcast.engine.portable import exp
from backcast.planbook.practice.province import Floats, Province, Whole, apportion
from backcast.planbook.practice.sorts import SORTS, Sort
from backcast.planbook.timeline import Timeline

PROJECTS_PER_PROGRAMME = 150
"""One project in so many is a programme: a parent that groups others and counts nothing itself."""

_YEAR_WEIGHTS = (0.17, 0.22, 0.22, 0.20, 0.19)
_CITY_LEVEL = 0.08
_SHARED = 0.03
_SPLITS = ((0.6, 0.4), (0.7, 0.3), (0.5, 0.3, 0.2))


@dataclass(frozen=True, slots=True)
class Library:
    """Projects as arrays of shape ``(n,)``, programmes not among them.

    Attributes
    ----------
    sort
        Index into ``SORTS``.
    city
        Index into the province's cities.
    region
        Code of the leading region: a county, or the city itself.
    amount
        Units of the sort's indicator; 0 without one.
    investment
        万元, planned.
    owner
        Index of the owner, and ``owners`` their names.
    anchor
        Day for which the sort's gate is planned (completion where it has none).
    size
        How long everything takes, 1 for a middling project.
    programme
        Index of the parent programme, or -1.
    """

    sort: Whole
    city: Whole
    region: NDArray[np.object_]
    amount: Whole
    investment: Floats
    owner: Whole
    owners: tuple[str, ...]
    anchor: Whole
    size: Floats
    programme: Whole

    def __len__(self) -> int:
        return self.sort.size

    @property
    def n_programmes(self) -> int:
        """Number of programmes."""
        return int(self.programme.max(initial=-1)) + 1

    def codes(self) -> list[str]:
        """Codes of the projects, then of the programmes."""
        projects = [f"SIM-{region}-{i:05d}" for i, region in enumerate(self.region, 1)]
        return projects + [f"SIM-P{i:04d}" for i in range(1, self.n_programmes + 1)]


def stream(seed: int, *part: int) -> np.random.Generator:
    """Return the random numbers of one part of the practice, independent of every other part's."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *part])))


def lognormal(rng: np.random.Generator, sigma: float | Floats, n: int) -> Floats:
    """Draw numbers with median 1, with the same digits on every processor."""
    return exp(sigma * rng.standard_normal(n))


def draw_library(province: Province, timeline: Timeline, projects: int, seed: int) -> Library:
    """Draw a library of ``projects`` projects, programmes included."""
    programmes = projects // PROJECTS_PER_PROGRAMME
    counts = _counts(province, projects - programmes)
    sort = np.repeat(np.arange(len(SORTS)), counts)
    rng = stream(seed, 1)
    city, region = _places(province, sort, rng)
    amount = _amounts(province, sort, city, rng)
    owner, owners = _owners(sort, rng)
    sigma = np.array([s.sigma for s in SORTS])[sort]
    cost = np.array([s.median_wan_yuan for s in SORTS])[sort]
    return Library(
        sort=sort,
        city=city,
        region=region,
        amount=amount,
        investment=np.round(cost * np.maximum(amount, 1) * lognormal(rng, sigma, sort.size), 1),
        owner=owner,
        owners=owners,
        anchor=_anchors(province, timeline, sort, rng),
        size=np.clip(lognormal(rng, 0.25, sort.size), 0.5, 2.0),
        programme=_programmes(programmes, sort, city, rng),
    )


def draw_shares(province: Province, library: Library, seed: int) -> list[tuple[int, str, float]]:
    """Draw the projects that several regions share: project, region and share.

    Projects with outputs are shared within their city, so that its figures add up; others may
    cross cities.
    """
    rng = stream(seed, 2)
    everywhere = [county for counties in province.counties for county in counties]
    rows = []
    for project in np.flatnonzero(rng.random(len(library)) < _SHARED):
        split = _SPLITS[rng.integers(len(_SPLITS))]
        near = province.counties[library.city[project]] if library.amount[project] else everywhere
        others = [code for code in near if code != library.region[project]]
        if len(others) >= len(split) - 1:
            partners = rng.choice(others, len(split) - 1, replace=False)
            rows += [
                (int(project), str(r), s) for r, s in zip([library.region[project], *partners], split, strict=True)
            ]
    return rows


def _counts(province: Province, n: int) -> Whole:
    """Projects of each sort: its share, but no more than it has units to deliver."""
    shares = np.array([sort.share for sort in SORTS])
    most = np.array([_units(province, sort) or n for sort in SORTS])
    counts = np.minimum(apportion(n, shares), most)
    open_ended = np.array([not sort.indicator or sort.by_city for sort in SORTS]) & (most > counts)
    while (left := n - counts.sum()) > 0:
        counts = np.minimum(counts + apportion(left, shares * open_ended), most)
        open_ended &= most > counts
    return np.asarray(counts)


def _units(province: Province, sort: Sort) -> int:
    """Units planned in the library: some fall beyond the target, and some will never come."""
    need = province.needs.get(sort.indicator)
    return round(sort.coverage * need.missing) if need else 0


def _places(province: Province, sort: Whole, rng: np.random.Generator) -> tuple[Whole, NDArray[np.object_]]:
    city = np.zeros(sort.size, np.int64)
    for s in np.unique(sort):
        city[sort == s] = rng.choice(len(province.cities), (sort == s).sum(), p=province.weights(SORTS[s]))
    region = np.empty(sort.size, object)
    for c in np.unique(city):
        region[city == c] = rng.choice(province.counties[c], (city == c).sum(), p=province.county_weights[c])
    at_city = rng.random(sort.size) < _CITY_LEVEL
    region[at_city] = np.array(province.cities, object)[city[at_city]]
    return city, region


def _amounts(province: Province, sort: Whole, city: Whole, rng: np.random.Generator) -> Whole:
    amount = np.zeros(sort.size, np.int64)
    for s in np.unique(sort):
        own = np.flatnonzero(sort == s)
        if not (units := _units(province, SORTS[s])):
            continue
        weights = lognormal(rng, 0.5, own.size)
        if SORTS[s].by_city:
            need = province.needs[SORTS[s].indicator]
            wanted = (need.city_target - need.city_base) * lognormal(rng, 0.2, len(province.cities))
            held = np.bincount(city[own], weights, len(province.cities))
            weights = weights * (np.maximum(wanted, 1e-9) / np.maximum(held, 1e-9))[city[own]]
        amount[own] = apportion(units, weights, least=1)
    return amount


def _owners(sort: Whole, rng: np.random.Generator) -> tuple[Whole, tuple[str, ...]]:
    words = sorted({s.owner for s in SORTS})
    word = np.array([words.index(s.owner) for s in SORTS])[sort]
    owner = np.zeros(sort.size, np.int64)
    owners: list[str] = []
    for w, called in enumerate(words):
        own = np.flatnonzero(word == w)
        count = max(2, own.size // 12)
        owner[own] = len(owners) + rng.integers(count, size=own.size)
        owners += [f"模拟{called}{i:03d}" for i in range(1, count + 1)]
    return owner, tuple(owners)


def _anchors(province: Province, timeline: Timeline, sort: Whole, rng: np.random.Generator) -> Whole:
    """Days for which gates are planned; one in fourteen construction projects aims beyond the plan."""
    starts, ends = (province.starts - timeline.epoch).days, (province.ends - timeline.epoch).days
    spread = starts + 60 + rng.beta(1.5, 1.2, sort.size) * (ends + 90 - starts - 60)
    years = np.array(range(province.starts.year, province.ends.year + 1))
    weights = np.resize(_YEAR_WEIGHTS, years.size)
    year = rng.choice(years, sort.size, p=weights / weights.sum())
    new_year = np.array([(date(y, 1, 1) - timeline.epoch).days for y in years])[year - years[0]]
    season = new_year + rng.triangular(150, 245, 320, sort.size)
    batch = new_year + rng.choice([170, 345], sort.size) + rng.integers(0, 12, sort.size)
    when = np.array([s.when for s in SORTS])[sort]
    return np.asarray(np.select([when == "season", when == "batch"], [season, batch], spread), np.int64)


def _programmes(count: int, sort: Whole, city: Whole, rng: np.random.Generator) -> Whole:
    """Group some neighbours of one sort under programmes, three to six each; laboratories stand alone."""
    programme = np.full(sort.size, -1)
    built = np.flatnonzero(np.array([s.kind != "recognition" for s in SORTS])[sort])
    order = built[np.lexsort((city[built], sort[built]))]
    first_of_sort = np.searchsorted(sort[order], sort[order])
    chunk = sort[order] * sort.size + (np.arange(order.size) - first_of_sort) // 6
    chunks, sizes = np.unique(chunk, return_counts=True)
    for p, chosen in enumerate(rng.permutation(chunks[sizes >= 3])[:count]):
        programme[order[chunk == chosen][: rng.integers(3, 7)]] = p
    return programme
