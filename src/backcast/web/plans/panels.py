"""What pages of rooms below show of plans: all of them, a region's targets, what an organisation answers for."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from backcast.web.core.requests import ActingRequest
from backcast.web.core.roles import PLANNERS
from backcast.web.directory.models import Organisation, Region
from backcast.web.plans.models import Definition, Indicator, Measure, Plan, Target
from backcast.web.plans.overview import INDICATORS
from backcast.web.plans.standing import Standing
from backcast.web.ui.navigation import BUSINESS
from backcast.web.ui.panels import Panel, register


def plans(request: ActingRequest, subject: None) -> str:
    """Draw every plan that whoever asks can see, or what to do where there is none."""
    found = Plan.objects.visible_to(request.actor)
    shown = {"plans": found, "may_add": request.actor.has(PLANNERS)}
    return render_to_string("plans/panel_plans.html", shown, request)


def targets_of(request: HttpRequest, region: Region) -> str:
    """Draw the targets in force in a region, each with the last figure."""
    targets = list(Target.objects.filter(region=region).select_related("region"))
    if not targets:
        return ""
    keys = {target.indicator_id for target in targets}
    indicators = list(INDICATORS.filter(pk__in=keys).select_related("plan"))
    observations = list(region.observations.filter(indicator__in=keys).select_related("region"))
    definitions = list(Definition.objects.filter(indicator__in=keys))
    aims = {}
    for plan in {indicator.plan: None for indicator in indicators}:  # codes are unique within a plan only
        mine = {indicator.pk: indicator for indicator in indicators if indicator.plan == plan}
        rows = ([row for row in kind if row.indicator_id in mine] for kind in (targets, observations, definitions))
        standing = Standing(plan.stands_on, mine.values(), *rows)
        aims[plan] = [aim for found in standing.aims.values() for aim in found]
    return render_to_string("plans/panel_targets.html", {"aims": aims}, request)


def duties_of(request: HttpRequest, organisation: Organisation) -> str:
    """Draw the measures that an organisation leads and the indicators that it answers for."""
    measures = list(Measure.objects.filter(lead=organisation).select_related("plan"))
    indicators = list(Indicator.objects.filter(responsible=organisation).select_related("plan"))
    if not measures and not indicators:
        return ""
    return render_to_string("plans/panel_duties.html", {"measures": measures, "indicators": indicators}, request)


register(Panel("home", "plans", _("Plans"), plans, order=10, roles=BUSINESS))
register(Panel("region", "targets", _("Targets in force"), targets_of, order=10, roles=BUSINESS))
register(Panel("organisation", "duties", _("Answers for"), duties_of, order=10, roles=BUSINESS))
