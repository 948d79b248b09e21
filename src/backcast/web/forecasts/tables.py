"""Where the tables of risks and reference classes live."""

from __future__ import annotations

from backcast.planbook import schema
from backcast.web.core.roles import PLANNERS
from backcast.web.exchange.registry import Home, register
from backcast.web.forecasts.models import ReferenceClass, Risk
from backcast.web.plans.tables import within

register(
    Home(schema.RISKS, Risk, within(Risk), PLANNERS, plan_field="plan"),
    Home(schema.CLASSES, ReferenceClass, within(ReferenceClass), PLANNERS, plan_field="plan", names={"class": "path"}),
)
