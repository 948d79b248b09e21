"""Which approvals a project needs by its route (审批, 核准, 备案), and which of them wait for which.

The items are those that project approval platforms list; a project may need others, or not all of these.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backcast.web.projects.models import Approval

APPROVAL, AUTHORISATION, FILING = Approval.Way


@dataclass(frozen=True, slots=True)
class Item:
    """One approval.

    Attributes
    ----------
    after
        Items that must be granted before it, where the route has them.
    routes
        Routes that have it.
    """

    code: str
    label: str | Promise
    after: tuple[str, ...] = ()
    routes: tuple[str, ...] = (APPROVAL, AUTHORISATION, FILING)


ITEMS: tuple[Item, ...] = (
    Item("proposal", _("project proposal"), routes=(APPROVAL,)),
    Item("site", _("land pre-examination and site opinion"), ("proposal",), (APPROVAL, AUTHORISATION)),
    Item("feasibility", _("feasibility study"), ("proposal", "site"), (APPROVAL,)),
    Item("authorisation", _("project authorisation"), ("site",), (AUTHORISATION,)),
    Item("filing", _("project filing certificate"), routes=(FILING,)),
    Item("energy", _("energy saving review"), ("proposal", "filing")),
    Item("environment", _("environmental impact assessment"), ("feasibility", "authorisation", "filing")),
    Item("design", _("preliminary design and estimate"), ("feasibility",), (APPROVAL,)),
    Item("land", _("land use"), ("feasibility", "authorisation", "filing")),
    Item("land_permit", _("planning permit for the land"), ("land",)),
    Item("planning_permit", _("planning permit for the works"), ("land_permit", "design")),
    Item("drawings", _("review of construction drawings"), ("planning_permit", "design")),
    Item("construction_permit", _("construction permit"), ("planning_permit", "drawings", "environment", "energy")),
)
ADMISSION = frozenset({"feasibility", "authorisation", "filing"})
"""Items by which a project is admitted, one on each route."""
_BY_CODE = {item.code: item for item in ITEMS}


def items_of(way: str) -> list[Item]:
    """Return the items of a route, each after those that it waits for."""
    return [item for item in ITEMS if way in item.routes]


def label_of(code: str) -> str:
    """Return what an item is called; one of the office's own is called what it is."""
    item = _BY_CODE.get(code)
    return str(item.label) if item else code


def waits_for(code: str, way: str) -> list[str]:
    """Return the items of a route that one waits for."""
    item = _BY_CODE.get(code)
    return [before for before in item.after if way in _BY_CODE[before].routes] if item else []
