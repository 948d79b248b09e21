"""Imports, what is kept of each, and how the columns of foreign files are called."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backcast.planbook.columns import Table
from backcast.planbook.schema import SCHEMA
from backcast.web.core.actor import Actor
from backcast.web.core.roles import PLANNERS
from backcast.web.exchange.registry import Home, home
from backcast.web.files.models import StoredFile
from backcast.web.jobs.models import Job, new_code


class Stage(models.TextChoices):
    """What becomes of an uploaded file."""

    MAPPING = "mapping", _("columns to be named")
    FAULTY = "faulty", _("to be corrected")
    READY = "ready", _("to be confirmed")
    WRITING = "writing", _("being written")
    DONE = "done", _("imported")
    UNDONE = "undone", _("undone")
    DISCARDED = "discarded", _("discarded")


class ColumnNames(models.Model):
    """How the columns of a foreign file are called, named once and used for every file of its kind.

    Attributes
    ----------
    columns
        Heading of the file → column of the table; an empty text leaves a column out.
    """

    name = models.CharField(_("name"), max_length=64)
    table = models.CharField(max_length=32)
    columns = models.JSONField(default=dict)
    changed_by = models.CharField(max_length=64)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        """By name."""

        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("table", "name"), name="column_names_are_told_apart"),)

    def __str__(self) -> str:
        return self.name


class ImportQuerySet(models.QuerySet["Import"]):
    """Imports, and who sees them."""

    def visible_to(self, actor: Actor) -> ImportQuerySet:
        """Return the actor's own imports, and for plan officers all that were made where they reach."""
        own = Q(owner=actor.name) if actor.name else Q(pk__in=())
        paths = [grant.region_path for grant in actor.grants if grant.role in PLANNERS and grant.region_path]
        return self.filter(reduce(or_, (Q(reach__startswith=path) for path in paths), own))

    def light(self) -> ImportQuerySet:
        """Leave what is packed in the database until somebody asks for it."""
        return self.defer("staged", "doubts", "problems", "effects", "before").select_related("file")


class Import(models.Model):
    """One file that somebody uploads to change a table: what is in it, what it would do, and what it did.

    Attributes
    ----------
    plan
        Code of the plan that its rows belong to.
    reach
        Path of the region within which its owner acts.
    staged, doubts, problems, effects, before
        Frames as :mod:`~backcast.web.exchange.packing` keeps them: rows of the file, what was wrong in reading them,
        everything that is wrong with them, what they change, and how the rows that were changed had been.
    mine
        Conflicts in which the file wins: identity of the row → its version when that was decided.
    shown
        Fingerprint of the effects that were shown; what is written is what somebody saw.
    first_event, last_event
        Numbers of the audit between which its own events stand.
    """

    code = models.CharField(_("code"), max_length=32, unique=True, default=new_code, editable=False)
    plan = models.CharField(_("plan"), max_length=64)
    table = models.CharField(_("table"), max_length=32)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    names = models.ForeignKey(ColumnNames, models.SET_NULL, null=True, blank=True, related_name="+")
    stage = models.CharField(_("state"), max_length=16, choices=Stage.choices, default=Stage.MAPPING)
    owner = models.CharField(_("uploaded by"), max_length=64)
    reach = models.CharField(max_length=255, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    done_at = models.DateTimeField(_("imported at"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.CharField(_("undone by"), max_length=64, blank=True)

    created = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("left as they are"), default=0)
    conflicts = models.PositiveIntegerField(_("conflicts"), default=0)
    errors = models.PositiveIntegerField(_("errors"), default=0)
    warnings = models.PositiveIntegerField(_("warnings"), default=0)

    staged = models.BinaryField(default=bytes)
    doubts = models.BinaryField(default=bytes)
    problems = models.BinaryField(default=bytes)
    effects = models.BinaryField(default=bytes)
    before = models.BinaryField(default=bytes)
    mine = models.JSONField(default=dict)
    shown = models.CharField(max_length=64, blank=True)
    job = models.CharField(max_length=32, blank=True)
    first_event = models.BigIntegerField(null=True, blank=True)
    last_event = models.BigIntegerField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        """The latest first."""

        ordering = ("-uploaded_at",)
        indexes = (models.Index(fields=["owner", "-uploaded_at"], name="imports_by_owner"),)

    def __str__(self) -> str:
        return self.file.name

    def get_absolute_url(self) -> str:
        """Return the page of the import."""
        return reverse("exchange:import", args=[self.code])

    @property
    def schema(self) -> Table:
        """The table as the planbook declares it."""
        return SCHEMA[self.table]

    @property
    def home(self) -> Home:
        """Where the table lives."""
        return home(self.table)

    @property
    def size(self) -> int:
        """How many rows are written."""
        return self.created + self.changed

    @property
    def is_open(self) -> bool:
        """Whether something can still become of it."""
        return self.stage in {Stage.MAPPING, Stage.FAULTY, Stage.READY}

    @property
    def is_stuck(self) -> bool:
        """Whether the background work that should have written it has ended without."""
        job = self.its_job()
        return self.stage == Stage.WRITING and bool(self.job) and (job is None or job.is_finished)

    @property
    def may_be_written(self) -> bool:
        """Whether it waits for nothing but a yes."""
        return self.stage == Stage.READY and self.size > 0

    def its_plan(self) -> Any:
        """Return the plan that the rows belong to."""
        return home("plan").model._default_manager.filter(code=self.plan).first()

    def its_job(self) -> Job | None:
        """Return the background work that writes it, if there is any."""
        return Job.objects.filter(code=self.job).first() if self.job else None
