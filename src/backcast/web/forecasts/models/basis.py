"""What forecasts rest on beside the library: named risks, and how long comparable intervals really took."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from backcast.planbook import schema
from backcast.web.core.models import Versioned, choices_of
from backcast.web.core.provenance import Provenance
from backcast.web.directory.models import Region
from backcast.web.plans.models import NAME, PartOfPlan, Plan, PlanQuerySet
from backcast.web.projects.models import Project


def _share() -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(0), MaxValueValidator(1)]


class Risk(PartOfPlan):
    """A named event that the reference classes do not already hold."""

    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="risks")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="risks")
    sector = models.CharField(_("sector"), max_length=64, blank=True)
    interval = models.CharField(_("interval"), max_length=16, choices=choices_of(schema.RISKS["interval"]), blank=True)
    probability = models.FloatField(_("probability"), validators=_share())
    days_low = models.PositiveIntegerField(_("days, low"))
    days_high = models.PositiveIntegerField(_("days, high"))
    owner = models.CharField(_("owner"), max_length=NAME, blank=True)
    response = models.TextField(_("response"), blank=True)


class ReferenceClass(Versioned, Provenance):
    """How long comparable intervals really took, as elapsed ÷ planned calendar days, told by quantiles."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="reference_classes")
    path = models.CharField(_("reference class"), max_length=128)
    interval = models.CharField(_("interval"), max_length=64, blank=True)
    p01 = models.FloatField("P01", null=True, blank=True)
    p05 = models.FloatField("P05", null=True, blank=True)
    p10 = models.FloatField("P10")
    p20 = models.FloatField("P20", null=True, blank=True)
    p30 = models.FloatField("P30", null=True, blank=True)
    p40 = models.FloatField("P40", null=True, blank=True)
    p50 = models.FloatField("P50")
    p60 = models.FloatField("P60", null=True, blank=True)
    p70 = models.FloatField("P70", null=True, blank=True)
    p80 = models.FloatField("P80", null=True, blank=True)
    p90 = models.FloatField("P90")
    p95 = models.FloatField("P95", null=True, blank=True)
    p99 = models.FloatField("P99", null=True, blank=True)
    cancelled = models.FloatField(_("share cancelled"), null=True, blank=True, validators=_share())
    cancelled_later = models.FloatField(_("cancelled later"), null=True, blank=True)
    n = models.PositiveIntegerField(_("cases"), null=True, blank=True)
    effective_cases = models.FloatField(_("effective cases"), null=True, blank=True)
    length_effect = models.FloatField(_("effect of length"), null=True, blank=True)
    typical_length = models.FloatField(_("typical length, days"), null=True, blank=True)
    cost_effect = models.FloatField(_("effect of cost"), null=True, blank=True)
    typical_cost = models.FloatField(_("typical cost"), null=True, blank=True)
    cost_unit = models.CharField(_("unit of cost"), max_length=32, blank=True)
    pace_spread = models.FloatField(_("spread of own pace"), null=True, blank=True)
    pace_floor = models.FloatField(_("least spread of own pace"), null=True, blank=True)
    curve_slope = models.FloatField(_("slope of the S-curve"), null=True, blank=True)
    correlation = models.FloatField(_("shared risk"), null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        """By class and interval."""

        ordering = ("path", "interval")
        verbose_name_plural = "reference classes"
        constraints = (
            models.UniqueConstraint(fields=("plan", "path", "interval"), name="reference_classes_are_told_apart"),
        )

    def __str__(self) -> str:
        return f"{self.path} {self.interval}".strip()
