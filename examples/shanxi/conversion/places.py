"""Regions: the province with its cities and counties; the country, neighbours and areas stand beside it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl

from conversion.notes import joined
from conversion.tables import frame, lookup, mapping, read_csv

ROLE_NOTE = "布局定位凭记忆，未核实 (the role in the layout is from memory, not verified)"
SOURCE = "第七次全国人口普查公报等（转引）；面积按多边形量算"


def tables(folder: Path) -> dict[str, pl.DataFrame]:
    """Build the table of regions."""
    names = lookup("region_names", "code")
    gdp = _gdp(folder)
    shanxi = [_region(row, names[row["code"]], gdp) for row in read_csv(folder / "regions.csv")]
    others = [{**row, "source": "GB/T 2260"} if row["code"].isdigit() else row for row in mapping("other_regions")]
    return {"regions": frame("regions", [*shanxi, *others])}


def _gdp(folder: Path) -> dict[str, str]:
    """GDP by region, in 亿元, as ``progress.csv`` has it (2022: the province and Datong)."""
    return {row["region_code"]: row["value"] for row in read_csv(folder / "progress.csv") if row["indicator"] == "gdp"}


def _region(row: dict[str, str], named: dict[str, str], gdp: dict[str, str]) -> dict[str, object]:
    code = row["code"]
    return {
        "code": code,
        "name": row["name"],
        "name_en": named["name_en"],
        "level": row["level"],
        "parent": row["parent_code"],
        "role": named["role"],
        "population": row["pop_census_2020"],
        "area": row["area_km2_from_polygon"],
        "gdp": Decimal(gdp[code]) * 10_000 if code in gdp else None,
        "status": "secondary" if row["url"] else None,
        "source": SOURCE if row["url"] else None,
        "note": joined([row["note"], "GDP：2022年" if code in gdp else "", ROLE_NOTE if named["role"] else ""]),
    }
