"""Projects of the practice province as tables: the library as it stood, shares, yearly lists and outputs."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from backcast.planbook.practice.library import Library, stream
from backcast.planbook.practice.progress import Progress
from backcast.planbook.practice.province import Floats, Province
from backcast.planbook.practice.sorts import SORTS

WRONG_UNIT = 0.003
"""Share of projects whose investment is in 亿元 where 万元 is asked for."""

_TIERS = (("national", "国家", 200_000), ("provincial", "省级", 50_000), ("city", "市级", 8_000))
_LISTED = 0.7
_PREPARATION_SHARE = 0.02
_LISTS_COME_OUT = (2, 20)


def project_table(province: Province, progress: Progress, tasks: set[str], now: int, seed: int) -> pl.DataFrame:
    """Return the projects as they stood at the instant ``now``, then the programmes that group them."""
    library, works = progress.library, progress.works
    everyone, instants = np.arange(len(library)), np.full(len(library), now)
    stage, since = progress.stage(everyone, instants)
    lived = progress.lived(everyone, instants)
    codes = library.codes()
    parents = [codes[len(library) + p] if p >= 0 else None for p in library.programme.tolist()]
    wrong_unit = stream(seed, 7).random(len(library)) < WRONG_UNIT
    projects = pl.DataFrame(
        {
            "code": codes[: len(library)],
            **_names(province, library),
            "parent": pl.Series(parents, dtype=pl.String),
            "counts": np.ones(len(library), bool),
            **{name: _of_sort(library, name) for name in ("kind", "class", "sector")},
            "task": _of_sort(library, "task").replace(sorted({s.task for s in SORTS} - tasks), None),
            "owner": pl.Series(library.owners).gather(library.owner),
            "lead_region": library.region.tolist(),
            "stage": stage,
            "stage_date": progress.date_column(since - 1, since <= now),
            "planned_start": progress.date_column(works.planned_start[progress.opening_gate]),
            "planned_finish": progress.date_column(progress.planned_last - 1),
            "actual_start": progress.date_column(progress.opening - 1, progress.opening <= lived),
            "actual_finish": progress.date_column(progress.last - 1, progress.last <= lived),
            "physical_percent_complete": np.floor(progress.percent(everyone, lived)),
            "total_investment": money(library.investment / np.where(wrong_unit, 1e4, 1.0)),
            "calendar": progress.calendar_codes(works.calendar[progress.opening_gate]),
        }
    )
    return pl.concat([projects, _programmes(province, progress, projects)], how="diagonal")


def share_table(shares: list[tuple[int, str, float]], codes: list[str]) -> pl.DataFrame:
    """Return the shares of the projects that several regions share."""
    rows = [(codes[project], region, share) for project, region, share in shares]
    return pl.DataFrame(rows, {"project": pl.String, "region": pl.String, "share": pl.Float64}, orient="row")


def listing_table(province: Province, progress: Progress, seed: int) -> pl.DataFrame:
    """Return the yearly lists of the plan period; large projects are on most of them."""
    rng = stream(seed, 8)
    library = progress.library
    codes = library.codes()
    begin = progress.years(progress.works.planned_start[progress.opening_gate])
    end = progress.years(progress.planned_last - 1)
    tier = np.select([library.investment >= least for _, _, least in _TIERS], range(len(_TIERS)), -1)
    frames = []
    for year in range(province.starts.year, province.ends.year + 1):
        listed = (tier >= 0) & (begin <= year + 1) & (end >= year) & (rng.random(len(library)) < _LISTED)
        own = np.flatnonzero(listed)
        classes = [begin[own] > year, begin[own] == year, end[own] == year]
        share = np.where(classes[0], _PREPARATION_SHARE, 1.0 / (end - begin + 1)[own])
        lists = pl.Series([f"【模拟】{year}年{name}重点工程名单" for _, name, _ in _TIERS])
        out = pl.repeat(date(year, *_LISTS_COME_OUT), own.size, eager=True)
        frames.append(
            pl.DataFrame(
                {
                    "project": pl.Series(codes).gather(own),
                    "year": np.full(own.size, year),
                    "tier": pl.Series([code for code, _, _ in _TIERS]).gather(tier[own]),
                    "class": np.select(classes, ["preparation", "new", "to_be_completed"], "continued"),
                    "annual_plan": money(library.investment[own] * share),
                    "document": lists.gather(tier[own]),
                    "entered": out,
                    "known_from": out,
                }
            )
        )
    return pl.concat(frames)


def output_table(library: Library) -> pl.DataFrame:
    """Return what the projects add to indicators; each is shared over regions as its project is."""
    own = np.flatnonzero(library.amount)
    sorts = [SORTS[s] for s in library.sort[own].tolist()]
    return pl.DataFrame(
        {
            "project": pl.Series(library.codes()).gather(own),
            "indicator": [sort.indicator for sort in sorts],
            "amount": library.amount[own].astype(float),
            "gate": [sort.gate for sort in sorts],
            "spread": [sort.spread for sort in sorts],
            "ramp_days": pl.Series([sort.ramp_days for sort in sorts], dtype=pl.Int64),
        }
    )


def money(wan_yuan: Floats) -> pl.Series:
    """Turn 万元 into a column of exact decimals."""
    return pl.Series(np.round(wan_yuan, 4)).cast(pl.Decimal(24, 4))


def _of_sort(library: Library, column: str) -> pl.Series:
    attribute = {"class": "path"}.get(column, column)
    return pl.Series([getattr(sort, attribute) for sort in SORTS], dtype=pl.String).gather(library.sort)


def _names(province: Province, library: Library) -> dict[str, list[str]]:
    """Names from place, sort and a number within the sort."""
    first = np.searchsorted(library.sort, library.sort)
    names: dict[str, list[str]] = {"name": [], "name_en": []}
    for i, (s, c, region) in enumerate(zip(library.sort.tolist(), library.city.tolist(), library.region, strict=True)):
        number = f"{i - int(first[i]) + 1:03d}"
        places = dict.fromkeys((province.cities[c], region))
        zh, en = zip(*(province.names[code] for code in places), strict=True)
        names["name"].append(f"【模拟】{''.join(zh)}{SORTS[s].name}{number}号")
        names["name_en"].append(f"(simulated) {SORTS[s].name_en} {number}, {', '.join(reversed(en))}")
    return names


def _programmes(province: Province, progress: Progress, projects: pl.DataFrame) -> pl.DataFrame:
    """One row for each programme, made from the projects that it groups; it counts nothing itself."""
    library = progress.library
    done, begun = pl.col("actual_finish").is_not_null().all(), pl.col("actual_start").is_not_null().any()
    city, whole = pl.col("city"), pl.lit(province.code)
    return (
        projects.with_columns(
            city=pl.Series(province.cities).gather(library.city),
            sort=_of_sort(library, "name"),
            sort_en=_of_sort(library, "name_en"),
            investment=money(library.investment),
        )
        .filter(pl.col("parent").is_not_null())
        .group_by("parent", maintain_order=True)
        .agg(
            pl.format("【模拟】{}专项", pl.col("sort").first()).alias("name"),
            pl.format("(simulated) {} programme", pl.col("sort_en").first()).alias("name_en"),
            pl.col("kind", "class", "sector", "task", "owner", "calendar").first(),
            counts=pl.lit(value=False).first(),
            lead_region=pl.when(city.n_unique() == 1).then(city.first()).otherwise(whole.first()),
            stage=pl.when(done)
            .then(pl.lit("completed"))
            .when(begun)
            .then(pl.lit("construction"))
            .otherwise(pl.lit("preparation")),
            planned_start=pl.col("planned_start").min(),
            planned_finish=pl.col("planned_finish").max(),
            actual_start=pl.col("actual_start").min(),
            actual_finish=pl.when(done).then(pl.col("actual_finish").max()),
            physical_percent_complete=pl.col("physical_percent_complete").mean().floor(),
            total_investment=pl.col("investment").sum(),
        )
        .rename({"parent": "code"})
        .sort("code")
    )
