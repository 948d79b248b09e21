"""The listed projects: 180 of projects.csv and, merged with them, the rows of projects_more.csv."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from conversion.notes import cleaned, joined
from conversion.sources import Source, source
from conversion.tables import day, frame, lookup, mapping, read_csv

PROVINCES = {
    "山西省": "140000",
    "内蒙古": "150000",
    "吉林": "220000",
    "上海": "310000",
    "安徽": "340000",
    "福建": "350000",
    "山东": "370000",
    "湖北": "420000",
    "广西": "450000",
    "重庆": "500000",
    "贵州": "520000",
    "甘肃": "620000",
    "宁夏": "640000",
}
SHANXI = "140000"
NORTH = ("1402", "1406", "1409")  # Datong, Shuozhou, Xinzhou
RUNNING = {"started", "construction", "completed", "production", "full_effect"}
DATES = ("planned_start", "actual_start", "planned_finish", "actual_finish")
WAN_PER_YI = 10_000
Row = dict[str, object]


def tables(folder: Path) -> dict[str, pl.DataFrame]:
    """Build the projects, their outputs, their later states (returns) and their places on yearly lists."""
    projects = {str(row["code"]): row for row in (*_listed(folder), *_more(folder))}
    for fact in mapping("facts"):
        _apply(projects[fact["project"]], fact["column"], fact["value"])
    undated = max(row["known_from"] for row in projects.values() if isinstance(row["known_from"], date))
    for row in projects.values():
        row["known_from"] = row["known_from"] or undated
    return {
        "projects": frame("projects", projects.values()),
        "outputs": frame("outputs", [_attached(row, projects) for row in mapping("outputs")]),
        "returns": frame("returns", mapping("returns")),
        "listings": frame("listings", [_attached(row, projects) for row in mapping("listings")]),
    }


def unmapped(folder: Path) -> list[dict[str, str]]:
    """Return the rows of projects_more.csv that are no projects of their own, and why."""
    listed = {row["id"] for row in read_csv(folder / "projects.csv")}
    seen: set[str] = set()
    rows = []
    for ruling in mapping("more"):
        if ruling["became"] in listed | seen or not ruling["became"]:
            rows.append({name: ruling[name] for name in ("row", "name", "became", "why")})
        seen.add(ruling["became"])
    return rows


def _listed(folder: Path) -> Iterator[Row]:
    """Yield the projects of projects.csv."""
    places = _places(folder)
    for raw in read_csv(folder / "projects.csv"):
        region, where = _place(raw, places)
        row = _project(raw["id"], raw, region, source(raw["url"]))
        start = day(raw["start_date"], end=False)
        yield row | {
            "planned_finish": day(raw["planned_finish"], end=True),
            "actual_start": start if row["stage"] in RUNNING else None,
            "status": "secondary" if raw["evidence"] == "secondary" else row["status"],
            "note": _note(raw, raw["capacity"], where, _years(raw)),
        }


def _more(folder: Path) -> Iterator[Row]:
    """Yield the rows of projects_more.csv that become projects of their own."""
    places = _places(folder)
    seen = {row["id"] for row in read_csv(folder / "projects.csv")}
    for raw, ruling in zip(read_csv(folder / "projects_more.csv"), mapping("more"), strict=True):
        if raw["name"] != ruling["name"]:
            raise ValueError(f"projects_more.csv has “{raw['name']}” where the mapping has “{ruling['name']}”.")
        if ruling["became"] and ruling["became"] not in seen:
            seen.add(ruling["became"])
            yield _one_more(raw, ruling, places)


def _one_more(raw: dict[str, str], ruling: dict[str, str], places: dict[tuple[str, str], str]) -> Row:
    region, where = _place({**raw, "province": "山西省"}, places)
    row = _project(ruling["became"], raw, region, source(raw["url"], raw["outlet"]))
    row |= _dates(raw, ruling["dates"], row["stage_date"])
    row |= {name: ruling[name] for name in ("parent", "counts", "kind") if ruling[name]}
    if row["kind"] == "recognition":
        row["calendar"] = "office"
    return row | {"note": _note(raw, f"{raw['capacity']} {raw['capacity_unit']}".strip(), where)}


def _dates(raw: dict[str, str], which: str, stage_date: object) -> Row:
    """Read the dates that are dates; a month ends on its last day, but not after the day of the report."""
    wanted = {"all": DATES, "start": DATES[:2], "": ()}[which]
    read = {name: day(raw[name], end=name.endswith("finish")) for name in wanted}
    finish = read.get("actual_finish")
    if finish and isinstance(stage_date, date):
        read["actual_finish"] = min(finish, stage_date)
    return dict(read)


def _project(code: str, raw: dict[str, str], region: str, cited: Source) -> Row:
    """Build what both files have in common."""
    sector = lookup("sectors", "raw")[raw["sector"]]
    stage_date, known_from = _seen(raw["stage_as_of"], cited.published)
    north = sector["civil"] == "yes" and region.startswith(NORTH)
    money = raw["total_investment_yi_yuan"]
    return {
        "code": code,
        "name": raw["name"],
        "name_en": lookup("project_names", "code")[code]["name_en"],
        "kind": sector["kind"],
        "class": sector["class"],
        "sector": raw["sector"],
        "task": sector["task"] if region.startswith("14") else None,
        "owner": raw["owner"],
        "lead_region": region,
        "stage": lookup("stages", "raw")[raw["stage"]]["stage"],
        "stage_date": stage_date,
        "total_investment": Decimal(money) * WAN_PER_YI if money else None,
        "calendar": "north" if north else "site",
        "status": cited.status,
        "source": cited.text,
        "url": cited.url,
        "known_from": known_from,
    }


def _seen(as_of: str, published: date | None) -> tuple[date | None, date | None]:
    """Return the day of the stage and the first day on which it was known.

    A month stands for its last day, or for the page's day if that is earlier; a bare year is no date, but what it
    says is known by its last day.
    """
    first, last = _span(as_of)
    if first and last and published and first <= published <= last:
        last = published
    known_from = max(day_ for day_ in (last, published) if day_) if last or published else None
    return (None if re.fullmatch(r"\d{4}", as_of) else last), known_from


def _span(as_of: str) -> tuple[date | None, date | None]:
    if re.fullmatch(r"\d{4}", as_of):
        return date(int(as_of), 1, 1), date(int(as_of), 12, 31)
    return day(as_of, end=False), day(as_of, end=True)


def _places(folder: Path) -> dict[tuple[str, str], str]:
    """Codes of Shanxi's regions by the names of city and county."""
    rows = read_csv(folder / "regions.csv")
    names = {row["code"]: row["name"] for row in rows}
    return {
        (names[row["parent_code"]], row["name"]) if row["level"] == "county" else (row["name"], ""): row["code"]
        for row in rows
    }


