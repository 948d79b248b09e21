"""One indicator: its definitions, its targets with what is in force and why, and its figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from backcast.language import Name, tr
from backcast.report.charts.fan import NARROW, WIDE, Fan
from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import PLANNERS
from backcast.web.directory.models import Region
from backcast.web.plans import actions
from backcast.web.plans.models import Indicator, Observation, Plan, Target
from backcast.web.plans.overview import aim_at_end, height
from backcast.web.plans.standing import Aim, Claim, Standing
from backcast.web.plans.views.finding import day_of, indicator_of, mark_of, plan_of
from backcast.web.ui.reading import in_chinese


def indicator(request: ActingRequest, code: str, indicator: str) -> HttpResponse:
    """Show one indicator in one region: the region that is asked for, else the highest that has a target."""
    plan = plan_of(request, code)
    on = day_of(request, plan)
    found = indicator_of(plan, indicator)
    targets = list(found.targets.select_related("region"))
    regions = _regions(found, targets)
    region = next((one for one in regions if one.code == request.GET.get("region")), regions[0] if regions else None)
    observations = list(found.observations.filter(region=region).select_related("region"))
    definitions = list(found.definitions.all())
    standing = Standing(on, [found], targets, observations, definitions)
    aims = standing.aims.get((found.code, region.code), []) if region else []
    aim = aim_at_end(aims, plan.ends)
    shown = {
        "plan": plan,
        "indicator": found,
        "on": on,
        "simulated": plan.simulated,
        "regions": regions,
        "region": region,
        "aim": aim,
        "claims": _claims(standing.claims, region),
        "definitions": definitions,
        "figures": _figures(standing, found, observations),
        "charts": _charts(plan, aim, aims, standing) if aim and aim.last else [],
        "may_change": request.actor.has(PLANNERS, actions.place_of(plan)),
        "may_set": region is not None and request.actor.has(PLANNERS, region.path),
    }
    return render(request, "plans/indicator.html", shown)


def _regions(indicator: Indicator, targets: Sequence[Target]) -> list[Region]:
    """Return the regions that anything is said of, those with a target first, the highest first."""
    aimed = {target.region_id for target in targets}
    seen = Region.objects.filter(pk__in=[*aimed, *indicator.observations.order_by().values_list("region", flat=True)])
    return sorted(seen, key=lambda one: (one.pk not in aimed, *height(one)))


def _claims(claims: Sequence[Claim], region: Region | None) -> list[tuple[Claim, str]]:
    """Return the targets of one region with their marks: by date, in order of their issue."""
    here = [claim for claim in claims if claim.target.region == region]
    here.sort(key=lambda claim: (claim.target.date, claim.target.issued or date.min))
    return [(claim, mark_of(claim.target.document)) for claim in here]


def _figures(standing: Standing, indicator: Indicator, rows: Sequence[Observation]) -> list[dict[str, Any]]:
    """Return the observations, the latest first, each with whether it counts."""
    counting = {row.pk for found in standing.series.values() for row in found}
    return [
        {
            "row": row,
            "value": standing.figure(indicator, row.value),
            "counts": row.pk in counting,
            "mark": mark_of(row.value, row.source),
        }
        for row in reversed(rows)
    ]


def _charts(plan: Plan, aim: Aim, aims: list[Aim], standing: Standing) -> list[str]:
    """Draw the figures that count with the target at the end of the plan, wide and narrow."""
    indicator, region = aim.target.indicator, aim.target.region
    series = standing.series[indicator.code, region.code]
    writing = standing.writing
    fan = Fan(
        title=tr(
            "Figures of {indicator} in {region}, and its target",
            indicator=Name(indicator.name, indicator.name_en),
            region=Name(region.name, region.name_en),
        ),
        unit=writing.unit(indicator.code),
        observed=tuple((row.date, row.value) for row in series),
        points=(),
        target=(aim.target.date, aim.target.value),
        others=tuple((one.target.date, one.target.value) for one in aims if one is not aim),
        data_date=standing.on,
        simulated=plan.simulated,
        write=lambda value: writing.bare(indicator.code, value),
        exact=lambda value: writing.bare(indicator.code, value),
        since=plan.starts,
    )
    language = "zh_Hans" if in_chinese() else "en"
    return [fan.draw(language, frame) for frame in (WIDE, NARROW)]
