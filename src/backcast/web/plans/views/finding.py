"""What every page of a plan looks up first: the plan, its parts, and the day as of which it is shown."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any, TypeVar

from django.db import models
from django.http import Http404
from django.shortcuts import get_object_or_404

from backcast.web.core.requests import ActingRequest
from backcast.web.plans.models import Indicator, PartOfPlan, Plan
from backcast.web.plans.overview import INDICATORS

Part = TypeVar("Part", bound=PartOfPlan)
Row = TypeVar("Row", bound=models.Model)


def plan_of(request: ActingRequest, code: str) -> Plan:
    """Return a plan that the reader sees, or 404."""
    found: Plan = get_object_or_404(Plan.objects.visible_to(request.actor), code=code)
    return found


def part_of(plan: Plan, model: type[Part], code: str) -> Part:
    """Return a part of a plan, with all that it refers to."""
    found: Part = get_object_or_404(model._default_manager.select_related(), plan=plan, code=code)
    found.plan = plan
    return found


def indicator_of(plan: Plan, code: str) -> Indicator:
    """Return an indicator of a plan."""
    found: Indicator = get_object_or_404(INDICATORS, plan=plan, code=code)
    found.plan = plan
    return found


def mark_of(*parts: Any) -> str:
    """Return a short code for what tells a figure apart beside its region and date, to stand in an address."""
    return hashlib.blake2s("\n".join(map(str, parts)).encode(), digest_size=5).hexdigest()


def marked(rows: models.QuerySet[Row], mark: str, *fields: str) -> Row:
    """Return the row with a mark over these fields, or 404."""
    for row in rows:
        if mark_of(*(getattr(row, field) for field in fields)) == mark:
            return row
    raise Http404


def day_of(request: ActingRequest, plan: Plan) -> date:
    """Return the day as of which a page shows a plan: the one asked for, else that on which the plan stands."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return plan.stands_on
