"""A run of a plan: what was asked for, by whom, and what it said."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.core.files.storage import storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backcast.report.lights import MARKS
from backcast.web.core.actor import Actor
from backcast.web.core.roles import BUSINESS
from backcast.web.jobs.models import Job
from backcast.web.plans.models import CODE, Plan

FEWEST, USUAL, MOST = 200, 10_000, 100_000
"""Draws."""
LARGEST_SEED = 2**31 - 1


def new_code() -> str:
    """Return a code of a run."""
    return secrets.token_hex(4)


class RunQuerySet(models.QuerySet[Any]):
    """Runs: never public, open to those who do business."""

    def visible_to(self, actor: Actor) -> RunQuerySet:
        """Return all for those who do business, nothing for others."""
        return self if actor.has(BUSINESS) else self.none()

    def finished(self) -> RunQuerySet:
        """Return those that have said something, the latest first."""
        return self.filter(finished_at__isnull=False).order_by("-finished_at", "-pk")

    def unfinished(self) -> RunQuerySet:
        """Return those whose work waits or goes on."""
        return self.filter(job__in=Job.objects.unfinished())


class Run(models.Model):
    """A run of a plan; its planbook and its document lie in :attr:`folder`, its verdicts in rows beside it.

    Attributes
    ----------
    job
        The work that computes it; the state of a run is that of its work.
    version, fingerprint
        Of the program and of the frozen planbook; with seed and draws they give the same bytes again.
    """

    code = models.CharField(_("code"), max_length=16, unique=True, default=new_code, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="runs", verbose_name=_("plan"))
    data_date = models.DateField(
        _("data date"), help_text=_("The last day whose facts count; what was known later is not seen.")
    )
    draws = models.PositiveIntegerField(
        _("draws"),
        default=USUAL,
        validators=[MinValueValidator(FEWEST), MaxValueValidator(MOST)],
        help_text=_("Simulated futures: 10,000 leave half a point of chance, 1,000 one and a half."),
    )
    seed = models.PositiveIntegerField(
        _("seed"),
        default=0,
        validators=[MaxValueValidator(LARGEST_SEED)],
        help_text=_("The same seed draws the same futures again."),
    )
    version = models.CharField(_("version"), max_length=32, blank=True)
    fingerprint = models.CharField(_("fingerprint"), max_length=64, blank=True)
    projects = models.PositiveIntegerField(_("projects"), default=0)
    asked_by = models.CharField(_("asked for by"), max_length=64)
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    job = models.OneToOneField(Job, models.PROTECT, related_name="+", verbose_name=_("background work"))

    objects = RunQuerySet.as_manager()

    class Meta:
        """The latest first."""

        ordering = ("-asked_at", "-pk")

    def __str__(self) -> str:
        return f"{self.plan.code} {self.data_date} {self.code}"

    def get_absolute_url(self) -> str:
        """Return the page of its verdicts."""
        return reverse("forecasts:run", args=[self.code])

    @property
    def folder(self) -> Path:
        """Where its files are kept."""
        return Path(storages["default"].path(f"forecasts/{self.code}"))


class Forecast(models.Model):
    """One verdict of a run, for lists and for what was said before; the document of the run holds all of it."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="verdicts")
    indicator = models.CharField(_("indicator"), max_length=CODE)
    region = models.CharField(_("region"), max_length=CODE)
    date = models.DateField(_("date"))
    target = models.FloatField(_("target"))
    standing = models.CharField(_("standing"), max_length=16, choices=[(key, key) for key in MARKS])
    own = models.BooleanField(_("of the plan's own region"), default=False)
    probability = models.FloatField(_("probability"), null=True, blank=True)
    p10 = models.FloatField("P10", null=True, blank=True)
    p50 = models.FloatField("P50", null=True, blank=True)
    p90 = models.FloatField("P90", null=True, blank=True)
    last_value = models.FloatField(_("last figure"), null=True, blank=True)
    last_date = models.DateField(_("date of the last figure"), null=True, blank=True)

    class Meta:
        """One per target."""

        constraints = (
            models.UniqueConstraint(fields=("run", "indicator", "region", "date"), name="one_verdict_per_target"),
        )

    def __str__(self) -> str:
        return f"{self.indicator} {self.region} {self.date}"
