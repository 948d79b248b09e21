"""Forecasts by the API: a run is asked for, and its verdicts are read."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from ninja import Router, Status

from backcast.web.core.api import READ, WRITE, Pages, named, one, page, sends_file
from backcast.web.core.requests import ActingRequest
from backcast.web.core.shapes import Code, Day, Given, Shape, whole
from backcast.web.forecasts import actions
from backcast.web.forecasts.models import Forecast, Run
from backcast.web.forecasts.models.runs import FEWEST, LARGEST_SEED, MOST, USUAL
from backcast.web.forecasts.views import runs
from backcast.web.plans.models import Plan

RUN = Shape(
    "Run",
    Run,
    (
        "code", "plan", "data_date", "draws", "seed", "version", "fingerprint", "projects", "asked_by", "asked_at",
        "finished_at", "job",
    ),
)  # fmt: skip
VERDICT = Shape(
    "Verdict",
    Forecast,
    (
        "indicator", "region", "date", "target", "standing", "own", "probability", "p10", "p50", "p90", "last_value",
        "last_date",
    ),
)  # fmt: skip
Draws: Any = whole(FEWEST, MOST)
Seed: Any = whole(0, LARGEST_SEED)

router = Router(tags=["forecasts"])


class NewRun(Given):
    """What run is asked for; the last reported day, and what usually fits, where nothing is said."""

    data_date: Day | None = None
    draws: Draws = USUAL
    seed: Seed = 0


@router.get("/plans/{plan}/forecasts", response={200: RUN.page, **READ})
def forecasts(request: ActingRequest, plan: Code, paging: Pages) -> Any:
    """List the runs of a plan."""
    return page(RUN, Run.objects.visible_to(request.actor).filter(plan=_plan(request, plan)), paging, by="pk")


@router.post("/plans/{plan}/forecasts", response={201: RUN.one, **WRITE})
def start_forecast(request: ActingRequest, plan: Code, body: NewRun) -> Any:
    """Ask for a run; its job says how far it is."""
    run = actions.start_run(_plan(request, plan), by=request.actor, **body.model_dump())
    return Status(201, one(RUN, Run.objects.all(), run))


@router.get("/forecasts/{code}", response={200: RUN.one, **READ})
def forecast(request: ActingRequest, code: Code) -> Any:
    """Show a run."""
    return one(RUN, Run.objects.all(), runs.run_of(request, code))


@router.get("/forecasts/{code}/verdicts", response={200: VERDICT.page, **READ})
def forecast_verdicts(request: ActingRequest, code: Code, paging: Pages) -> Any:
    """List what a run says of each target."""
    return page(VERDICT, runs.run_of(request, code).verdicts.all(), paging, by="pk")


@router.get("/forecasts/{code}/document", response={200: None, **READ}, openapi_extra=sends_file("application/json"))
def forecast_document(request: ActingRequest, code: Code) -> FileResponse:
    """Hand over all that a run says, in the bytes that the command line prints for the same planbook."""
    return runs.document(request, code)


@router.post("/forecasts/{code}/cancel", response={200: RUN.one, **WRITE})
def cancel_forecast(request: ActingRequest, code: Code) -> Any:
    """Give up a run that is under way."""
    run = runs.run_of(request, code)
    actions.cancel_run(run, by=request.actor)
    return one(RUN, Run.objects.all(), run)


def _plan(request: ActingRequest, code: str) -> Plan:
    found: Plan = named(Plan.objects.visible_to(request.actor), code)
    return found
