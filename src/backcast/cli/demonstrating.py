"""``backcast demo``; Django must be set up before this room is opened."""

from __future__ import annotations

import subprocess
import sys
import traceback
from pathlib import Path
from threading import Thread

import click
from django.db import connection

from backcast import interchange
from backcast.cli.keeping import keep_planbook
from backcast.cli.loading import OPERATOR, draw_regions
from backcast.cli.serving import address_of, answer, listen, migrate
from backcast.cli.shipped import shanxi
from backcast.language import tr
from backcast.planbook.book import Planbook
from backcast.planbook.practice import practice
from backcast.web.accounts.demo import make_cast
from backcast.web.config.collecting import wsgi_application
from backcast.web.config.preparing import Preparing
from backcast.web.exchange.loading import load
from backcast.web.forecasts.actions import start_missing_runs
from backcast.web.jobs.queue import WorkerThread
from backcast.web.plans.models import Plan

DATABASE = tr("Preparing the database")
REAL = tr("Loading the real Shanxi plan")
PRACTICE = tr("Loading the practice province")
CAST = tr("Calling the cast")


def serve_demo(*, folder: Path, projects: int, port: int) -> None:
    """Answer at once, load both plans behind a page that says so, then compute both reports beside it."""
    keep_planbook(folder / "practice")
    door = listen("127.0.0.1", port)
    application = Preparing(wsgi_application(), (DATABASE, REAL, PRACTICE, CAST))
    reports = _Reports(folder, projects, address_of(door))
    worker = WorkerThread()
    Thread(target=_prepare, args=(application, worker, projects, reports), name="preparing", daemon=True).start()
    try:
        answer(door, application, worker)
    finally:
        reports.stop()


def _prepare(application: Preparing, worker: WorkerThread, projects: int, reports: _Reports) -> None:
    """Do what pages need, then what the reports need; a failure is told where people look for it."""
    try:
        application.begin(DATABASE)
        migrate()
        plan = interchange.read_planbook(shanxi())
        application.begin(REAL)
        _load_once(plan, application)
        draw_regions(shanxi())
        application.begin(PRACTICE)
        _load_once(practice(plan, projects=projects), application)
        application.begin(CAST)
        make_cast()
        start_missing_runs(by=OPERATOR)
        application.ready = True
        worker.start()
    except Exception as error:
        application.failure = str(error)
        traceback.print_exc()
        return
    finally:
        connection.close()
    click.echo(str(tr("Ready: {address}", address=reports.address)))
    reports.compute()


def _load_once(book: Planbook, application: Preparing) -> None:
    """Load a plan unless an earlier start did."""
    if not Plan.objects.filter(code=book["plan"]["code"][0]).exists():
        load(book, by=OPERATOR, progress=application.progress)


class _Reports:
    """Both reports, computed by a process of its own so that pages stay fast."""

    def __init__(self, folder: Path, projects: int, address: str) -> None:
        self.folder, self.projects, self.address = folder, projects, address
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def compute(self) -> None:
        """Compute them, unless an earlier start did, and say again where the application is."""
        pages = [self.folder / name for name in ("shanxi.html", "practice.html")]
        if not all(page.exists() for page in pages) and not self._stopped:
            told = ["--folder", str(self.folder), "--projects", str(self.projects)]
            self._process = subprocess.Popen([sys.executable, "-m", "backcast", "demo", "--report-only", *told])
            self._process.wait()
        if not self._stopped:
            click.echo(str(tr("The application: {address} (Ctrl-C ends it).", address=self.address)))

    def stop(self) -> None:
        """Stop computing."""
        self._stopped = True
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
