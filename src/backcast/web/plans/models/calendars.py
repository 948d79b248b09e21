"""Calendars of work, which a plan's projects share."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from backcast.web.core.models import Versioned
from backcast.web.plans.models.plan import NAME, PartOfPlan, PlanQuerySet


class Calendar(PartOfPlan):
    """A weekly pattern of work."""

    name = models.CharField(_("name"), max_length=NAME, blank=True)
    week = models.CharField(
        _("week"), max_length=7, validators=[RegexValidator(r"^[01]{7}\Z", _("Write seven digits: 1 works, 0 rests."))]
    )
    known_from = models.DateField(_("known from"), null=True, blank=True)


class CalendarDay(Versioned):
    """Days that differ from the weekly pattern: holidays, make-up workdays, closed seasons."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="days")
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    working = models.BooleanField(_("working"))
    every_year = models.BooleanField(_("every year"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=NAME, blank=True)
    name_en = models.CharField(_("name in English"), max_length=NAME, blank=True)
    known_from = models.DateField(_("known from"), null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        """In order of time."""

        ordering = ("calendar", "first")
        constraints = (models.UniqueConstraint(fields=("calendar", "first"), name="calendar_days_begin_once"),)

    def __str__(self) -> str:
        return f"{self.calendar} {self.first}"
