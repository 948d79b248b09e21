"""The only place that builds a planbook from the database."""

from __future__ import annotations

from backcast.planbook.book import Planbook
from backcast.web.core.actor import Actor
from backcast.web.exchange.reading import rows
from backcast.web.exchange.registry import homes
from backcast.web.plans.models import Plan


def planbook_of(plan: Plan, *, by: Actor) -> Planbook:
    """Return the planbook of one plan, as far as an actor sees it; what an export of it reads back as.

    Regions and organisations are shared: all of them are in it.
    """
    return Planbook.of({one.table.name: rows(one.table.name, by, plan) for one in homes()})
