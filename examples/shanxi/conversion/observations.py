"""Every row of progress.csv: an observation, a target kept elsewhere, or a row of unmapped.csv with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from conversion.notes import cleaned, joined
from conversion.sources import source
from conversion.tables import frame, lookup, mapping, read_csv

PROVINCE = "140000"
CLUSTER = "140000-ZB"
CLUSTER_CITIES = ("140100", "140300", "140700", "140900", "141100")
NONE_IN_2020 = (("national_laboratories", "named"), ("national_big_science_facilities", "approved"))
CENSUS_DAY = date(2020, 11, 1)
POPULATION_DAY, POPULATION_PAGE = date(2021, 12, 31), date(2022, 3, 22)
RAW_COLUMNS = ("date", "indicator", "region_code", "region", "value", "unit")


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of one raw row: by its series, unless the table of exceptions says otherwise."""

    became: str
    indicator: str
    definition: str
    use: str
    new_date: str
    new_value: str
    status: str
    reason: str


def tables(folder: Path) -> dict[str, pl.DataFrame]:
    """Build the table of observations: progress.csv, the zero baselines, and the population of regions.csv."""
    rows = [_observation(row, ruling) for row, ruling in ruled(folder) if ruling.became == "observation"]
    return {"observations": frame("observations", [*rows, *_zero_baselines(), *_population(folder)])}


def unmapped(folder: Path) -> list[dict[str, str]]:
    """Return the raw rows that are no observations: their row number in progress.csv, content and reason."""
    return [
        {"row": str(number), **{name: row[name] for name in RAW_COLUMNS}, "became": ruling.became, "why": ruling.reason}
        for number, (row, ruling) in enumerate(ruled(folder), start=2)
        if ruling.became != "observation"
    ]


def ruled(folder: Path) -> list[tuple[dict[str, str], Ruling]]:
    """Pair every row of progress.csv with its ruling.

    Raises
    ------
    ValueError
        If a series is not in the mapping, or an exception fits no row.
    """
    series = lookup("series", "raw")
    exceptions = {_key(row["raw"], row["region"], row["date"], row["value"]): row for row in mapping("exceptions")}
    paired = []
    for row in read_csv(folder / "progress.csv"):
        if row["indicator"] not in series:
            raise ValueError(f"progress.csv has the series “{row['indicator']}”, which the mapping does not name.")
        exception = exceptions.pop(_key(row["indicator"], row["region_code"], row["date"], row["value"]), {})
        paired.append((row, _ruling(series[row["indicator"]], exception)))
    if exceptions:
        raise ValueError(f"These exceptions fit no row of progress.csv: {sorted(exceptions)}.")
    return paired


def _key(series: str, region: str, day: str, value: str) -> tuple[str, str, str, Decimal]:
    return series, region, day, Decimal(value)


def _ruling(rule: dict[str, str], exception: dict[str, str]) -> Ruling:
    merged = {name: exception.get(name) or rule.get(name) or "" for name in Ruling.__slots__}
    return Ruling(**merged)


def _observation(row: dict[str, str], ruling: Ruling) -> dict[str, object]:
    cited = source(row["url"], row["outlet"], row["published"], row["rehost"])
    seen = date.fromisoformat(row["date"])
    return {
        "indicator": ruling.indicator,
        "region": row["region_code"],
        "date": ruling.new_date or row["date"],
        "value": ruling.new_value or row["value"],
        "definition": ruling.definition,
        "use": ruling.use,
        "status": ruling.status or cited.status,
        "source": cited.text,
        "url": cited.url,
        "note": joined([_reason(ruling), cleaned(row["note"])]),
        "known_from": max(seen, cited.published or seen),
    }


def _reason(ruling: Ruling) -> str:
    """Say why a row is a mention, has another date or value, or counts by our choice."""
    return ruling.reason if ruling.use == "mention" or ruling.new_date or ruling.new_value or ruling.status else ""


def _zero_baselines() -> list[dict[str, object]]:
    """Say that there was none at the end of 2020, as “a first one” (零的突破) implies."""
    return [
        {
            "indicator": indicator,
            "region": PROVINCE,
            "date": date(2020, 12, 31),
            "value": 0.0,
            "definition": definition,
            "use": "series",
            "status": "inferred",
            "source": "中国新闻网，2021-05-27（转引）",
            "note": "规划称“力争实现零的突破” (the plan says: strive for a first one)",
            "known_from": date(2021, 5, 27),
        }
        for indicator, definition in NONE_IN_2020
    ]


def _population(folder: Path) -> list[dict[str, object]]:
    """List the population of province and cities in 万人, by census and by year; the cluster is a sum."""
    rows = [row for row in read_csv(folder / "regions.csv") if row["pop_2021_10k"]]
    census = {row["code"]: Decimal(row["pop_census_2020"]) / 10_000 for row in rows}
    yearly = {row["code"]: Decimal(row["pop_2021_10k"]) for row in rows}
    return [
        *_people(census, "第七次人口普查公报", CENSUS_DAY, CENSUS_DAY),
        *_people(yearly, "2021年人口统计", POPULATION_DAY, POPULATION_PAGE),
    ]


def _people(values: dict[str, Decimal], name: str, day: date, known: date) -> list[dict[str, object]]:
    cluster = sum(values[city] for city in CLUSTER_CITIES)
    derived = {"status": "derived", "note": "五市之和 (sum of the five cities)"}
    return [_count(region, day, value, name, known) for region, value in values.items()] + [
        _count(CLUSTER, day, Decimal(cluster), name, known) | derived
    ]


def _count(region: str, day: date, value: Decimal, name: str, known: date) -> dict[str, object]:
    return {
        "indicator": "population",
        "region": region,
        "date": day,
        "value": float(value),
        "use": "series",
        "status": "secondary",
        "source": f"{name}（转引）",
        "known_from": known,
    }
