"""A planbook as small as can be with every kind of verdict, four regions, two documents and a hostile project."""

from __future__ import annotations

from datetime import date

import polars as pl

from backcast.planbook.book import Planbook

DATA_DATE = date(2023, 8, 31)
END = date(2025, 12, 31)
HOSTILE = '<script>alert("1")</script>'


def small_planbook(*, simulated: bool = False) -> Planbook:
    return Planbook.of(
        {
            "plan": frame(
                ("code", "name", "starts", "ends", "simulated"),
                ("plan", "新基建规划", date(2021, 1, 1), END, simulated),
            ),
            "organisations": frame(("code", "name"), ("d1", "通信管理局"), ("d2", "统计局")),
            "regions": frame(
                ("code", "name", "level", "parent"),
                ("P", "甲省", "province", None),
                ("A", "甲市", "prefecture", "P"),
                ("B", "乙市", "prefecture", "P"),
                ("C", "丙市", "prefecture", "P"),
            ),
            "indicators": _indicators(),
            "targets": _targets(),
            "observations": _observations(),
            "projects": _projects(),
            "outputs": frame(
                ("project", "indicator", "region", "amount", "gate"),
                ("X1", "racks", "A", 900.0, "completion"),
                ("X2", "racks", "B", 700.0, "completion"),
                ("X3", "racks", "C", 500.0, "completion"),
            ),
            "definitions": frame(
                ("indicator", "version", "text", "series_break", "valid_from", "note"),
                ("stations", "opened", "已开通的基站", False, None, None),
                ("stations", "this_year", "当年新建数", True, date(2020, 1, 1), HOSTILE),
            ),
        }
    )  # fmt: skip


def frame(names: tuple[str, ...], *rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, names, orient="row", infer_schema_length=None)


def _indicators() -> pl.DataFrame:
    names = ("code", "name", "unit", "kind", "direction", "responsible", "basis", "decimals", "can_fall", "floor")
    return frame(
        names,
        ("stations", "基站", "个", "stock", "higher", "d1", "trend", 0, False, None),
        ("racks", "机架", "架", "stock", "higher", "d1", "projects", 0, False, None),
        ("pue", "能效比值", "比值", "ratio", "lower", "d2", "trend", 2, True, 1.0),
        ("faces", "工作面", "处", "stock", "higher", "d2", "trend", 0, False, None),
        ("users", "用户", "户", "stock", "higher", None, "trend", 0, False, None),
    )


def _targets() -> pl.DataFrame:
    names = ("indicator", "region", "date", "value", "document", "issued", "source", "url", "status")
    web = "https://example.org/plan"
    return frame(
        names,
        ("stations", "P", END, 120_000.0, "规划", date(2021, 5, 27), "省报", web, "page"),
        ("stations", "P", END, 130_000.0, "旧文件", date(2020, 5, 27), "旧报", "javascript:alert(1)", "page"),
        ("stations", "P", date(2023, 12, 31), 92_100.0, "责任书", date(2021, 10, 21), "省报", web, "page"),
        ("pue", "P", END, 1.3, "规划", date(2021, 5, 27), "省报", web, "page"),
        ("faces", "P", END, 1000.0, "规划", date(2021, 5, 27), "省报", web, "page"),
        ("faces", "P", date(2022, 12, 31), 1178.0, "方案", date(2022, 3, 7), "省报", web, "page"),
        ("users", "P", END, 3_200_000.0, "规划", date(2021, 5, 27), "省报", web, "page"),
        ("racks", "P", END, 2000.0, "规划", date(2021, 5, 27), "省报", web, "page"),
        *(("racks", city, END, 800.0, "分解", date(2021, 5, 27), "省报", web, "page") for city in "ABC"),
    )


def _observations() -> pl.DataFrame:
    names = ("indicator", "region", "date", "value", "definition", "source", "status")
    rows = [
        ("stations", "P", date(2020, 12, 31), 16_000.0, "this_year", "局", "page"),
        ("stations", "P", date(2021, 12, 31), 34_000.0, "this_year", "局", "page"),
        ("stations", "P", date(2022, 12, 8), 67_000.0, "this_year", "局", "page"),
        ("stations", "P", date(2023, 8, 10), 84_000.0, "this_year", "局", "page"),
        ("pue", "P", date(2021, 12, 31), 1.52, None, "局", "page"),
        ("pue", "P", date(2022, 12, 31), 1.44, None, "局", "page"),
        ("pue", "P", date(2023, 6, 30), 1.40, None, "局", "page"),
        ("faces", "P", date(2022, 12, 31), 993.0, None, "局", "page"),
        ("faces", "P", date(2023, 8, 10), 1161.0, None, "局", "page"),
    ]
    rows += [("racks", city, date(2023, 6, 30), 100.0, None, "局", "page") for city in "ABC"]
    return frame(names, *rows)


def _projects() -> pl.DataFrame:
    names = (
        "code",
        "name",
        "kind",
        "lead_region",
        "stage",
        "planned_start",
        "planned_finish",
        "actual_start",
        "sector",
    )
    start, finish = date(2022, 3, 1), date(2025, 6, 30)
    return frame(
        names,
        ("X1", HOSTILE, "construction", "A", "construction", start, finish, start, "data_centre"),
        ("X2", "乙项目", "construction", "B", "construction", start, date(2024, 12, 31), start, "data_centre"),
        ("X3", "丙项目", "construction", "C", "preparation", date(2023, 3, 1), finish, None, "data_centre"),
    )
