"""Kinds of jobs, each with the function that does it.

An app's ``jobs.py`` registers its own::

    @jobs.kind("exchange.commit")
    def commit(job: Job, payload: Payload, report: Report) -> Payload:
        for n, row in enumerate(rows):
            report(n / len(rows), _("Checking rows"))
        with transaction.atomic():
            apply(rows, by=acting(job))
            return report.done({"url": …})
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from backcast.web.jobs.models import Job
    from backcast.web.jobs.reporting import Report

Payload = dict[str, Any]
Handler = Callable[["Job", Payload, "Report"], Payload | None]


class Failed(Exception):  # noqa: N818 - a sentence for the owner, not an error of ours
    """The job cannot be done; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of job runs, and whether in a process of its own."""

    name: str
    handler: Handler
    in_own_process: bool


KINDS: dict[str, Kind] = {}


def kind(name: str, *, in_own_process: bool = False) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job.

    Parameters
    ----------
    in_own_process
        Run it in a new process, so that what computes for long neither slows pages nor outlives being cancelled.
    """

    def register(handler: Handler) -> Handler:
        KINDS[name] = Kind(name, handler, in_own_process)
        return handler

    return register


def kind_of(name: str) -> Kind:
    """Return a kind by name; raise :class:`Failed` where an older or newer version knew it."""
    try:
        return KINDS[name]
    except KeyError:
        raise Failed(_("This version knows no job “{name}”. Start it again.").format(name=name)) from None
