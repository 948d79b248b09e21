"""Regions, a tree with paths, and organisations."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backcast.planbook import schema
from backcast.web.core.actor import Actor
from backcast.web.core.models import MoneyField, Versioned, choices_of, in_either
from backcast.web.core.provenance import Provenance
from backcast.web.core.roles import BUSINESS


class DirectoryQuerySet(models.QuerySet[Any]):
    """Regions or organisations: everybody with a business role sees all of them."""

    def visible_to(self, actor: Actor) -> Self:
        """Return all for those who do business, nothing for others."""
        return self if actor.has(BUSINESS) else self.none()


class OrganisationQuerySet(DirectoryQuerySet):
    """Organisations, without those that were merged into another."""

    def current(self) -> OrganisationQuerySet:
        """Return those that stand for themselves."""
        return self.filter(merged_into=None)

    def told(self, text: str) -> OrganisationQuerySet:
        """Return those whose name or code holds every word of a text."""
        found = self
        for word in text.split():
            found = found.filter(Q(name__icontains=word) | Q(name_en__icontains=word) | Q(code__icontains=word))
        return found


class Region(Versioned, Provenance):
    """A region; its path names all regions from the root down to itself, such as ``/140000/140200/``."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=128)
    name_en = models.CharField(_("name in English"), max_length=128, blank=True)
    level = models.CharField(_("level"), max_length=16, choices=choices_of(schema.REGIONS["level"]))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("region above")
    )
    path = models.CharField(max_length=255, unique=True, editable=False)
    role = models.CharField(_("role in the layout"), max_length=128, blank=True)
    population = models.PositiveBigIntegerField(_("population"), null=True, blank=True)
    area = models.FloatField(_("area, km²"), null=True, blank=True)
    gdp = MoneyField(_("GDP, 万元"), null=True, blank=True)
    boundary = models.JSONField(_("boundary"), null=True, blank=True)

    objects = DirectoryQuerySet.as_manager()

    class Meta:
        """In the order of the official codes."""

        ordering = ("path",)

    def __str__(self) -> str:
        return in_either(self.name_en or self.name, self.name)


class Organisation(Versioned, Provenance):
    """A department, enterprise, university, bank or the like.

    One that was merged into another keeps its row, so that what names it still finds a name.
    """

    code = models.CharField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=choices_of(schema.ORGANISATIONS["kind"]), blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="organisations", verbose_name=_("region")
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        """By name."""

        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("pk")), name="organisation_is_not_merged_into_itself"
            ),
        )

    def __str__(self) -> str:
        return in_either(self.name_en or self.name, self.name)


class Moved(models.Model):
    """Something that named an organisation before it was merged; by it a merge is undone."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="moved")
    model = models.CharField(max_length=100)
    field = models.CharField(max_length=64)
    key = models.PositiveBigIntegerField()

    class Meta:
        """Told once."""

        constraints = (
            models.UniqueConstraint(fields=("organisation", "model", "field", "key"), name="a_move_is_told_once"),
        )

    def __str__(self) -> str:
        return f"{self.model} {self.key}"
