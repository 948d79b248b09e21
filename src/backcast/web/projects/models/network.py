"""A project's network: activities, of which some are gates, and which waits for which."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from backcast.planbook import schema
from backcast.web.core.models import Versioned, choices_of, in_either
from backcast.web.plans.models import CODE, NAME, Calendar
from backcast.web.projects.models.library import Project

_A = schema.ACTIVITIES


class Activity(Versioned):
    """A piece of work; where it is flagged, its finish is a gate of the project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="activities")
    code = models.CharField(_("code"), max_length=CODE)
    name = models.CharField(_("name"), max_length=NAME, blank=True)
    name_en = models.CharField(_("name in English"), max_length=NAME, blank=True)
    calendar = models.ForeignKey(
        Calendar, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("calendar")
    )
    duration = models.PositiveIntegerField(_("duration, working days"))
    remaining_duration = models.PositiveIntegerField(_("remaining duration, working days"), null=True, blank=True)
    interval = models.CharField(_("interval"), max_length=16, choices=choices_of(_A["interval"]), blank=True)
    gate = models.CharField(_("gate"), max_length=16, choices=choices_of(_A["gate"]), blank=True)
    planned_start = models.DateField(_("planned start"), null=True, blank=True)
    planned_finish = models.DateField(_("planned finish"), null=True, blank=True)
    actual_start = models.DateField(_("actual start"), null=True, blank=True)
    actual_finish = models.DateField(_("actual finish"), null=True, blank=True)
    physical_percent_complete = models.FloatField(_("physical per cent complete"), null=True, blank=True)
    constraint = models.CharField(_("constraint"), max_length=32, choices=choices_of(_A["constraint"]), blank=True)
    constraint_date = models.DateField(_("constraint date"), null=True, blank=True)
    known_from = models.DateField(_("known from"), null=True, blank=True)

    class Meta:
        """Codes are unique within the project."""

        ordering = ("project", "code")
        verbose_name_plural = "activities"
        constraints = (
            models.UniqueConstraint(fields=("project", "code"), name="activity_code_is_unique_within_its_project"),
        )

    def __str__(self) -> str:
        return in_either(self.name_en or self.name or self.code, self.name or self.code)


class Relationship(Versioned):
    """Which activity waits for which; projects may wait for each other."""

    predecessor = models.ForeignKey(Activity, models.CASCADE, related_name="leaving")
    successor = models.ForeignKey(Activity, models.CASCADE, related_name="arriving")
    type = models.CharField(_("type"), max_length=2, choices=choices_of(schema.RELATIONSHIPS["type"]), blank=True)
    lag = models.IntegerField(_("lag, working days"), null=True, blank=True)
    lag_calendar = models.ForeignKey(Calendar, models.PROTECT, null=True, blank=True, related_name="+")
    known_from = models.DateField(_("known from"), null=True, blank=True)

    class Meta:
        """One of each type between two activities."""

        constraints = (
            models.UniqueConstraint(fields=("predecessor", "successor", "type"), name="relationships_are_told_apart"),
        )

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"
