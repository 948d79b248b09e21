"""Starting a run, and giving it up."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor
from backcast.web.core.editing import faults_of
from backcast.web.core.refusals import Fault, Invalid
from backcast.web.core.roles import Role
from backcast.web.forecasts.models import Run
from backcast.web.forecasts.models.runs import USUAL
from backcast.web.jobs import actions as jobs
from backcast.web.plans.actions import place_of
from backcast.web.plans.models import Plan

FORECASTERS = frozenset({Role.DISPATCHER, Role.PLAN_OFFICER})
"""Roles that start runs, where their grants reach the whole plan."""
KIND = "forecasts.run"


@transaction.atomic
def start_run(plan: Plan, *, by: Actor, data_date: date | None = None, draws: int = USUAL, seed: int = 0) -> Run:
    """Ask for a run of a plan; it is computed in the background.

    Raises
    ------
    Invalid
        If a value is out of its range, or a run of this plan is under way.
    """
    by.require(FORECASTERS, place_of(plan))
    if Run.objects.filter(plan=plan).unfinished().exists():
        told = _("A forecast of this plan is under way. Wait for it, or cancel it first.")
        raise Invalid([Fault("", told)])
    run = Run(plan=plan, data_date=data_date or plan.stands_on, draws=draws, seed=seed, asked_by=by.name)
    try:
        run.full_clean(exclude=("job",))
    except ValidationError as error:
        raise faults_of(error) from error
    title = _("Forecast of “{plan}”").format(plan=plan)
    run.job = jobs.start(KIND, {"run": run.code}, by=by, title=title)
    run.save()
    asked = {"plan": plan.code, "data_date": run.data_date, "draws": draws, "seed": seed}
    audit.record(by, "forecast.started", run, after=asked)
    return run


@transaction.atomic
def start_missing_runs(*, by: Actor) -> None:
    """Ask for a run of every plan that never had one, with what usually fits."""
    for plan in Plan.objects.filter(runs__isnull=True):
        start_run(plan, by=by)


@transaction.atomic
def cancel_run(run: Run, *, by: Actor) -> None:
    """Give up a run that is under way; whoever may start it may end it."""
    by.require(FORECASTERS, place_of(run.plan))
    jobs.stop(run.job, by=by)
