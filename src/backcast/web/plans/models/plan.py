"""A plan and its parts: tasks, measures and indicators."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backcast.planbook import schema
from backcast.web.core.actor import Actor
from backcast.web.core.models import Versioned, choices_of, in_either
from backcast.web.core.provenance import Provenance
from backcast.web.core.roles import BUSINESS
from backcast.web.directory.models import Organisation

CODE, NAME = 64, 300
"""Longest code and name."""


class PlanQuerySet(models.QuerySet[Any]):
    """Plans and their parts: the plan itself is no secret to those who do business."""

    def visible_to(self, actor: Actor) -> PlanQuerySet:
        """Return all for those who do business, nothing for others."""
        return self if actor.has(BUSINESS) else self.none()


class Plan(Versioned, Provenance):
    """The document itself."""

    code = models.CharField(_("code"), max_length=CODE, unique=True)
    name = models.CharField(_("name"), max_length=NAME)
    name_en = models.CharField(_("name in English"), max_length=NAME, blank=True)
    issuer = models.CharField(_("issuer"), max_length=NAME, blank=True)
    issuer_en = models.CharField(_("issuer in English"), max_length=NAME, blank=True)
    document = models.CharField(_("document"), max_length=NAME, blank=True)
    released = models.DateField(_("released"), null=True, blank=True)
    starts = models.DateField(_("starts"))
    ends = models.DateField(_("ends"))
    vision_year = models.PositiveSmallIntegerField(_("vision year"), null=True, blank=True)
    data_date = models.DateField(_("data date"), null=True, blank=True)
    simulated = models.BooleanField(_("simulated"), default=False)
    notice = models.TextField(_("notice"), blank=True)
    notice_en = models.TextField(_("notice in English"), blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        """The latest first."""

        ordering = ("-starts", "code")

    def __str__(self) -> str:
        return in_either(self.name_en or self.name, self.name)

    @property
    def stands_on(self) -> date:
        """The day as of which it is told: its data date, or today where none is set."""
        return self.data_date or timezone.localdate()


class PartOfPlan(Versioned, Provenance):
    """Something with a code and a name within one plan."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="%(class)ss")
    code = models.CharField(_("code"), max_length=CODE)
    name = models.CharField(_("name"), max_length=NAME)
    name_en = models.CharField(_("name in English"), max_length=NAME, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        """Codes are unique within the plan."""

        abstract = True
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(fields=("plan", "code"), name="%(class)s_code_is_unique_within_its_plan"),
        )

    def __str__(self) -> str:
        return in_either(self.name_en or self.name, self.name)


class Task(PartOfPlan):
    """A strategic task; tasks form a tree."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("task above")
    )


class Measure(PartOfPlan):
    """What is to be done, by whom and by when; most measures have no number."""

    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="measures", verbose_name=_("task")
    )
    lead = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_measures",
        verbose_name=_("lead department"),
    )
    partners = models.TextField(_("co-operating departments"), blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    deliverable = models.TextField(_("deliverable of the year"), blank=True)
    deadline = models.DateField(_("deadline"), null=True, blank=True)
    completion_mark = models.TextField(_("mark of completion"), blank=True)
    state = models.CharField(_("state"), max_length=16, choices=choices_of(schema.MEASURES["state"]), blank=True)

    class Meta(PartOfPlan.Meta):
        """Called by name where something counts them."""

        verbose_name_plural = _("measures")


class Indicator(PartOfPlan):
    """A quantity with unit, kind and direction."""

    unit = models.CharField(_("unit"), max_length=64)
    unit_en = models.CharField(_("unit in English"), max_length=64, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=choices_of(schema.INDICATORS["kind"]))
    direction = models.CharField(_("direction"), max_length=16, choices=choices_of(schema.INDICATORS["direction"]))
    nature = models.CharField(_("nature"), max_length=16, choices=choices_of(schema.INDICATORS["nature"]), blank=True)
    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="indicators", verbose_name=_("task")
    )
    responsible = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
        verbose_name=_("responsible department"),
    )
    numerator = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("numerator")
    )
    denominator = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("denominator")
    )
    scale = models.FloatField(_("scale"), null=True, blank=True)
    counts_from = models.CharField(
        _("counts from"), max_length=16, choices=choices_of(schema.INDICATORS["counts_from"]), blank=True
    )
    basis = models.CharField(_("basis"), max_length=16, choices=choices_of(schema.INDICATORS["basis"]), blank=True)
    can_fall = models.BooleanField(_("can fall"), null=True, blank=True)
    floor = models.FloatField(_("floor"), null=True, blank=True)
    ceiling = models.FloatField(_("ceiling"), null=True, blank=True)
    decimals = models.PositiveSmallIntegerField(_("decimals"), null=True, blank=True)

    class Meta(PartOfPlan.Meta):
        """Called by name where something counts them."""

        verbose_name_plural = _("indicators")

    @property
    def unit_text(self) -> str:
        """The unit in the reader's language."""
        return in_either(self.unit_en or self.unit, self.unit)
