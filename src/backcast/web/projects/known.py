"""What the list knows of plans, regions, tasks and indicators, remembered for as long as none of them changes.

Every request asks for them, and hardly any changes them: so one query tells whether they are what they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.utils import timezone

from backcast.web.core.actor import Actor
from backcast.web.core.editions import Edition, edition
from backcast.web.core.models import in_either
from backcast.web.core.roles import BUSINESS
from backcast.web.directory.models import Region
from backcast.web.plans.models import Indicator, Plan, Task


@dataclass(frozen=True, slots=True)
class Named:
    """A row that others refer to: its key, its code, and what it is called."""

    key: int
    code: str
    name: str
    name_en: str

    def __str__(self) -> str:
        return in_either(self.name_en or self.name, self.name)


@dataclass(frozen=True, slots=True)
class KnownPlan(Named):
    """A plan."""

    data_date: date | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class KnownRegion(Named):
    """A region."""

    path: str


@dataclass(frozen=True, slots=True)
class KnownTask(Named):
    """A task; the same code may occur in several plans, as that of an indicator may."""

    parent: int | None


@dataclass(frozen=True, eq=False)
class Known:
    """All plans by code, regions by code in the order of their paths, tasks and indicators by code."""

    plans: Mapping[str, KnownPlan] = field(default_factory=dict)
    regions: Mapping[str, KnownRegion] = field(default_factory=dict)
    tasks: tuple[KnownTask, ...] = ()
    indicators: tuple[Named, ...] = ()

    @classmethod
    def to(cls, actor: Actor) -> Known:
        """Return what an actor may know; whoever does no business knows nothing, as each ``visible_to`` says."""
        return _read(edition(Plan, Region, Task, Indicator)) if actor.has(BUSINESS) else _NOTHING

    @property
    def dates(self) -> Mapping[int, date]:
        """The data date of each plan by its key; today where none is set."""
        today = timezone.localdate()
        return {plan.key: plan.data_date or today for plan in self.plans.values()}

    @property
    def simulated(self) -> frozenset[int]:
        """The keys of plans that are made up."""
        return frozenset(plan.key for plan in self.plans.values() if plan.simulated)

    def parted(self, path: str) -> tuple[list[int], list[int]]:
        """Return the keys of the regions within a path, and of all others."""
        within: list[int] = []
        others: list[int] = []
        for region in self.regions.values():
            (within if region.path.startswith(path) else others).append(region.key)
        return within, others

    def tasks_below(self, code: str) -> set[int]:
        """Return the keys of the tasks of a code, and of all below them."""
        reached = {task.key for task in self.tasks if task.code == code}
        while more := {task.key for task in self.tasks if task.parent in reached} - reached:
            reached |= more
        return reached


_NOTHING = Known()


@lru_cache(maxsize=1)
def _read(_edition: Edition) -> Known:
    """Read the tables, once for each edition of them."""
    names = ("pk", "code", "name", "name_en")
    plans = [KnownPlan(*row) for row in Plan.objects.values_list(*names, "data_date", "simulated")]
    regions = [KnownRegion(*row) for row in Region.objects.order_by("path").values_list(*names, "path")]
    return Known(
        {plan.code: plan for plan in plans},
        {region.code: region for region in regions},
        tuple(KnownTask(*row) for row in Task.objects.order_by("code").values_list(*names, "parent_id")),
        tuple(Named(*row) for row in Indicator.objects.order_by("code").values_list(*names)),
    )
