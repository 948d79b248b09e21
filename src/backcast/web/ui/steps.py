"""What each role does next: the cards of the first page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backcast.web.ui.navigation import BUSINESS, address_of

LIBRARIANS = frozenset({"plan_officer", "project_officer", "reporter"})


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do, why, and where.

    Attributes
    ----------
    address
        Name of the URL; the step is left out where no app has it.
    """

    title: str | Promise
    why: str | Promise
    address: str
    icon: str
    roles: frozenset[str]

    @property
    def href(self) -> str:
        """The path to go to."""
        return address_of(self.address)


STEPS = (
    Step(
        _("Keep the plan"),
        _("Tasks, indicators and targets with their documents; every forecast starts from them."),
        "plans:list",
        "target-arrow",
        frozenset({"plan_officer"}),
    ),
    Step(
        _("See which target is in danger"),
        _("How likely each target is, what decides it, and by when something must be done."),
        "forecasts:list",
        "chart-line",
        frozenset({"leader", "dispatcher", "plan_officer", "observer"}),
    ),
    Step(
        _("Find the projects that are late"),
        _("Filter the library by region, stage and date, and keep the view for the next time."),
        "projects:list",
        "building-bridge",
        BUSINESS - {"observer"},
    ),
    Step(
        _("Correct many rows in Excel"),
        _("Take out what you see, change it, and upload it again. Every problem is shown before anything changes."),
        "exchange:home",
        "file-spreadsheet",
        LIBRARIANS,
    ),
    Step(
        _("Read the plan"),
        _("Every target with its document, and every figure with its source."),
        "plans:list",
        "target-arrow",
        BUSINESS - {"plan_officer"},
    ),
    Step(
        _("Open and close accounts"),
        _("New users get a link that works once. What they may do is granted by the security officer."),
        "accounts:users",
        "user-circle",
        frozenset({"system_officer"}),
    ),
    Step(
        _("Grant roles"),
        _("A role reaches a region and all below it, an organisation, or both, from one day to another."),
        "accounts:grants",
        "shield-check",
        frozenset({"security_officer"}),
    ),
    Step(
        _("Read the audit"),
        _("Who changed what, when and from where; the chain shows whether a line was altered."),
        "audit:events",
        "list-search",
        frozenset({"audit_officer"}),
    ),
)


def steps_for(roles: Collection[str]) -> list[Step]:
    """Return what somebody with these roles can do next, in order."""
    return [step for step in STEPS if not step.roles.isdisjoint(roles) and step.href]
