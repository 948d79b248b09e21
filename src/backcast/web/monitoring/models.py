"""What projects report each month."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from backcast.planbook import schema
from backcast.web.core.models import MoneyField, Versioned, choices_of
from backcast.web.projects.models import Project


class Return(Versioned):
    """One project's report for a period."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="returns")
    period = models.DateField(_("period"))
    stage = models.CharField(_("stage"), max_length=16, choices=choices_of(schema.RETURNS["stage"]), blank=True)
    physical_percent_complete = models.FloatField(_("physical per cent complete"), null=True, blank=True)
    investment_this_year = MoneyField(_("investment this year to date, 万元"), null=True, blank=True)
    investment_since_start = MoneyField(_("investment since start, 万元"), null=True, blank=True)
    actual_start = models.DateField(_("actual start"), null=True, blank=True)
    forecast_finish = models.DateField(_("forecast finish"), null=True, blank=True)
    actual_finish = models.DateField(_("actual finish"), null=True, blank=True)
    problem = models.TextField(_("problem"), blank=True)
    note = models.TextField(_("note"), blank=True)
    known_from = models.DateField(_("known from"), null=True, blank=True)

    class Meta:
        """The latest first."""

        ordering = ("project", "-period")
        constraints = (models.UniqueConstraint(fields=("project", "period"), name="a_project_reports_once_a_period"),)

    def __str__(self) -> str:
        return f"{self.project} {self.period}"
