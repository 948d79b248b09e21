"""The door to background work: ``from backcast.web.jobs import actions as jobs``."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from backcast.web.accounts.models import User, granted
from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor, Grant, Route
from backcast.web.core.roles import Role
from backcast.web.jobs import queue
from backcast.web.jobs.kinds import Failed, Handler, Payload, kind
from backcast.web.jobs.models import Job, State
from backcast.web.jobs.reporting import Report, Stopped

__all__ = ["Failed", "Handler", "Job", "Payload", "Report", "Stopped", "acting", "cancel", "kind", "start"]


@transaction.atomic
def start(kind: str, payload: Payload, *, by: Actor, title: str) -> Job:
    """Queue a job, within the transaction that asks for it: neither stays without the other.

    Parameters
    ----------
    kind
        Its registered name, such as ``"exchange.commit"``.
    payload
        What the handler gets, as JSON: codes and keys, never objects.
    title
        What the owner reads, in the language of the request.
    """
    job = Job.objects.create(
        kind=kind,
        payload=payload,
        title=title[:255],
        owner=by.name,
        grants=[[grant.role.value, grant.region_path, grant.organisation] for grant in by.grants],
        user_id=by.user_id,
        request_id=by.request_id,
        address=by.address,
        language=get_language() or "en",
    )
    queue.put(job)
    audit.record(by, "job.started", job, after={"kind": kind, "title": title})
    return job


@transaction.atomic
def cancel(job: Job, *, by: Actor) -> None:
    """Cancel a job: one that waits at once, one that runs as soon as its handler next reports."""
    if by.name != job.owner:
        by.require(Role.SYSTEM_OFFICER)
    stop(job, by=by)


@transaction.atomic
def stop(job: Job, *, by: Actor) -> None:
    """Cancel a job for somebody whom its app lets do so."""
    if not Job.objects.filter(pk=job.pk, state=State.QUEUED).update(
        state=State.CANCELLED, finished_at=timezone.now()
    ) and not Job.objects.filter(pk=job.pk, state=State.RUNNING).update(cancelling=True):
        return
    audit.record(by, "job.cancelled", job)


def acting(job: Job) -> Actor:
    """Return who acts by a job: its owner, with what is granted now rather than when it was asked for."""
    actor = Actor(job.owner, Route.JOB, request_id=job.request_id, address=job.address, user_id=job.user_id)
    if not job.user_id:
        kept = (Grant(Role(role), path, organisation) for role, path, organisation in job.grants)
        return replace(actor, grants=tuple(kept))
    user = User.objects.filter(pk=job.user_id, is_active=True).first()
    return replace(actor, grants=granted(user.grants.all().in_force(timezone.localdate()))) if user else actor
