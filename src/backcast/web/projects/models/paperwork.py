"""What an office keeps of a project beside its dates: approvals, statistics entry, money by source and files."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from backcast.web.core.models import MoneyField, Versioned
from backcast.web.files.models import StoredFile
from backcast.web.plans.models import NAME
from backcast.web.projects.models.library import Project


class Approval(Versioned):
    """One of the items that a project needs, by its route."""

    class Way(models.TextChoices):
        """The route by which a project is admitted: 审批, 核准 or 备案."""

        APPROVAL = "approval", _("approval")
        AUTHORISATION = "authorisation", _("authorisation")
        FILING = "filing", _("filing")

    class State(models.TextChoices):
        """How far an item is."""

        NOT_APPLIED = "not_applied", _("not applied for")
        ACCEPTED = "accepted", _("application accepted")
        SUPPLEMENT = "supplement", _("to be supplemented")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        NOT_NEEDED = "not_needed", _("not needed")

    project = models.ForeignKey(Project, models.CASCADE, related_name="approvals")
    way = models.CharField(_("route"), max_length=16, choices=Way.choices)
    item = models.CharField(_("item"), max_length=64)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.NOT_APPLIED)
    number = models.CharField(_("number"), max_length=128, blank=True)
    date = models.DateField(_("date"), null=True, blank=True)
    department = models.CharField(_("department"), max_length=NAME, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        """Each item once."""

        constraints = (models.UniqueConstraint(fields=("project", "item"), name="approval_items_are_told_apart"),)

    def __str__(self) -> str:
        return f"{self.project} · {self.item}"


class StatisticsEntry(Versioned):
    """Whether a project under construction is in the statistics library, and if not, why."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="statistics")
    code = models.CharField(_("statistics code"), max_length=64, blank=True)
    month = models.DateField(_("month of entry"), null=True, blank=True)
    reason = models.TextField(_("reason if not entered"), blank=True)

    class Meta:
        """At most one per project."""

        verbose_name_plural = "statistics entries"

    def __str__(self) -> str:
        return f"{self.project} · {self.code}"


class Funding(Versioned):
    """Money of one source in one year: planned, allotted, in place and paid."""

    class Source(models.TextChoices):
        """Where money comes from."""

        CENTRAL = "central", _("central budget")
        PROVINCIAL = "provincial", _("provincial budget")
        LOCAL = "local", _("city and county budgets")
        SPECIAL_BOND = "special_bond", _("special bonds")
        BANK_LOAN = "bank_loan", _("bank loans")
        OWN = "own", _("the owner's own funds")
        OTHER = "other", _("other")

    project = models.ForeignKey(Project, models.CASCADE, related_name="funding")
    source = models.CharField(_("source of funds"), max_length=16, choices=Source.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    planned = MoneyField(_("planned, 万元"), null=True, blank=True)
    allotted = MoneyField(_("allotted, 万元"), null=True, blank=True)
    in_place = MoneyField(_("in place, 万元"), null=True, blank=True)
    paid = MoneyField(_("paid, 万元"), null=True, blank=True)

    class Meta:
        """By year."""

        ordering = ("year", "source")
        constraints = (
            models.UniqueConstraint(
                fields=("project", "source", "year"), name="funding_is_told_apart_by_source_and_year"
            ),
        )

    def __str__(self) -> str:
        return f"{self.project} · {self.year} · {self.get_source_display()}"

    @property
    def key(self) -> str:
        """How an address names it within its project."""
        return f"{self.year}~{self.source}"


class Attachment(models.Model):
    """A file of a project: a document, a permit, a photograph."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="attachments")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    title = models.CharField(_("what it is"), max_length=NAME, blank=True)

    class Meta:
        """The latest first."""

        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.title or str(self.file)
