"""What is said of an indicator: definitions, targets and observations."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from backcast.planbook import schema
from backcast.web.core.models import Versioned, choices_of, in_either
from backcast.web.core.provenance import Provenance
from backcast.web.directory.models import Region
from backcast.web.plans.models.plan import CODE, NAME, Indicator, PlanQuerySet


class Definition(Versioned, Provenance):
    """One version of an indicator's definition."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="definitions")
    version_code = models.CharField(_("version"), max_length=CODE)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    series_break = models.BooleanField(_("series break"), null=True, blank=True)
    text = models.TextField(_("definition"))
    text_en = models.TextField(_("definition in English"), blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        """In the order in which they came into use."""

        ordering = ("indicator", "valid_from", "version_code")
        constraints = (
            models.UniqueConstraint(fields=("indicator", "version_code"), name="definition_versions_are_told_apart"),
        )

    def __str__(self) -> str:
        return f"{self.indicator} {self.version_code}"

    @property
    def text_read(self) -> str:
        """The definition in the reader's language."""
        return in_either(self.text_en or self.text, self.text)


class Target(Versioned, Provenance):
    """Indicator × region × date × value, from one document; several documents may compete, one is in force."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="targets")
    region = models.ForeignKey(Region, models.PROTECT, related_name="targets", verbose_name=_("region"))
    date = models.DateField(_("date"))
    value = models.FloatField(_("value"))
    comparison = models.CharField(
        _("comparison"), max_length=16, choices=choices_of(schema.TARGETS["comparison"]), blank=True
    )
    document = models.CharField(_("document"), max_length=NAME)
    document_en = models.CharField(_("document in English"), max_length=NAME, blank=True)
    issued = models.DateField(_("issued"), null=True, blank=True)
    valid_to = models.DateField(_("in force until"), null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        """By indicator, region and date."""

        ordering = ("indicator", "region", "date", "issued")
        constraints = (
            models.UniqueConstraint(
                fields=("indicator", "region", "date", "document"), name="a_document_sets_a_target_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.indicator} · {self.region} · {self.date}"

    @property
    def document_text(self) -> str:
        """The document in the reader's language."""
        return in_either(self.document_en or self.document, self.document)


class Observation(Versioned, Provenance):
    """What was reported of an indicator."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="observations")
    region = models.ForeignKey(Region, models.PROTECT, related_name="observations", verbose_name=_("region"))
    date = models.DateField(_("date"))
    value = models.FloatField(_("value"))
    definition = models.CharField(_("definition"), max_length=CODE, blank=True)
    use = models.CharField(_("use"), max_length=16, choices=choices_of(schema.OBSERVATIONS["use"]), blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        """By indicator, region and date."""

        ordering = ("indicator", "region", "date")
        constraints = (
            models.UniqueConstraint(
                fields=("indicator", "region", "date", "value", "source"), name="a_source_says_a_value_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.indicator} · {self.region} · {self.date}"
