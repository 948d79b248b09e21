"""Make ``docs/reference/lifecycle.md`` from the table of transitions; it is never edited by hand."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from django.utils import translation

import web_pages
from blocks import ROOT

PAGE = ROOT / "docs" / "reference" / "lifecycle.md"
MADE = "<!-- Made by tools/lifecycle.py; do not edit. -->\n\n"


def pages() -> dict[Path, str]:
    """Return the page as it should stand in the repository; Django is set up."""
    with translation.override("en"):
        return {PAGE: MADE + "\n".join(_lines()).strip() + "\n"}


def _lines() -> Iterator[str]:
    yield "# Lifecycle of projects · 项目全生命周期\n"
    yield (
        "Every way from stage to stage, who may go it, and what must be known by then. The system heeds the same "
        "table, and shows it at `/projects/lifecycle/`. A reason is asked for wherever a project is interrupted or "
        "taken up again.\n"
    )
    for chapter in import_module("backcast.web.projects.reference").chapters():
        yield f"## {chapter.title.capitalize()}\n"
        yield f"{' → '.join(chapter.stages)}\n"
        yield "| from | transition | to | must be known | by |"
        yield "|---|---|---|---|---|"
        for row in chapter.rows:
            yield f"| {row.sources} | **{row.label}**: {row.about} | {row.target} | {row.required} | {row.roles} |"
        yield ""


if __name__ == "__main__":
    web_pages.write(pages)
