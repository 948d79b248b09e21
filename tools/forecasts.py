"""Write how right the forecasts on four registers were where it is told.

Both READMEs and ``docs/explanation/reference-classes.md`` hold what this makes of ``benchmarks/forecasts.json`` between
``<!-- forecasts -->`` marks. ``benchmarks/forecasts.py`` makes that file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from blocks import ROOT, filled, write_changed

Row = dict[str, Any]
TITLES = {
    "schools": ("New York, school construction, 2024-09-30 → 2025-06-30", "纽约学校建设，2024-09-30 → 2025-06-30"),
    "capital": ("New York, capital projects, 2014–2019", "纽约重大基建项目，2014–2019"),
    "major": ("United Kingdom, major projects, 2018 → 2023", "英国政府重大项目，2018 → 2023"),
    "bank": ("World Bank, 2022-09-22 → 2025-03-31", "世界银行项目，2022-09-22 → 2025-03-31"),
}
LINES = "|---|---:|---:|---:|---:|---:|---:|---:|"


def main() -> None:
    """Write the section of every page that has one."""
    write_changed(pages())


def pages() -> dict[Path, str]:
    """Return the pages with the scores that are kept in them."""
    rows = json.loads((ROOT / "benchmarks" / "forecasts.json").read_text(encoding="utf-8"))
    sections = {
        ROOT / "README.md": "\n".join(summary(rows, 0)),
        ROOT / "README.zh-CN.md": "\n".join(summary(rows, 1)),
        ROOT / "docs" / "explanation" / "reference-classes.md": "\n".join(every_row(rows)),
    }
    return {page: filled(page.read_text(encoding="utf-8"), "forecasts", text) for page, text in sections.items()}


def summary(rows: list[Row], language: int) -> Iterator[str]:
    """Tell all cases of each register, in English (0) or Chinese (1)."""
    yield (
        "| register | forecasts | came | forecast | score, days | planned date | Kaplan–Meier | in P10–P90 |",
        "| 公开项目库 | 研判数 | 实际完成 | 研判完成 | 评分（天） | 按计划日期 | Kaplan–Meier | 落在P10–P90内 |",
    )[language]
    yield LINES
    for register, titles in TITLES.items():
        first = next(row for row in rows if row["register"] == register)
        yield _line(titles[language], first)


def every_row(rows: list[Row]) -> Iterator[str]:
    """Tell every row, with its skill."""
    for register, (title, _) in TITLES.items():
        yield f"**{title}**"
        yield ""
        yield "| cases | n | came | forecast | score | planned | KM | skill against planned | against KM | in P10–P90 |"
        yield LINES + "---:|---:|"
        for row in rows:
            if row["register"] == register:
                skills = [_between(row["crps_skill"][other], "+.2f") for other in ("planned", "kaplan_meier")]
                yield _line(row["cases"].strip(), row, skills)
        yield ""


def _line(name: str, row: Row, skills: list[str] | None = None) -> str:
    scores = [f"{score:.2f}" for score in (row["crps"], row["crps_of"]["planned"], row["crps_of"]["kaplan_meier"])]
    counts = [f"{count:,.0f}" for count in (row["n_scored"], row["n_finished"], row["expected"])]
    cells = [name, *counts, f"**{scores[0]}**", *scores[1:], *(skills or []), _between(row["coverage_80"], ".0%")]
    return f"| {' | '.join(cells)} |"


def _between(found: list[float | None], form: str) -> str:
    """Return an estimate with its interval."""
    if any(value is None for value in found):
        return "–"
    value, low, high = (f"{figure:{form}}" for figure in found)
    return f"{value} ({low} to {high})"


if __name__ == "__main__":
    main()
