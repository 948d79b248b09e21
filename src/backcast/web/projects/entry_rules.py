"""What a project must show to enter a year's list of key projects, as data.

The rules are those that Shanxi published for its key projects of 2021; an office that has others changes the table.
A rule finds that a project meets it, does not, or that nobody can tell from what the library holds: those are for a
person to judge, and nothing here refuses a project.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.web.projects.approval_items import ADMISSION
from backcast.web.projects.codes import is_national
from backcast.web.projects.models import Approval, Listing, Project

BUILDING = ("new", "continued", "to_be_completed")
PREPARING = ("preparation",)
EMERGING = frozenset(
    {"5g", "compute_network", "computing", "data_centre", "energy_storage", "hydrogen", "new_infrastructure"}
)
"""Sectors of strategic emerging industries."""
TRADITIONAL = frozenset({"coal", "coke", "metallurgy", "power"})
"""Sectors whose upgrading is listed only where it is large."""
MOSTLY = Decimal("0.8")
"""Share of the investment from which funds count as basically in place."""
YEARS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules look at: a project on one list, its approvals by item and its planned funds."""

    project: Project
    listing: Listing
    approvals: dict[str, str] = field(default_factory=dict)
    funds: Decimal | None = None


Look = Callable[[Facts], bool | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition of entry.

    Attributes
    ----------
    classes
        Classes of the list that it is for.
    sectors
        Sectors that it is for; empty is all.
    look
        Finds whether it is met; ``None`` where the library cannot tell.
    """

    code: str
    sentence: str | Promise
    classes: tuple[str, ...]
    look: Look
    sectors: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule, and whether a project meets it; ``None`` is for a person to judge."""

    rule: Rule
    met: bool | None

    @property
    def word(self) -> str:
        """The finding in a word."""
        return {True: _("fulfilled"), False: _("not fulfilled"), None: _("to be judged")}[self.met]


def _at_least(floor_wan_yuan: int) -> Look:
    floor = Decimal(floor_wan_yuan)

    def look(facts: Facts) -> bool | None:
        total = facts.project.total_investment
        return None if total is None else total >= floor

    return look


def _admitted(facts: Facts) -> bool | None:
    """Whether the project is approved, authorised or filed; without any item listed nobody can tell."""
    states = [state for item, state in facts.approvals.items() if item in ADMISSION]
    return Approval.State.GRANTED in states if states else None


def _starts_within(years: int) -> Look:
    def look(facts: Facts) -> bool | None:
        start = facts.project.actual_start or facts.project.planned_start
        return None if start is None else start.year <= facts.listing.year + years

    return look


def _funded(facts: Facts) -> bool | None:
    total = facts.project.total_investment
    return None if facts.funds is None or not total else facts.funds >= MOSTLY * total


RULES: tuple[Rule, ...] = (
    Rule(
        "code",
        gettext_lazy("It has a code of the national approval platform."),
        (*BUILDING, *PREPARING),
        lambda facts: is_national(facts.project.code),
    ),
    Rule(
        "policy",
        gettext_lazy("It fits industrial policy, plans, and the rules on land and ecology."),
        (*BUILDING, *PREPARING),
        lambda facts: None,
    ),
    Rule("admission", gettext_lazy("It is approved, authorised or filed."), BUILDING, _admitted),
    Rule(
        "start", gettext_lazy("It is under way, or can start within the year of the list."), BUILDING, _starts_within(0)
    ),
    Rule(
        "funds",
        gettext_lazy("Its funds are basically in place: 80% of the investment has a source."),
        BUILDING,
        _funded,
    ),
    Rule("owner", gettext_lazy("It has an owner."), PREPARING, lambda facts: bool(facts.project.owner)),
    Rule("two_years", gettext_lazy("It starts within two years."), PREPARING, _starts_within(YEARS_AHEAD)),
    Rule(
        "emerging_floor",
        gettext_lazy("As a strategic emerging industry, its investment is at least 300 million yuan."),
        (*BUILDING, *PREPARING),
        _at_least(30_000),
        EMERGING,
    ),
    Rule(
        "traditional_floor",
        gettext_lazy("As an upgrading of coal, coke, metallurgy or power, its investment is at least 1 billion yuan."),
        (*BUILDING, *PREPARING),
        _at_least(100_000),
        TRADITIONAL,
    ),
)


def findings(project: Project, listing: Listing) -> list[Finding]:
    """Return what every rule for a list finds of a project."""
    approvals = dict(project.approvals.values_list("item", "state"))
    facts = Facts(project, listing, approvals, project.funding.aggregate(planned=Sum("planned"))["planned"])
    asked = [rule for rule in RULES if listing.listing_class in rule.classes and _is_for(rule, project)]
    return [Finding(rule, rule.look(facts)) for rule in asked]


def _is_for(rule: Rule, project: Project) -> bool:
    return not rule.sectors or project.sector in rule.sectors
