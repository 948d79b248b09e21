"""What the practice province's departments report: simulated observations, targets by city, and risks."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from backcast.planbook.book import Planbook
from backcast.planbook.practice.library import stream
from backcast.planbook.practice.progress import Progress
from backcast.planbook.practice.province import Need, Province, Whole
from backcast.planbook.practice.returns import month_ends
from backcast.planbook.practice.sorts import SORTS, Sort

OUTSIDE = 0.04
"""What comes from outside the library, as a share of what a target still asks for."""
PUBLISHED_AFTER_DAYS = 10
CITY_DOCUMENT = ("【模拟】分市任务", "(simulated) Split over the cities")

_MONTHS_BETWEEN = {"5g_base_stations": 1}
_QUARTER, _HALF_YEAR = 3, 6
_RISKS = (
    ("RK-WINTER", "北部极端寒冷", "Severe winter in the north", "140200", None, "construction", 0.15, 15, 45),
    ("RK-POWER", "数据中心用电指标收紧", "Power quota for data centres tightened", None, "data_centre", "preparation",
     0.20, 60, 180),
    ("RK-COAL", "煤矿安全停产整顿", "Mines stopped for safety inspection", None, "coal", "construction", 0.25, 20, 90),
    ("RK-SUPPLY", "通信设备供应中断", "Communications equipment in short supply", None, "communications",
     "construction", 0.15, 30, 120),
    ("RK-REVIEW", "认定批次推迟", "A recognition batch postponed", None, "research", "recognition", 0.20, 60, 180),
    ("RK-FLOOD", "汾河流域强降雨", "Heavy rain in the Fen valley", "141000", None, "construction", 0.20, 10, 40),
)  # fmt: skip


def observation_table(plan: Planbook, province: Province, progress: Progress, seed: int) -> pl.DataFrame:
    """Return what the simulated world would have been seen to reach, city by city where it is observed so.

    Every value is the figure before the plan, plus what the library has truly delivered, plus a
    little from outside it, in whole units; the province's is the sum of its cities'. The real
    figure before the plan is kept where there is one.
    """
    frames = [_series(plan, province, progress, sort, seed) for sort in _observed(province)]
    return pl.concat(frames, how="vertical")


def city_target_table(province: Province) -> pl.DataFrame:
    """Return simulated targets of the cities, which add up exactly to the province's."""
    needs = [province.needs[sort.indicator] for sort in _observed(province) if sort.by_city]
    rows = [
        (need.indicator, city, province.ends, float(value), *CITY_DOCUMENT, province.starts + timedelta(180))
        for need in needs
        for city, value in zip(province.cities, need.city_target.tolist(), strict=True)
    ]
    names = ("indicator", "region", "date", "value", "document", "document_en", "issued")
    return pl.DataFrame(rows, names, orient="row").with_columns(known_from=pl.col("issued"))


def risk_table(province: Province) -> pl.DataFrame:
    """Return a handful of named events, shared by all projects in their scope."""
    names = ("code", "name", "name_en", "region", "sector", "interval", "probability", "days_low", "days_high")
    rows = [
        (code, f"【模拟】{zh}", f"(simulated) {en}", region, *rest)
        for code, zh, en, region, *rest in _RISKS
        if region is None or region in province.cities
    ]
    return pl.DataFrame(rows, names, orient="row")


def _observed(province: Province) -> list[Sort]:
    return [sort for sort in SORTS if sort.indicator in province.needs]


def _series(plan: Planbook, province: Province, progress: Progress, sort: Sort, seed: int) -> pl.DataFrame:
    need = province.needs[sort.indicator]
    every = _MONTHS_BETWEEN.get(sort.indicator, _QUARTER if sort.by_city else _HALF_YEAR)
    instants = month_ends(province, progress.timeline)[every - 1 :: every]
    values = (
        need.city_base[:, None] + _delivered(province, progress, sort, instants) + _outside(need, sort, instants, seed)
    )
    regions = [province.code, *province.cities] if sort.by_city else [province.code]
    values = np.vstack([values.sum(axis=0), values])[: len(regions)]
    days = [
        (need.base_date, need.base_date),
        *((d, d + timedelta(PUBLISHED_AFTER_DAYS)) for d in progress.dates(instants - 1).tolist()),
    ]
    base = np.array([need.base, *need.city_base])[: len(regions)]
    rows = [
        (sort.indicator, region, day, float(value), known)
        for region, line in zip(regions, np.column_stack([base, values]), strict=True)
        for (day, known), value in zip(days, line.tolist(), strict=True)
        if not (need.real and region == province.code and day == need.base_date)
    ]
    versions = plan["definitions"].filter(pl.col("indicator") == sort.indicator)["version"].to_list()
    return pl.DataFrame(rows, ("indicator", "region", "date", "value", "known_from"), orient="row").with_columns(
        definition=pl.lit(versions[0] if versions else None, pl.String), use=pl.lit("series")
    )


def _delivered(province: Province, progress: Progress, sort: Sort, instants: Whole) -> Whole:
    """Whole units that each city's projects have delivered; shape ``(n_cities, n_instants)``."""
    own = progress.library.sort == SORTS.index(sort)
    total = np.zeros((len(province.cities), instants.size))
    np.add.at(total, progress.library.city[own], progress.landed(instants)[own])
    return np.floor(total).astype(np.int64)


def _outside(need: Need, sort: Sort, instants: Whole, seed: int) -> Whole:
    """Whole units from outside the library, growing unevenly; shape ``(n_cities, n_instants)``."""
    rng = stream(seed, 9, SORTS.index(sort))
    room = OUTSIDE * (need.city_target - need.city_base)
    steps = rng.gamma(2.0, 0.5, (room.size, instants.size)) / instants.size
    return np.asarray(np.floor(room[:, None] * np.cumsum(steps, axis=1)), np.int64)
