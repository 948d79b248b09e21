"""How long the list of 100,000 projects takes: Granian with two workers, eight connections, a reader with a scope.

On SQLite and on a PostgreSQL of its own (left out with a reason where it is not installed). First each question is
asked in one process, and its queries are counted and its processor time taken; then each request asks something else
in turn, and the median and the 95th percentile of each question are taken. All is printed and written to
``pages.json``. The client runs on the same processors as the server and is counted in. Published figures are taken
with ``--seconds 15``.
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
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from databases import DATABASES, add_options, apart

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
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--connections", type=int, default=8)
    add_options(parser)
    parser.add_argument("--home", help="a folder with a library of an earlier run on SQLite; its projects are kept")
    options = parser.parse_args()
    if options.within:
        sys.stdout.write(json.dumps(within(options)))
        return
    facts = {"processors": os.cpu_count(), "load before": os.getloadavg()[0], "python": platform.python_version()}
    facts |= {"connections": options.connections, "seconds": options.seconds}
    arguments = [f"--{name}={getattr(options, name)}" for name in ("projects", "seconds", "connections")]
    home, demo = options.home or "", {"BACKCAST_DEMO": "1"}
    figures = {name: apart(name, __file__, arguments, home, **demo) for name in options.database or DATABASES}
    (HERE / "pages.json").write_text(json.dumps(facts | figures, ensure_ascii=False, indent=1) + "\n", "utf-8")
    for name, found in figures.items():
        show(name, found)


def within(options: argparse.Namespace) -> dict[str, Any]:
    """Fill the database of this process unless it is, ask it in this process, then serve it and ask from outside."""
    import_module("backcast.web.config.wsgi")
    found: dict[str, Any] = {"projects": import_module("big_library").prepared(options.projects)}
    clients = {reader: signed_in(reader) for reader in READERS}
    alone = {name: asked_alone(clients[name[0]], headers) for name, headers in ways()}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "2"]
    command += ["--port", str(port), "--no-ws", "--log-level", "warning", "backcast.web.config.wsgi:application"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            _wait(port)
            for name, headers in ways():
                session = clients[name[0]].cookies["sessionid"].value
                found[", ".join(name)] = together(alone[name], asked(port, session, headers, options))
        finally:
            server.terminate()
    return found


def ways() -> Iterator[tuple[tuple[str, str], dict[str, str]]]:
    """Yield who asks for what, and the headers by which they do."""
    for reader in READERS:
        yield (reader, "page"), {}
        yield (reader, "part"), PART


def signed_in(reader: str) -> Client:
    """Sign a member of the cast in."""
    client = Client(headers={"host": "localhost", "Accept-Language": "zh-hans"})
    client.force_login(import_module("backcast.web.accounts.models").User.objects.get(username=reader))
    return client


def asked_alone(client: Client, headers: dict[str, str]) -> dict[str, dict[str, float]]:
    """Ask each question in this process: rows, queries, and how long this processor works."""
    found = {}
    for question, query in QUESTIONS.items():
        with CaptureQueriesContext(connection) as made:
            page = client.get("/projects/" + query, headers=headers)
        queries, rows, times = len(made), page.content.count(b'<th scope="row">'), []
        for _ in range(3):
            begin = time.process_time()
            client.get("/projects/" + query, headers=headers)
            times.append(time.process_time() - begin)
        found[question] = {"rows": rows, "queries": queries, "processor": round(median(times) * 1000, 1)}
    return found


def together(alone: dict[str, dict[str, float]], asked: dict[str, Any]) -> dict[str, Any]:
    """Put what was found of each question in one process beside what was found from outside."""
    return {name: told | alone[name] if name in alone else told for name, told in asked.items()}


def asked(port: int, session: str, headers: dict[str, str], options: argparse.Namespace) -> dict[str, Any]:
    """Ask over all connections at once for a while, after a round that warms up."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    begins = time.monotonic() + 1
    told = {"Cookie": f"sessionid={session}", "Accept-Language": "zh-hans", **headers}
    threads = [
        threading.Thread(target=_ask, args=(port, told, seed, begins, options.seconds, times))
        for seed in range(options.connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [seconds for found in times.values() for seconds in found]
    figures = {"requests a second": round(len(every) / options.seconds, 1), "all": _told(every)}
    return figures | {question: _told(times[question]) for question in QUESTIONS}


def show(name: str, found: dict[str, Any]) -> None:
    """Print the figures of one database."""
    for what, figures in found.items():
        if not isinstance(figures, dict):
            sys.stdout.write(f"{name}, {what}: {figures}\n")
            continue
        sys.stdout.write(f"{name}, {what}: {figures['requests a second']} requests a second\n")
        for question, told in figures.items():
            if isinstance(told, dict):
                alone = (
                    "   {processor:5.1f} ms alone, {queries} queries, {rows} rows".format(**told)
                    if "rows" in told
                    else ""
                )
                sys.stdout.write(f"  {question:34} p50 {told['p50']:6.1f} ms   p95 {told['p95']:6.1f} ms{alone}\n")


def _ask(
    port: int, headers: dict[str, str], seed: int, begins: float, seconds: float, times: dict[str, list[float]]
) -> None:
    """Ask one question after the other over one connection; what is asked before it begins only warms up."""
    connection, draw, names = http.client.HTTPConnection("127.0.0.1", port), random.Random(seed), list(QUESTIONS)
    ends = begins + seconds
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
