"""Background work, how far it is, and what became of it."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backcast.web.core.actor import Actor
from backcast.web.core.roles import Role


def new_code() -> str:
    """Return a code that nobody can guess."""
    return secrets.token_hex(8)


class State(models.TextChoices):
    """What a job is doing."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs, and whose they are."""

    def visible_to(self, actor: Actor) -> JobQuerySet:
        """Return the actor's own jobs; the system officer, who keeps the server running, sees everybody's."""
        return self.all() if actor.has(Role.SYSTEM_OFFICER) else self.owned_by(actor)

    def owned_by(self, actor: Actor) -> JobQuerySet:
        """Return the jobs that the actor started."""
        return self.filter(owner=actor.name) if actor.name else self.none()

    def unfinished(self) -> JobQuerySet:
        """Return those that wait or run."""
        return self.filter(state__in=[State.QUEUED, State.RUNNING])


class Job(models.Model):
    """Something that takes longer than a page may: who started it, how far it is, and what became of it.

    Attributes
    ----------
    progress
        Share that is done, 0 to 1.
    error
        The sentence that says why it failed.
    result
        What the handler returned; ``url`` in it is where to look next.
    grants
        Those of an actor who is no user; a user's are looked up when the job runs.
    heartbeat_at
        When the worker was last heard of; a worker that falls silent has lost the job.
    """

    code = models.CharField(_("code"), max_length=32, unique=True, default=new_code, editable=False)
    kind = models.CharField(_("kind"), max_length=64)
    title = models.CharField(_("title"), max_length=255)
    payload = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.QUEUED)
    progress = models.FloatField(_("progress"), default=0.0)
    step = models.CharField(_("step"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    result = models.JSONField(_("result"), default=dict)
    cancelling = models.BooleanField(default=False)

    owner = models.CharField(_("owner"), max_length=64)
    grants = models.JSONField(default=list)
    user_id = models.BigIntegerField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=16)

    worker = models.CharField(max_length=64, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        """Listed by owner, the latest first."""

        indexes = (
            models.Index(fields=["owner", "-created_at"], name="jobs_by_owner"),
            models.Index(fields=["state"], name="jobs_by_state"),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page that shows how far the job is."""
        return reverse("jobs:job", args=[self.code])

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.state not in {State.QUEUED, State.RUNNING}

    @property
    def percent(self) -> int:
        """Progress as pages show it."""
        return int(100 * self.progress)

    def end(self, state: State, *, error: str = "", result: dict[str, Any] | None = None) -> bool:
        """Finish the job if it is still unfinished; return whether it was."""
        told = {"state": state, "error": error, "result": result or {}, "finished_at": timezone.now(), "step": ""}
        if state == State.DONE:
            told["progress"] = 1.0
        mine = Job.objects.unfinished().filter(pk=self.pk, worker=self.worker)
        ended = bool(mine.update(**told))
        self.refresh_from_db()
        return ended
