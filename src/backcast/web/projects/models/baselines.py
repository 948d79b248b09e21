"""Baselines: a project's dates, frozen and numbered, to compare with."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from backcast.web.plans.models import CODE
from backcast.web.projects.models.library import Project


class Baseline(models.Model):
    """Dates of a project as they stood when somebody froze them; never changed afterwards."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="baselines")
    number = models.PositiveIntegerField(_("number"))
    reason = models.CharField(_("reason"), max_length=300)
    frozen_at = models.DateTimeField(_("frozen at"), auto_now_add=True)
    frozen_by = models.CharField(_("frozen by"), max_length=64)
    planned_start = models.DateField(_("planned start"), null=True)
    planned_finish = models.DateField(_("planned finish"), null=True)

    class Meta:
        """Numbered from 1."""

        ordering = ("project", "number")
        constraints = (models.UniqueConstraint(fields=("project", "number"), name="baselines_are_numbered_once"),)

    def __str__(self) -> str:
        return f"{self.project} #{self.number}"


class BaselineActivity(models.Model):
    """One activity of a baseline."""

    baseline = models.ForeignKey(Baseline, models.CASCADE, related_name="activities")
    code = models.CharField(max_length=CODE)
    planned_start = models.DateField(null=True)
    planned_finish = models.DateField(null=True)
    duration = models.PositiveIntegerField()

    class Meta:
        """By code."""

        ordering = ("baseline", "code")
        verbose_name_plural = "baseline activities"

    def __str__(self) -> str:
        return self.code
