"""Run the examples of the documentation and write below each what it printed.

In a page, blocks run from top to bottom in one empty folder that holds only ``examples``:

- ``console``: lines that begin with ``$`` are commands; what they print follows them. ``console slow`` is
  run only when this tool is told ``--slow``.
- ``python``: a program; a ``text`` block right below it holds what it printed.
- ``yaml NAME``, ``csv NAME`` …: the file NAME.

A line ``…`` in an output stands for lines left out; the lines before and after it are kept as many as they are.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from backcast.cli import main as backcast
from blocks import ROOT, Fence, fences, pages, write_changed

CUT = "…"
WIDTH = 100
"""Columns of the terminal that the outputs were seen in."""


def main() -> None:
    """Refresh the outputs of every page, or of those named."""
    named = [Path(name).resolve() for name in sys.argv[1:] if not name.startswith("-")]
    for page in named or pages():
        write_changed({page: refreshed(page, slow="--slow" in sys.argv)})


def refreshed(page: Path, *, slow: bool = False) -> str:
    """Return a page with the outputs that its examples have today."""
    text = page.read_text(encoding="utf-8")
    found = list(fences(text))
    if not any(_runs(fence, slow) for fence in found):
        return text
    lines = text.splitlines()
    with _session(page) as session:
        printed = [_printed(fence, session, slow) for fence in found]
    for i in reversed(range(len(found))):
        if printed[i] is None:
            continue
        if found[i].info.startswith("console"):
            lines[found[i].first : found[i].last] = printed[i]
        elif i + 1 < len(found) and found[i + 1].info == "text" and found[i + 1].first - found[i].last <= 3:
            below = found[i + 1]
            lines[below.first : below.last] = _shortened(printed[i], below.lines)
    return "\n".join(lines) + "\n"


def _runs(fence: Fence, slow: bool) -> bool:
    return fence.info in ("console", "python") or (slow and fence.info == "console slow")


@dataclass(slots=True)
class _Session:
    """The folder and the names that the blocks of one page share."""

    page: Path
    folder: Path
    names: dict[str, Any] = field(default_factory=dict)


@contextmanager
def _session(page: Path) -> Iterator[_Session]:
    """Open an empty folder with the examples in it, in the language of the page."""
    chinese = "zh" in page.stem or "zh" in page.parts
    variables = {"BACKCAST_LANGUAGE": "zh" if chinese else "en", "COLUMNS": str(WIDTH), "NO_COLOR": "1"}
    before = dict(os.environ)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("runs", "*.runs"))
        stack.enter_context(chdir(folder))
        stack.callback(os.environ.update, before)
        stack.callback(os.environ.clear)
        os.environ.update(variables)
        yield _Session(page, folder)


def _printed(fence: Fence, session: _Session, slow: bool) -> list[str] | None:
    """Run a block; returns the new lines of a console block, or what a program printed."""
    if fence.info.startswith("console") and _runs(fence, slow):
        return _console(fence.lines)
    if fence.info == "python":
        printed = StringIO()
        program = compile("\n".join(fence.lines), f"<{session.page.name}, line {fence.first + 1}>", "exec")
        with redirect_stdout(printed):
            exec(program, session.names)
        return _clean(printed.getvalue())
    if len(words := fence.info.split()) == 2 and words[0] not in ("console", "bash"):
        (session.folder / words[1]).parent.mkdir(parents=True, exist_ok=True)
        (session.folder / words[1]).write_text("\n".join(fence.lines) + "\n", encoding="utf-8")
    return None


def _console(lines: tuple[str, ...]) -> list[str]:
    """Run the commands of a block; returns each with its output."""
    starts = [i for i, line in enumerate(lines) if line.startswith("$ ")]
    told: list[str] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        told += [lines[start], *_shortened(_clean(_run(lines[start][2:])), lines[start + 1 : end])]
    return told


def _run(command: str) -> str:
    """Run a command in a shell; ours run in this process, which has imported them already."""
    words = shlex.split(command)
    if words[0] == "backcast":
        return CliRunner().invoke(backcast, words[1:], prog_name="backcast").output
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def _clean(output: str) -> list[str]:
    """Return lines without trailing blanks, and without empty lines at the end."""
    return [line.rstrip() for line in output.rstrip().splitlines()]


def _shortened(printed: list[str], shown: tuple[str, ...]) -> list[str]:
    """Leave out what the page leaves out: all but as many lines as stand before and after its cut."""
    if CUT not in shown:
        return printed
    head = shown.index(CUT)
    tail = len(shown) - head - 1
    return [*printed[:head], CUT, *printed[len(printed) - tail :]]


if __name__ == "__main__":
    main()
