"""The plan itself: document, tasks, measures, indicators, definitions, targets and departments."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from conversion.tables import Row, frame, mapping

ENDS = date(2025, 12, 31)
RELEASED = date(2021, 5, 27)
DATA_DATE = date(2025, 5, 31)  # seven months before the targets; a run may name another
PROVINCE = "140000"
KINDS = {"stock": "stock", "ratio": "ratio", "ceiling": "ratio", "milestone": "milestone"}
# "~" is the page's "about": held to be reached at the number itself.
COMPARISONS = {"<": "less_than", ">=": "at_least", "~": "at_least", "": ""}
CITED = {  # sources of plan.yaml: outlet and date, and the address where it is the publisher's own
    "S1": ("中国新闻网，2021-05-27（转引）", ""),
    "S2": ("中国日报网（山西），2021-05-28", "http://shanxi.chinadaily.com.cn/2021-05/28/c_628664.htm"),
    "S3": ("山西农业大学规划解读", "https://ghhzb.sxau.edu.cn/info/1053/1454.htm"),
    "S6": ("见道网", "https://seetao.com/details/90329.html"),
    "S8": ("山西晚报，2021-05-28", ""),
}
DOCUMENT = "山西省“十四五”新基建规划"
DOCUMENT_EN = "Shanxi 14th Five-Year Plan for New Infrastructure"
NOTICE = (
    "本数据包依据公开报道整理，并非规划原文；规划全文及指标专栏未见。每行均注明依据状态与来源，"
    "“推断”“推算”“转引”各有所指，请先核对再引用。"
)
NOTICE_EN = (
    "Compiled from press reports, not from the plan's own text, which was not found. Every row says how well it is "
    "founded and where it comes from; check a figure before citing it."
)


def read_plan(folder: Path) -> dict[str, Any]:
    """Read ``plan.yaml`` of the raw folder."""
    return dict(yaml.safe_load((folder / "plan.yaml").read_text(encoding="utf-8")))


def tables(raw: dict[str, Any]) -> dict[str, pl.DataFrame]:
    """Build the tables that describe the plan."""
    return {
        "plan": frame("plan", [_plan(raw)]),
        "tasks": frame("tasks", [_task(row) for row in mapping("tasks")]),
        "measures": frame("measures", _measures(raw)),
        "indicators": frame("indicators", _indicators(raw)),
        "definitions": frame("definitions", mapping("definitions")),
        "targets": frame("targets", [*_targets_of_plan(raw), *_other_targets(raw)]),
        "organisations": frame("organisations", mapping("organisations")),
    }


def _plan(raw: dict[str, Any]) -> dict[str, object]:
    first, last = raw["plan"]["period"]
    source, url = CITED["S2"]
    return {
        "code": "shanxi-new-infrastructure-2021",
        "name": DOCUMENT,
        "name_en": DOCUMENT_EN,
        "issuer": "山西省人民政府",
        "issuer_en": "People's Government of Shanxi Province",
        "released": raw["plan"]["released"],
        "starts": date(first, 1, 1),
        "ends": date(last, 12, 31),
        "vision_year": raw["plan"]["vision_year"],
        "data_date": DATA_DATE,
        "simulated": False,
        "notice": NOTICE,
        "notice_en": NOTICE_EN,
        "status": "page",
        "source": source,
        "url": url,
        "note": "文号未见；页面称6大战略任务、19项重点任务、65项举措 "
        "(document number not found; 6 tasks, 19 key tasks and 65 measures by the page)",
    }


def _task(row: dict[str, str]) -> Row:
    """Cite the page or article that names a task."""
    cited = "S2" if row["parent"] else "S8" if row["code"] in {"T4", "T5", "T6"} else "S6"
    source, url = CITED[cited]
    return {**row, "status": "article" if cited == "S8" else "page", "source": source, "url": url}


def _measures(raw: dict[str, Any]) -> list[dict[str, object]]:
    """List the measures found, numbered in the order of plan.yaml."""
    rows = []
    for found, named in zip(raw["measures_found"], mapping("measures"), strict=True):
        if found["zh"] != named["name"]:
            raise ValueError(f"plan.yaml has measure “{found['zh']}” where the mapping has “{named['name']}”.")
        source, url = CITED[found["url"]]
        rows.append(
            {
                **named,
                "task": found["task"],
                "state": None,
                "status": found.get("task_status", "page"),
                "source": source,
                "url": url,
                "note": "65项举措中页面可见的9项之一 (one of the 9 measures of 65 that pages name)",
            }
        )
    return rows


def _indicators(raw: dict[str, Any]) -> list[Row]:
    """List the 19 indicators of plan.yaml, completed from the mapping, then those worth watching."""
    named = {row["code"]: row for row in mapping("indicators")}
    rows: list[Row] = [_indicator(item, named.pop(item["id"])) for item in raw["indicators"]]
    return [*rows, *named.values()]


def _indicator(item: dict[str, Any], named: dict[str, str]) -> dict[str, object]:
    source, url = CITED[item["target"]["url"]]
    return {
        **named,
        "name": item["zh"],
        "unit": named["unit"] or item["unit"],
        "kind": KINDS[item["kind"]],
        "task": item["task"],
        "status": item["task_status"],
        "source": source,
        "url": url,
    }


def _targets_of_plan(raw: dict[str, Any]) -> list[dict[str, object]]:
    """List the targets of the plan: seen in the page or article cited, all for the end of 2025."""
    rows = []
    for item in raw["indicators"]:
        target = item["target"]
        source, url = CITED[target["url"]]
        rows.append(
            {
                "indicator": item["id"],
                "region": PROVINCE,
                "date": ENDS,
                "value": float(target["value"]),
                "comparison": COMPARISONS[target.get("op", "")],
                "document": DOCUMENT,
                "document_en": DOCUMENT_EN,
                "issued": RELEASED,
                "status": "article" if target["url"] == "S8" else "page",
                "source": source,
                "url": url,
                "note": "页面称“约” (the page says “about”)" if target.get("op") == "~" else None,
                "known_from": RELEASED,
            }
        )
    return rows


def _other_targets(raw: dict[str, Any]) -> list[Row]:
    """Targets of other documents; every one in plan.yaml is in the mapping or named in ``LEFT_OUT``."""
    rows = mapping("targets")
    mapped = {row["raw"] for row in rows} | set(LEFT_OUT)
    for item in raw["competing_targets"]:
        name = f"{item['indicator']}:{item['value']}:{item['by']}"
        if name not in mapped:
            raise ValueError(f"plan.yaml has the target “{name}”, which the mapping does not name.")
    return [_other_target(row) for row in rows]


def _other_target(row: dict[str, str]) -> Row:
    kept = ("indicator", "region", "date", "value", "comparison", "document", "document_en", "issued", "status", "note")
    return {name: row[name] for name in kept} | {
        "source": row["outlet"],
        "url": row["url"],
        "known_from": row["issued"],
    }


LEFT_OUT = {  # targets of plan.yaml that do not become rows, and why
    "5g_base_stations:25000:2023": "an addition within 2023; with 67,000 at the end of 2022 it is the 92,100 kept",
    "5g_per_10k_people:26:2025": "status memory: no page states the 26, so it is not a fact",
    "smart_coal_mines:all:2027": "“all” is not a number, and the number of mines in 2027 is not known",
}
