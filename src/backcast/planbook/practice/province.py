"""The ground on which the practice province stands: its regions, and what its plan still lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from backcast.language import Message, tr
from backcast.planbook.book import Planbook
from backcast.planbook.practice.sorts import PLACES, SORTS, Sort
from backcast.planbook.problem import PlanbookError, Problem

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_WHERE_WEIGHT = 0.75  # of a city's target: this share by where projects go, the rest by population


@dataclass(frozen=True, slots=True)
class Need:
    """What one indicator's target asks for beyond what stood before the plan.

    Attributes
    ----------
    base, target
        Whole units before the plan and at its end.
    base_date
        Day of ``base``.
    real
        Whether ``base`` is a real observation; otherwise it is simulated.
    city_base, city_target
        The same for every city, adding up exactly.
    """

    indicator: str
    base: int
    target: int
    base_date: date
    real: bool
    city_base: Whole
    city_target: Whole

    @property
    def missing(self) -> int:
        """Units that the plan period has to bring."""
        return max(0, self.target - self.base)


@dataclass(frozen=True, slots=True)
class Province:
    """Regions of the plan's province.

    Attributes
    ----------
    cities
        Codes, in order.
    counties
        Codes of each city's counties; a city without any stands for itself.
    population
        Shape ``(n_cities,)``.
    county_weights
        For each city, how likely each county is; they add up to 1.
    names
        Code → Chinese and English name.
    needs
        Indicator → what its target asks for.
    """

    code: str
    starts: date
    ends: date
    cities: tuple[str, ...]
    counties: tuple[tuple[str, ...], ...]
    population: Floats
    county_weights: tuple[Floats, ...]
    names: dict[str, tuple[str, str]]
    needs: dict[str, Need]

    def weights(self, sort: Sort) -> Floats:
        """How likely each city is to hold a project of this sort; shape ``(n_cities,)``."""
        return _city_weights(self.cities, self.population, sort.where)


def province_of(plan: Planbook) -> Province:
    """Read the province, its cities and counties, and its needs from a plan.

    Raises
    ------
    PlanbookError
        If there are no cities, or none of the plan's targets is one that the practice delivers.
    """
    regions = plan["regions"]
    prefectures = regions.filter(pl.col("level") == "prefecture", pl.col("parent").is_not_null())
    if plan["plan"].height != 1 or prefectures.height == 0:
        raise _unusable("regions", tr("A practice province needs one plan row, and regions of level “prefecture”."))
    code = prefectures["parent"].value_counts().sort("count", "parent", descending=True)["parent"][0]
    prefectures = prefectures.filter(pl.col("parent") == code)
    cities = tuple(prefectures["code"])
    below = regions.filter(pl.col("level") == "county")
    counties = tuple(tuple(below.filter(pl.col("parent") == city)["code"]) or (city,) for city in cities)
    population = prefectures["population"].fill_null(prefectures["population"].mean() or 1).to_numpy().astype(float)
    return Province(
        code=code,
        starts=plan["plan"]["starts"][0],
        ends=plan["plan"]["ends"][0],
        cities=cities,
        counties=counties,
        population=population,
        county_weights=tuple(_county_weights(regions, codes) for codes in counties),
        names={row["code"]: (row["name"], row["name_en"] or row["name"]) for row in regions.iter_rows(named=True)},
        needs=_needs(plan, code, cities, population),
    )


def apportion(total: int, weights: ArrayLike, least: int = 0) -> Whole:
    """Split whole units in proportion to weights, by largest remainders, each at least ``least``."""
    weights = np.asarray(weights, float)
    exact = (total - least * weights.size) * weights / weights.sum()
    units = np.floor(exact).astype(np.int64)
    left = total - least * weights.size - int(units.sum())
    units[np.argsort(units - exact, kind="stable")[:left]] += 1
    return np.asarray(units + least)


def _city_weights(cities: tuple[str, ...], population: Floats, where: str) -> Floats:
    known = PLACES.get(where, {})
    weights = np.array([known.get(city, 0.0) for city in cities]) if known else population
    weights = weights if weights.sum() > 0 else population
    return np.asarray(weights / weights.sum())


def _county_weights(regions: pl.DataFrame, codes: tuple[str, ...]) -> Floats:
    """Urban districts draw three times as much as a county of the same area would."""
    rows = {row["code"]: row for row in regions.filter(pl.col("code").is_in(codes)).iter_rows(named=True)}
    areas = np.array([rows[code]["area"] or np.nan for code in codes], float)
    areas = np.where(np.isnan(areas), np.nanmean(areas) if not np.isnan(areas).all() else 1.0, areas)
    weights = np.sqrt(areas) * np.array([3.0 if rows[code]["name"].endswith("区") else 1.0 for code in codes])
    return np.asarray(weights / weights.sum())


def _needs(plan: Planbook, code: str, cities: tuple[str, ...], population: Floats) -> dict[str, Need]:
    starts, ends = plan["plan"].select("starts", "ends").row(0)
    targets = plan["targets"].filter(pl.col("region") == code, pl.col("date") == ends).sort("issued", nulls_last=False)
    last_issued = dict(targets.select("indicator", "value").iter_rows())
    needs = {}
    for sort in SORTS:
        if (value := last_issued.get(sort.indicator)) is None:
            continue
        base, base_date, real = _base(plan, code, sort, value, starts)
        weights = _city_weights(cities, population, sort.where)
        city_base = apportion(base, weights)
        spread = _WHERE_WEIGHT * weights + (1 - _WHERE_WEIGHT) * population / population.sum()
        added = apportion(max(0, round(value) - base), spread)
        needs[sort.indicator] = Need(sort.indicator, base, round(value), base_date, real, city_base, city_base + added)
    if not needs:
        wanted = ", ".join(sort.indicator for sort in SORTS if sort.indicator)
        raise _unusable(
            "targets", tr("No target at the plan's end is one that the practice knows: {wanted}.", wanted=wanted)
        )
    return needs


def _base(plan: Planbook, code: str, sort: Sort, target: float, starts: date) -> tuple[int, date, bool]:
    """Return the last real figure of the year before the plan, else a simulated one."""
    real = (
        plan["observations"]
        .filter(
            pl.col("indicator") == sort.indicator,
            pl.col("region") == code,
            pl.col("date").is_between(starts - timedelta(366), starts - timedelta(1)),
            pl.col("use").is_null() | (pl.col("use") == "series"),
        )
        .sort("date")
    )
    if real.height:
        return round(real["value"][-1]), real["date"][-1], True
    return round(sort.base * target), starts - timedelta(1), False


def _unusable(table: str, message: Message) -> PlanbookError:
    return PlanbookError([Problem(table, 0, "", "", message)])
