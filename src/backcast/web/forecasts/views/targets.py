"""One target: how likely it is, what decides it, and by when something must happen, as a run said."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from backcast.planbook.results import Verdict
from backcast.report.charts.fan import NARROW, WIDE
from backcast.report.views.cards import card, document
from backcast.report.views.facts import CONFIDENCE, Facts
from backcast.report.views.listing import answer, line
from backcast.web.core.requests import ActingRequest
from backcast.web.forecasts import keeping
from backcast.web.forecasts.evidence import evidence
from backcast.web.forecasts.models import Forecast, Run
from backcast.web.forecasts.views.runs import run_of
from backcast.web.plans.models import Indicator
from backcast.web.projects.models import Project
from backcast.web.ui.reading import in_chinese

BEFORE = 12


def target(request: ActingRequest, code: str, indicator: str, region: str, day: date) -> HttpResponse:
    """Show one target; its title is the answer."""
    run = run_of(request, code)
    if run.finished_at is None:
        raise Http404
    facts = keeping.facts_of(run)
    verdict = _verdict(facts, indicator, region, day)
    shown: dict[str, Any] = {
        "run": run,
        "plan": run.plan,
        "simulated": run.plan.simulated,
        "answer": answer(facts, verdict),
        "line": line(facts, verdict),
        "evidence": evidence(facts, verdict),
        "before": _before(run, verdict, facts),
        "indicator": Indicator.objects.filter(plan=run.plan, code=indicator).first(),
        "document": document(facts, verdict),
        "verdict": verdict,
    }
    if verdict.state == "forecast":
        shown |= _forecast(request, run, facts, verdict)
    return render(request, "forecasts/target.html", shown)


def _verdict(facts: Facts, indicator: str, region: str, day: date) -> Verdict:
    found = (one for one in facts.run.verdicts if (one.indicator, one.region, one.date) == (indicator, region, day))
    verdict = next(found, None)
    if verdict is None:
        raise Http404
    return verdict


def _forecast(request: ActingRequest, run: Run, facts: Facts, verdict: Verdict) -> dict[str, Any]:
    """Return chart and tables; projects that the reader may not see are not named."""
    drivers = [one.project for one in facts.drivers(verdict) if one.kind == "project"]
    behind = {*drivers, *(one.project for one in facts.latest(verdict))}
    library = Project.objects.visible_to(request.actor).filter(plan=run.plan, code__in=behind)
    seen = frozenset(library.values_list("code", flat=True))
    shown, language = card(facts.naming(seen), verdict), "zh_Hans" if in_chinese() else "en"
    return {
        "card": shown,
        "charts": [shown.fan.draw(language, frame) for frame in (WIDE, NARROW)],
        "bars": shown.bars.draw(language) if shown.bars else "",
        "confidence": f"{CONFIDENCE:.0%}",
        "unnamed": len(behind - seen),
    }


def _before(run: Run, verdict: Verdict, facts: Facts) -> list[tuple[Forecast, str]]:
    """Return what other runs of the plan said of the same target, the latest first."""
    rows = Forecast.objects.filter(
        run__plan=run.plan, indicator=verdict.indicator, region=verdict.region, date=verdict.date
    )
    others = rows.exclude(run=run).select_related("run").order_by("-run__finished_at")[:BEFORE]
    return [(row, facts.figures.plain(row.indicator, row.p50)) for row in others]
