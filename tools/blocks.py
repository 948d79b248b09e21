"""The parts of a Markdown page that are made by programs: fenced blocks, and sections between two marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md")


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block: what stands behind the opening fence, and the lines between the fences.

    ``first`` and ``last`` are the positions of those lines on the page, the last one excluded.
    """

    info: str
    first: int
    last: int
    lines: tuple[str, ...]


def pages() -> list[Path]:
    """Return every page of the documentation."""
    return [*PAGES, *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").glob("*/README.md"))]


def fences(text: str) -> Iterator[Fence]:
    """Find the fenced blocks of a page, in order."""
    lines, opened = text.splitlines(), None
    for position, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if opened is None:
            opened = position
        else:
            between = tuple(lines[opened + 1 : position])
            yield Fence(lines[opened][3:].strip(), opened + 1, position, between)
            opened = None


def filled(text: str, name: str, content: str) -> str:
    """Return a page with ``content`` between ``<!-- name -->`` and ``<!-- /name -->``.

    Raises
    ------
    ValueError
        If the page has no such marks.
    """
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not marks.search(text):
        raise ValueError(f"The page has no <!-- {name} --> … <!-- /{name} -->.")
    return marks.sub(lambda found: f"{found[1]}{content.strip()}\n{found[2]}", text)


def write_changed(made: dict[Path, str]) -> None:
    """Write the pages that differ from what stands in the repository."""
    for path, text in made.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
