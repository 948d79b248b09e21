"""How long the list of 100,000 projects takes: Granian with two workers, eight connections, a reader with a scope.

On SQLite and on a PostgreSQL of its own (left out with a reason where it is not installed). Each request asks
something else in turn; per question and over all, the median and the 95th percentile are printed and written to
``pages.json``. The client runs on the same processors as the server and is counted in.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import quote

import django

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tools")]
PART = {"HX-Request": "true", "HX-Target": "listing"}
QUESTIONS = {
    "everything": "",
    "late": "?late=1",
    "late in a county, by investment": "?late=1&region=140215&sort=-total_investment",
    "under construction, by finish": "?stage=construction&sort=planned_finish",
    "due, of one sector": "?due=1&sector=communications",
    "investment and dates": "?investment_from=10000&finish_from=2024-01-01&finish_to=2024-12-31",
    "on a list": "?tier=provincial&year=2023",
    "adds to an indicator": "?indicator=5g_base_stations&sort=name",
    "text, two characters": "?q=灵丘",
    "text, common": "?q=基站&sort=-planned_finish",
    "text, two words": "?q=数据中心 云州",
    "text in English, late": "?q=datong&late=1",
    "text, nothing found": "?q=没有这个",
}
READERS = ("reviewer-datong", "plan-officer")


def main() -> None:
    """Measure on both databases, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--home", help="a folder with a library of an earlier run; its projects are kept")
    parser.add_argument("--within", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.within:
        sys.stdout.write(json.dumps(within(options)))
        return
    facts = {"processors": os.cpu_count(), "load before": os.getloadavg()[0], "python": platform.python_version()}
    facts |= {"projects": options.projects, "connections": options.connections, "seconds": options.seconds}
    figures = {name: apart(name, options) for name in options.database or ["sqlite", "postgresql"]}
    (HERE / "pages.json").write_text(json.dumps(facts | figures, ensure_ascii=False, indent=1) + "\n", "utf-8")
    for name, found in figures.items():
        show(name, found)


def apart(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Measure on one database, with a folder and a server of its own."""
    with ExitStack() as opened:
        home = options.home or opened.enter_context(tempfile.TemporaryDirectory())
        env = {**os.environ, "BACKCAST_HOME": home, "BACKCAST_DEMO": "1", "DATABASE_URL": ""}
        if name == "postgresql":
            env["DATABASE_URL"] = opened.enter_context(import_module("postgres").server())
        command = [sys.executable, __file__, "--within", "--projects", str(options.projects)]
        command += ["--seconds", str(options.seconds), "--connections", str(options.connections)]
        found = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True).stdout
    return dict(json.loads(found))


def within(options: argparse.Namespace) -> dict[str, Any]:
    """Fill the database of this process unless it is, serve it, and ask."""
    cookies = prepared(options.projects)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--port", str(port)]
    command += ["--no-ws", "--log-level", "warning", "backcast.web.config.wsgi:application"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            _wait(port)
            return {
                f"{reader}, {what}": asked(port, cookies[reader], headers, options)
                for reader in READERS
                for what, headers in (("page", {}), ("part", PART))
            }
        finally:
            server.terminate()


def prepared(projects: int) -> dict[str, str]:
    """Migrate and fill the database; return a session of each reader."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "backcast.web.config.settings"
    django.setup()
    found: dict[str, str] = import_module("big_library").prepared(projects, READERS)
    return found


def asked(port: int, session: str, headers: dict[str, str], options: argparse.Namespace) -> dict[str, Any]:
    """Ask over all connections at once for a while, after a round that warms up."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    ends = time.monotonic() + options.seconds + 2
    told = {"Cookie": f"sessionid={session}", "Accept-Language": "zh-hans", **headers}
    threads = [
        threading.Thread(target=_ask, args=(port, told, seed, ends, times)) for seed in range(options.connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [seconds for found in times.values() for seconds in found]
    figures = {"requests a second": round(len(every) / options.seconds, 1), "all": _told(every)}
    return figures | {question: _told(times[question]) for question in QUESTIONS}


def show(name: str, found: dict[str, dict[str, Any]]) -> None:
    """Print the figures of one database."""
    for reader, figures in found.items():
        sys.stdout.write(f"{name}, {reader}: {figures['requests a second']} requests a second\n")
        for question, told in figures.items():
            if isinstance(told, dict):
                sys.stdout.write(f"  {question:34} p50 {told['p50']:6.1f} ms   p95 {told['p95']:6.1f} ms\n")


def _ask(port: int, headers: dict[str, str], seed: int, ends: float, times: dict[str, list[float]]) -> None:
    """Ask one question after the other over one connection."""
    connection, draw, warm = (
        http.client.HTTPConnection("127.0.0.1", port),
        random.Random(seed),
        ends - time.monotonic() - 2,
    )
    begins = ends - warm
    names = list(QUESTIONS)
    while time.monotonic() < ends:
        name = draw.choice(names)
        begin = time.perf_counter()
        connection.request("GET", "/projects/" + quote(QUESTIONS[name], safe="?=&"), headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} for {QUESTIONS[name]}")
        if time.monotonic() > begins:
            times[name].append(time.perf_counter() - begin)


def _told(seconds: list[float]) -> dict[str, float]:
    """Return median and 95th percentile in milliseconds."""
    parts = quantiles(seconds, n=20, method="inclusive") if len(seconds) > 1 else [0.0] * 19
    return {"p50": round(parts[9] * 1000, 1), "p95": round(parts[18] * 1000, 1)}


def _wait(port: int) -> None:
    for _attempt in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The server does not answer.")


if __name__ == "__main__":
    main()
