"""Computing a run, in a process of its own that leaves the web a core."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backcast import interchange
from backcast.language import Message
from backcast.planbook.book import Planbook
from backcast.planbook.problem import PlanbookError
from backcast.planbook.run import Run as Found
from backcast.planbook.run import run as run_planbook
from backcast.web.core.actor import Actor, Grant, Route
from backcast.web.core.roles import Role
from backcast.web.forecasts import keeping
from backcast.web.forecasts.actions import KIND
from backcast.web.forecasts.bridge import planbook_of
from backcast.web.forecasts.models import Forecast, Run
from backcast.web.jobs import actions as jobs

WHOLE = Actor("forecast", Route.JOB, (Grant(Role.PLAN_OFFICER, "/"),))
"""A run sees the whole plan, whoever asks for it: a part of the library would be judged as if it were all of it."""
STEPS = {"Simulating delivery": (0.1, 0.5), "Judging targets": (0.6, 0.2)}
"""Where each step of a run begins, and how much of the work it is."""


@jobs.kind(KIND, in_own_process=True)
def compute(job: jobs.Job, payload: jobs.Payload, report: jobs.Report) -> jobs.Payload:
    """Freeze the plan's planbook, run it, and keep what it says."""
    _yield_to_others()
    run = Run.objects.select_related("plan").get(code=payload["run"])
    report(0.0, _("Reading the plan and its projects"))
    with _one_moment():
        book = planbook_of(run.plan, by=WHOLE)
    interchange.write(book, run.folder / keeping.PLANBOOK, parquet=True)
    report(0.05, _("Preparing the simulation; after an installation the first takes about a minute longer"))
    found = _found(run, book, report)
    report(0.8, _("Looking for the latest responsible dates"))
    found.latest_dates()
    report(0.9, _("Writing down what was found"))
    keeping.write(run, found)
    return _told(run, found, report)


def _found(run: Run, book: Planbook, report: jobs.Report) -> Found:
    """Run the planbook; what is wrong with it is told to the owner."""

    def progress(step: Message, done: int, of: int) -> None:
        begin, share = STEPS.get(step.template, (0.1, 0.0))
        report(begin + share * done / max(of, 1), step.read(_language()))

    try:
        return run_planbook(
            book, data_date=run.data_date, draws=run.draws, seed=run.seed, threads=_threads(), progress=progress
        )
    except PlanbookError as error:
        raise jobs.Failed("\n".join(problem.read(_language()) for problem in error.problems)) from error
    except ValueError as error:
        raise jobs.Failed(str(error)) from error


@transaction.atomic
def _told(run: Run, found: Found, report: jobs.Report) -> jobs.Payload:
    """Make the run known, together with the end of its work."""
    Forecast.objects.bulk_create(keeping.rows_of(run, found))
    run.version, run.fingerprint = found.version, found.fingerprint
    run.projects, run.finished_at = found.planbook["projects"].height, timezone.now()
    run.save(update_fields=["version", "fingerprint", "projects", "finished_at"])
    message = _("{count} targets were judged.").format(count=len(found.verdicts))
    return report.done({"url": run.get_absolute_url(), "message": message})


def _threads() -> int:
    """All cores but one, which the web keeps."""
    return max(1, (os.cpu_count() or 1) - 1)


def _yield_to_others() -> None:
    """Compute when nobody else has anything to do; a process that is ours alone may say so of itself."""
    if multiprocessing.parent_process() and hasattr(os, "nice"):
        os.nice(10)


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read everything as it is at one moment, even where others write meanwhile."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _language() -> str:
    return "zh_Hans" if (get_language() or "").startswith("zh") else "en"
