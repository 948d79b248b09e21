"""Files of other systems: which of their columns is which of ours, said once and kept by name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from rapidfuzz import fuzz, process

from backcast.interchange.headings import column_named
from backcast.interchange.sheet import ROWS_ABOVE
from backcast.planbook.columns import Column, Table

SURE = 62.0
"""Score from which a column is suggested for a heading, of 100."""
SAMPLES = 3
_WORDS = {
    "projects": {
        "code": ("项目代码", "项目编号", "统一项目代码", "赋码", "project code", "project number"),
        "name": ("项目名称", "工程名称", "project name"),
        "owner": ("项目单位", "建设单位", "项目法人", "申报单位", "业主单位", "applicant", "owner unit"),
        "lead_region": ("建设地点", "项目所在地", "行政区划", "所在县区", "location", "district"),
        "total_investment": ("总投资", "项目总投资", "计划总投资", "投资总额", "total investment"),
        "planned_start": ("拟开工时间", "计划开工时间", "计划开工年月", "planned start date"),
        "planned_finish": ("拟建成时间", "计划竣工时间", "计划建成时间", "planned completion date"),
        "actual_start": ("实际开工时间", "开工时间", "actual start date"),
        "actual_finish": ("实际竣工时间", "竣工时间", "actual completion date"),
        "stage": ("项目阶段", "建设阶段", "项目状态", "进展阶段", "status", "phase"),
        "sector": ("所属行业", "国标行业", "行业", "industry"),
        "note": ("备注", "项目说明", "remarks"),
    }
}
"""What the national approval platform and libraries of major projects call our columns."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a foreign file.

    Attributes
    ----------
    suggested
        Name of the column of ours that it likely is; empty where none is alike.
    samples
        Some values that stand under it.
    """

    text: str
    suggested: str
    samples: tuple[str, ...]


def headings_of(table: Table, grid: pl.DataFrame) -> list[Heading]:
    """Return the columns of a foreign file, each with the column of ours that it likely is."""
    row = _heading_row(grid)
    texts = [(cell or "").strip() for cell in grid.row(row)] if grid.height else []
    likely = suggested(table, texts)
    return [
        Heading(text, likely.get(text, ""), _samples(grid.to_series(position), row))
        for position, text in enumerate(texts)
        if text and texts.index(text) == position
    ]


def suggested(table: Table, headings: Sequence[str]) -> dict[str, str]:
    """Return for each heading the column that it most likely means; no column is taken twice, the likeliest wins."""
    scored = [(_score(table, column, text), text, column.name) for text in headings if text for column in table]
    found: dict[str, str] = {}
    for score, text, name in sorted(scored, key=lambda one: -one[0]):
        if score >= SURE and text not in found and name not in found.values():
            found[text] = name
    return found


def with_our_headings(grid: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Write our names over the headings of a foreign file; columns that are left out lose theirs."""
    if not names or grid.is_empty():
        return grid
    row = _heading_row(grid)
    ours = [names.get((cell or "").strip(), cell) or None for cell in grid.row(row)]
    left_out = [name for name, text in zip(grid.columns, ours, strict=True) if text is None]
    head = pl.DataFrame([ours], schema=grid.schema, orient="row")
    blank = grid.slice(0, row).with_columns(pl.lit(None, pl.String).alias(name) for name in grid.columns)
    body = grid.slice(row + 1).with_columns(pl.lit(None, pl.String).alias(name) for name in left_out)
    return pl.concat([blank, head, body])


def _heading_row(grid: pl.DataFrame) -> int:
    """Return the first of the top rows, counted from 0, in which the most words stand."""
    top = grid.head(ROWS_ABOVE).rows()
    words = [len({cell for cell in cells if cell and not re.fullmatch(r"[\d\s.,%/-]*", cell)}) for cells in top]
    return words.index(max(words)) if words else 0


def _score(table: Table, column: Column, heading: str) -> float:
    """Return how alike a heading and the words for a column are, of 100."""
    named = column_named(table, heading)
    if named is not None:
        return 100.0 if named.name == column.name else 0.0
    known = (column.name, column.label, column.label_zh, *_WORDS.get(table.name, {}).get(column.name, ()))
    best = process.extractOne(_plain(heading), list(map(_plain, known)), scorer=fuzz.ratio)
    return best[1] if best else 0.0


def _plain(text: str) -> str:
    """Return a heading without unit, spaces and signs."""
    return re.sub(r"[（(].*?[）)]|[\s_*:：]", "", text).casefold()


def _samples(cells: pl.Series, row: int) -> tuple[str, ...]:
    return tuple(cells.slice(row + 1, 50).drop_nulls().unique(maintain_order=True).head(SAMPLES))
