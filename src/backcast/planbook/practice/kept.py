"""What the practice province keeps of the real plan, and how it says that the rest is made up."""

from __future__ import annotations

from datetime import date

import polars as pl

from backcast.planbook.book import Planbook
from backcast.planbook.practice.province import Need, Province

NOTICE = (
    "模拟数据：规划、目标值、地区和节令是真实的；所有项目、月报、分市任务、风险，以及规划期内的完成值均由程序生成，"
    "不反映任何真实项目、单位或进展，不得引用。"
)
NOTICE_EN = (
    "Simulated: the plan, its targets, the regions and the seasons are real; every project, return, city target and "
    "risk, and every observation within the plan, was made up by a program. Nothing here describes a real project, "
    "owner or result. Do not cite it."
)


def stamped(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Mark every row as simulated, with the seed it came from."""
    return frame.with_columns(status=pl.lit("simulated"), source=pl.lit(f"simulated by Backcast practice, seed {seed}"))


def kept(plan: Planbook, province: Province, data_date: date, seed: int) -> Planbook:
    """Return the plan without projects and without history, its simulated nature said in its title.

    Of the observations only the last one of each delivered indicator before the plan stays; of
    their definitions, those that do not break the series. A delivered indicator goes by its projects.
    """
    ours = pl.col("indicator").is_in(list(province.needs))
    return Planbook.of(
        {
            "plan": _title(plan["plan"], data_date, seed),
            "indicators": plan["indicators"].with_columns(
                basis=pl.when(pl.col("code").is_in(list(province.needs))).then(pl.lit("projects")).otherwise("basis")
            ),
            "definitions": plan["definitions"].filter(~ours | ~pl.col("series_break").fill_null(value=False)),
            "observations": pl.concat(
                [plan["observations"].clear(), *(_base(plan, province, need) for need in province.needs.values())]
            ),
            **{name: plan[name] for name in ("tasks", "measures", "targets", "regions", "organisations")},
        }
    )


def _title(plan: pl.DataFrame, data_date: date, seed: int) -> pl.DataFrame:
    return stamped(plan, seed).with_columns(
        code=pl.format("{}-practice", "code"),
        name=pl.format("【模拟】{}", "name"),
        name_en=pl.format("(simulated) {}", pl.coalesce("name_en", "name")),
        data_date=pl.lit(data_date),
        simulated=pl.lit(value=True),
        notice=pl.lit(NOTICE),
        notice_en=pl.lit(NOTICE_EN),
        url=pl.lit(None, pl.String),
        note=pl.lit(None, pl.String),
    )


def _base(plan: Planbook, province: Province, need: Need) -> pl.DataFrame:
    """Return the real observation that stands before the plan, if there is one."""
    own = (pl.col("indicator") == need.indicator) & (pl.col("region") == province.code) & need.real
    return plan["observations"].filter(
        own & (pl.col("date") == need.base_date) & (pl.col("use").fill_null("series") == "series")
    )
