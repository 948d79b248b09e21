"""Who starts forecasts in tests, and a run that is finished."""

from __future__ import annotations

from cast import PROVINCE, actor_for

from backcast.web.core.actor import Actor, Grant, Route
from backcast.web.core.roles import Role
from backcast.web.forecasts.actions import start_run
from backcast.web.forecasts.models import Run
from backcast.web.jobs import queue
from backcast.web.plans.models import Plan

OPERATOR = Actor("operator", Route.CLI, (Grant(Role.PLAN_OFFICER, "/"), Grant(Role.PROJECT_OFFICER, "/")))
DISPATCHER = actor_for(Role.DISPATCHER, PROVINCE)


def finished_run(plan: Plan, draws: int = 200, seed: int = 5) -> Run:
    """Start a run and wait for it."""
    found = start_run(plan, by=DISPATCHER, draws=draws, seed=seed)
    queue.run_waiting()
    return Run.objects.select_related("job", "plan").get(pk=found.pk)