def _place(raw: dict[str, str], places: dict[tuple[str, str], str]) -> tuple[str, str]:
    """Return the region in the lead, and in words what it does not say."""
    province = PROVINCES[raw["province"]]
    cities = raw["city"].split(";")
    if province != SHANXI:
        elsewhere = raw["city"] and raw["city"] != f"{raw['province']}市"
        return province, f"位于{raw['city']}{raw['county']}" if elsewhere else ""
    county = places.get((cities[0], raw["county"]))
    region = county or places.get((cities[0], "")) or SHANXI
    several = f"跨{raw['city'].replace(';', '、')}，份额未见" if len(cities) > 1 else ""
    return region, joined([several, "" if county or not raw["county"] else f"位于{raw['county']}"])


def _note(raw: dict[str, str], capacity: str, where: str, years: str = "") -> str:
    """Say in one note what has no column; addresses of pages that only repeat the news are left out."""
    reason = lookup("stages", "raw")[raw["stage"]]["reason"]
    return joined(
        [
            where,
            f"规模：{capacity}" if capacity else "",
            f"原文阶段：{raw['stage'] or '未写明'}" if reason else "",
            years,
            cleaned(raw["note"]),
        ]
    )


def _years(raw: dict[str, str]) -> str:
    """Say in words the years that are no dates."""
    start, finish = raw["start_year"], raw["planned_finish"]
    finished = f"{finish}年列为建成" if raw["stage"] == "建成" else f"计划{finish}年完成"
    return joined(
        [
            f"起始年份{start}" if start and not day(raw["start_date"], end=False) else "",
            finished if re.fullmatch(r"\d{4}", finish) else "",
        ]
    )


def _apply(row: Row, column: str, value: str) -> None:
    """Merge one fact of the table of facts; notes are added, everything else replaces."""
    row[column] = joined([value, str(row["note"] or "")]) if column == "note" else value


def _attached(row: dict[str, str], projects: dict[str, Row]) -> Row:
    """Complete a row of a project with that project's source and date where it has none of its own."""
    project = projects[row["project"]]
    inherited = ("known_from",) if row.get("source") else ("known_from", "status", "source", "url")
    return {name: project[name] for name in inherited} | {name: value for name, value in row.items() if value}
