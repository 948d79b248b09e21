"""How fast a workbook with 20,000 projects is validated and imported, and how long others wait meanwhile.

The library holds as many projects beforehand. Another process writes all the time; its longest wait is told.
Writes ``imports.json``. Run: python benchmarks/imports.py [rows]
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import polars as pl

from rounds import rounded, save, tell

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
PAUSE = 0.01
"""Seconds between two writes of the other process."""


def set_up(home: str) -> None:
    """Set Django up with its data in a folder."""
    os.environ |= {"BACKCAST_HOME": home, "DJANGO_SETTINGS_MODULE": "backcast.web.config.settings"}
    import django

    django.setup()


def others(home: str, door: Connection) -> None:
    """Write again and again until told to stop, and tell the longest wait."""
    set_up(home)
    from backcast.web.audit import recording as audit
    from backcast.web.core.actor import Actor, Route

    somebody, waits = Actor("somebody", Route.WEB), [0.0]
    door.send("ready")
    while not door.poll():
        begin = time.perf_counter()
        audit.note(somebody, "page.read", "something")
        waits.append(time.perf_counter() - begin)
        time.sleep(PAUSE)
    door.send(max(waits))


def measured(home: str) -> dict[str, float]:
    """Load a library, validate a workbook with new projects, import it, and undo that."""
    set_up(home)
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.core.management import call_command

    from backcast import interchange
    from backcast.cli.loading import OPERATOR
    from backcast.cli.shipped import shanxi
    from backcast.planbook.book import Planbook
    from backcast.planbook.practice import practice
    from backcast.web.exchange import actions, undoing
    from backcast.web.exchange.differences import changes
    from backcast.web.exchange.export import export
    from backcast.web.exchange.loading import load
    from backcast.web.exchange.upload import read

    call_command("migrate", verbosity=0)
    book = practice(interchange.read_planbook(shanxi()), projects=2 * ROWS)
    kept = ("plan", "regions", "organisations", "tasks", "calendars")
    projects = book["projects"].with_columns(parent=pl.lit(None, pl.String))
    plan, _ = load(Planbook.of({name: book[name] for name in kept} | {"projects": projects.head(ROWS)}), by=OPERATOR)
    path = Path(home) / "projects.xlsx"
    path.write_bytes(_workbook(projects.tail(ROWS), export("projects", plan, by=OPERATOR).data))
    seconds: dict[str, float] = {"megabytes": path.stat().st_size / 2**20}

    begin = time.perf_counter()
    up = read("projects", path)
    found = changes("projects", up.frame, OPERATOR, plan, numbers=up.numbers, exported=up.memory.rows)
    seconds["validated"] = time.perf_counter() - begin
    if found.errors or found.created.height != ROWS:
        raise SystemExit(f"{found.created.height} new, {[str(one.message) for one in found.errors[:3]]}")

    here, there = multiprocessing.Pipe()
    other = multiprocessing.get_context("spawn").Process(target=others, args=(home, there))
    other.start()
    here.recv()
    begin = time.perf_counter()
    taken = actions.take(SimpleUploadedFile("projects.xlsx", path.read_bytes()), "projects", plan.code, by=OPERATOR)
    seconds["uploaded, validated, doubles looked for"] = time.perf_counter() - begin
    begin = time.perf_counter()
    actions.write(taken, by=OPERATOR)
    seconds["imported with audit and doubles"] = time.perf_counter() - begin
    here.send("stop")
    seconds["longest wait of another writer"] = here.recv()
    other.join()
    taken.refresh_from_db()
    begin = time.perf_counter()
    undoing.undo(taken, by=OPERATOR)
    seconds["undone"] = time.perf_counter() - begin
    return seconds


def _workbook(rows: pl.DataFrame, like: bytes) -> bytes:
    """Write new rows as a workbook of ours."""
    from backcast.interchange.single import NOTHING, write_workbook
    from backcast.planbook.schema import PROJECTS

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.xlsx"
        write_workbook(PROJECTS, rows, path, language="zh_Hans", codes={}, memory=NOTHING)
        return path.read_bytes()


def main() -> None:
    """Measure, tell and keep."""
    with tempfile.TemporaryDirectory(prefix="imports-") as home:
        told = measured(home)
    for name, value in told.items():
        tell(f"{name}: {value:.2f}")
    save("imports.json", {"rows": ROWS, **{name: rounded(value) for name, value in told.items()}})


if __name__ == "__main__":
    main()
