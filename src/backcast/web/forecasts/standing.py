"""How plans stand by what was said last, counted from rows: no file is opened for a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count

from backcast.report.lights import MARKS, Mark
from backcast.web.forecasts.models import Forecast, Run
from backcast.web.plans.models import Plan

Counts = list[tuple[Mark, int]]
"""How many targets have each standing, what needs a decision first."""


def latest_runs(plans: Iterable[Plan]) -> dict[int, Run]:
    """Return the latest finished run of each plan, by the key of the plan."""
    found: dict[int, Run] = {}
    for run in Run.objects.finished().filter(plan__in=list(plans)).select_related("plan", "job"):
        found.setdefault(run.plan_id, run)
    return found


def latest_run(plan: Plan) -> Run | None:
    """Return the latest finished run of a plan."""
    found: Run | None = Run.objects.finished().filter(plan=plan).select_related("plan", "job").first()
    return found


def counted(runs: Iterable[Run]) -> dict[int, Counts]:
    """Count the targets of the plan's own region by standing, for each run by its key."""
    rows = Forecast.objects.filter(run__in=list(runs), own=True).values_list("run", "standing")
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for run, standing, count in rows.annotate(n=Count("pk")).order_by():
        found[run][standing] = count
    return {run: [(mark, one[key]) for key, mark in MARKS.items() if key in one] for run, one in found.items()}
