"""How fast a workbook with 20,000 projects is validated and imported, and how long others wait meanwhile.

The library holds as many projects beforehand. While rows are imported, changed and removed again, one other process
writes all the time and one reads; the longest that either waits is told. On SQLite and on a PostgreSQL of its own
(left out with a reason where it is not installed). All is printed and written to ``imports.json``.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import django
import openpyxl
import polars as pl

from databases import DATABASES, add_options, apart
from rounds import rounded, save, tell

PAUSE = 0.01
"""Seconds between what the others do."""


def main() -> None:
    """Measure on both databases, tell and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    add_options(parser)
    options = parser.parse_args()
    if options.within:
        django.setup()
        sys.stdout.write(json.dumps(measured(options.rows)))
        return
    arguments = ["--rows", str(options.rows)]
    found = {name: apart(name, __file__, arguments) for name in options.database or DATABASES}
    for name, figures in found.items():
        for what, value in figures.items():
            tell(f"{name}, {what}: {value}")
    save("imports.json", {"rows": options.rows, **found})


def measured(count: int) -> dict[str, Any]:
    """Validate and import new projects, undo that, change all old ones by a second file, and undo that."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.core.management import call_command

    from backcast.cli.loading import OPERATOR
    from backcast.web.exchange import actions, undoing
    from backcast.web.exchange.differences import changes
    from backcast.web.exchange.export import export
    from backcast.web.exchange.upload import read

    call_command("migrate", verbosity=0)
    plan, new = _library(count)
    seconds: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = _workbook(new, Path(folder) / "projects.xlsx")
        seconds["megabytes"] = rounded(path.stat().st_size / 2**20)
        with timed(seconds, "validated"):
            up = read("projects", path)
            found = changes("projects", up.frame, OPERATOR, plan, numbers=up.numbers, exported=up.memory.rows)
        if found.errors or found.created.height != count:
            raise SystemExit(f"{found.created.height} new, {[str(one.message) for one in found.errors[:3]]}")
        data = path.read_bytes()

    def taken(name: str, data: bytes) -> Any:
        with timed(seconds, f"{name}: uploaded, validated, doubles looked for"):
            return actions.take(SimpleUploadedFile(name, data), "projects", plan.code, by=OPERATOR)

    def written(one: Any) -> None:
        with others(seconds, one.file.name), timed(seconds, f"{one.file.name}: imported"):
            actions.write(one, by=OPERATOR)
        one.refresh_from_db()

    def undone(one: Any) -> None:
        with others(seconds, f"{one.file.name} undone"), timed(seconds, f"{one.file.name}: undone"):
            undoing.undo(one, by=OPERATOR)

    first = taken("new.xlsx", data)
    written(first)
    undone(first)
    second = taken("changed.xlsx", _changed(export("projects", plan, by=OPERATOR).data))
    written(second)
    undone(second)
    return seconds


@contextmanager
def timed(seconds: dict[str, Any], name: str) -> Iterator[None]:
    """Keep how long the block takes."""
    begin = time.perf_counter()
    yield
    seconds[name] = rounded(time.perf_counter() - begin)


@contextmanager
def others(seconds: dict[str, Any], name: str) -> Iterator[None]:
    """Let one process write and one read during the block; keep the longest that each waited."""
    spawn, doors = multiprocessing.get_context("spawn"), {}
    for what, work in (("writer", write), ("reader", read_list)):
        doors[what], there = multiprocessing.Pipe()
        spawn.Process(target=busy, args=(work, there), daemon=True).start()
        doors[what].recv()
    yield
    for what, door in doors.items():
        door.send("stop")
        seconds[f"{name}: longest wait of another {what}"] = rounded(door.recv())


def busy(work: Callable[[], None], door: Connection) -> None:
    """Work again and again until told to stop, and tell the longest wait."""
    django.setup()
    work()
    waits = [0.0]
    door.send("ready")
    while not door.poll():
        begin = time.perf_counter()
        work()
        waits.append(time.perf_counter() - begin)
        time.sleep(PAUSE)
    door.send(max(waits))


def write() -> None:
    """Write as somebody does who reads something that is recorded."""
    from backcast.web.audit import recording as audit
    from backcast.web.core.actor import Actor, Route

    audit.note(Actor("somebody", Route.WEB), "page.read", "something")


def read_list() -> None:
    """Read as the list of projects does."""
    from backcast.web.projects.models import Project

    list(Project.objects.filter(stage="construction").order_by("code", "pk")[:50])


def _library(count: int) -> tuple[Any, pl.DataFrame]:
    """Load projects; return the plan and as many new ones."""
    from backcast import interchange
    from backcast.cli.loading import OPERATOR
    from backcast.cli.shipped import shanxi
    from backcast.planbook.book import Planbook
    from backcast.planbook.practice import practice
    from backcast.web.exchange.loading import load

    book = practice(interchange.read_planbook(shanxi()), projects=2 * count)
    kept = ("plan", "regions", "organisations", "tasks", "calendars")
    projects = book["projects"].with_columns(parent=pl.lit(None, pl.String))
    plan, _ = load(Planbook.of({name: book[name] for name in kept} | {"projects": projects.head(count)}), by=OPERATOR)
    return plan, projects.tail(count)


def _workbook(rows: pl.DataFrame, path: Path) -> Path:
    """Write new rows as a workbook of ours."""
    from backcast.interchange.single import NOTHING, write_workbook
    from backcast.planbook.schema import PROJECTS

    write_workbook(PROJECTS, rows, path, language="zh_Hans", codes={}, memory=NOTHING)
    return path


def _changed(exported: bytes) -> bytes:
    """Write another owner into every row of an exported workbook, as somebody would in Excel."""
    book, out = openpyxl.load_workbook(io.BytesIO(exported)), io.BytesIO()
    sheet = book.worksheets[0]
    column = next(cell.column for cell in sheet[1] if str(cell.value).split("\n")[-1] == "owner")
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, column).value = "另一公司"
    book.save(out)
    return out.getvalue()


if __name__ == "__main__":
    main()
