"""A project and where it counts: shares, yearly listings and outputs."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from backcast.planbook import schema
from backcast.web.core.actor import Actor, Grant
from backcast.web.core.models import MoneyField, Versioned, choices_of, in_either
from backcast.web.core.provenance import Provenance
from backcast.web.core.roles import BUSINESS, Role
from backcast.web.directory.models import Organisation, Region
from backcast.web.plans.models import CODE, NAME, Calendar, Indicator, Plan, Task
from backcast.web.projects.sectors import sector_name

TRUSTED = BUSINESS - {Role.OBSERVER, Role.BANK}
"""Roles that see work secrets where their grants reach."""
REACHED = frozenset({"completed", "production", "full_effect", "recognised", "accepted", "assessed"})
"""Stages of projects that are done, whether or not anybody wrote down the day."""
GIVEN_UP = frozenset({"terminated", "withdrawn"})
UNFINISHED = Q(actual_finish=None) & ~Q(stage__in=sorted(REACHED | GIVEN_UP))
"""Of a project that is neither done nor given up."""


class Confidentiality(models.TextChoices):
    """Who may see a project. State secrets never enter the system."""

    PUBLIC = "public", _("public")
    INTERNAL = "internal", _("internal")
    WORK_SECRET = "work_secret", _("work secret")


class ProjectQuerySet(models.QuerySet[Any]):
    """Projects, and whom they are shown to."""

    def visible_to(self, actor: Actor) -> ProjectQuerySet:
        """Return those in the actor's regions, in the lead or by a share, or of the actor's organisation."""
        reach = [_within(grant) for grant in actor.grants if grant.role in BUSINESS]
        return self.filter(reduce(or_, reach)) if reach else self.none()


def _within(grant: Grant) -> Q:
    """Return the condition of one grant; a grant everywhere asks nothing of the place."""
    open_to = Q() if grant.role in TRUSTED else ~Q(confidentiality=Confidentiality.WORK_SECRET)
    if grant.region_path == "/":
        return open_to
    reach = Q(owner_organisation__code=grant.organisation) if grant.organisation else Q(pk__in=())
    if grant.region_path:
        regions = Region.objects.filter(path__startswith=grant.region_path)
        shared = Share.objects.filter(region__in=regions).values("project")
        reach |= Q(lead_region__in=regions) | Q(pk__in=shared)
    return reach & open_to


_IN_ORDER = ("code", "lead_region", "stage", "finish_due", "id")
"""What an index in some order ends with: the code, then what lists mostly ask of a project, so that it alone tells."""


class Project(Versioned, Provenance):
    """A project of the library, of one of three kinds, each with its own lifecycle."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="projects")
    code = models.CharField(_("code"), max_length=CODE, unique=True)
    name = models.CharField(_("name"), max_length=NAME)
    name_en = models.CharField(_("name in English"), max_length=NAME, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=choices_of(schema.PROJECTS["kind"]))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    counts = models.BooleanField(_("counts"), null=True, blank=True)
    reference_class = models.CharField(_("reference class"), max_length=128, blank=True)
    sector = models.CharField(_("sector"), max_length=64, blank=True)
    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("task")
    )
    owner = models.CharField(_("owner"), max_length=NAME, blank=True)
    owner_organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("organisation")
    )
    lead_region = models.ForeignKey(
        Region, models.PROTECT, related_name="projects", verbose_name=_("lead region"), db_index=False
    )
    stage = models.CharField(_("stage"), max_length=16, choices=choices_of(schema.PROJECTS["stage"]))
    stage_date = models.DateField(_("stage as of"), null=True, blank=True)
    stage_reason = models.TextField(_("reason"), blank=True)
    planned_start = models.DateField(_("planned start"), null=True, blank=True)
    planned_finish = models.DateField(_("planned finish"), null=True, blank=True)
    actual_start = models.DateField(_("actual start"), null=True, blank=True)
    actual_finish = models.DateField(_("actual finish"), null=True, blank=True)
    finish_due = models.GeneratedField(
        expression=Case(When(UNFINISHED, then=F("planned_finish"))), output_field=models.DateField(), db_persist=True
    )
    """The planned finish of a project that is unfinished, kept by the database; what is late follows by a date."""
    physical_percent_complete = models.FloatField(_("physical per cent complete"), null=True, blank=True)
    total_investment = MoneyField(_("total investment, 万元"), null=True, blank=True)
    calendar = models.ForeignKey(
        Calendar, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("calendar")
    )
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    confidentiality = models.CharField(
        _("confidentiality"), max_length=16, choices=Confidentiality.choices, default=Confidentiality.INTERNAL
    )
    leader = models.CharField(_("responsible leader"), max_length=128, blank=True)
    task_team = models.CharField(_("task team"), max_length=NAME, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        """By code."""

        ordering = ("code",)
        indexes = (
            models.Index(fields=("stage", "code"), name="project_by_stage"),
            models.Index(fields=("lead_region", "code", "id"), name="project_by_region"),
            models.Index(fields=("planned_finish", *_IN_ORDER), name="project_by_finish"),
            models.Index(fields=("total_investment", *_IN_ORDER), name="project_by_investment"),
            models.Index(fields=_IN_ORDER, name="project_by_code"),
            models.Index(fields=("name", *_IN_ORDER), name="project_by_name"),
            models.Index(fields=("planned_start", *_IN_ORDER), name="project_by_start"),
            models.Index(fields=("finish_due", "lead_region"), name="project_by_finish_due"),
            models.Index(fields=("lead_region", "finish_due"), name="project_due_in_region"),
            models.Index(fields=("physical_percent_complete", *_IN_ORDER), name="project_by_percent"),
        )

    @property
    def sector_text(self) -> str:
        """What its sector is called in the reader's language."""
        return sector_name(self.sector)

    def __str__(self) -> str:
        return in_either(self.name_en or self.name, self.name)


class Share(Versioned):
    """How a project is shared over regions; the shares of a project add up to 1."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="shares")
    region = models.ForeignKey(Region, models.PROTECT, related_name="shares")
    share = models.FloatField(_("share"))
    known_from = models.DateField(_("known from"), null=True, blank=True)

    class Meta:
        """One row per region."""

        constraints = (
            models.UniqueConstraint(fields=("project", "region"), name="a_project_has_one_share_in_a_region"),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="shares_are_between_0_and_1"),
        )
        indexes = (models.Index(fields=("region", "project"), name="share_by_region"),)

    def __str__(self) -> str:
        return f"{self.project} · {self.region}"


class Listing(Versioned, Provenance):
    """A project on one year's list of key projects."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="listings")
    year = models.PositiveSmallIntegerField(_("year"))
    tier = models.CharField(_("tier"), max_length=16, choices=choices_of(schema.LISTINGS["tier"]))
    listing_class = models.CharField(
        _("class"), max_length=16, choices=choices_of(schema.LISTINGS["class"]), blank=True
    )
    annual_plan = MoneyField(_("annual plan, 万元"), null=True, blank=True)
    document = models.CharField(_("document"), max_length=NAME, blank=True)
    entered = models.DateField(_("entered"), null=True, blank=True)
    left = models.DateField(_("left"), null=True, blank=True)

    class Meta:
        """The latest year first."""

        ordering = ("-year", "tier")
        constraints = (
            models.UniqueConstraint(
                fields=("project", "year", "tier"), name="a_project_is_listed_once_a_year_and_tier"
            ),
        )
        indexes = (models.Index(fields=("year", "tier", "project"), name="listing_by_year"),)

    def __str__(self) -> str:
        return f"{self.project} {self.year}"

    @property
    def key(self) -> str:
        """How an address names it within its project."""
        return f"{self.year}~{self.tier}"


class Output(Versioned, Provenance):
    """What a project adds to an indicator, where, and from which gate."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="outputs")
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="outputs", verbose_name=_("indicator"), db_index=False
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="outputs", verbose_name=_("region")
    )
    amount = models.FloatField(_("amount"))
    gate = models.CharField(_("gate"), max_length=16, choices=choices_of(schema.OUTPUTS["gate"]), blank=True)
    spread = models.CharField(_("spread"), max_length=16, choices=choices_of(schema.OUTPUTS["spread"]), blank=True)
    ramp_days = models.PositiveIntegerField(_("ramp, days"), null=True, blank=True)

    class Meta:
        """One row per indicator, region and gate."""

        constraints = (
            models.UniqueConstraint(
                fields=("project", "indicator", "region", "gate"),
                name="outputs_of_a_project_in_a_region_are_told_apart",
            ),
            models.UniqueConstraint(
                fields=("project", "indicator", "gate"),
                condition=Q(region=None),
                name="outputs_shared_as_the_project_are_told_apart",
            ),
        )
        indexes = (models.Index(fields=("indicator", "project"), name="output_by_indicator"),)

    def __str__(self) -> str:
        return f"{self.project} → {self.indicator}"

    @property
    def key(self) -> str:
        """How an address names it within its project."""
        return f"{self.indicator.code}~{self.region.code if self.region else ''}~{self.gate}"
